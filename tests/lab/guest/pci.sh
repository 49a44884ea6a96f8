# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# PCI devices of the machine, by the names of devices.sh.

# bdf NAME: address of the first such device
bdf()
{
	local id dir
	id=$(device_id "$1") || die "no device $1"
	for dir in /sys/bus/pci/devices/*; do
		if [ "$(cat "$dir/vendor" "$dir/device" | tr -d '\n')" = "0x${id%:*}0x${id#*:}" ]; then
			echo "${dir##*/}"
			return
		fi
	done
	die "device $1 is not in the machine"
}

# driver_of BDF: name, or nothing
driver_of()
{
	local link=/sys/bus/pci/devices/$1/driver
	[ ! -e "$link" ] || basename "$(readlink "$link")"
}

group_of() { basename "$(readlink "/sys/bus/pci/devices/$1/iommu_group")"; }

# host_driver NAME: load the driver of the distribution for the device
host_driver()
{
	local device
	device=$(bdf "$1")
	[ -z "$(driver_of "$device")" ] || return 0
	modprobe "$(modprobe -R "$(cat "/sys/bus/pci/devices/$device/modalias")" | head -n 1)"
	wait_for 5 test -e "/sys/bus/pci/devices/$device/driver"
}

# netdev NAME: network interface of a device that its host driver holds
netdev()
{
	local dir
	dir=/sys/bus/pci/devices/$(bdf "$1")/net
	wait_for 5 test -d "$dir"
	ls "$dir"
}

VFIOCTL=$TREE/tools/vfioctl/vfioctl

# bind BDF: to vfio-pci
bind()
{
	"$VFIOCTL" bind "$1" >/dev/null
	[ "$(driver_of "$1")" = vfio-pci ] || die "$1 did not go to vfio-pci"
}

# unbind BDF: back to the driver that had it
unbind() { "$VFIOCTL" unbind "$1" >/dev/null; }

# bus_master BDF: 1 when the device may start transactions
bus_master() { echo $((($((0x$(setpci -s "$1" COMMAND.w))) >> 2) & 1)); }
