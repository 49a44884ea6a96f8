# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: each case_* function is run on a fresh tree.
# shellcheck shell=bash disable=SC2154,SC2034

case_list_text() {
	exits list 0 list
	err_empty 'list: stderr'
	is 'list: heading' 'ADDRESS GROUP DRIVER PF/VF NUMA IOMMU ASSIGN NAME WHY' \
		"$(head -1 "$work/out" | tr -s ' ')"
	is 'list: every function has its line' "$(find "$T/sys/bus/pci/devices" -type l | wc -l)" \
		"$(($(wc -l < "$work/out") - 1))"
	is 'list: in the order of addresses' "$(tail -n +2 "$work/out" | cut -c1-12 | sort)" \
		"$(tail -n +2 "$work/out" | cut -c1-12)"
	is 'list: a PF' '0000:01:00.0 14 igb pf 2/7 0 dmar0 in-use' "$(row 0000:01:00.0 | cut -d' ' -f1-8)"
	is 'list: a VF with a driver' '0000:01:10.0 15 igbvf vf - dmar0 yes' \
		"$(row 0000:01:10.0 | cut -d' ' -f1-7)"
	is 'list: a VF without' '0000:01:10.2 16 - vf - dmar0 yes' "$(row 0000:01:10.2 | cut -d' ' -f1-7)"
	is 'list: on vfio-pci' '0000:05:00.1 21 vfio-pci - - dmar0 ready' \
		"$(row 0000:05:00.1 | cut -d' ' -f1-7)"
	is 'list: no group' '0000:06:00.0 - - - - - no' "$(row 0000:06:00.0 | cut -d' ' -f1-7)"
	is 'list: columns begin at one place' 1 \
		"$(awk '{ i = match($0, / (ASSIGN|no|yes|ready|in-use) /); print i }' "$work/out" | sort -u | wc -l)"
	is 'list: no name known' 'Device fffd' "$(row 0000:06:00.1 | cut -d' ' -f8-9)"
	out_lacks 'list: no colour off a terminal' $'\033'
	is 'list: writes nothing' 0 "$(writes)"
}

case_list_why() {
	exits 'list -j' 0 list -j
	json 'why: bridge' assign.bridge device 0000:00:01.0 why rule
	json 'why: group' assign.group device 0000:00:1f.6 why rule
	json 'why: group names the other' 'group 7 is not viable: 0000:00:1f.3 is held by host driver snd_hda_intel' \
		device 0000:00:1f.6 why reason
	json 'why: group and what mends it' 'vfioctl bind --group 7' device 0000:00:1f.6 why fix
	json 'why: no IOMMU for it' assign.iommu device 0000:06:00.0 why rule
	json 'why: mount' '/srv/data is mounted from nvme0n1p1' device 0000:02:00.0 why reason
	json 'why: swap on dm on multipath NVMe' 'swap lies on nvme1n1' device 0000:03:00.0 why reason
	json 'why: default route of a bridge above' \
		'its interface eth4 lies under br0, which carries the default route' \
		device 0000:04:00.0 why reason
	json 'why: IPv6 address' guard.address device 0000:09:00.0 why rule
	json 'why: port of a bond' guard.master device 0000:0a:00.0 why rule
	json 'why: plain route' 'its interface eth11 carries a route' device 0000:0b:00.0 why reason
	json 'why: display' guard.display device 0000:00:02.0 why rule
	json 'why: VFs of a PF' guard.vfs device 0000:01:00.0 why rule
	json_lacks 'why: absent where nothing forbids it' device 0000:05:00.1 why
}

case_list_harmless_routes() {
	# link-local addresses and routes alone do not make eth1 used
	rm "$T/sys/devices/pci0000:00/0000:00:01.0/0000:01:10.0/driver"
	exits 'list -j' 0 list -j
	json 'link-local is no use' yes device 0000:01:00.0 assign
}

case_json_shape() {
	exits 'list -j' 0 -j list
	err_empty 'json: stderr'
	is 'json: one line' 1 "$(wc -l < "$work/out")"
	json 'json: group is a number' 14 device 0000:01:00.0 group
	json 'json: id' 8086:10c9 device 0000:01:00.0 id
	json 'json: PF' pf device 0000:01:00.0 function
	json 'json: VF names its PF' 0000:01:00.0 device 0000:01:10.2 physfn
	json 'json: numa' 0 device 0000:01:00.0 numa
	json_lacks 'json: no driver, no attribute' device 0000:01:10.2 driver
	json_lacks 'json: no group, no attribute' device 0000:06:00.0 group
	json_lacks 'json: numa -1 is absent' device 0000:05:00.0 numa
	exits 'list --pretty' 0 list --pretty
	[ "$(wc -l < "$work/out")" -gt 100 ]; verdict $? 'pretty: many lines'
	json 'pretty: is JSON, the same' 14 device 0000:01:00.0 group
}

