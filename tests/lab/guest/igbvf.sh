# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A VF of igb, whose PF the host's driver has, for guests: its address is VF, in the guest it is
# the only network interface, eth0.

VF_MAC=52:54:00:00:01:10

# igbvf_bind: makes the VF, which igbvf has at first, and binds it
igbvf_bind()
{
	local pf port
	quiet_network
	pf=$(bdf igb)
	host_driver igb
	port=$(netdev igb)
	link_up host "$port"
	numvfs "$pf" 1
	VF=$(vf "$pf" 0)
	ip link set "$port" vf 0 mac "$VF_MAC"
	modprobe igbvf
	wait_for 10 test -d "/sys/bus/pci/devices/$VF/net"
	load_vfio
	bind "$VF"
}

# igbvf_guest l2_start|l2_launch NAME: one with the VF in port0
igbvf_guest()
{
	L2_MODULES=igbvf L2_FILES="$LAB/l2/frames" L2_PORTS=1 L2_APPEND=ipv6.disable=1 \
		"$1" "$2" -device "vfio-pci,host=$VF,id=vf,bus=port0"
}

guest_has_port() { l2 "$1" '[ -d /sys/class/net/eth0 ]'; }

# igbvf_works PLACE INTERFACE COUNT: by so many frames each way
igbvf_works()
{
	local address
	[ "$1" = host ] || wait_for 20 guest_has_port "$1"
	address=$(at "$1" "cat /sys/class/net/$2/address")
	[ "$address" = "$VF_MAC" ] || die "the PF gave the VF $VF_MAC; it has $address"
	link_up "$1" "$2"
	exchange "$1" "$2" "$3"
}

# igbvf_back: the VF returns to igbvf here, and works
igbvf_back()
{
	unbind "$VF"
	# who unbinds without vfioctl takes from it the memory of the driver before
	[ -n "$(driver_of "$VF")" ] || echo "$VF" >/sys/bus/pci/drivers_probe
	[ "$(driver_of "$VF")" = igbvf ] || die "$VF did not go back to igbvf"
	wait_for 10 test -d "/sys/bus/pci/devices/$VF/net"
	igbvf_works host "$(ls "/sys/bus/pci/devices/$VF/net")" 1000
}
