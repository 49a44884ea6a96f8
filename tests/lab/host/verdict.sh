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

# impossible LOG...: what no kernel can cause, if one of the logs tells of it. The machine is an emulated one,
# whose CPU sometimes takes interrupts after it has left a guest, whatever its interrupt flag says, which is
# bit 9 of the EFLAGS that are shown of where an interrupt came.
impossible()
{
	cat "$@" 2>/dev/null | tr -d '\r\0' | awk '
		entry && /RIP: / { rip = $0 }
		/ EFLAGS: / {
			if (rip && / EFLAGS: [0-9a-f]*[014589cd][0-9a-f][0-9a-f]$/) {
				sub(/.*RIP: [0-9a-f]*:/, "", rip)
				print "the emulated CPU took an interrupt with interrupts off, at " rip
				exit
			}
			rip = ""
		}
		{ entry = / asm_(common_interrupt|sysvec_[a-z0-9_]+)\+/ && !/ \? / }' || true
}

# restarted OUT: the machine did, by a triple fault, of which QEMU alone tells
restarted() { grep -q '^Triple fault' "$1/resets" 2>/dev/null; }

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
	elif restarted "$out"; then
		echo "the machine has restarted by a triple fault"
	elif [ "$said" = passed ]; then
		[ "$status" = 0 ] || echo "QEMU ended with status $status"
	else
		echo "${said:-the case did not say that it finished}"
	fi
}