case_empty() {
	rm "$T"/sys/bus/pci/devices/*
	exits 'empty list' 0 list
	is 'empty: the heading alone' 1 "$(wc -l < "$work/out")"
	exits 'empty list -j' 0 list -j
	json 'empty: valid JSON' '{}' device
	rm -r "$T/sys/bus"
	exits 'no PCI at all' 3 list
	err_has 'no PCI at all: said' /sys/bus/pci/devices
}

case_color() {
	exits 'color always' 0 list --color=always
	out_has 'color: red' $'\033[31mno\033[0m'
	out_has 'color: green' $'\033[32mready\033[0m'
	exits 'color never' 0 list --color never
	out_lacks 'color: none' $'\033'
	exits 'color bad' 1 list --color=blue
	exits 'color in JSON' 0 list -j --color=always
	out_lacks 'color: JSON has none' $'\033'
}

case_show() {
	exits show 0 show 01:00.0
	out_has 'show: capabilities' 'pm, msi, msix, pcie, aer, sriov'
	exits 'show -j' 0 show -j 0000:01:00.0
	json 'show: MSI vectors' 8 device 0000:01:00.0 msi_vectors
	json 'show: MSI-X vectors' 10 device 0000:01:00.0 msix_vectors
	json 'show: FLR' true device 0000:01:00.0 flr
	json 'show: extended capability' sriov device 0000:01:00.0 capabilities 5
	json 'show: BAR size' 131072 device 0000:01:00.0 bars 0 size
	json 'show: VFs' '["0000:01:10.0","0000:01:10.2"]' device 0000:01:00.0 vfs
	json 'show: power state' D0 device 0000:01:00.0 power_state
	exits 'show two' 0 show -j 00:1f.6 05:00.0
	json 'show: members' 0000:00:1f.3 device 0000:00:1f.6 members 1 address
	json 'show: a bridge among them' true device 0000:00:1f.6 members 0 bridge
	json 'show: who has it open' 'process 4242 (qemu-system-x86) has /dev/vfio/20 open' \
		device 0000:05:00.0 uses 0 reason
	exits 'show display' 0 show 00:02.0
	out_has 'show: DRM user' 'has /dev/dri/card0 open'
	out_lacks 'show: no control characters of a process' $'\033'
	exits 'show a VF' 0 show -j 01:10.0
	json 'show: capabilities of a VF' true device 0000:01:10.0 flr
	exits 'show without config space' 0 show -j 05:00.1
	json_lacks 'show: no capabilities then' device 0000:05:00.1 capabilities
}

case_stack() {
	exits stack 0 stack
	is 'stack: ours' 'vfio live passway 1.0.0 3 O vfio_pci_core' "$(row vfio)"
	is "stack: the distribution's" 'vfio_iommu_type1 live distribution 0.2 1 - -' "$(row vfio_iommu_type1)"
	is 'stack: built in' 'vfio_pci built-in distribution - - - -' "$(row vfio_pci)"
	exits 'stack -j' 0 stack show -j
	json 'stack: origin' passway stack vfio_pci_core origin
	json 'stack: users' vfio_pci stack vfio_pci_core used_by 0
	json 'stack: no version' distribution stack irqbypass origin
	put "$T/sys/module/vfio/version" 0.3
	put "$T/sys/module/vfio_iommu_type1/version" 1.10.2
	put "$T/sys/module/vfio_iommu_type1/taint" OE
	rm -r "$T/sys/module/irqbypass"
	exits 'stack -j' 0 -j stack
	json 'stack: out of tree, but old' distribution stack vfio origin
	json 'stack: newer than 1.0.0' passway stack vfio_iommu_type1 origin
	json 'stack: not loaded' absent stack irqbypass state
	json_lacks 'stack: not loaded, no origin' stack irqbypass origin
	put "$T/sys/module/vfio_iommu_type1/taint" ''
	exits 'stack -j' 0 -j stack
	json 'stack: high version alone does not do' distribution stack vfio_iommu_type1 origin
}

case_usage() {
	exits 'no words' 1
	err_has 'no words: where help is' 'vfioctl --help'
	exits 'unknown word' 1 frobnicate
	exits 'unknown verb' 1 device frobnicate
	exits 'unknown option' 1 list --frobnicate
	exits 'unknown letter' 1 list -x
	exits 'empty word' 1 ''
	exits 'option of another verb' 1 list --force
	err_has 'option of another verb: said' 'device list takes no --force'
	exits 'missing value' 1 list --color
	exits 'too many operands' 1 list 01:00.0
	exits 'show wants an operand' 1 show
	exits 'bind wants an operand' 1 bind
	exits 'bind wants one kind' 1 bind 01:00.0 --group 14
	exits 'ambiguous' 1 s
	err_has 'ambiguous: said' usage.ambiguous
	exits 'usage error in JSON' 1 frobnicate -j
	json 'usage error in JSON: rule' usage.noun errors 0 rule
	err_empty 'usage error in JSON: stderr'
	for group in '' x -1 1x 99999999999 0x10; do
		exits "group '$group'" 1 bind --group "$group"
	done
}

case_words() {
	exits 'device alone' 0 device
	out_has 'device alone lists' 0000:01:00.0
	for words in 'dev list' 'd l' l li 'device li' 'stack' 'st' 'st sh'; do
		# shellcheck disable=SC2086
		exits "short: $words" 0 $words
	done
	exits 'help' 0 --help
	out_has 'help: exit status' 'Exit status'
	exits 'help of a noun' 0 device --help
	out_has 'help of a noun: verbs' 'device unbind'
	exits 'help of a verb' 0 bind --help
	out_has 'help of a verb: its options' --dry-run
	exits 'help of list' 0 list -h
	out_lacks "help of list: not bind's options" --dry-run
	exits version 0 --version
	out_has version 'vfioctl 1.0.0'
	exits 'version -j' 0 -V -j
	json 'version -j' 1.0.0 vfioctl version
}

case_addresses() {
	for bdf in 1:00.0 01:0.0 01:00 01:00.8 01:20.0 0001:00.0 00000000:01:00.0x 000:01:00.0 \
		../../../etc 0000:01:00.0/../x '0000:01:00.0 ' '*' 0000:01:00.-1 '' 123456789:01:00.0; do
		exits "address '$bdf'" 1 show "$bdf"
	done
	exits 'upper case' 0 show 00:1F.6
	exits 'long domain' 3 show 00010000:01:00.0
	exits 'no such device' 3 show 0000:7f:00.0
	err_has 'no such device: said' 'no such device'
	exits 'no such device, bind' 3 bind 7f:00.0
	exits 'one of two is missing' 3 bind 01:10.0 7f:00.0
	is 'one of two is missing: nothing written' 0 "$(writes)"
	exits 'no such group' 3 bind --group 99
	exits 'group of bridges' 3 bind --group 1
	exits 'not found in JSON' 3 show -j 7f:00.0
	json 'not found in JSON: handle' 0000:7f:00.0 errors 0 handle
	exits 'no such root' 3 --root "$T/nowhere" list
}

case_no_iommu() {
	rm -r "$T/sys/kernel/iommu_groups" "$T"/sys/devices/pci0000:00/*/iommu_group
	mkdir -p "$T/sys/kernel/iommu_groups"
	exits 'no IOMMU' 0 show -j 0b:00.0
	json 'no IOMMU: firmware' 'no IOMMU: the firmware offers none' device 0000:0b:00.0 why reason
	put "$T/sys/firmware/acpi/tables/DMAR" x
	put "$T/proc/cmdline" 'quiet root=/dev/vda'
	exits 'IOMMU not on' 4 bind -j 08:00.0
	json 'IOMMU not on: what to add' 'add intel_iommu=on to the kernel command line, reboot' errors 0 fix
	put "$T/proc/cmdline" 'quiet intel_iommu=off'
	exits 'IOMMU turned off' 4 bind -j 08:00.0 --force
	json 'IOMMU turned off: said' 'no IOMMU: the kernel command line turns VT-d off' errors 0 reason
	is 'no IOMMU: nothing written' 0 "$(writes)"
}

