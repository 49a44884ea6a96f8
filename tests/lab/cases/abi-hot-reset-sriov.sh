# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A hot reset of a PF that has VFs: whoever does it owns them, too, and they come back.
# devices: igb-dual
pf=$(bdf igb-dual)
second=${pf%.0}.1
load_vfio_sriov
bind "$pf"
bind "$second"
numvfs "$pf" 1
vf=$(vf "$pf" 0)
[ "$(driver_of "$vf")" = vfio-pci ] || die "the VF is not bound to vfio-pci"
"$TREE/tests/lab/abi/abi-hot-reset" sriov "$pf" "$vf" "$second"
[ "$(cat "/sys/bus/pci/devices/$pf/sriov_numvfs")" = 1 ] || die 'the VF has gone'
numvfs "$pf" 0
unbind "$pf"
unbind "$second"
unload_vfio
