# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Locks taken in two orders (lockdep).
# modules: none
# timeout: 20
# expect: failed kernel: WARNING: possible circular locking
# kernel: debug
expect_fail insmod "$LAB/provoke/provoke.ko" what=lock-order
