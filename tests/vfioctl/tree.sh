# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: make_tree ROOT builds a machine's sysfs, /proc and /run, as a kernel shows them.
# shellcheck shell=bash

# put FILE TEXT
put() {
	mkdir -p "${1%/*}"
	printf '%s\n' "$2" > "$1"
}

# driver NAME [ID]...: a loaded driver and what it is for
driver() {
	mkdir -p "$R/sys/bus/pci/drivers/$1" "$R/kernel/ids"
	: > "$R/sys/bus/pci/drivers/$1/bind"
	: > "$R/sys/bus/pci/drivers/$1/unbind"
	printf '%s\n' "${@:2}" > "$R/kernel/ids/$1"
}

# pci PATH ID CLASS GROUP DRIVER: a function at PATH below pci0000:00; "-" for none
pci() {
	local path=devices/pci0000:00/$1 bdf=${1##*/} d up
	d=$R/sys/$path
	up=../../..
	mkdir -p "$d"
	put "$d/vendor" "0x${2%:*}"
	put "$d/device" "0x${2#*:}"
	put "$d/class" "0x$3"
	put "$d/numa_node" -1
	put "$d/driver_override" '(null)'
	put "$d/power_state" D0
	ln -s "../../../$path" "$R/sys/bus/pci/devices/$bdf"
	if [ "$4" != - ]; then
		mkdir -p "$R/sys/kernel/iommu_groups/$4/devices"
		ln -s "../../../../$path" "$R/sys/kernel/iommu_groups/$4/devices/$bdf"
		ln -s "$R_UP/kernel/iommu_groups/$4" "$d/iommu_group"
		ln -s "$R_UP/class/iommu/dmar0" "$d/iommu"
	fi
	if [ "$5" != - ]; then
		ln -s "$R_UP/bus/pci/drivers/$5" "$d/driver"
		ln -s "$up/$path" "$R/sys/bus/pci/drivers/$5/$bdf"
	fi
}

# in_class CLASS NAME PATH: an entry of /sys/class for a thing at PATH below /sys/devices
in_class() {
	mkdir -p "$R/sys/class/$1" "$R/sys/devices/$3"
	ln -s "../../devices/$3" "$R/sys/class/$1/$2"
}

# poke FILE OFFSET BYTE...: bytes in hexadecimal
poke() {
	local hex=''
	local byte
	for byte in "${@:3}"; do hex+="\\x$byte"; done
	printf '%b' "$hex" | dd of="$1" bs=1 seek="$(($2))" conv=notrunc status=none
}

# module NAME VERSION TAINT REFS HOLDER...
module() {
	local m=$R/sys/module/$1
	mkdir -p "$m/holders"
	put "$m/initstate" live
	[ "$2" = - ] || put "$m/version" "$2"
	put "$m/taint" "$3"
	put "$m/refcnt" "$4"
	local h
	for h in "${@:5}"; do ln -s "../../$h" "$m/holders/$h"; done
}

# process PID NAME FILE...: with these files open
process() {
	local fd=3 file
	mkdir -p "$R/proc/$1/fd"
	put "$R/proc/$1/comm" "$2"
	for file in "${@:3}"; do ln -s "$file" "$R/proc/$1/fd/$fd"; fd=$((fd + 1)); done
}

config_space() {
	local c=$1
	dd if=/dev/zero of="$c" bs=4096 count=1 status=none
	poke "$c" 0x00 86 80 c9 10 06 00 10 00	# vendor, device, command, status: has a list
	poke "$c" 0x34 40
	poke "$c" 0x40 01 50			# power management
	poke "$c" 0x50 05 70 86 01		# MSI, 8 vectors asked for
	poke "$c" 0x70 11 a0 09 00		# MSI-X, 10 vectors
	poke "$c" 0xa0 10 00 02 00 00 00 00 10	# PCI Express, function level reset
	poke "$c" 0x100 01 00 01 16		# AER, next at 0x160
	poke "$c" 0x160 10 00 01 00		# SR-IOV
}

network() {
	in_class net lo virtual/net/lo
	in_class net eth1 pci0000:00/0000:00:01.0/0000:01:00.0/net/eth1
	in_class net eth2 pci0000:00/0000:00:1f.6/net/eth2
	in_class net eth4 pci0000:00/0000:04:00.0/net/eth4
	in_class net br0 virtual/net/br0
	ln -s ../../../../../virtual/net/br0 "$R/sys/devices/pci0000:00/0000:04:00.0/net/eth4/upper_br0"
	in_class net eth9 pci0000:00/0000:09:00.0/net/eth9
	in_class net eth10 pci0000:00/0000:0a:00.0/net/eth10
	in_class net bond0 virtual/net/bond0
	ln -s ../../../../../virtual/net/bond0 "$R/sys/devices/pci0000:00/0000:0a:00.0/net/eth10/master"
	in_class net eth11 pci0000:00/0000:0b:00.0/net/eth11
	cat > "$R/proc/net/route" <<-'END'
	Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
	br0	00000000	0101A8C0	0003	0	0	0	00000000	0	0	0
	br0	0001A8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
	eth11	00000A0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
	END
	cat > "$R/proc/net/if_inet6" <<-'END'
	00000000000000000000000000000001 01 80 10 80       lo
	fe800000000000005054 02 40 20 80     eth1
	fe80000000000000505400fffe000001 02 40 20 80     eth1
	20010db8000000000000000000000009 05 80 00 80     eth9
	END
	cat > "$R/proc/net/ipv6_route" <<-'END'
	fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth1
	ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000003 00000000 00000001     eth1
	END
}

storage() {
	local nvme=pci0000:00/0000:02:00.0/nvme/nvme0 sub=virtual/nvme-subsystem/nvme-subsys1
	in_class block nvme0n1 "$nvme/nvme0n1"
	in_class block nvme0n1p1 "$nvme/nvme0n1/nvme0n1p1"
	in_class block nvme1n1 "$sub/nvme1n1"
	in_class nvme-subsystem nvme-subsys1 "$sub"
	mkdir -p "$R/sys/devices/pci0000:00/0000:03:00.0/nvme/nvme1"
	ln -s ../../../pci0000:00/0000:03:00.0/nvme/nvme1 "$R/sys/devices/$sub/nvme1"
	in_class block dm-0 virtual/block/dm-0
	mkdir -p "$R/sys/devices/virtual/block/dm-0/slaves" "$R/sys/devices/$sub/nvme1n1/holders"
	ln -s ../../../nvme-subsystem/nvme-subsys1/nvme1n1 "$R/sys/devices/virtual/block/dm-0/slaves/nvme1n1"
	ln -s ../../../../block/dm-0 "$R/sys/devices/$sub/nvme1n1/holders/dm-0"
	put "$R/sys/devices/virtual/block/dm-0/dm/name" vg-swap
	mkdir -p "$R/sys/dev/block"
	ln -s "../../devices/$nvme/nvme0n1/nvme0n1p1" "$R/sys/dev/block/259:1"
	cat > "$R/proc/self/mountinfo" <<-'END'
	22 1 0:20 / /sys rw,nosuid - sysfs sysfs rw
	36 1 259:1 / /srv/data rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw
	END
	printf 'Filename Type Size Used Priority\n/dev/mapper/vg-swap partition 1 0 -2\n' > "$R/proc/swaps"
}

make_tree() {
	R=$1
	mkdir -p "$R/sys/bus/pci/devices" "$R/sys/bus/pci/drivers" "$R/sys/class/iommu/dmar0" "$R/run" \
		"$R/proc/net" "$R/proc/self" "$R/kernel"
	: > "$R/sys/bus/pci/drivers_probe"
	driver vfio-pci
	driver pcieport
	driver igb 8086:10c9
	driver igbvf 8086:10ca
	driver e1000e 8086:15bb 8086:10d3
	driver snd_hda_intel 8086:a348
	driver i915 8086:3e92
	driver nvme 1b36:0010
	driver r8169 10ec:8168

	R_UP=../../..
	pci 0000:00:00.0 8086:3ec2 060000 0 -
	pci 0000:00:01.0 8086:1901 060400 1 pcieport
	pci 0000:00:02.0 8086:3e92 030000 2 i915
	put "$R/sys/devices/pci0000:00/0000:00:02.0/boot_vga" 1
	mkdir -p "$R/sys/devices/pci0000:00/0000:00:02.0/drm/card0"
	pci 0000:00:1f.0 8086:a303 060100 7 -
	pci 0000:00:1f.3 8086:a348 040300 7 snd_hda_intel
	pci 0000:00:1f.6 8086:15bb 020000 7 e1000e
	pci 0000:02:00.0 1b36:0010 010802 17 nvme
	pci 0000:03:00.0 1b36:0010 010802 18 nvme
	pci 0000:04:00.0 10ec:8168 020000 19 r8169
	pci 0000:05:00.0 8086:10d3 020000 20 vfio-pci
	pci 0000:05:00.1 8086:10d3 020000 21 vfio-pci
	pci 0000:06:00.0 1180:e823 080501 - -
	pci 0000:06:00.1 fffe:fffd ff0000 27 -	# in no list of names
	pci 0000:07:00.0 8086:10d3 020000 22 e1000e
	pci 0000:07:00.1 8086:10d3 020000 22 e1000e
	pci 0000:07:00.2 8086:10d3 020000 22 -
	pci 0000:08:00.0 8086:10d3 020000 23 e1000e
	put "$R/sys/devices/pci0000:00/0000:08:00.0/driver_override" vfio-pci
	pci 0000:09:00.0 10ec:8168 020000 24 r8169
	pci 0000:0a:00.0 10ec:8168 020000 25 r8169
	pci 0000:0b:00.0 10ec:8168 020000 26 r8169

	R_UP=../../../..
	local pf=$R/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0
	pci 0000:00:01.0/0000:01:00.0 8086:10c9 020000 14 igb
	pci 0000:00:01.0/0000:01:10.0 8086:10ca 020000 15 igbvf
	pci 0000:00:01.0/0000:01:10.2 8086:10ca 020000 16 -
	put "$pf/numa_node" 0
	put "$pf/sriov_totalvfs" 7
	put "$pf/sriov_numvfs" 2
	put "$pf/resource" '0x00000000fe800000 0x00000000fe81ffff 0x0000000000040200'
	ln -s ../0000:01:10.0 "$pf/virtfn0"
	ln -s ../0000:01:10.2 "$pf/virtfn1"
	ln -s ../0000:01:00.0 "$pf/../0000:01:10.0/physfn"
	ln -s ../0000:01:00.0 "$pf/../0000:01:10.2/physfn"
	config_space "$pf/config"
	cp "$pf/config" "$pf/../0000:01:10.0/config"	# a VF answers with IDs of all ones
	poke "$pf/../0000:01:10.0/config" 0 ff ff ff ff

	network
	storage
	process 4242 qemu-system-x86 /dev/null /dev/vfio/vfio /dev/vfio/20
	process 4243 "$(printf 'X\033[31m')" /dev/dri/card0
	module vfio 1.0.0 O 3 vfio_pci_core
	module vfio_iommu_type1 0.2 '' 1
	module vfio_pci_core 1.0.0 OE 1 vfio_pci
	module irqbypass - '' 2 kvm vfio_pci_core
	put "$R/sys/module/vfio_pci/parameters/disable_vga" N
}
