# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# DPDK drives igb's PF, and the kernel's igbvf one of its VFs: allowed, and told.
# devices: igb
# timeout: 120
pf=$(bdf igb)
load_vfio_sriov
hugepages 64
bind "$pf"
numvfs "$pf" 1
vf=$(vf "$pf" 0)
pmd_start pf "$pf" rxonly
echo "$vf" >/sys/bus/pci/drivers/vfio-pci/unbind
echo igbvf >"/sys/bus/pci/devices/$vf/driver_override"
modprobe igbvf
echo "$vf" >/sys/bus/pci/drivers_probe
wait_for 10 test -d "/sys/bus/pci/devices/$vf/net"
[ "$(driver_of "$vf")" = igbvf ] || die "$vf is bound to $(driver_of "$vf")"
dmesg | grep "$vf: bound to igbvf, which has to trust the user of its PF $pf" ||
	die 'the log does not tell'
port=$(ls "/sys/bus/pci/devices/$vf/net")
ip link set "$port" up
# the link itself is a matter between DPDK's driver and igbvf
pmd_stop pf
numvfs "$pf" 0
[ ! -e "/sys/class/net/$port" ] || die 'the VF has gone, its network interface has not'
unbind "$pf"
unload_vfio
