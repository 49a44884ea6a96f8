# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a run is judged by: the case must have said that it passed, as its last act, and the
# kernel must have had nothing to complain about, from boot to the end.

# One extended regular expression per kind of report, on the console's text.
REPORTS=(
	'WARNING: '
	'BUG: '
	'kernel BUG at '
	'Oops: '
	'general protection fault'
	'Kernel panic'
	'UBSAN: '
	'KASAN: '
	'unreferenced object 0x'
	'kmemleak: .* detector disabled'
	'INFO: task .* blocked for more than'
	'INFO: rcu.* (stall|self-detected|detected)'
	'rcu: INFO: '
	'soft lockup'
	'possible (circular locking|recursive locking|irq lock inversion)'
	'inconsistent lock state'
	'suspicious RCU usage'
	'scheduling while atomic'
	'sleeping function called from invalid context'
	'refcount_t: '
	'Bad page state'
	'page allocation failure'
	'DMAR: \[.*(fault|Fault)'
	'irq [0-9]+: nobody cared'
	'Call Trace:'
)

# report OUT LINES: the kernel's first report and what follows it; nothing when there is none
report()
{
	local pattern
	pattern=$(printf '|%s' "${REPORTS[@]}")
	tr -d '\r' <"$1/console.log" 2>/dev/null |
		grep -a -m 1 -A $(($2 - 1)) -E "${pattern#|}" || true
}

# judge OUT QEMU-STATUS: prints nothing when the run passed, else the reason
judge()
{
	local out=$1 status=$2 hit said
	hit=$(report "$out" 1)
	said=$(cat "$out/verdict" 2>/dev/null) || true
	if [ -n "$hit" ]; then
		echo "kernel: $(sed -E 's/^\[ *[0-9.]+\] *//' <<<"$hit")"
	elif [ "$status" = 124 ] || [ "$status" = 137 ]; then
		echo "time limit of the machine"
	elif [ "$said" = passed ]; then
		[ "$status" = 0 ] || echo "QEMU ended with status $status"
	else
		echo "${said:-the case did not say that it finished}"
	fi
}
