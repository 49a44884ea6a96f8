# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A case that does not end.
# modules: none
# timeout: 3
# expect: failed time limit of the case
sleep 600
