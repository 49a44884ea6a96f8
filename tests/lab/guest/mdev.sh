# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mediated devices: those of samples/mtty, and what any of them is asked.

MTTY_TYPE=/sys/devices/platform/mtty/mdev_supported_types/mtty-dual

# load_mtty: with all that its users need
load_mtty()
{
	load_vfio
	modprobe mtty
}

unload_mtty()
{
	rmmod mtty mdev
	unload_vfio
}

# mtty_make UUID
mtty_make() { echo "$1" >"$MTTY_TYPE/create"; }

# mtty_create: makes one under a new name, and prints it
mtty_create()
{
	local uuid
	uuid=$(cat /proc/sys/kernel/random/uuid)
	mtty_make "$uuid"
	echo "$uuid"
}

# mtty_available: how many more can be made
mtty_available() { cat "$MTTY_TYPE/available_instances"; }

mdev_group() { basename "$(readlink "/sys/bus/mdev/devices/$1/iommu_group")"; }

# mdev_remove UUID: waits for whoever uses it
mdev_remove() { echo 1 >"/sys/bus/mdev/devices/$1/remove"; }

# mdev_hold UUID: HOLDER, a process that does nothing else, has it open
mdev_hold()
{
	local said
	exec {said}< <(exec "$LAB/cycle/hold" "$1" "$(mdev_group "$1")" closed)
	HOLDER=$!
	read -r -u "$said" || die "$1 does not open"
	exec {said}<&-
}

# mdev_let_go: without a chance to clean up
mdev_let_go()
{
	kill -KILL "$HOLDER"
	wait "$HOLDER" || true
}
