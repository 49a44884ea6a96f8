# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# samples/dpdk_pfvf: a DPDK process drives igb's PF, and its child the VFs with the token that it has
# made. What the program, the VFs and the PF have counted agrees.
# devices: igb
# timeout: 300
pf=$(bdf igb)
SAMPLE_PROGRAM=$TREE/samples/dpdk_pfvf/dpdk_pfvf
load_vfio_sriov
hugepages 128

# sample ARGUMENT...: starts it; SAMPLE is its process, /tmp/pfvf what it says
sample()
{
	"$SAMPLE_PROGRAM" "$@" >/tmp/pfvf 2>/tmp/pfvf.errors &
	SAMPLE=$!
}

fail()
{
	tail -n 40 /tmp/pfvf /tmp/pfvf.errors
	die "$@"
}

# says TEXT TIMES: it is still there, and has said so as often
says()
{
	! ended "$SAMPLE" || fail 'the sample has ended by itself'
	[ "$(grep -c "$1" /tmp/pfvf)" -ge "$2" ]
}

none_left() { ! pgrep dpdk_pfvf >/dev/null; }

# ends_with STATUS
ends_with()
{
	local status=0
	wait "$SAMPLE" || status=$?
	[ "$status" = "$1" ] || fail "the sample ended with $status, not $1"
	none_left || fail 'one of its processes is left'
}

# total BDF FIELD: a number of its last line: 5 and 7 are frames and bytes sent, 10 and 12 received
total() { awk -v bdf="$1:" -v n="$2" '/ total / && $3 == bdf { print $n }' /tmp/pfvf; }

# pair BDF FIELD: of the VF that sends; 6 and 9 are frames sent and received, 11 lost, 13 stray
pair() { awk -v bdf="$1" -v n="$2" '/^pair / && $2 == bdf { print $n + 0 }' /tmp/pfvf; }

same() { [ "$2" = "$3" ] || fail "$1: $2 and $3"; }

# counters_agree VF...: in the order in which they send
counters_agree()
{
	local vf to sent=0 received=0
	for vf; do
		shift
		to=${1:-$first}
		say "$vf sent $(pair "$vf" 6), $to received $(pair "$vf" 9)"
		[ "$(pair "$vf" 9)" -gt 1000 ] || fail "$to received $(pair "$vf" 9) frames"
		same "sent by $vf, as it and the program count" "$(total "$vf" 5)" "$(pair "$vf" 6)"
		same "received by $to, likewise" "$(total "$to" 10)" "$(pair "$vf" 9)"
		same "sent, and received or lost" "$(pair "$vf" 6)" $(($(pair "$vf" 9) + $(pair "$vf" 11)))
		same "stray frames at $to" 0 "$(pair "$vf" 13)"
		same "bytes of a frame" $(($(total "$vf" 7) / $(total "$vf" 5))) \
			$(($(total "$to" 12) / $(total "$to" 10)))
		sent=$((sent + $(pair "$vf" 6)))
		received=$((received + $(pair "$vf" 9)))
	done
	# the PF counts what goes through the NIC
	same "sent by all, as the PF and the program count" "$(total "$pf" 5)" "$sent"
	same "received by all, likewise" "$(total "$pf" 10)" "$received"
}

# it cannot have the PF
sample "$pf" 2
ends_with 1
sample "$pf" 1
ends_with 2

# two VFs that it makes; nobody can read the token from a command line
bind "$pf"
sample "$pf" 2
wait_for 60 says '^VF ' 6
same 'processes' 2 "$(pgrep -c dpdk_pfvf)"
for pid in $(pgrep dpdk_pfvf); do
	same 'command line' "$SAMPLE_PROGRAM $pf 2 " "$(tr '\0' ' ' </proc/"$pid"/cmdline)"
done
first=$(vf "$pf" 0) second=$(vf "$pf" 1)
kill -INT "$SAMPLE"
ends_with 0
counters_agree "$first" "$second"
same 'VFs afterwards' 0 "$(cat "/sys/bus/pci/devices/$pf/sriov_numvfs")"

# three that it waits for, and leaves
sample "$pf"
wait_for 20 says 'waiting for two VFs' 1
numvfs "$pf" 3
wait_for 60 says '^VF ' 6
first=$(vf "$pf" 0)
kill -TERM "$SAMPLE"
ends_with 0
counters_agree "$first" "$(vf "$pf" 1)" "$(vf "$pf" 2)"
same 'VFs afterwards' 3 "$(cat "/sys/bus/pci/devices/$pf/sriov_numvfs")"

# either process is killed: the other ends, too
sample "$pf"
wait_for 60 says '^VF ' 3
pkill -KILL -P "$SAMPLE"
ends_with 1
sample "$pf"
wait_for 60 says '^VF ' 3
kill -KILL "$SAMPLE"
wait "$SAMPLE" || true
wait_for 20 none_left
numvfs "$pf" 0
"$LAB/cycle/cycle" "$pf" 1
no_interrupts
unbind "$pf"
unload_vfio
