# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: cases of `vfioctl export`.
# shellcheck shell=bash disable=SC2154,SC2034,SC2016

# What an unquoted $(vfioctl export ...) passes to a program, a word a line
words() {
	# shellcheck disable=SC2046
	printf '%s\n' $(cat "$work/out")
}

case_export_qemu() {
	token_tree
	rm -r "$T/proc/4242"
	exits 'export qemu' 0 export qemu 05:00.1 05:00.0
	err_empty 'export qemu: no warning'
	is 'export qemu: words' $'-device\nvfio-pci,host=0000:05:00.1\n-device\nvfio-pci,host=0000:05:00.0' "$(words)"
	exits 'export qemu -j' 0 export qemu -j 05:00.1
	json 'export qemu -j: arguments' '["-device","vfio-pci,host=0000:05:00.1"]' export qemu arguments
	json 'export qemu -j: devices' '["0000:05:00.1"]' export qemu devices
	json_lacks 'export qemu -j: no token' export qemu token_file
	is 'export: nothing written' 0 "$(writes)"
}

case_export_refused() {
	exits 'export a host device' 4 export qemu 05:00.1 08:00.0
	out_lacks 'export a host device: nothing at all' vfio-pci,host
	err_has 'export a host device: why' 'it is held by host driver e1000e'
	err_has 'export a host device: what mends it' 'vfioctl bind 0000:08:00.0'
	exits 'export one of a group' 4 export dpdk 00:1f.6
	err_has 'export one of a group: why' 'group 7 is not viable'
	exits 'export what is in use' 4 export dpdk 05:00.0
	err_has 'export what is in use: by whom' 'process 4242 (qemu-system-x86)'
	exits 'export by force' 0 export dpdk --force 05:00.0
	is 'export by force: words' $'-a\n0000:05:00.0' "$(words)"
	err_has 'export by force: warned' 'warning: process 4242'
	exits 'export by force -j' 0 export dpdk -jf 05:00.0
	json 'export by force -j: warned' guard.vfio export dpdk warnings 0 rule
	exits 'export nothing' 1 export qemu
	exits 'export what is not there' 3 export qemu 7f:00.0
	exits 'export no address' 1 export libvirt nonsense
	exits 'export to whom' 1 export xen 05:00.1
}

case_export_dpdk() {
	token_tree
	cp "$T/sys/bus/pci/devices/0000:01:00.0/config" "$T/sys/bus/pci/devices/0000:05:00.1/config"
	exits 'export dpdk' 0 export dpdk 05:00.1
	is 'export dpdk: words' $'-a\n0000:05:00.1\n--vfio-intr\nmsix' "$(words)"
	poke "$T/sys/bus/pci/devices/0000:05:00.1/config" 0x51 a0	# MSI is the last then
	exits 'export dpdk, no MSI-X' 0 export dpdk 05:00.1
	is 'export dpdk, no MSI-X: words' $'-a\n0000:05:00.1\n--vfio-intr\nmsi' "$(words)"
}

case_export_token() {
	token_tree
	local f="$T/it's the token"
	cp -p "$T/right" "$f"
	exits 'export a VF' 4 export qemu 01:10.0
	err_has 'export a VF: why' "it opens with the PF's VF token"
	err_has 'export a VF: what mends it' '--file'
	exits 'export a VF with its token' 0 export qemu 01:10.0 05:00.1 --file "$f"
	out_lacks 'export a VF: not shown' "$A"
	is 'export a VF: evaluated' $'-device\nvfio-pci,host=0000:01:10.0,vf-token='"$A"$'\n-device\nvfio-pci,host=0000:05:00.1' \
		"$(eval "printf '%s\\n' $(tr '\n' ' ' < "$work/out")")"
	exits 'export a VF to DPDK' 0 export dpdk 01:10.2 --file "$f"
	out_lacks 'export a VF to DPDK: not shown' "$A"
	is 'export a VF to DPDK: evaluated' $'-a\n0000:01:10.2\n--vfio-vf-token='"$A" \
		"$(eval "printf '%s\\n' $(tr '\n' ' ' < "$work/out")")"
	exits 'export a VF -j' 0 export qemu -j 01:10.0 --file "$f"
	json 'export a VF -j: where the token is' "$f" export qemu token_file
	out_lacks 'export a VF -j: not shown' "$A"
	exits 'export with a bad file' 4 export qemu 01:10.0 --file "$T/kernel"
	chmod 644 "$f"
	exits 'export with a file that all can read' 4 export qemu 01:10.0 --file "$f"
	exits 'export a VF to libvirt' 4 export libvirt -j 01:10.0
	json 'export a VF to libvirt: what mends it' \
		'give libvirt, in <qemu:commandline>, what vfioctl export qemu --file prints' errors 0 fix
}

case_export_libvirt() {
	token_tree
	exits 'export libvirt' 0 export libvirt 05:00.1
	is 'export libvirt: all of it' "<hostdev mode='subsystem' type='pci' managed='no'>
  <driver name='vfio'/>
  <source>
    <address domain='0x0000' bus='0x05' slot='0x00' function='0x1'/>
  </source>
</hostdev>" "$(cat "$work/out")"
	exits 'export libvirt -j' 0 export libvirt -j 05:00.1
	json_lacks 'export libvirt -j: no arguments' export libvirt arguments
}
