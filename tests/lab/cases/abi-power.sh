# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Low power: what the user of an open device allows, and what wakes it.
# devices: igb edu e1000e
# timeout: 120
load_vfio
"$TREE/tests/lab/abi/abi-power"