case_bind() {
	exits bind 0 bind 01:10.0
	out_has 'bind: said' '0000:01:10.0: igbvf -> vfio-pci'
	driver_is 'bind: done' 0000:01:10.0 vfio-pci
	override_is 'bind: override' 0000:01:10.0 vfio-pci
	log_is 'bind: in this order' 'devices/0000:01:10.0/driver_override vfio-pci 0
drivers/igbvf/unbind 0000:01:10.0 0
drivers/vfio-pci/bind 0000:01:10.0 0'
	is 'bind: record' $'id=8086:10ca\ndriver=igbvf' "$(record 0000:01:10.0)"
	is 'bind: mode of record and folder' '600 700' \
		"$(stat -c %a "$T/run/vfioctl/0000:01:10.0" "$T/run/vfioctl" | tr '\n' ' ' | sed 's/ $//')"
	: > "$work/log"
	exits 'bind again' 0 bind -j 01:10.0
	json 'bind again: unchanged' false device 0000:01:10.0 changed
	is 'bind again: nothing written' 0 "$(writes)"
	exits 'show bound' 0 show -j 01:10.0
	json 'show bound: former driver' igbvf device 0000:01:10.0 former
	json 'show bound: ready' ready device 0000:01:10.0 assign
	exits unbind 0 unbind -j 01:10.0
	json 'unbind: changed' true device 0000:01:10.0 changed
	json 'unbind: driver' igbvf device 0000:01:10.0 driver
	driver_is 'unbind: done' 0000:01:10.0 igbvf
	override_is 'unbind: no override left' 0000:01:10.0 '(null)'
	is 'unbind: no record left' '' "$(ls "$T/run/vfioctl")"
	exits 'unbind again' 0 unbind -j 01:10.0
	json 'unbind again: unchanged' false device 0000:01:10.0 changed
}

case_bind_free() {
	exits 'bind without driver' 0 bind -j 01:10.2
	json 'bind without driver: no former' vfio-pci device 0000:01:10.2 driver
	json_lacks 'bind without driver: no former' device 0000:01:10.2 former
	exits 'unbind without driver' 0 unbind 01:10.2
	driver_is 'unbind without driver: left without' 0000:01:10.2 ''
}

case_dry_run() {
	exits 'dry run' 0 bind -n 01:10.0
	is 'dry run: the plan' "record driver 'igbvf' in /run/vfioctl/0000:01:10.0
echo vfio-pci > /sys/bus/pci/devices/0000:01:10.0/driver_override
echo 0000:01:10.0 > /sys/bus/pci/drivers/igbvf/unbind
echo 0000:01:10.0 > /sys/bus/pci/drivers/vfio-pci/bind" "$(cat "$work/out")"
	exits 'dry run -j' 0 bind -nj 01:10.0
	json 'dry run: changes nothing' false device 0000:01:10.0 changed
	json 'dry run: says so' true device 0000:01:10.0 dry_run
	is 'dry run: nothing written' 0 "$(writes)"
	[ ! -e "$T/run/vfioctl" ]; verdict $? 'dry run: no record'
	exits 'dry run is guarded' 4 bind -n 04:00.0
	exits 'dry run of unbind' 0 unbind --dry-run 05:00.1
	out_has 'dry run of unbind' 'echo 0000:05:00.1 > /sys/bus/pci/drivers_probe'
	rm -r "$T/sys/bus/pci/drivers/vfio-pci"
	exits 'dry run without module' 0 bind -n 08:00.0
	out_has 'dry run without module: loads it' 'modprobe vfio-pci'
	exits 'bind without module' 2 bind 08:00.0
	err_has 'bind without module: said' 'modprobe vfio-pci'
}

