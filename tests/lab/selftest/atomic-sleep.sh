# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Sleep under a spinlock.
# modules: none
# timeout: 20
# expect: failed kernel: BUG: scheduling while atomic
# kernel: debug
expect_fail insmod "$LAB/provoke/provoke.ko" what=atomic-sleep
