# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory figures, for finding what is not given back.

# hugepages N: of 2 MiB
hugepages()
{
	echo "$1" >/proc/sys/vm/nr_hugepages
	[ "$(cat /proc/sys/vm/nr_hugepages)" = "$1" ] || die "no $1 huge pages"
	mountpoint -q /dev/hugepages || mount -t hugetlbfs hugetlbfs /dev/hugepages
}

# locked_kib PID: memory charged to the process as locked
locked_kib() { awk '/^VmLck:/ { print $2 }' "/proc/$1/status"; }

# slab_figures: CACHE OBJECTS of every cache, once the kernel has let go of what it can
slab_figures()
{
	local cache
	sync
	echo 3 >/proc/sys/vm/drop_caches
	# objects that wait for a grace period are not leaks
	sleep 1
	for cache in /sys/kernel/slab/*; do
		[ -L "$cache" ] || echo 1 >"$cache/shrink"
	done
	for cache in /sys/kernel/slab/*; do
		[ -L "$cache" ] && [[ ${cache##*/} != kmalloc* ]] ||
			echo "${cache##*/} $(awk '{ print $1 }' "$cache/objects")"
	done
}

# same_slabs BEFORE AFTER LIMIT: no cache has LIMIT objects more than before
same_slabs()
{
	awk -v limit="$3" '
		NR == FNR { before[$1] = $2; next }
		$2 - before[$1] >= limit { print "leak? " $1 ": " before[$1] " -> " $2; bad = 1 }
		END { exit bad }' "$1" "$2"
}
