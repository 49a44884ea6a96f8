# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# VFIO_DEVICE_FEATURE: the rules of the call.
# devices: igb
load_vfio
"$TREE/tests/lab/abi/abi-feature"
