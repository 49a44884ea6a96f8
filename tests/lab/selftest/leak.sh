# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Memory that nothing points to (kmemleak).
# modules: none
# timeout: 20
# expect: failed kernel: unreferenced object
# kernel: debug
expect_fail insmod "$LAB/provoke/provoke.ko" what=leak
