# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs cases and reports. Each gets a virtual machine of its own; what it leaves is in
# .lab/out/KERNEL/CASE: console.log, output (the case's own words), dmesg, verdict, qemu.command.

BOOT_LIMIT=60
SOAK=

fresh()
{
	rm -rf "$1"
	mkdir -p "$1"
}

# boot_case OUT CONSOLE...: status of the virtual machine
boot_case()
{
	local out=$1 limit
	shift
	limit=$(((BOOT_LIMIT + CASE_TIMEOUT) * SLOW))
	[ "$CASE_MODE" != icount ] || limit=$((limit * 3))
	{
		printf 'JOB_FILE=%q\n' "${CASE_FILE:-}"
		printf 'JOB_DEVICES=%q\n' "$CASE_DEVICES"
		printf 'JOB_MODULES=%q\n' "$CASE_MODULES"
		printf 'JOB_TIMEOUT=%q\n' "$((CASE_TIMEOUT * SLOW))"
		printf 'JOB_SLOW=%q\n' "$SLOW"
		printf 'JOB_SOAK=%q\n' "$SOAK"
	} >"$out/job"
	qemu "$out" "$limit" "$@"
}

# run_case FILE: sets REASON, empty when the case passed
run_case()
{
	local out status=0
	read_case "$1"
	out=$OWN/out/$KERNEL/$CASE_NAME
	fresh "$out"
	boot_case "$out" -serial "file:$out/console.log" >"$out/qemu.log" 2>&1 || status=$?
	REASON=$(judge "$out" "$status")
	LOG=$out/console.log
}

# void_case: why the last run of the case shows nothing, as its log or what it says of its guests tells;
# nothing when it does, and when it passed
void_case()
{
	local out=${LOG%/*}
	[ -n "$REASON" ] || return 0
	impossible "$out"/{dmesg,*.log}
	# the machine or one of its guests came to a triple fault
	if restarted "$out" && [ -e "$out/guests" ]; then
		echo "${REASON/machine/machine, which ran guests,}"
	fi
	[[ $REASON != "exit status "* ]] || cat "$out/void" 2>/dev/null || true
}

# why_skip: what the case (read_case) needs and this kernel has not; nothing when it can run
why_skip()
{
	if [ "$CASE_VARIANTS" != no ] && [ "$KIND" != package ]; then
		echo "mainline's drivers are for distribution kernels only"
	elif ! [[ " $CASE_KERNELS " =~ " "($KERNEL|$KIND)" " ]]; then
		echo "only on kernel $CASE_KERNELS, and this is $KERNEL ($KIND)"
	fi
}

# build_for FILE...: modules and drivers only when a case wants them
build_for()
{
	local file modules='' drivers=''
	for file; do
		read_case "$file"
		[ "$CASE_MODULES" != passway ] || modules=modules
		[ "$CASE_VARIANTS" = no ] || [ -n "$(why_skip)" ] || drivers=drivers
	done
	# shellcheck disable=SC2086
	build sync $modules $drivers programs
}

# run_cases FILE...: one line per case, a summary, and a status
run_cases()
{
	local file began why passed=0 failed=0 skipped=0
	build_for "$@"
	for file; do
		began=$SECONDS
		read_case "$file"
		why=$(why_skip)
		if [ -n "$why" ]; then
			skipped=$((skipped + 1))
			echo "SKIP $CASE_NAME: $why"
			continue
		fi
		say "running $CASE_NAME"
		run_case "$file"
		for _ in 1 2; do
			why=$(void_case | head -n 1)
			[ -n "$why" ] || break
			echo "VOID $CASE_NAME ($((SECONDS - began)) s): $why; once more"
			run_case "$file"
		done
		if [ -z "$REASON" ]; then
			passed=$((passed + 1))
			echo "PASS $CASE_NAME ($((SECONDS - began)) s)"
		else
			failed=$((failed + 1))
			echo "FAIL $CASE_NAME ($((SECONDS - began)) s): $REASON"
			{
				tail -n 8 "${LOG%/*}/output" 2>/dev/null || tail -n 3 "${LOG%/*}/qemu.log"
				report "${LOG%/*}" 40
			} | sed 's/^/     | /'
			echo "     log: ${LOG#"$PWD"/}"
		fi
	done
	[ "$skipped" = 0 ] || echo "lab: $skipped skipped"
	echo "lab: $passed passed, $failed failed"
	# nothing was shown by cases that did not run
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

run_shell()
{
	[ -t 0 ] || die "shell: no terminal (tests/lab/lab exec COMMAND runs one command)"
	CASE_FILE='' CASE_DEVICES=${WANT_DEVICES-igb e1000e} CASE_MODULES=${WANT_MODULES-passway}
	CASE_MODE=${WANT_MODE-normal} CASE_TIMEOUT=${WANT_TIMEOUT-28800}
	local parts=(sync programs)
	[ "$CASE_MODULES" != passway ] || parts=(sync modules programs)
	build "${parts[@]}"
	say "booting; \`exit\` powers off, Ctrl-A X kills, time limit $CASE_TIMEOUT s"
	fresh "$OWN/out/$KERNEL/shell"
	TERMINAL=$(stty -g)
	boot_case "$OWN/out/$KERNEL/shell" -serial mon:stdio <&0
}