case_group() {
	exits 'one of a group' 4 bind 07:00.0
	err_has 'one of a group: said' 'vfioctl bind --group 22'
	driver_is 'one of a group: left alone' 0000:07:00.0 e1000e
	exits 'whole group' 0 bind --group 22 -j
	for fn in 0 1 2; do driver_is "whole group: $fn" "0000:07:00.$fn" vfio-pci; done
	exits 'whole group back' 0 unbind --group 22
	driver_is 'whole group back: 0' 0000:07:00.0 e1000e
	driver_is 'whole group back: 1' 0000:07:00.1 e1000e
	driver_is 'whole group back: 2 had none' 0000:07:00.2 ''
	exits 'all that matter, by address' 0 bind 07:00.1 07:00.0 07:00.1
	driver_is 'by address: not named, left alone' 0000:07:00.2 ''
	fresh
	exits 'group with a bridge' 0 bind --group 7
	driver_is 'group with a bridge: audio' 0000:00:1f.3 vfio-pci
	driver_is 'group with a bridge: bridge left alone' 0000:00:1f.0 ''
	fresh
	exits 'one of a group, forced' 0 bind --force -j 07:00.0
	json 'forced: told what was overridden' assign.group device 0000:07:00.0 overridden 0 rule
	driver_is 'forced: done' 0000:07:00.0 vfio-pci
}

# refused NAME BDF RULE
refused() {
	exits "$1" 4 bind -j "$2"
	json "$1: rule" "$3" errors 0 rule
	is "$1: nothing written" 0 "$(writes)"
}

case_guards() {
	refused 'default route' 04:00.0 guard.route
	refused 'address' 09:00.0 guard.address
	refused 'bond port' 0a:00.0 guard.master
	refused 'mount' 02:00.0 guard.mount
	refused 'swap' 03:00.0 guard.swap
	refused 'display' 00:02.0 guard.display
	refused 'VFs in use' 01:00.0 guard.vfs
	refused 'bridge' 00:01.0 assign.bridge
	refused 'no group' 06:00.0 assign.iommu
	exits 'bridge, forced' 4 bind --force 00:01.0
	exits 'no group, forced' 4 bind --force 06:00.0
	exits 'all reasons at once' 4 bind -j 00:02.0
	json 'all reasons at once: second' guard.drm errors 1 rule
	exits 'one of two guarded' 4 bind 08:00.0 04:00.0
	is 'one of two guarded: nothing written' 0 "$(writes)"
	exits 'mount, forced' 0 bind -f 02:00.0
	driver_is 'mount, forced: done' 0000:02:00.0 vfio-pci
	: > "$work/log"
	exits 'open fd' 4 unbind 05:00.0
	err_has 'open fd: who' 'process 4242 (qemu-system-x86) has /dev/vfio/20 open'
	is 'open fd: nothing written' 0 "$(writes)"
	exits 'open fd, forced' 0 unbind --force 05:00.0
	driver_is 'open fd, forced: default driver by probe' 0000:05:00.0 e1000e
}

case_guard_many_routes() {
	# as on a host of containers: each has a route
	local n
	for n in {1..300}; do
		printf 'veth%s	0%07X	00000000	0005	0	0	0	FFFFFFFF	0	0	0\n' "$n" "$n"
	done > "$work/routes"
	cat "$T/proc/net/route" >> "$work/routes"
	mv "$work/routes" "$T/proc/net/route"
	refused 'route after many' 0b:00.0 guard.route
}

case_guard_vfio_cdev() {
	mkdir -p "$T/sys/devices/pci0000:00/0000:05:00.1/vfio-dev/vfio3"
	process 4300 qemu /dev/vfio/devices/vfio3
	exits 'open cdev' 4 unbind -j 05:00.1
	json 'open cdev: said' 'process 4300 (qemu) has /dev/vfio/devices/vfio3 open' errors 0 reason
}

case_guard_unseen() {
	# what cannot be looked at may be a user
	rm -r "$T/proc/4242/fd"
	exits 'process that has gone' 0 unbind -n 05:00.1
	: > "$T/proc/4242/fd"
	exits 'fds that cannot be listed' 4 unbind -j 05:00.1
	json 'fds that cannot be listed: rule' guard.unseen errors 0 rule
	json 'fds that cannot be listed: why' \
		'who has it open cannot be seen: /proc/4242/fd: Not a directory' errors 0 reason
	is 'fds that cannot be listed: nothing written' 0 "$(writes)"
	exits 'show lists it' 0 show -j 05:00.1
	json 'show lists it: rule' guard.unseen device 0000:05:00.1 uses 0 rule
	: > "$T/proc/4243/fd/9"
	exits 'two such' 4 unbind -j 05:00.1
	out_has 'two such: counted' ', and so for 1 more'
	rm -r "$T/proc/4242"
	exits 'fd that cannot be read' 4 unbind -j 05:00.1
	json 'fd that cannot be read: why' \
		'who has it open cannot be seen: /proc/4243/fd: Invalid argument' errors 0 reason
	rm -r "$T/proc/4243"
	: > "$T/sys/devices/pci0000:00/0000:05:00.1/drm"
	exits 'nodes that cannot be listed' 4 unbind -j 05:00.1
	json 'nodes that cannot be listed: rule' guard.unseen errors 0 rule
	rm "$T/sys/devices/pci0000:00/0000:05:00.1/drm"
	rm -r "$T/proc"
	exits 'no processes at all' 4 unbind -j 05:00.1
	json 'no processes at all: why' \
		'who has it open cannot be seen: /proc: No such file or directory' errors 0 reason
	driver_is 'no processes at all: untouched' 0000:05:00.1 vfio-pci
	exits 'unseen, forced' 0 unbind --force 05:00.1
	driver_is 'unseen, forced: done' 0000:05:00.1 e1000e
}

