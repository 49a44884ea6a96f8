# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The mediated UARTs of samples/mtty: made and removed, their ABI, and how they go with and without
# a user.
# timeout: 240
load_mtty

one=$(mtty_create)
two=$(mtty_create)
[ "$(mtty_available)" = 254 ] || die "$(mtty_available) of 256 are left after two"
[ "$(mdev_group "$one")" != "$(mdev_group "$two")" ] || die 'two devices share a group'
# neither a name twice, nor one that is no UUID
expect_fail mtty_make "$one" 2>/dev/null
expect_fail mtty_make nonsense 2>/dev/null

"$TREE/tests/lab/abi/abi-mtty" "$one" "$(mdev_group "$one")"

# made, opened and removed 100 times, nothing is left
cycle()
{
	local left=$1 uuid
	while [ "$left" -gt 0 ]; do
		uuid=$(mtty_create)
		mdev_hold "$uuid"
		mdev_let_go
		mdev_remove "$uuid"
		left=$((left - 1))
	done
}
cycle 10
slab_baseline /tmp/before
cycle 100
no_leak /tmp/before

# one in use: the module stays, removal waits for the user, who dies
mdev_hold "$one"
expect_fail rmmod mtty 2>/dev/null
mdev_remove "$one" &
remover=$!
sleep 0.5
kill -0 "$remover" || die 'a device in use was removed'
mdev_let_go
wait "$remover" || die 'the device could not be removed'
[ ! -e "/sys/bus/mdev/devices/$one" ] || die 'the device is still there'

# one that nobody uses goes with the module
rmmod mtty
[ ! -e "/sys/bus/mdev/devices/$two" ] || die 'the device outlived its driver'
[ "$(ls /dev/vfio)" = vfio ] || die "group nodes are left: $(ls /dev/vfio)"
modprobe mtty
[ "$(mtty_available)" = 256 ] || die "$(mtty_available) can be made after loading again"
unload_mtty
