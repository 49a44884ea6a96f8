# SPDX-License-Identifier: GPL-2.0-only
# Sourced by run: what `vfioctl monitor` refuses, and how it ends; what it tells is for a real kernel
# to show. It wants the running system: the tree is mounted on /sys for it alone.
# shellcheck shell=bash disable=SC2154,SC2034

case_monitor_refused() {
	exits 'monitor a saved tree' 1 monitor
	err_has 'monitor a saved tree: why' 'nothing happens in a saved tree'
	exits 'monitor a saved tree -j' 1 monitor -j 05:00.1
	json 'monitor a saved tree -j: rule' monitor.root errors 0 rule
	exits 'monitor what is no address' 1 monitor -j 05:00.1 nonsense
	json 'monitor what is no address: rule' usage.address errors 0 rule
	exits 'monitor, options of others' 1 monitor --force
}

EVENT='            qemu-4242    [000] .....   100.000001: vfio_open: device=0000:05:00.0 users=1 error=0'

# monitor_start [COMMAND...]: a monitor, by COMMAND, whose stdout and stderr are ours: $job, and in
# time $pid, which has begun, and $pipe, which takes its events
monitor_start() {
	local tracing=$T/sys/kernel/tracing event own=-m
	for event in open close reset error request token_refused; do
		mkdir -p "$tracing/events/passway/vfio_$event"
	done
	rm -rf "$tracing/instances"
	mkdir "$tracing/instances"
	: > "$work/log"
	[ "$(id -u)" = 0 ] || own=-rm
	# shellcheck disable=SC2016
	"$@" unshare $own sh -c 'mount --bind "$0" /sys && exec "$@"' "$T/sys" "$work/fakekernel" \
		-l "$work/log" ${faults[@]+"${faults[@]}"} / "$work/build/vfioctl" monitor -j 2> "$work/err" &
	job=$!
}

until_it() { # COMMAND...: within 20 s
	local i
	for ((i = 0; i < 200; i++)); do
		if "$@"; then return 0; fi
		sleep 0.1
	done
	return 1
}

monitor_begun() {
	pipe=$(echo "$T"/sys/kernel/tracing/instances/vfioctl-*/trace_pipe)
	pid=${pipe%/trace_pipe}
	pid=${pid##*-}
	[ -p "$pipe" ] && grep -q token_refused/enable "$work/log"
}

job_gone() { ! kill -0 "$job" 2> /dev/null; }

# ends NAME RC: by itself, and its instance goes with it; one that does not is ended
ends() {
	local got
	until_it job_gone || kill -KILL "$pid" "$job"
	wait "$job"
	got=$?
	is "$1: exit status" "$2" "$got"
	is "$1: no instance left" '' "$(ls "$T/sys/kernel/tracing/instances")"
	if grep -qE 'Sanitizer|runtime error' "$work/err"; then verdict 1 "$1: sanitizer"; fi
}

case_monitor_tells() {
	monitor_start > "$work/out"
	until_it monitor_begun
	verdict $? 'monitor: begins'
	echo "$EVENT" 1<> "$pipe"
	until_it grep -q '"event":"open","device":"0000:05:00.0","driver":"vfio-pci","pid":4242' "$work/out"
	verdict $? 'monitor: tells an event'
	kill -TERM "$pid"
	ends monitor 0
	err_empty 'monitor: no error'
	grep -q '^tracing/trace_options noblock 0' "$work/log"
	verdict $? 'monitor: poll waits whatever all have set'
	grep -q '^tracing/trace_options overwrite 0' "$work/log"
	verdict $? 'monitor: what is lost is told whatever all have set'
}

case_monitor_old_kernel() {
	fault EINVAL@tracing/trace_options@noblock
	fault EINVAL@tracing/trace_options@overwrite
	fault ENOENT@tracing/buffer_percent@0
	monitor_start > "$work/out"
	until_it grep -q '"event":"start"' "$work/out"
	verdict $? 'monitor, options unknown: begins'
	until_it monitor_begun
	kill -TERM "$pid"
	ends 'monitor, options unknown' 0
}

# stalled_monitor: its reader, at file descriptor 8, takes nothing but the first line
stalled_monitor() {
	rm -f "$work/stalled"
	mkfifo "$work/stalled"
	exec 8<> "$work/stalled"
	monitor_start > "$work/stalled" 8>&-
	until_it monitor_begun
	read -r -t 20 -u 8 _
	yes "$EVENT" 1<> "$pipe" 8>&- &
	flood=$!
	sleep 1		# so that all buffers are full; if they are not yet, it is no harder
}

flood_end() {
	kill "$flood"
	wait "$flood" 2> /dev/null
}

case_monitor_stalled() {
	local signal
	for signal in TERM HUP; do
		stalled_monitor
		kill "-$signal" "$pid"
		ends "monitor, its reader stands still, SIG$signal" 0
		flood_end
		exec 8>&-
	done
}

case_monitor_flood() {
	monitor_start > /dev/null
	until_it monitor_begun
	yes "$EVENT" 1<> "$pipe" &
	flood=$!
	sleep 0.5
	kill -TERM "$pid"
	ends 'monitor, events without end' 0
	flood_end
}

case_monitor_reader_goes() {
	stalled_monitor
	exec 8>&-
	ends 'monitor, its reader goes amid events' 0
	err_empty 'monitor, its reader goes amid events: no error'
	flood_end
	fault EPIPE@stdout@
	monitor_start > "$work/out"
	until_it job_gone
	ends 'monitor, its reader goes before a write' 0
	err_empty 'monitor, its reader goes before a write: no error'
	faults=()
	fault ENOSPC@stdout@
	monitor_start > "$work/out"
	ends 'monitor, no room for its output' 2
	err_has 'monitor, no room for its output: said' 'the output could not be written'
}

case_monitor_nohup() {
	# shellcheck disable=SC2317
	ignoring() ( trap '' HUP; exec "$@" )
	monitor_start ignoring > "$work/out"
	until_it grep -q '"event":"start"' "$work/out"
	until_it monitor_begun
	kill -HUP "$pid"
	echo "$EVENT" 1<> "$pipe"
	until_it grep -q '"event":"open"' "$work/out"
	verdict $? 'monitor, nohup: goes on'
	kill -TERM "$pid"
	ends 'monitor, nohup' 0
}
