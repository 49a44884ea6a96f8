# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the lab itself: cases that must fail are judged so, for the right reason, and a lab that
# is ended from outside leaves no process behind.

# result NAME DETAIL: DETAIL is empty when all is well
result()
{
	if [ -z "$2" ]; then
		PASSED=$((PASSED + 1))
		echo "PASS $1"
	else
		FAILED=$((FAILED + 1))
		echo "FAIL $1: $2"
	fi
}

# processes TEXT: that have it in their command line
processes()
{
	local file
	for file in /proc/[0-9]*/cmdline; do
		[[ $(tr "\0" " " <"$file") != *"$1"* ]] || echo "process ${file//[!0-9]/} is left"
	done 2>/dev/null
}

# check_interrupted SIGNAL: ends a lab while its machine runs
check_interrupted()
{
	local out=$OWN/out/$KERNEL/time-limit pid left=600
	rm -rf "$out"
	# what the shell starts in the background ignores SIGINT otherwise
	env --default-signal=INT "$LAB/lab" --kernel "$KERNEL" run time-limit >/dev/null 2>&1 &
	pid=$!
	until [ -s "$out/console.log" ] || [ "$left" = 0 ]; do
		left=$((left - 1))
		sleep 0.1
	done
	kill -"$1" "$pid"
	wait "$pid" 2>/dev/null || true
	sleep 1
	if [ "$left" = 0 ]; then
		result "ended by $1" "the machine did not start"
	else
		result "ended by $1" "$(processes "$out")"
	fi
}

# check_verdict FILE: against what its header expects
check_verdict()
{
	local want
	want=$(header "$TOP/$1" expect '')
	say "running $(basename "$1" .sh), which must fail"
	run_case "$1"
	if [ -n "$want" ] && [[ "failed $REASON" =~ ^$want ]]; then
		result "$CASE_NAME (judged: $REASON)" ''
	else
		result "$CASE_NAME" "judged '${REASON:-passed}', not '$want'; log: ${LOG#"$PWD"/}"
	fi
}

# check_impossible EFLAGS WANT: of code in which an interrupt came
check_impossible()
{
	local said wrong=
	said=$(impossible <(sed "s/^/[   12.345678] /; s/\$/\r/" <<-EOF
		WARNING: CPU: 0 PID: 1 at lib/some.c:1 some+0x1/0x2
		RIP: 0010:some+0x1/0x2
		RSP: 0018:ffffd0428050fcc0 EFLAGS: 00010046
		 asm_common_interrupt+0x26/0x40
		RIP: 0010:other+0x1/0x2
		RSP: 0018:ffffd0428050fcc0 EFLAGS: $1
	EOF
	))
	[ "$said" = "$2" ] || wrong="said \"$said\""
	result "an interrupt where EFLAGS are $1" "$wrong"
}

# check_restarted WANT [FILE]: a machine that restarted without a word, and left that file
check_restarted()
{
	local said wrong=
	LOG=$(mktemp -d)/console.log
	: >"$LOG"
	echo 'Triple fault' >"${LOG%/*}/resets"
	[ -z "${2:-}" ] || : >"${LOG%/*}/$2"
	REASON=$(judge "${LOG%/*}" 0)
	said=$(void_case)
	[ "$said" = "$1" ] || wrong="said \"$said\""
	result "a restart of a machine with ${2:-no guests}" "$wrong"
	rm -r "${LOG%/*}"
}

run_selftest()
{
	local file want signal
	PASSED=0 FAILED=0
	check_impossible 00010246 ''
	check_impossible 00010046 'the emulated CPU took an interrupt with interrupts off, at other+0x1/0x2'
	check_restarted ''
	check_restarted 'the machine, which ran guests, has restarted by a triple fault' guests
	prepare_image
	# before this lab takes part in the lock that the interrupted one needs
	for signal in INT TERM KILL; do
		check_interrupted "$signal"
	done
	build sync programs
	for file; do
		want=$(header "$TOP/$file" kernel "$KERNEL")
		[ "$want" != "$KERNEL" ] || check_verdict "$file"
	done
	echo "lab selftest: $PASSED passed, $FAILED failed"
	[ "$FAILED" = 0 ]
}
