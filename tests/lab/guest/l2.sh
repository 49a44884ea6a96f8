# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# L2: guests inside the machine, run by its own QEMU with KVM, on the distribution's kernel and
# an initrd made here. Each has a name, two serial ports (the kernel's console, in
# /tmp/l2-NAME.log, which goes to /out in the end, and one for commands, which l2-init serves), and
# QMP.
#
#	L2_MODULES="igbvf" L2_FILES="$LAB/l2/serial" L2_PORTS=1 l2_start NAME -device ...
#	l2 NAME 'ip link'		its output and status
#	l2_reboot NAME
#	l2_qmp NAME query-status	what QEMU returns; its status is 1 after an error
#	l2_device_add NAME driver=vfio-pci id=vf bus=port0 host=0000:01:10.0
#	l2_device_del NAME vf		the guest has let go of it, and QEMU, too
#	l2_stop NAME			or l2_kill NAME, as a crash would
#
# Variables of l2_start: L2_MODULES, L2_FILES (see l2_initrd), L2_MEMORY (MiB), L2_PORTS (how many
# PCIe root ports port0, port1 ... to plug devices into), L2_APPEND (for the kernel's command line),
# L2_CPUS (how many the guest has; 1).

# L2_FD: both ways of the pipes ctl and qmp of each guest, "NAME ctl.in" and so on
declare -A L2_PID L2_FD

# seconds for a boot, and for one command
L2_BOOT_LIMIT=150
L2_LIMIT=180

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

# l2_initrd: prints the name of one with the modules in L2_MODULES, which l2-init loads, and the
# programs in L2_FILES, statically linked, in its path. Each is made once.
l2_initrd()
{
	local file dir n=10 program module release
	file=/tmp/l2-initrd.$(md5sum <<<"${L2_MODULES:-} | ${L2_FILES:-}" | cut -c1-12)
	echo "$file"
	[ ! -e "$file" ] || return 0
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

# l2_pipe NAME PIPE: held open by us both ways, so that neither side waits for the other to open
l2_pipe()
{
	local way fd
	for way in in out; do
		mkfifo "/tmp/l2-$1/$2.$way"
		exec {fd}<>"/tmp/l2-$1/$2.$way"
		L2_FD["$1 $2.$way"]=$fd
	done
}

# l2_exec OPTION...: becomes QEMU, without what we have open. Its threads share as many CPUs of the machine
# as the guest has: an emulated one fails most when it runs a guest and gets an interrupt from another.
l2_exec()
{
	local fd cpus=${L2_CPUS:-1}
	for fd in "${L2_FD[@]}"; do
		exec {fd}>&-
	done
	exec taskset -c "0-$((cpus - 1))" qemu-system-x86_64 -nodefaults -no-user-config \
		-display none -no-reboot -smp "$cpus" "$@"
}

# l2_launch NAME [QEMU-OPTION...]: starts QEMU and does not wait
l2_launch()
{
	local name=$1 dir=/tmp/l2-$1 port initrd ports=()
	shift
	modprobe kvm_amd
	: >/out/guests
	l2_still
	rm -rf "$dir"
	mkdir "$dir"
	l2_pipe "$name" ctl
	l2_pipe "$name" qmp
	initrd=$(l2_initrd)
	for ((port = 0; port < ${L2_PORTS:-0}; port++)); do
		ports+=(-device "pcie-root-port,id=port$port,chassis=$((port + 1)),slot=$((port + 1))")
	done
	l2_exec -M q35,accel=kvm -cpu host -m "${L2_MEMORY:-256}" \
		-kernel "/boot/vmlinuz-$(l2_release)" -initrd "$initrd" -append "console=ttyS0 \
loglevel=5 panic=-1 mitigations=off nokaslr no_timer_check ${L2_APPEND:-}" \
		-serial "file:/tmp/l2-$name.log" -serial "pipe:$dir/ctl" \
		-chardev "pipe,id=qmp,path=$dir/qmp" -mon chardev=qmp,mode=control \
		"${ports[@]}" "$@" >"$dir/qemu.log" 2>&1 &
	L2_PID[$name]=$!
}

# l2_realized NAME: waits until QEMU has made all devices
l2_realized() { l2_qmp "$1" qmp_capabilities >/tmp/l2-qmp; }

# l2_ready NAME: waits until the guest takes commands
l2_ready()
{
	L2_LINE=
	until [ "$L2_LINE" = ready ]; do
		l2_line "$1" ctl $L2_BOOT_LIMIT
	done
}

# l2_start NAME [QEMU-OPTION...]: boots a guest and waits until it takes commands
l2_start()
{
	l2_launch "$@"
	l2_realized "$1"
	l2_ready "$1"
}

l2_runs() { kill -0 "${L2_PID[$1]}" 2>/dev/null; }

# l2_look NAME: says where a guest is. QEMU stops it for that and writes its registers back; one that went
# well has ended then, so it is for those of a case that has failed.
l2_look()
{
	local n where
	for n in 1 2 3; do
		where=$(l2_qmp "$1" human-monitor-command '{"command-line": "info registers"}' |
			grep -o 'R[IS]P=[0-9a-f]*\|HLT=.' | paste -sd' ')
		echo "guest $1: $where" >&2
		sleep 1
	done
}

# l2_last_look: when a case has failed, what its guests did last
l2_last_look()
{
	local status=$? name
	[ $status != 0 ] || return 0
	L2_LIMIT=10
	for name in "${!L2_PID[@]}"; do
		! l2_runs "$name" || [ -z "${L2_FD["$name qmp.out"]:-}" ] || (l2_look "$name") || true
	done
}

# l2_ended NAME: dies of that, and says what QEMU said last. A kernel that gives up tells so on its console
# before it restarts; one that does not has come to a triple fault, such as the emulated CPU makes of a
# sound guest now and then. That shows nothing either way, and the lab runs the case again; what our
# modules had caused would come again.
l2_ended()
{
	local name=$1 status=0 events=/tmp/l2-$1/events
	timeout 1 cat <&"${L2_FD["$name qmp.out"]}" >>"$events" || true
	cat "/tmp/l2-$name/qemu.log" "$events" >&2
	wait "${L2_PID[$name]}" || status=$?
	if [ $status = 0 ] && grep -q '"reason": "guest-reset"' "$events" &&
		! grep -qE 'Kernel panic|BUG: |Oops: |reboot: |sysrq: ' "/tmp/l2-$name.log"; then
		echo "guest $name restarted without a word of its kernel" >/out/void
	fi
	die "guest $name has ended, QEMU with status $status"
}

# l2_line NAME PIPE SECONDS: sets L2_LINE to the next line that comes
l2_line()
{
	local name=$1 left=$(($3 * JOB_SLOW)) part
	L2_LINE=
	# a line may come in several parts
	until read -r -t 1 -u "${L2_FD["$name $2.out"]}" part; do
		L2_LINE+=$part
		left=$((left - 1))
		l2_runs "$name" || l2_ended "$name"
		[ "$left" -gt 0 ] || die "guest $name does not answer ($2); see l2-$name.log"
	done
	L2_LINE+=$part
}

# l2_send NAME COMMAND: as l2-init wants it
l2_send() { printf '%s\n' "$(base64 -w0 <<<"$2")" >&"${L2_FD["$1 ctl.in"]}"; }

# l2 NAME COMMAND...: runs a shell command in the guest
l2()
{
	local name=$1
	shift
	l2_send "$name" "$*"
	while l2_line "$name" ctl "$L2_LIMIT"; do
		case $L2_LINE in
		'|'*) printf '%s\n' "${L2_LINE#|}" ;;
		'='*) return "${L2_LINE#=}" ;;
		esac
	done
}

