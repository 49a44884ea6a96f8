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

# slab_figures: CACHE OBJECTS of every cache, once the kernel has let go of what it can. Areas of
# vmalloc are left out: they are freed in bulk, much later.
slab_figures()
{
	local cache
	sync
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
	awk '{ split(FILENAME, path, "/") } path[5] != "vmap_area" { print path[5], $1 }' \
		/sys/kernel/slab/*/objects
}

# grown BEFORE AFTER LIMIT: caches with at least LIMIT objects more than before
grown()
{
	awk -v limit="$3" '
		NR == FNR { before[$1] = $2; next }
		$2 - before[$1] >= limit { print $1 ": " before[$1] " -> " $2 }' "$1" "$2"
}

# no_leak BEFORE LIMIT: what waits for a grace period or a worker is no leak, so a cache may take
# some seconds to come down
no_leak()
{
	local left=8 found=
	until slab_figures >/tmp/slabs && found=$(grown "$1" /tmp/slabs "$2") && [ -z "$found" ]; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || die "slab objects are not given back: $found"
		sleep 1
	done
}

free_hugepages() { awk '/^HugePages_Free:/ { print $2 }' /proc/meminfo; }
