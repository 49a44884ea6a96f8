# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Trace events of our modules.

TRACING=/sys/kernel/tracing

mount_tracefs() { mountpoint -q "$TRACING" || mount -t tracefs tracefs "$TRACING"; }

# trace_on: all of ours, from now on
trace_on()
{
	mount_tracefs
	: >"$TRACING/trace"
	echo 1 >"$TRACING/events/passway/enable"
}

trace_off() { echo 0 >"$TRACING/events/passway/enable"; }

# traced COUNT REGEX: exactly so many lines, as "NAME: FIELDS"
traced()
{
	local seen
	seen=$(grep -cE -- " $2" "$TRACING/trace" || true)
	[ "$seen" = "$1" ] || die "$seen lines, not $1, are: $2"
}

# traced_some REGEX: at least one such line
traced_some() { grep -qE -- " $1" "$TRACING/trace" || die "no line is: $1"; }

# trace_counts EVENT...: count their calls from now on, by what came of them
trace_counts()
{
	local event
	mount_tracefs
	for event; do
		echo 'hist:keys=error' >"$TRACING/events/passway/$event/trigger"
	done
}

# trace_counts_end EVENT...: before the modules are unloaded
trace_counts_end()
{
	local event
	for event; do
		echo '!hist:keys=error' >"$TRACING/events/passway/$event/trigger"
	done
}

# trace_counted EVENT: how many calls there were since that succeeded
trace_counted()
{
	awk '$1 == "{" && /hitcount/ && $3 == 0 { n += $NF } END { print n + 0 }' \
		"$TRACING/events/passway/$1/hist"
}

# trace_failed EVENT...: "EVENT ERROR CALLS" for each error that came since
trace_failed()
{
	local event error calls
	for event; do
		# the kernel prints it without a sign
		while read -r error calls; do
			echo "$event $((error)) $calls"
		done < <(awk '$1 == "{" && /hitcount/ && $3 != 0 { print $3, $NF }' \
			"$TRACING/events/passway/$event/hist")
	done
}
