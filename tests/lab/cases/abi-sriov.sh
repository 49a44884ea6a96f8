# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# VFs of a PF that user space drives: made and removed, and opened with the token only.
# devices: igb
pf=$(bdf igb)
load_vfio_sriov
bind "$pf"
"$VFIOCTL" sriov set "$pf" 2
for n in 0 1; do
	[ "$(driver_of "$(vf "$pf" $n)")" = vfio-pci ] || die "VF $n is not bound to vfio-pci"
done
expect_fail numvfs "$pf" 3 2>/dev/null
"$TREE/tests/lab/abi/abi-sriov" "$pf" "$(vf "$pf" 0)" "$(vf "$pf" 1)"
# one in use keeps all of them
exec {user}<>"/dev/vfio/$(group_of "$(vf "$pf" 1)")"
expect_fail "$VFIOCTL" sriov set "$pf" 7
exec {user}>&-
"$VFIOCTL" sriov set "$pf" 7
"$VFIOCTL" sriov show "$pf"
# they go with their PF
"$VFIOCTL" unbind --force "$pf"
[ "$(cat "/sys/bus/pci/devices/$pf/sriov_numvfs")" = 0 ] || die 'VFs outlived the binding'
bind "$pf"
echo 0 >/sys/module/vfio_pci/parameters/enable_sriov
expect_fail numvfs "$pf" 1 2>/dev/null
expect_fail "$VFIOCTL" sriov set "$pf" 1
"$VFIOCTL" unbind --force "$pf"
unload_vfio
