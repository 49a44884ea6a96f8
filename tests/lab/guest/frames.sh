# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Frames of l2/frames between a network interface under test and another one in the machine, the
# echo, on the same hub. A place is where the interface under test is: a guest's name, or "host" for
# the machine itself. Nothing else may send: whoever counts here counts exactly.

PATH+=:$LAB/l2

# at PLACE COMMAND
at()
{
	if [ "$1" = host ]; then
		sh -c "$2"
	else
		l2 "$1" "$2"
	fi
}

quiet_network() { sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; }

link_is_up() { [ "$(at "$1" "cat /sys/class/net/$2/carrier")" = 1 ]; }

# link_up PLACE INTERFACE
link_up()
{
	at "$1" "ip link set $2 up"
	wait_for 30 link_is_up "$1" "$2"
}

# echo_on NAME: of devices.sh, with the host's driver; PORT is its interface, ECHO the process
echo_on()
{
	host_driver "$1"
	PORT=$(netdev "$1")
	link_up host "$PORT"
	# frames from several CPUs can overtake each other in the queues of a NIC
	taskset -c 1 frames echo "$PORT" &
	ECHO=$!
}

echo_off()
{
	kill "$ECHO"
	wait "$ECHO" || true
}

# counted PLACE INTERFACE: "RECEIVED SENT", in frames
counted() { at "$1" "cd /sys/class/net/$2/statistics && cat rx_packets tx_packets" | paste -sd' '; }

# both_counted PLACE INTERFACE: of the echo, and of the interface
both_counted() { echo "$(counted host "$PORT") $(counted "$1" "$2")"; }

# send_command INTERFACE COUNT: what sends to the echo
send_command() { echo "frames send $1 $(cat "/sys/class/net/$PORT/address") $2 64"; }

all_counted()
{
	BOTH=$(both_counted "$1" "$2")
	[ "$BOTH" = "$3" ]
}

# exchange PLACE INTERFACE COUNT: so many frames go to the echo and come back. Both ends have counted
# just them, received and sent.
exchange()
{
	local place=$1 interface=$2 count=$3 before want
	before=$(both_counted "$place" "$interface")
	want=$(for n in $before; do echo $((n + count)); done | paste -sd' ')
	at "$place" "$(send_command "$interface" "$count")"
	# a driver counts what it sent when it cleans up, by an interrupt
	(wait_for 5 all_counted "$place" "$interface" "$want") 2>/dev/null ||
		die "counters (echo: received, sent; $place: received, sent) went from $before to $(
			both_counted "$place" "$interface") by $count frames each way"
}

# flood GUEST INTERFACE: frames flow from now on, with no end
flood()
{
	FLOOD_FROM=$(counted host "$PORT")
	l2 "$1" "$(send_command "$2" 4000000000) >/tmp/flood 2>&1 &"
	wait_for 20 flows
}

# flows: some hundred frames since the flood began
flows() { [ $(($(counted host "$PORT" | cut -d' ' -f1) - ${FLOOD_FROM% *})) -ge 300 ]; }
