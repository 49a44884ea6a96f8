# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A command that fails, fails the case.
# modules: none
# timeout: 20
# expect: failed exit status 1
false
