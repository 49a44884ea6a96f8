# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A machine that restarts without a word of its kernel.
# modules: none
# timeout: 20
# expect: failed the machine has restarted by a triple fault
insmod "$LAB/provoke/provoke.ko" what=triple-fault
