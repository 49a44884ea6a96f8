# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The distribution's dpdk-testpmd on an assigned device, and another NIC that counts.

# Several can run, each with a name: PMD_PID is its process, PMD_KEYS the open end of its keyboard,
# /tmp/NAME.pmd what it says.
declare -A PMD_PID PMD_KEYS

# pmd_launch NAME BDF MODE [OPTION...]: MODE is what it does with packets, txonly or rxonly; the
# options are EAL's. It may fail; pmd_settled tells when it has begun or ended.
pmd_launch()
{
	local name=$1 device=$2 mode=$3 keys
	shift 3
	rm -f "/tmp/$name.in"
	mkfifo "/tmp/$name.in"
	stdbuf -oL dpdk-testpmd -l 0-1 -m 48 -a "$device" --file-prefix "$name" --no-telemetry \
		"$@" -- --no-mlockall --total-num-mbufs=2048 --forward-mode="$mode" \
		--eth-peer=0,ff:ff:ff:ff:ff:ff <"/tmp/$name.in" >"/tmp/$name.pmd" 2>&1 &
	PMD_PID[$name]=$!
	# held open so that the program waits for its key
	exec {keys}>"/tmp/$name.in"
	PMD_KEYS[$name]=$keys
	wait_for 60 pmd_settled "$name"
}

pmd_settled()
{
	grep -q 'Press enter to exit' "/tmp/$1.pmd" || ! pmd_runs "$1"
}

pmd_runs() { kill -0 "${PMD_PID[$1]}" 2>/dev/null; }

# pmd_start NAME ...: as pmd_launch, and it must run
pmd_start()
{
	pmd_launch "$@"
	if ! pmd_runs "$1" || ! pmd_has_port "$1"; then
		cat "/tmp/$1.pmd"
		die "testpmd did not start on $2"
	fi
}

# refusals BDF: how often the kernel has said that it refused an open of the device, by which rule
refusals() { dmesg | grep -c "$1: open by .* refused: .*token" || true; }

# pmd_refused NAME BDF ...: as pmd_launch, and the kernel must refuse it the device
pmd_refused()
{
	local before
	before=$(refusals "$2")
	pmd_launch "$@"
	! pmd_has_port "$1" || die "testpmd got $2, but must not"
	if [ "$(refusals "$2")" -le "$before" ]; then
		cat "/tmp/$1.pmd"
		die "testpmd did not get $2, but the kernel did not refuse it by its token"
	fi
	pmd_kill "$1"
}

# Without its device it goes on, with nothing to do
pmd_has_port() { grep -q 'Configuring Port 0' "/tmp/$1.pmd"; }

pmd_let_go()
{
	local keys=${PMD_KEYS[$1]}
	exec {keys}>&-
}

# pmd_stop NAME: as a person ends it
pmd_stop()
{
	echo >&"${PMD_KEYS[$1]}"
	pmd_let_go "$1"
	wait "${PMD_PID[$1]}" || { cat "/tmp/$1.pmd"; die "testpmd ended with an error"; }
}

# pmd_kill NAME: without a chance to clean up; the files of its huge pages outlive it
pmd_kill()
{
	kill -KILL "${PMD_PID[$1]}" 2>/dev/null || true
	pmd_let_go "$1"
	wait "${PMD_PID[$1]}" || true
	rm -f "/dev/hugepages/$1"map_*
}

# pmd_packets NAME RX|TX: what it received or sent until it was stopped
pmd_packets()
{
	awk -v way="$2-packets:" '{ for (i = 1; i < NF; i++) if ($i == way) { print $(i + 1); exit } }' \
		"/tmp/$1.pmd"
}

# The one of most cases: testpmd_start BDF INTERRUPT begins to send; PMD is its process
testpmd_start()
{
	pmd_start testpmd "$1" txonly --vfio-intr "$2"
	PMD=${PMD_PID[testpmd]}
}

testpmd_stop() { pmd_stop testpmd; }
testpmd_kill() { pmd_kill testpmd; }

# sent: packets that the last testpmd sent
sent() { pmd_packets testpmd TX; }

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
