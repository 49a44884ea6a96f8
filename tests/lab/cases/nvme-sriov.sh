# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The same on another kind of device: an NVMe controller, whose VFs are controllers, too.
# devices: nvme
pf=$(bdf nvme)
load_vfio_sriov
bind "$pf"
numvfs "$pf" 2
"$TREE/tests/lab/abi/abi-sriov" "$pf" "$(vf "$pf" 0)" "$(vf "$pf" 1)"
numvfs "$pf" 0
unbind "$pf"
unload_vfio
