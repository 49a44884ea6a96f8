# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The distribution's dpdk-testpmd on an assigned device, and another NIC that counts.

# testpmd_start BDF INTERRUPT: begins to send; PMD is its process, /tmp/testpmd what it says
testpmd_start()
{
	rm -f /tmp/testpmd.in
	mkfifo /tmp/testpmd.in
	stdbuf -oL dpdk-testpmd -l 0-1 -m 64 -a "$1" --vfio-intr "$2" --no-telemetry -- \
		--no-mlockall --total-num-mbufs=2048 --forward-mode=txonly \
		</tmp/testpmd.in >/tmp/testpmd 2>&1 &
	PMD=$!
	# held open so that the program waits for its key
	exec 3>/tmp/testpmd.in
	wait_for 30 testpmd_settled
	kill -0 "$PMD" 2>/dev/null || { cat /tmp/testpmd; die "testpmd did not start on $1"; }
}

testpmd_settled()
{
	grep -q 'Press enter to exit' /tmp/testpmd || ! kill -0 "$PMD" 2>/dev/null
}

# testpmd_stop: as a person ends it
testpmd_stop()
{
	echo >&3
	exec 3>&-
	wait "$PMD" || { cat /tmp/testpmd; die "testpmd ended with an error"; }
}

# testpmd_kill: without a chance to clean up
testpmd_kill()
{
	kill -KILL "$PMD"
	exec 3>&-
	wait "$PMD" || true
}

# sent: packets that the last testpmd sent
sent() { awk '/TX-packets:/ { print $2; exit }' /tmp/testpmd; }

received() { cat "/sys/class/net/$1/statistics/rx_packets"; }

# listen_on NAME: its network interface takes every packet of the hub; PORT is the interface
listen_on()
{
	host_driver "$1"
	PORT=$(netdev "$1")
	ip link set "$PORT" promisc on up
	wait_for 10 grep -q 1 "/sys/class/net/$PORT/carrier"
}

# dpdk_case SENDER LISTENER INTERRUPT: the other device sees the packets that DPDK sends
dpdk_case()
{
	local device before seen
	device=$(bdf "$1")
	listen_on "$2"
	hugepages 64
	host_driver "$1"
	load_vfio
	bind "$device"
	before=$(received "$PORT")
	testpmd_start "$device" "$3"
	sleep 2
	testpmd_stop
	seen=$(($(received "$PORT") - before))
	say "sent $(sent), $PORT saw $seen"
	[ "$(sent)" -gt 1000 ] || die "testpmd sent $(sent) packets"
	# the listener is slower than the sender, and loses what it has no buffer for
	[ "$seen" -gt 1000 ] || die "of $(sent) packets sent only $seen were seen"
	unbind "$device"
	[ "$(driver_of "$device")" = "$1" ] || die "$device did not go back to $1"
	unload_vfio
}
