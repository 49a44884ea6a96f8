# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: what show tells of a device's users and interrupts, and of its power and resets.
# shellcheck shell=bash disable=SC2154,SC2034

# A process that has closed group 20 and keeps the device's own file, and interrupts of that device
device_in_use() {
	local pci=$T/sys/bus/pci/devices/0000:05:00.0 debug=$T/sys/kernel/debug/vfio/vfio3
	process 4244 dpdk-testpmd /dev/null 'anon_inode:[vfio-device]' 'anon_inode:[eventfd]'
	mkdir -p "$T/proc/4244/fdinfo" "$pci/vfio-dev/vfio3" "$pci/power" "$debug"
	printf 'pos:\t0\nflags:\t02000002\nvfio-device-syspath: /sys/devices/pci0000:00/0000:05:00.0\n' \
		> "$T/proc/4244/fdinfo/4"
	put "$pci/reset_method" 'flr bus'
	put "$pci/power/runtime_status" active
	cat > "$debug/irqs" <<-'END'
	index vector irq  masked bypass
	msix  0      45   no     connected
	msix  3      112  no     offered
	END
}

case_show_users() {
	device_in_use
	exits 'show users' 0 show -j 05:00.0 05:00.1
	out_has 'show users: by the group' '{"pid":4242,"command":"qemu-system-x86"}'
	out_has "show users: by the device's own file" '{"pid":4244,"command":"dpdk-testpmd"}'
	out_has 'show users: and as a use' '"process 4244 (dpdk-testpmd) has the device open"'
	json_lacks 'show users: each once' device 0000:05:00.0 users 2
	json_lacks 'show users: of no other device' device 0000:05:00.1 users
	ln -s /dev/vfio/20 "$T/proc/4244/fd/9"
	exits 'show users twice' 0 show -j 05:00.0
	out_has 'show users twice: two uses' '"process 4244 (dpdk-testpmd) has /dev/vfio/20 open"'
	out_has 'show users twice: two uses' '"process 4244 (dpdk-testpmd) has the device open"'
	json_lacks 'show users twice: one user' device 0000:05:00.0 users 2
	exits 'unbind a device whose group is closed' 4 unbind 05:00.0
	rm "$T/proc/4244/fdinfo/4"
	exits 'no fdinfo' 0 show -j 05:00.1
	json_lacks 'no fdinfo: nobody' device 0000:05:00.1 users
}

case_show_interrupts() {
	device_in_use
	exits 'show interrupts' 0 show -j 05:00.0 05:00.1
	json 'show interrupts: index' msix device 0000:05:00.0 interrupts 0 index
	json 'show interrupts: bypass' connected device 0000:05:00.0 interrupts 0 bypass
	json 'show interrupts: vector' 3 device 0000:05:00.0 interrupts 1 vector
	json 'show interrupts: of Linux' 112 device 0000:05:00.0 interrupts 1 irq
	json 'show interrupts: masked' false device 0000:05:00.0 interrupts 1 masked
	json_lacks 'show interrupts: the heading is none' device 0000:05:00.0 interrupts 2
	json_lacks 'show interrupts: not of others' device 0000:05:00.1 interrupts
	json 'show: runtime status' active device 0000:05:00.0 runtime_status
	json 'show: reset methods' 'flr bus' device 0000:05:00.0 reset_method
	exits 'show as text' 0 show 05:00.0
	out_has 'show as text: interrupts' connected
}
