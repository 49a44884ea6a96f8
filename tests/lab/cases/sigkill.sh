# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# SIGKILL of DPDK with mappings and interrupts live and packets under way: memory, interrupts and
# bus mastering come back, and the device serves the next user.
# devices: igb e1000e
device=$(bdf igb)
listen_on e1000e
hugepages 64
load_vfio
bind "$device"

for mode in msix legacy; do
	testpmd_start "$device" "$mode"
	sleep 1
	grep -q vfio /proc/interrupts || die "no interrupt of vfio is on ($mode)"
	testpmd_kill
	[ "$(free_hugepages)" = 64 ] || die "$(free_hugepages) of 64 huge pages are free"
	no_interrupts
	[ "$(bus_master "$device")" = 0 ] || die 'bus mastering is on after the user died'
done

before=$(received "$PORT")
testpmd_start "$device" msix
sleep 1
testpmd_stop
[ "$(received "$PORT")" -gt "$((before + 1000))" ] || die 'the device does not send any more'
unbind "$device"
unload_vfio
