# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# An Oops fails a case that passes otherwise. Where KASAN looks first, it is KASAN that faults.
# modules: none
# timeout: 20
# expect: failed kernel: (BUG: kernel NULL pointer dereference|Oops: general protection fault)
expect_fail insmod "$LAB/provoke/provoke.ko" what=oops
