# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A few objects more than the limit, which nobody frees, are found by the figures of their cache.
# Where the kernel itself looks for leaks, its report is named first.
# modules: none
# timeout: 40
# expect: failed (exit status 1|kernel: unreferenced object)
slab_baseline /tmp/before
expect_fail insmod "$LAB/provoke/provoke.ko" what=leak count=$((LEAK_LIMIT + 5))
no_leak /tmp/before
