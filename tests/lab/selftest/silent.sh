# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A machine that ends before the case does.
# modules: none
# timeout: 20
# expect: failed the case did not say that it finished
echo o >/proc/sysrq-trigger
sleep 20
