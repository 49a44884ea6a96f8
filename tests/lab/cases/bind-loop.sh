# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A device bound and unbound 100 times leaves no slab object; a NIC goes back to its host driver
# and works there.
# devices: edu igb
# timeout: 180
device=$(bdf edu)
nic=$(bdf igb)

bind_times()
{
	local n
	for ((n = 0; n < $1; n++)); do
		bind "$device"
		unbind "$device"
	done
}

load_vfio
bind_times 10
slab_baseline /tmp/before
bind_times 100
no_leak /tmp/before

host_driver igb
for _ in 1 2 3; do
	bind "$nic"
	unbind "$nic"
	[ "$(driver_of "$nic")" = igb ] || die "$nic is not back at igb"
done
ip link set "$(netdev igb)" up
unload_vfio
