# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A VF token given to a device that has no use for one is refused, and the log says why: a plain
# device, and a VF whose PF is the kernel's.
# devices: igb e1000e
# timeout: 120
plain=$(bdf e1000e)
pf=$(bdf igb)
abi=$TREE/tests/lab/abi/abi-sriov
load_vfio
bind "$plain"
"$abi" "$plain" 'it must not be given a VF token, it has no VFs'
unbind "$plain"

host_driver igb
[ "$(driver_of "$pf")" = igb ] || die "$pf is not bound to igb"
numvfs "$pf" 1
vf=$(vf "$pf" 0)
bind "$vf"
# the log's limit begins anew
sleep 6
"$abi" "$vf" 'it must not be given a VF token, its PF is not bound to vfio-pci'
dmesg | grep 'refuse: [0-9]* callbacks suppressed' || die 'the log keeps quiet about what it left out'
"$VFIOCTL" unbind --force "$vf"
numvfs "$pf" 0
unload_vfio
