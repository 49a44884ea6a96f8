# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Hot resets: what they reach, whose they are, and that devices work on; and the one after the last
# close. Passes on the distribution's modules, too.
# devices: igb-dual edu-pair
# timeout: 120
modprobe igb
load_vfio
"$TREE/tests/lab/abi/abi-hot-reset"
