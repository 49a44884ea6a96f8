# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Use of freed memory (KASAN).
# modules: none
# timeout: 20
# expect: failed kernel: BUG: KASAN:
# kernel: debug
expect_fail insmod "$LAB/provoke/provoke.ko" what=use-after-free
