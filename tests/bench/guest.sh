# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's half of tests/bench/run: `. guest.sh compare|self|ours [KEY...]`, under the lab's library.
# The program stays while modules change, so that both map the same physical pages. The first
# round is thrown away: the machine's first interrupts and resets cost more than later ones.

kind=$1
shift
BENCH=$TREE/tests/bench/bench

# for the program's own shell: load KIND
load="bash -euc '. $LAB/guest/lib.sh; JOB_MODULES=\$0; use_modules \$0; load_vfio_sriov'"

hugepages 160
if [ "$kind" = ours ]; then
	sh -c "$load passway"
	"$BENCH" measure /out/warm true /out/ours -- "$@"
	cat /out/ours
else
	second=passway
	[ "$kind" = compare ] || second=distribution
	sh -c "$load distribution"
	"$BENCH" measure /out/warm true /out/theirs "$load $second" /out/ours -- "$@"
	mode=counted
	[ "$(nproc)" = 1 ] || mode=wall
	"$BENCH" report /out/theirs /out/ours /out/bench.json "$mode"
fi