case_guard_unreadable() {
	# a list that cannot be read may name a use
	rm "$T/proc/net/ipv6_route" "$T/proc/net/if_inet6" "$T/proc/swaps"
	exits 'no IPv6, no swap' 0 list -j
	json 'no IPv6: no use' yes device 0000:09:00.0 assign
	mkdir "$T/proc/net/if_inet6"
	exits 'addresses that cannot be read' 4 bind -j 09:00.0
	json 'addresses that cannot be read: rule' guard.unseen errors 0 rule
	json 'addresses that cannot be read: why' \
		'what uses its interface eth9 cannot be seen: /proc/net/if_inet6: Is a directory' errors 0 reason
	exits 'addresses that cannot be read: no interface' 0 bind -n 08:00.0
	exits 'addresses that cannot be read: a use that is seen' 4 bind -j 0b:00.0
	json 'addresses that cannot be read: the use alone is told' guard.route errors 0 rule
	json_lacks 'addresses that cannot be read: the use alone' errors 1
	rmdir "$T/proc/net/if_inet6"
	rm "$T/proc/net/route"
	exits 'routes that are not there' 4 bind -j 09:00.0
	json 'routes that are not there: rule' guard.unseen errors 0 rule
	rm "$T/proc/self/mountinfo"
	exits 'mounts that are not there' 4 bind -j 02:00.0
	json 'mounts that are not there: rule' guard.unseen errors 0 rule
	json 'mounts that are not there: why' \
		'/proc/self/mountinfo cannot be read (No such file or directory), which may name nvme0n1' \
		errors 0 reason
	json_lacks 'mounts that are not there: told once' errors 1
	exits 'mounts that are not there: no block device' 0 bind -n 08:00.0
	put "$T/proc/self/mountinfo" '22 1 0:20 / /sys rw,nosuid - sysfs sysfs rw'
	mkdir "$T/proc/swaps"
	exits 'swap that cannot be read' 4 bind -j 02:00.0
	json 'swap that cannot be read: rule' guard.unseen errors 0 rule
	is 'unreadable: nothing written' 0 "$(writes)"
}

case_guard_threads() {
	# the first thread has ended, and has no files any more; another has
	process 4300 dpdk
	mkdir -p "$T/proc/4300/task/4300/fd" "$T/proc/4300/task/4301/fd"
	ln -s /dev/vfio/21 "$T/proc/4300/task/4301/fd/7"
	exits "thread's open fd" 4 unbind -j 05:00.1
	json "thread's open fd: said" 'process 4300 (dpdk) has /dev/vfio/21 open' errors 0 reason
	rm -r "$T/proc/4300/task/4301/fd"
	exits 'thread that has gone' 0 unbind -n 05:00.1
	: > "$T/proc/4300/task/4301/fd"
	exits 'thread that cannot be looked at' 4 unbind -j 05:00.1
	json 'thread that cannot be looked at: rule' guard.unseen errors 0 rule
}

case_guard_noiommu() {
	process 4300 spdk /dev/vfio/noiommu-21
	exits 'open no-IOMMU group' 4 unbind -j 05:00.1
	json 'open no-IOMMU group: said' 'process 4300 (spdk) has /dev/vfio/noiommu-21 open' errors 0 reason
}

case_guard_enabled() {
	# open by somebody whose files do not show it
	put "$T/sys/devices/pci0000:00/0000:05:00.1/enable" 1
	exits 'enabled' 4 unbind -j 05:00.1
	json 'enabled: rule' guard.vfio errors 0 rule
	is 'enabled: nothing written' 0 "$(writes)"
	put "$T/sys/devices/pci0000:00/0000:05:00.0/enable" 1
	exits 'enabled, and its user seen' 4 unbind -j 05:00.0
	json_lacks 'enabled, and its user seen: one reason' errors 1
	put "$T/sys/devices/pci0000:00/0000:05:00.1/enable" 0
	exits 'not enabled' 0 unbind 05:00.1
}

case_guard_open_group() {
	# a group in use does not keep a further member of it without a driver from vfio-pci
	process 4400 qemu /dev/vfio/16
	exits 'member of an open group' 0 bind 01:10.2
	driver_is 'member of an open group: bound' 0000:01:10.2 vfio-pci
}

case_guard_holder() {
	: > "$T/proc/swaps"
	refused 'dm without mount' 03:00.0 guard.holder
}

case_guard_btrfs() {
	# a file system without a device number of its own is found by its source
	echo '40 1 0:44 / /data rw - btrfs /dev/nvme0n1p1 rw' > "$T/proc/self/mountinfo"
	refused 'btrfs' 02:00.0 guard.mount
}

case_guard_btrfs_disks() {
	# mountinfo names one of its disks, by whichever of its names; sysfs all
	local devices=$T/sys/fs/btrfs/c0ffee/devices
	: > "$T/proc/swaps"
	rm "$T/sys/devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1/holders/dm-0"
	echo '40 1 0:44 / /data rw - btrfs /dev/nvme0n1p1 rw' > "$T/proc/self/mountinfo"
	mkdir -p "$devices" "$T/sys/fs/btrfs/features"
	ln -s ../../../../class/block/nvme0n1p1 "$devices/nvme0n1p1"
	exits 'btrfs of one disk' 0 bind -n 03:00.0
	ln -s ../../../../class/block/nvme1n1 "$devices/nvme1n1"
	refused 'second disk of btrfs' 03:00.0 guard.mount
	json 'second disk of btrfs: why' 'btrfs c0ffee is mounted from nvme1n1' errors 0 reason
	exits 'first disk of btrfs' 4 bind -j 02:00.0
	json 'first disk of btrfs: why' '/data is mounted from nvme0n1p1' errors 0 reason
	json_lacks 'first disk of btrfs: told once' errors 1
	: > "$T/proc/self/mountinfo"
	refused 'btrfs of another namespace' 02:00.0 guard.mount
}

