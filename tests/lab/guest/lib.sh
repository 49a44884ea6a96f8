# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a case can call. Cases run as root under `set -eu -o pipefail`; any command that fails
# fails the case.

LAB=/lab/tree/tests/lab
TREE=/lab/tree
# shellcheck source=tests/lab/devices.sh
. "$LAB/devices.sh"
for part in "$LAB"/guest/[!l]*.sh "$LAB"/guest/l[!i]*.sh; do
	# shellcheck disable=SC1090
	[ ! -f "$part" ] || . "$part"
done

say() { echo "-- $*"; }

die()
{
	echo "case failed: $*" >&2
	exit 1
}

# soak SHORT LONG: how much this run does
soak() { [ -z "$JOB_SOAK" ] && echo "$1" || echo "$2"; }

# expect_fail COMMAND...: the command must fail
expect_fail()
{
	! "$@" || die "succeeded, but must not: $*"
}

# wait_for SECONDS COMMAND...: until the command succeeds
wait_for()
{
	local left=$(($1 * 10 * JOB_SLOW))
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || die "waited too long for: $*"
		sleep 0.1
	done
}

ended() { ! kill -0 "$1" 2>/dev/null; }
