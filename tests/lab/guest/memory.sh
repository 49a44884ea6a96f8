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

# What may be left after something was done a hundred times: far less than an object each time, and
# more than the few by which a kernel at rest moves (a worker thread more).
LEAK_LIMIT=10

# slab_baseline FILE: "CACHE OBJECTS" of every cache
slab_baseline() { "$LAB/cycle/slabs" >"$1"; }

# grown BEFORE AFTER LIMIT: caches with at least LIMIT objects more than before
grown()
{
	awk -v limit="$3" '
		NR == FNR { before[$1] = $2; next }
		$2 - before[$1] >= limit { print $1 ": " before[$1] " -> " $2 }' "$1" "$2"
}

# no_leak BASELINE: no cache has LEAK_LIMIT objects more
no_leak()
{
	local found
	slab_baseline /tmp/slabs
	found=$(grown "$1" /tmp/slabs "$LEAK_LIMIT")
	[ -z "$found" ] || die "slab objects are not given back: $found"
}

free_hugepages() { awk '/^HugePages_Free:/ { print $2 }' /proc/meminfo; }