case_guard_journal() {
	: > "$T/proc/self/mountinfo"
	mkdir -p "$T/proc/fs/jbd2/nvme0n1p1-8"
	exits 'journal within a file system' 0 bind -n 02:00.0
	mkdir "$T/proc/fs/jbd2/nvme0n1p1"
	refused 'external journal' 02:00.0 guard.mount
	json 'external journal: why' 'the journal of a file system lies on nvme0n1p1' errors 0 reason
}

case_guard_mount_options() {
	# further devices are among the options, also by names that udev gives
	local line='36 1 8:1 / /srv/xfs rw,relatime shared:1 - xfs /dev/sda1'
	ln -s ../../devices/virtual/block/sda1 "$T/sys/dev/block/8:1"
	echo "$line rw,noquota" > "$T/proc/self/mountinfo"
	exits 'XFS on another disk' 0 bind -n 02:00.0
	echo "$line rw,logdev=/dev/nvme0n1p1,noquota" > "$T/proc/self/mountinfo"
	refused 'XFS log' 02:00.0 guard.mount
	json 'XFS log: why' '/srv/xfs is mounted from nvme0n1p1' errors 0 reason
	mkdir -p "$T/dev/disk/by-id"
	ln -s ../../nvme0n1p1 "$T/dev/disk/by-id/fast"
	echo "$line rw,logdev=/dev/sdb1,rtdev=/dev/disk/by-id/fast" > "$T/proc/self/mountinfo"
	refused 'XFS realtime device' 02:00.0 guard.mount
}

case_guard_open_block() {
	: > "$T/proc/self/mountinfo"
	: > "$T/proc/swaps"
	rm "$T/sys/devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1/holders/dm-0"
	exits 'disks that nobody has open' 0 bind -n 02:00.0 03:00.0
	process 4300 qemu /dev/nvme0n1
	refused 'open disk' 02:00.0 guard.block
	json 'open disk: who' 'process 4300 (qemu) has /dev/nvme0n1 open' errors 0 reason
	exits 'open disk, and another' 0 bind -n 03:00.0
	rm -r "$T/proc/4300"
	process 4301 dd /dev/nvme0n1p1
	refused 'open partition' 02:00.0 guard.block
	process 4302 qemu /dev/nvme1n1
	refused 'open multipath disk' 03:00.0 guard.block
	exits 'show an open disk' 0 show -j 03:00.0
	json 'show an open disk: user' guard.block device 0000:03:00.0 uses 0 rule
}

case_variant_driver() {
	driver i40e_vf_vfio_pci
	rm "$T/sys/devices/pci0000:00/0000:08:00.0/driver"
	ln -s ../../../bus/pci/drivers/i40e_vf_vfio_pci "$T/sys/devices/pci0000:00/0000:08:00.0/driver"
	mkdir -p "$T/sys/devices/pci0000:00/0000:08:00.0/vfio-dev/vfio0"
	exits 'variant driver' 0 bind -j 08:00.0
	json 'variant driver: is left' i40e_vf_vfio_pci device 0000:08:00.0 driver
	json 'variant driver: unchanged' false device 0000:08:00.0 changed
}

case_rollback() {
	fault EINVAL@drivers/vfio-pci/bind@0000:07:00.1
	exits 'refused bind' 2 bind -j --group 22
	json 'refused bind: device' 0000:07:00.1 errors 0 handle
	json 'refused bind: rule' kernel.write errors 0 rule
	out_has 'refused bind: errno' EINVAL
	driver_is 'rollback: first is back' 0000:07:00.0 e1000e
	driver_is 'rollback: second is back' 0000:07:00.1 e1000e
	driver_is 'rollback: third untouched' 0000:07:00.2 ''
	override_is 'rollback: no override, first' 0000:07:00.0 '(null)'
	override_is 'rollback: no override, second' 0000:07:00.1 '(null)'
	is 'rollback: no record' '' "$(ls "$T/run/vfioctl")"
	json 'rollback: unchanged' false device 0000:07:00.0 changed
}

case_rollback_unbind() {
	fault EBUSY@drivers/e1000e/unbind@0000:07:00.1
	exits 'refused unbind' 2 bind --group 22
	err_has 'refused unbind: errno' EBUSY
	driver_is 'refused unbind: first is back' 0000:07:00.0 e1000e
	driver_is 'refused unbind: second stays' 0000:07:00.1 e1000e
	override_is 'refused unbind: no override' 0000:07:00.1 '(null)'
}

case_rollback_override() {
	fault EACCES@devices/0000:08:00.0/driver_override@vfio-pci
	: > "$T/sys/devices/pci0000:00/0000:08:00.0/driver_override"
	exits 'override refused' 2 bind 08:00.0
	err_has 'override refused: what to do' 'run it as root'
	driver_is 'override refused: untouched' 0000:08:00.0 e1000e
}

