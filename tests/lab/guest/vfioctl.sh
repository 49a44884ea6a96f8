# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What vfioctl says and answers, for cases that are about it.

# exits STATUS ARG...: run it, show what it says, check its exit status
exits()
{
	local want=$1 got=0
	shift
	"$VFIOCTL" "$@" >/tmp/vfioctl.out 2>&1 || got=$?
	sed 's/^/   /' /tmp/vfioctl.out
	[ "$got" = "$want" ] || die "vfioctl $*: exit status $got, not $want"
}

says() { grep -qF -- "$1" /tmp/vfioctl.out || die "vfioctl did not say: $1"; }

says_not() { ! grep -qF -- "$1" /tmp/vfioctl.out || die "vfioctl said: $1"; }

# hold BDF MODE [OPTIONS]: a process $HOLDER that has a device in use (see cycle/hold.c)
hold()
{
	: >/tmp/hold
	OPTIONS=${3:-} "$LAB/cycle/hold" "$1" "$(group_of "$1")" "$2" >>/tmp/hold &
	HOLDER=$!
	# before it says so there is no user to be found
	wait_for 10 grep -qx open /tmp/hold
}

let_go()
{
	kill "$HOLDER"
	wait "$HOLDER" || true
}