# l2_qmp NAME COMMAND [ARGUMENTS]: arguments are a JSON object
l2_qmp()
{
	local name=$1
	printf '{"execute": "%s", "arguments": %s}\n' "$2" "${3:-{\}}" >&"${L2_FD["$1 qmp.in"]}"
	while l2_line "$name" qmp "$L2_LIMIT"; do
		L2_LINE=${L2_LINE%$'\r'}
		case $L2_LINE in
		'{"return": '*)
			L2_LINE=${L2_LINE#*: }
			printf '%s\n' "${L2_LINE%\}}"
			return ;;
		'{"error": '*)
			echo "guest $name: $2: $L2_LINE" >&2
			return 1 ;;
		*)
			# for l2_event
			printf '%s\n' "$L2_LINE" >>"/tmp/l2-$name/events" ;;
		esac
	done
}

# l2_event NAME EVENT [TEXT]: waits for one with that text among its data. What came before it is
# forgotten, and so is the event.
l2_event()
{
	local events=/tmp/l2-$1/events
	until grep -q "\"event\": \"$2\".*${3:-}\|${3:-}.*\"event\": \"$2\"" "$events" 2>/dev/null; do
		l2_line "$1" qmp "$L2_LIMIT"
		printf '%s\n' "$L2_LINE" >>"$events"
	done
	rm "$events"
}

# l2_device_add NAME KEY=VALUE...: on and off are booleans
l2_device_add()
{
	local name=$1 pair value json=
	shift
	for pair; do
		value=${pair#*=}
		case $value in
		on) value=true ;;
		off) value=false ;;
		*) value="\"$value\"" ;;
		esac
		json+=", \"${pair%%=*}\": $value"
	done
	l2_qmp "$name" device_add "{${json#, }}" >/tmp/l2-qmp
}

# l2_device_del NAME ID: asks the guest for the device, and waits until QEMU has closed it
l2_device_del()
{
	l2_qmp "$1" device_del "{\"id\": \"$2\"}" >/tmp/l2-qmp
	l2_event "$1" DEVICE_DELETED "\"device\": \"$2\""
}

# l2_reboot NAME: the guest restarts itself, and takes commands again. At any other time a restart,
# which is what a panic does, too, ends QEMU.
l2_reboot()
{
	l2_qmp "$1" set-action '{"reboot": "reset"}' >/tmp/l2-qmp
	l2_send "$1" 'reboot -f'
	l2_ready "$1"
	l2_qmp "$1" set-action '{"reboot": "shutdown"}' >/tmp/l2-qmp
}

l2_let_go()
{
	local end fd
	# QEMU goes on without
	! grep 'KVM VFIO device' "/tmp/l2-$1/qemu.log" >&2 ||
		die "guest $1: KVM did not take its devices"
	for end in "$1 "{ctl,qmp}.{in,out}; do
		fd=${L2_FD["$end"]}
		exec {fd}>&-
		unset "L2_FD[$end]"
	done
	rm -rf "/tmp/l2-$1"
}

# l2_stop NAME: the guest powers itself off
l2_stop()
{
	l2_send "$1" 'poweroff -f'
	wait_for 30 ended "${L2_PID[$1]}"
	wait "${L2_PID[$1]}" || {
		cat "/tmp/l2-$1/qemu.log" >&2
		die "guest $1: QEMU ended with an error"
	}
	l2_let_go "$1"
}

# l2_kill NAME: its QEMU gets SIGKILL, and has gone when this returns
l2_kill()
{
	kill -KILL "${L2_PID[$1]}"
	wait "${L2_PID[$1]}" 2>/dev/null || true
	l2_let_go "$1"
}