case_rollback_fails() {
	fault EINVAL@drivers/vfio-pci/bind@0000:07:00.1
	fault ENODEV@drivers/e1000e/bind@0000:07:00.0
	exits 'rollback fails' 5 bind -j --group 22
	json 'rollback fails: second is named' 0000:07:00.1 errors 0 handle
	json 'rollback fails: first, too' 0000:07:00.0 errors 1 handle
	driver_is 'rollback fails: the other is back' 0000:07:00.1 e1000e
	override_is 'rollback fails: no override even so' 0000:07:00.0 '(null)'
}

case_silent_refusal() {
	fault IGNORE@drivers/vfio-pci/bind@0000:08:00.0
	exits 'write taken, not bound' 2 bind -j 08:00.0
	json 'write taken, not bound: rule' kernel.bind errors 0 rule
	driver_is 'write taken, not bound: back' 0000:08:00.0 e1000e
	override_is 'write taken, not bound: leftover override gone' 0000:08:00.0 '(null)'
}

case_rollback_of_unbind() {
	exits 'bind first' 0 bind --group 22
	fault EINVAL@drivers/e1000e/bind@0000:07:00.1
	exits 'give-back refused' 2 unbind --group 22
	driver_is 'give-back refused: first on vfio-pci' 0000:07:00.0 vfio-pci
	driver_is 'give-back refused: second on vfio-pci' 0000:07:00.1 vfio-pci
	override_is 'give-back refused: override again' 0000:07:00.0 vfio-pci
	is 'give-back refused: record kept' $'id=8086:10d3\ndriver=e1000e' "$(record 0000:07:00.0)"
	faults=()
	exits 'then it works' 0 unbind --group 22
	driver_is 'then it works: back' 0000:07:00.1 e1000e
}

case_record() {
	exits 'bind' 0 bind 08:00.0
	printf 'id=1234:5678\ndriver=igb\n' > "$T/run/vfioctl/0000:08:00.0"
	exits 'record of another device' 0 unbind 08:00.0
	driver_is 'record of another device: probed' 0000:08:00.0 e1000e
	exits 'bind' 0 bind 08:00.0
	printf 'id=8086:10d3\ndriver=../../x\n' > "$T/run/vfioctl/0000:08:00.0"
	exits 'record with a path in it' 0 unbind 08:00.0
	driver_is 'record with a path in it: probed' 0000:08:00.0 e1000e
	exits 'bind' 0 bind 08:00.0
	printf 'id=8086:10d3\ndriver=gone\n' > "$T/run/vfioctl/0000:08:00.0"
	exits 'record of a driver that is gone' 2 unbind -j 08:00.0
	json 'record of a driver that is gone: said' 'modprobe gone' errors 0 fix
	driver_is 'record of a driver that is gone: left' 0000:08:00.0 vfio-pci
	head -c 5000 /dev/zero > "$T/run/vfioctl/0000:08:00.0"
	exits 'broken record' 0 unbind 08:00.0
	driver_is 'broken record: probed' 0000:08:00.0 e1000e
}

case_stale_override() {
	exits 'leftover override' 0 unbind -j 08:00.0
	json 'leftover override: changed' true device 0000:08:00.0 changed
	override_is 'leftover override: gone' 0000:08:00.0 '(null)'
	driver_is 'leftover override: driver stays' 0000:08:00.0 e1000e
	put "$T/sys/devices/pci0000:00/0000:08:00.0/driver_override" pci-stub
	exits "another's override" 0 unbind -j 08:00.0
	json "another's override: unchanged" false device 0000:08:00.0 changed
	override_is "another's override: stays" 0000:08:00.0 pci-stub
}

case_symlinks() {
	mkdir "$work/elsewhere"
	ln -s "$work/elsewhere" "$T/run/vfioctl"
	exits 'record folder is a link' 2 bind 08:00.0
	is 'record folder is a link: nothing there' '' "$(ls "$work/elsewhere")"
	is 'record folder is a link: nothing written' 0 "$(writes)"
	rm "$T/run/vfioctl"
	mkdir -m 777 "$T/run/vfioctl"
	exits 'record folder is open to all' 2 bind 08:00.0
	driver_is 'record folder is open to all: untouched' 0000:08:00.0 e1000e
	chmod 700 "$T/run/vfioctl"
	echo keep > "$work/elsewhere/file"
	ln -s "$work/elsewhere/file" "$T/run/vfioctl/0000:08:00.0"
	ln -s "$work/elsewhere/file" "$T/run/vfioctl/.0000:08:00.0.new"
	exits 'record is a link' 0 bind 08:00.0
	is 'record is a link: not followed' keep "$(cat "$work/elsewhere/file")"
	is 'record is a link: replaced' $'id=8086:10d3\ndriver=e1000e' "$(record 0000:08:00.0)"
	rm "$T/sys/devices/pci0000:00/0000:0b:00.0/driver_override"
	ln -s "$work/elsewhere/file" "$T/sys/devices/pci0000:00/0000:0b:00.0/driver_override"
	exits 'attribute is a link out of the root' 2 bind --force 0b:00.0
	is 'attribute is a link out of the root: not followed' keep "$(cat "$work/elsewhere/file")"
	put "$T/run/file" keep
	ln -sf ../../../../run/file "$T/sys/devices/pci0000:00/0000:0b:00.0/driver_override"
	exits 'attribute is a link' 2 bind --force 0b:00.0
	is 'attribute is a link: not followed' keep "$(cat "$T/run/file")"
	rm -rf "$work/elsewhere"
}

numvfs_is() { is "$1" "$2" "$(cat "$T/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs")"; }

