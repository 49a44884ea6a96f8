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
