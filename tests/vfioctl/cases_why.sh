# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: cases of `vfioctl why`.
# shellcheck shell=bash disable=SC2154,SC2034

# why NAME RC BDF OPEN [KIND RULE]...: what is told of a device, and nothing else
why() {
	local name=$1 rc=$2 bdf=$3 open=$4 kind
	local -A n=([blocks]=0 [needs]=0 [notes]=0)
	exits "$name" "$rc" why -j "$bdf"
	json "$name: open" "$open" device "$bdf" open
	shift 4
	while [ $# != 0 ]; do
		json "$name: $2" "$2" device "$bdf" "$1" "${n[$1]}" rule
		n[$1]=$((n[$1] + 1))
		shift 2
	done
	for kind in "${!n[@]}"; do json_lacks "$name: no more $kind" device "$bdf" "$kind" "${n[$kind]}"; done
	is "$name: nothing written" 0 "$(writes)"
}

case_why_plain() {
	token_tree
	why 'plain' 0 0000:05:00.1 yes notes token.forbidden
	json 'plain: driver' vfio-pci device 0000:05:00.1 driver
	json 'plain: group' 21 device 0000:05:00.1 group
	exits 'plain, text' 0 why 05:00.1
	is 'plain, text: first' '0000:05:00.1' "$(head -1 "$work/out")"
	out_has 'plain, text: open' 'open    yes'
	why 'held' 4 0000:05:00.0 no blocks guard.vfio notes token.forbidden
	json 'held: by whom' 'process 4242 (qemu-system-x86) has /dev/vfio/20 open' \
		device 0000:05:00.0 blocks 0 reason
	: > "$T/proc/4242/fd/9"
	why 'who holds it is not seen' 0 0000:05:00.1 yes notes guard.unseen notes token.forbidden
	exits 'two at once' 4 why -j 05:00.1 05:00.0
	json 'two at once: the first' yes device 0000:05:00.1 open
	json 'two at once: the other' no device 0000:05:00.0 open
	exits 'one of two is not there' 4 why 05:00.0 7f:00.0
	exits 'none' 1 why
}

case_why_driver() {
	why 'a bridge' 4 0000:00:01.0 no blocks assign.bridge
	why 'a host driver' 4 0000:08:00.0 no blocks open.driver
	json 'a host driver: which' 'it is held by host driver e1000e' device 0000:08:00.0 blocks 0 reason
	json 'a host driver: fix' 'vfioctl bind 0000:08:00.0' device 0000:08:00.0 blocks 0 fix
	why 'in use by the host' 4 0000:04:00.0 no blocks open.driver notes guard.route
	why 'no driver' 4 0000:01:10.2 no blocks open.driver
	json 'no driver: said' 'it has no driver' device 0000:01:10.2 blocks 0 reason
	why 'no IOMMU' 4 0000:06:00.0 no blocks assign.iommu
	rm -r "$T/sys/kernel/iommu_groups" "$T"/sys/devices/pci0000:00/*/iommu_group
	mkdir -p "$T/sys/kernel/iommu_groups" "$T/sys/firmware/acpi/tables"
	: > "$T/sys/firmware/acpi/tables/DMAR"
	why 'IOMMU not on' 4 0000:08:00.0 no blocks assign.iommu
	json 'IOMMU not on: fix' 'add intel_iommu=on to the kernel command line, reboot' \
		device 0000:08:00.0 blocks 0 fix
}

case_why_group() {
	token_tree
	rm "$T/sys/bus/pci/devices/0000:07:00.2/driver" 2> /dev/null
	ln -s ../../../bus/pci/drivers/vfio-pci "$T/sys/bus/pci/devices/0000:07:00.2/driver"
	: > "$T/dev/vfio/22"
	why 'group not viable' 4 0000:07:00.2 no blocks assign.group notes token.forbidden
	json 'group not viable: who' 'group 22 is not viable: 0000:07:00.0 is held by host driver e1000e' \
		device 0000:07:00.2 blocks 0 reason
	json 'group not viable: fix' 'vfioctl bind --group 22' device 0000:07:00.2 blocks 0 fix
}

case_why_token() {
	token_tree
	why 'VF of a PF on vfio-pci' 0 0000:01:10.0 token needs token.vf
	json "VF of a PF on vfio-pci: the PF's driver" \
		"its PF 0000:01:00.0 is on vfio-pci (nobody is seen to have it open): it opens with the PF's VF token only, else EACCES" \
		device 0000:01:10.0 needs 0 reason
	process 4500 dpdk-testpmd /dev/vfio/14
	why 'VF of a PF that is open' 0 0000:01:10.0 token needs token.vf
	out_has 'VF of a PF that is open: by whom' '(process 4500 (dpdk-testpmd) has /dev/vfio/14 open)'
	why 'that PF' 4 0000:01:00.0 no blocks guard.vfio notes token.unused
	rm -r "$T/proc/4500"
	why 'PF with idle VFs' 0 0000:01:00.0 yes notes token.unused
	process 4501 qemu /dev/vfio/16
	why 'PF with a VF in use' 0 0000:01:00.0 token needs token.pf
	out_has 'PF with a VF in use: by whom' '0000:01:10.2 is in use (process 4501 (qemu)'
	why 'the VF in use' 4 0000:01:10.2 no blocks guard.vfio needs token.vf
	ln -sfn ../../../../bus/pci/drivers/igb "$T/sys/bus/pci/devices/0000:01:00.0/driver"
	why "VF of a host driver's PF" 0 0000:01:10.0 yes notes token.forbidden
	out_has "VF of a host driver's PF: which" 'its PF 0000:01:00.0 is held by host driver igb'
	rm "$T/sys/bus/pci/devices/0000:01:10.0/driver"
	why 'VF without driver' 4 0000:01:10.0 no blocks open.driver
	ln -sfn ../../../../bus/pci/drivers/vfio-pci "$T/sys/bus/pci/devices/0000:01:00.0/driver"
	why 'VF without driver, its PF on vfio-pci' 4 0000:01:10.0 no blocks open.driver needs token.vf
}

case_why_nodes() {
	token_tree
	rm "$T/dev/vfio/21"
	why 'no node' 4 0000:05:00.1 no blocks open.node notes token.forbidden
	: > "$T/dev/vfio/noiommu-21"
	why 'no-IOMMU node' 0 0000:05:00.1 yes notes token.forbidden
	rm "$T/dev/vfio/vfio"
	why 'no container' 4 0000:05:00.1 no blocks open.container notes token.forbidden
	json 'no container: fix' 'modprobe vfio' device 0000:05:00.1 blocks 0 fix
	rm -r "${T:?}/dev"
	why 'a saved tree without /dev' 0 0000:05:00.1 yes notes token.forbidden
	rm -r "$T/sys/module/vfio_iommu_type1"
	why 'no backend' 4 0000:05:00.1 no blocks open.backend notes token.forbidden
}

case_why_hardware() {
	local dev=$T/sys/devices/pci0000:00/0000:05:00.1 g=$T/sys/kernel/iommu_groups/21
	token_tree
	put "$g/reserved_regions" '0x00000000000e0000 0x00000000000fffff direct-relaxable
0x00000000fee00000 0x00000000feefffff msi'
	why 'regions that are no matter' 0 0000:05:00.1 yes notes token.forbidden
	echo '0x000000007a000000 0x000000007affffff direct' >> "$g/reserved_regions"
	why 'RMRR' 4 0000:05:00.1 no blocks open.reserved notes token.forbidden
	out_has 'RMRR: which' '(RMRR, 0x7a000000-0x7affffff)'
	rm "$g/reserved_regions"
	put "$dev/power_state" D3hot
	why 'asleep' 0 0000:05:00.1 yes notes token.forbidden
	put "$dev/power_state" D3cold
	why 'without power' 0 0000:05:00.1 yes notes token.forbidden notes open.power
	head -c 64 /dev/zero | tr '\0' '\377' > "$dev/config"
	why 'without power, and asked nothing' 0 0000:05:00.1 yes notes token.forbidden notes open.power
	put "$dev/power_state" D0
	head -c 64 /dev/zero | tr '\0' '\377' > "$dev/config"
	why 'off the bus' 4 0000:05:00.1 no blocks open.dead notes token.forbidden
	poke "$dev/config" 4 06 04 10 00
	why 'a VF has IDs of all ones' 0 0000:05:00.1 yes notes token.forbidden
}
