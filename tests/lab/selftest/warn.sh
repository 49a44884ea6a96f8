# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A WARN fails a case that passes otherwise.
# modules: none
# timeout: 20
# expect: failed kernel: WARNING: .*provoke
expect_fail insmod "$LAB/provoke/provoke.ko" what=warn
