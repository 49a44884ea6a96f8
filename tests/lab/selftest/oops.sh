# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# An Oops fails a case that passes otherwise.
# modules: none
# timeout: 20
# expect: failed kernel: BUG: kernel NULL pointer dereference
expect_fail insmod "$LAB/provoke/provoke.ko" what=oops
