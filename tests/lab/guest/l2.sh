# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# L2: guests inside the machine, run by its own QEMU with KVM, on the distribution's kernel and
# an initrd made here. Each has a name and two serial ports: the kernel's console, in
# /out/l2-NAME.log, and one for commands, which l2-init serves.
#
#	L2_MODULES="igbvf" L2_FILES="$LAB/l2/serial" l2_start NAME -device vfio-pci,host=...
#	l2 NAME 'ip link'		its output and status
#	l2_stop NAME			or l2_kill NAME, as a crash would

declare -A L2_PID L2_TO L2_FROM

# seconds for a boot, and for one command
L2_BOOT_LIMIT=60
L2_LIMIT=60

# l2_release: of the kernel that guests run, whichever the machine itself runs
l2_release()
{
	local kernels=(/boot/vmlinuz-*)
	echo "${kernels[-1]#/boot/vmlinuz-}"
}

# l2_module_files RELEASE: of L2_MODULES and what they need, in the order of loading, each once
l2_module_files()
{
	[ -n "${L2_MODULES:-}" ] || return 0
	# shellcheck disable=SC2086
	modprobe -S "$1" --show-depends -a $L2_MODULES |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# l2_initrd FILE: with the modules in L2_MODULES, which l2-init loads, and the programs in L2_FILES,
# statically linked, in its path
l2_initrd()
{
	local file=$1 dir n=10 program module release
	release=$(l2_release)
	dir=$(mktemp -d)
	mkdir "$dir"/{bin,dev,modules,proc,sys,tmp}
	cp /bin/busybox "$dir/bin/"
	cp "$LAB/guest/l2-init" "$dir/init"
	for program in ${L2_FILES:-}; do
		cp "$program" "$dir/bin/"
	done
	for module in $(l2_module_files "$release"); do
		n=$((n + 1))
		xz -dc "$module" >"$dir/modules/$n.ko"
	done
	(cd "$dir" && find . | cpio --quiet -o -H newc) >"$file"
	rm -rf "$dir"
}

# Whether the guest of l2_still is there
l2_still_runs() { [ -s /tmp/l2-still.pid ] && kill -0 "$(cat /tmp/l2-still.pid)" 2>/dev/null; }

# KVM has a static key for "the local APIC of some vCPU is off", as each is until its guest turns it on.
# A second later the kernel patches KVM's code, and a CPU that is about to enter a guest can stumble
# over the breakpoint that this takes: emulated CPUs see each other's code change too late. A guest
# that never runs keeps the key as it is.
l2_still()
{
	! l2_still_runs || return 0
	qemu-system-x86_64 -nodefaults -no-user-config -display none -M q35,accel=kvm -m 16 -S \
		-daemonize -pidfile /tmp/l2-still.pid
}

# l2_still_end: once no guest is to run any more
l2_still_end()
{
	local pid
	pid=$(cat /tmp/l2-still.pid)
	kill "$pid"
	wait_for 10 ended "$pid"
	rm -f /tmp/l2-still.pid
}

# l2_start NAME [QEMU-OPTION...]: boots a guest and waits until it takes commands; L2_MEMORY in MiB
l2_start()
{
	local name=$1 dir=/tmp/l2-$1 to from
	shift
	modprobe kvm_amd
	l2_still
	rm -rf "$dir"
	mkdir "$dir"
	mkfifo "$dir"/ctl.{in,out}
	l2_initrd "$dir/initrd"
	# both ways held open by us, so that neither side ever waits for the other to open
	exec {to}<>"$dir/ctl.in" {from}<>"$dir/ctl.out"
	L2_TO[$name]=$to
	L2_FROM[$name]=$from
	qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
		-M q35,accel=kvm -cpu host -m "${L2_MEMORY:-256}" \
		-kernel "/boot/vmlinuz-$(l2_release)" -initrd "$dir/initrd" \
		-append "console=ttyS0 loglevel=5 panic=-1 mitigations=off no_timer_check" \
		-serial "file:/out/l2-$name.log" -serial "pipe:$dir/ctl" "$@" \
		>"$dir/qemu.log" 2>&1 {to}>&- {from}>&- &
	L2_PID[$name]=$!
	L2_LINE=
	until [ "$L2_LINE" = ready ]; do
		l2_line "$name" $L2_BOOT_LIMIT
	done
}

l2_runs() { kill -0 "${L2_PID[$1]}" 2>/dev/null; }

# l2_line NAME SECONDS: sets L2_LINE to the next line that the guest sends
l2_line()
{
	local name=$1 left=$(($2 * JOB_SLOW)) part
	L2_LINE=
	# a line may come in several parts
	until read -r -t 1 -u "${L2_FROM[$name]}" part; do
		L2_LINE+=$part
		left=$((left - 1))
		if ! l2_runs "$name"; then
			cat "/tmp/l2-$name/qemu.log" >&2
			die "guest $name has ended"
		fi
		[ "$left" -gt 0 ] || die "guest $name does not answer; see /out/l2-$name.log"
	done
	L2_LINE+=$part
}

# l2_send NAME COMMAND: as l2-init wants it
l2_send() { printf '%s\n' "$(base64 -w0 <<<"$2")" >&"${L2_TO[$1]}"; }

# l2 NAME COMMAND...: runs a shell command in the guest
l2()
{
	local name=$1
	shift
	l2_send "$name" "$*"
	while l2_line "$name" "$L2_LIMIT"; do
		case $L2_LINE in
		'|'*) printf '%s\n' "${L2_LINE#|}" ;;
		'='*) return "${L2_LINE#=}" ;;
		esac
	done
}

l2_let_go()
{
	local to=${L2_TO[$1]} from=${L2_FROM[$1]}
	wait "${L2_PID[$1]}" 2>/dev/null || true
	exec {to}>&- {from}>&-
	rm -rf "/tmp/l2-$1"
}

# l2_stop NAME: the guest powers itself off
l2_stop()
{
	l2_send "$1" 'poweroff -f'
	wait_for 30 ended "${L2_PID[$1]}"
	l2_let_go "$1"
}

# l2_kill NAME: its QEMU gets SIGKILL, and has gone when this returns
l2_kill()
{
	kill -KILL "${L2_PID[$1]}"
	l2_let_go "$1"
}
