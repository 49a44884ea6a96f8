# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A case is a file of shell commands that runs in the virtual machine. Comments at its head say
# what it needs:
#
#   # devices: igb e1000e      names from devices.sh                        (default: none)
#   # timeout: 60              seconds for the body, boot not counted       (60)
#   # soak: 3600               the same for its longer form                 (it has none)
#   # modules: passway         passway, distribution or none                (passway)
#   # mode: normal             icount: time counts instructions; turns: its CPUs take turns (normal)
#   # cmdline: memmap=...     words for the kernel's command line          (none)
#   # variants: yes            mainline's variant drivers, built against our headers (no)
#   # kernels: 6.12 package    those that can show it, by name or kind in `kernels` (all)
#   # expect: failed REGEX     only in selftest/: the verdict that is right
#   # kernel: debug            only in selftest/: runs on that kernel alone

# header FILE KEY DEFAULT
header()
{
	local value
	value=$(sed -n "/^[^#]/q; s/^# $2: *//p" "$1")
	echo "${value:-$3}"
}

# case_file NAME-or-PATH: the file, relative to the checkout
case_file()
{
	local file
	for file in "tests/lab/cases/$1.sh" "tests/lab/selftest/$1.sh" "$1"; do
		if [ -f "$TOP/$file" ]; then
			echo "$file"
			return
		fi
	done
	die "no case $1 (tests/lab/cases/$1.sh, or a path in the checkout)"
}

can_soak() { [ -n "$(header "$TOP/$1" soak '')" ]; }

# time_key FILE: the comment that gives the time limit of this run
time_key() { [ -n "$SOAK" ] && can_soak "$1" && echo soak || echo timeout; }

# read_case FILE: sets CASE_*; what the command line gave stands above the header
read_case()
{
	local file=$TOP/$1
	CASE_FILE=$1
	CASE_NAME=$(basename "$1" .sh)
	CASE_DEVICES=${WANT_DEVICES-$(header "$file" devices '')}
	CASE_TIMEOUT=${WANT_TIMEOUT-$(header "$file" "$(time_key "$1")" 60)}
	CASE_MODULES=${WANT_MODULES-$(header "$file" modules passway)}
	CASE_MODE=${WANT_MODE-$(header "$file" mode normal)}
	CASE_CMDLINE=$(header "$file" cmdline '')
	CASE_VARIANTS=$(header "$file" variants no)
	CASE_KERNELS=$(header "$file" kernels "$KERNEL")
	[[ $CASE_TIMEOUT =~ ^[0-9]+$ ]] || die "$1: timeout: $CASE_TIMEOUT is no number"
	case $CASE_MODULES in
	passway | distribution | none) ;;
	*) die "$1: modules: $CASE_MODULES is none of passway, distribution, none" ;;
	esac
	case $CASE_MODE in
	normal | icount | turns) ;;
	*) die "$1: mode: $CASE_MODE is none of normal, icount, turns" ;;
	esac
}
