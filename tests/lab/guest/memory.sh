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

# slab_figures: CACHE OBJECTS of every cache, once the kernel has let go of what it can. A slab that
# a CPU is filling counts as full, so each is read at once after it was shrunk. Left out are
# areas of vmalloc, freed in bulk much later, and what files and inodes cost security modules: reading
# the figures opens files, and what leaks shows in filp or its inode cache, too.
slab_figures()
{
	local cache objects
	sync
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*; do
		echo 1 >"$cache/shrink"
		read -r objects _ <"$cache/objects"
		case ${cache##*/} in
		vmap_area | lsm_*) ;;
		*) echo "${cache##*/} $objects" ;;
		esac
	done
}

# grown BEFORE AFTER LIMIT: caches with at least LIMIT objects more than before
grown()
{
	awk -v limit="$3" '
		NR == FNR { before[$1] = $2; next }
		$2 - before[$1] >= limit { print $1 ": " before[$1] " -> " $2 }' "$1" "$2"
}

# slab_baseline FILE: the lowest of several figures of each cache. What waits for a grace
# period or a worker is no leak, and goes away meanwhile.
slab_baseline()
{
	local n
	# the first takes memory of its own, for the attributes of what it writes to
	slab_figures >/dev/null
	for ((n = 0; n < 4; n++)); do
		slab_figures
		sleep 1
	done | awk '!($1 in low) || $2 < low[$1] { low[$1] = $2 }
		END { for (cache in low) print cache, low[cache] }' >"$1"
}

# no_leak BASELINE LIMIT: no cache has LIMIT objects more
no_leak()
{
	local found
	slab_baseline /tmp/slabs
	found=$(grown "$1" /tmp/slabs "$2")
	[ -z "$found" ] || die "slab objects are not given back: $found"
}

free_hugepages() { awk '/^HugePages_Free:/ { print $2 }' /proc/meminfo; }