case_sriov_show() {
	exits 'sriov' 0 sriov
	is 'sriov: the one PF' '0000:01:00.0 igb 2 7 0000:01:10.0(igbvf) 0000:01:10.2(-)' "$(row 0000:01:00.0)"
	is 'sriov: no other' 2 "$(wc -l < "$work/out")"
	exits 'sriov -j' 0 sriov show -j 01:00.0
	json 'sriov: number' 2 sriov 0000:01:00.0 numvfs
	json 'sriov: VF' 0000:01:10.2 sriov 0000:01:00.0 vfs 1 address
	json "sriov: VF's driver" igbvf sriov 0000:01:00.0 vfs 0 driver
	json "sriov: VF's group" 15 sriov 0000:01:00.0 vfs 0 group
	exits 'sriov of a VF' 4 sriov show -j 01:10.0
	json 'sriov of a VF: rule' sriov.vf errors 0 rule
	exits 'sriov of another' 4 sriov show -j 05:00.0
	json 'sriov of another: rule' sriov.none errors 0 rule
}

case_sriov_set() {
	rm "$T/sys/bus/pci/devices/0000:01:10.0/driver"
	exits 'sriov set' 0 sriov set -j 01:00.0 5
	json 'sriov set: changed' true sriov 0000:01:00.0 changed
	json 'sriov set: shown' 0000:01:11.0 sriov 0000:01:00.0 vfs 4 address
	log_is 'sriov set: by way of none' \
		$'devices/0000:01:00.0/sriov_numvfs 0 0\ndevices/0000:01:00.0/sriov_numvfs 5 0'
	numvfs_is 'sriov set: done' 5
	exits 'sriov set again' 0 sriov set 01:00.0 5
	out_has 'sriov set again: said' 'already so, 5 virtual functions'
	exits 'sriov set 0' 0 sriov set 01:00.0 0
	out_has 'sriov set 0: said' '5 -> 0 virtual functions'
	numvfs_is 'sriov set 0: done' 0
	is 'sriov set: writes' 3 "$(writes)"
	exits 'sriov set -n' 0 sriov set -n 01:00.0 3
	is 'sriov set -n: plan' 'echo 3 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs' "$(cat "$work/out")"
	is 'sriov set -n: writes nothing' 3 "$(writes)"
}

case_sriov_set_usage() {
	exits 'sriov set x' 1 sriov set -j 01:00.0 x
	json 'sriov set x: rule' usage.number errors 0 rule
	exits 'sriov set -1' 1 sriov set -- 01:00.0 -1
	exits 'sriov set 99999999999' 1 sriov set 01:00.0 99999999999
	exits 'sriov set 8' 1 sriov set -j 01:00.0 8
	json 'sriov set 8: rule' sriov.range errors 0 rule
	exits 'sriov set without number' 1 sriov set 01:00.0
	exits 'sriov set of a VF' 4 sriov set 01:10.0 1
	exits 'sriov set of none' 3 sriov set 1f:00.0 1
	is 'sriov usage: writes nothing' 0 "$(writes)"
}

case_sriov_set_refused() {
	rm "$T/sys/bus/pci/devices/0000:01:00.0/driver"
	exits 'sriov without driver' 4 sriov set -j 01:00.0 3
	json 'sriov without driver: rule' sriov.driver errors 0 rule
	ln -s ../../../../bus/pci/drivers/vfio-pci "$T/sys/bus/pci/devices/0000:01:00.0/driver"
	put "$T/sys/module/vfio_pci/parameters/enable_sriov" N
	exits 'sriov on vfio-pci' 4 sriov set -j 01:00.0 3
	json 'sriov on vfio-pci: rule' sriov.parameter errors 0 rule
	json 'sriov on vfio-pci: fix' 'echo 1 > /sys/module/vfio_pci/parameters/enable_sriov' errors 0 fix
	is 'sriov refused: writes nothing' 0 "$(writes)"
	put "$T/sys/module/vfio_pci/parameters/enable_sriov" Y
	exits 'sriov enabled' 0 sriov set 01:00.0 3
}

case_sriov_busy() {
	exits 'bind a VF' 0 bind 01:10.2
	process 4500 dpdk-testpmd /dev/vfio/16
	exits 'sriov busy' 4 sriov set -j 01:00.0 0
	json 'sriov busy: which' 0000:01:10.2 errors 0 handle
	json 'sriov busy: rule' guard.vfio errors 0 rule
	out_has 'sriov busy: who' 'process 4500 (dpdk-testpmd)'
	numvfs_is 'sriov busy: as before' 2
	exits 'sriov busy --force' 0 sriov set -j --force 01:00.0 0
	json 'sriov busy --force: said' guard.vfio sriov 0000:01:00.0 overridden 0 rule
	numvfs_is 'sriov busy --force: done' 0
}

case_sriov_kernel() {
	fault ENOMEM@devices/0000:01:00.0/sriov_numvfs@7
	exits 'sriov refused by the kernel' 2 sriov set -j 01:00.0 7
	json 'sriov refused by the kernel: rule' sriov.kernel errors 0 rule
	out_has 'sriov refused by the kernel: decoded' 'no room for their BARs'
	numvfs_is 'sriov refused by the kernel: as before' 2
	fault EBUSY@devices/0000:01:00.0/sriov_numvfs@2
	exits 'sriov not restored' 5 sriov set 01:00.0 7
	fault EBUSY@devices/0000:01:00.0/sriov_numvfs@0
	put "$T/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs" 0
	fault IGNORE@devices/0000:01:00.0/sriov_numvfs@4
	exits 'sriov late' 5 sriov set -j 01:00.0 4
	json 'sriov late: rule' sriov.late errors 0 rule
}
