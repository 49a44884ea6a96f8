# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Paths and small helpers of the lab's host side.
#
#   TOP     the checkout
#   OWN     what this checkout builds: module trees and results ($TOP/.lab)
#   CACHE   what checkouts can share: root file system, disk, kernels ($PASSWAY_LAB, or $OWN/cache)
#
# Whatever is built goes to NAME.tmp first and is renamed when it is whole, so an interrupted
# build is never taken for a finished one.

LAB=$TOP/tests/lab
OWN=$TOP/.lab
CACHE=${PASSWAY_LAB:-$OWN/cache}
START=$SECONDS

say()
{
	printf 'lab: %4ds  %s\n' "$((SECONDS - START))" "$*" >&2
}

die()
{
	printf 'lab: %s\n' "$*" >&2
	exit 1
}

need_root()
{
	[ "$(id -u)" = 0 ] || die "the lab makes a root file system and mounts: run it as root"
}

# key FILE... [STRING on stdin]: a short hash of the contents
key()
{
	cat "$@" | sha256sum | cut -c1-12
}

# quietly LOG COMMAND...: output goes to LOG; cleanup shows its end when the command fails
quietly()
{
	QUIET_LOG=$1
	shift
	mkdir -p "${QUIET_LOG%/*}"
	"$@" >"$QUIET_LOG" 2>&1 </dev/null
	QUIET_LOG=
}

# Every helper process dies with this shell, also when that is killed: the kernel sends the
# signal. Waiting for it in the background lets traps run at once.
bound()
{
	local status=0
	setpriv --pdeathsig KILL -- "$@" <&0 &
	wait $! || status=$?
	return $status
}

# Folders that a build has under way, and the terminal's settings, which QEMU changes and, when it
# is killed, leaves so; cleanup runs when the lab ends, however it ends.
UNDERWAY=()
TERMINAL=
QUIET_LOG=
exec 7>&2

cleanup()
{
	local status=$? job
	for job in $(jobs -p); do
		kill -KILL "$job" 2>/dev/null || true
	done
	wait
	[ -z "$TERMINAL" ] || stty "$TERMINAL" || true
	[ ${#UNDERWAY[@]} = 0 ] || rm -rf --one-file-system "${UNDERWAY[@]}"
	if [ "$status" != 0 ] && [ -n "$QUIET_LOG" ]; then
		tail -n 40 "$QUIET_LOG" >&7
		echo "lab: failed; the whole log: $QUIET_LOG" >&7
	fi
}

need()
{
	"$TOP/tests/need" "$@" || exit
}

# cached DIR COMMAND...: DIR stands in the cache from now on; where it does not yet, the command
# fills the empty folder that it gets as its last argument
cached()
{
	local dir=$1
	shift
	[ ! -d "$dir" ] || return 0
	need_root
	mkdir -p "$CACHE"
	exec 8>"$CACHE/lock"
	flock 8
	if [ ! -d "$dir" ]; then
		UNDERWAY+=("$dir.tmp")
		rm -rf "$dir.tmp"
		mkdir "$dir.tmp"
		"$@" "$dir.tmp"
		mv "$dir.tmp" "$dir"
		# a cache of this checkout's own keeps nothing older of the kind
		[ -n "${PASSWAY_LAB:-}" ] || find "$CACHE" -maxdepth 1 -name "$(basename "${dir%-*}")-*" \
			! -path "$dir" -type d -exec rm -rf {} +
	fi
	exec 8>&-
}
