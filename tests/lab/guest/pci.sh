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

# bind BDF: to vfio-pci, by sysfs
bind()
{
	local dir=/sys/bus/pci/devices/$1
	echo vfio-pci >"$dir/driver_override"
	[ ! -e "$dir/driver" ] || echo "$1" >"$dir/driver/unbind"
	echo "$1" >/sys/bus/pci/drivers_probe
	[ "$(driver_of "$1")" = vfio-pci ] || die "$1 did not go to vfio-pci"
}

# unbind BDF: back to the host driver
unbind()
{
	local dir=/sys/bus/pci/devices/$1
	echo "$1" >"$dir/driver/unbind"
	echo >"$dir/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
}
