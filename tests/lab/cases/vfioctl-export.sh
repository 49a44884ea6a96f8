# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# vfioctl export: QEMU and DPDK take the arguments as they are printed, QEMU with a token. vfioctl
# monitor tells each bind, open, reset, close and unbind of it, and show who has the device.
# devices: igb
# timeout: 180
MONITOR=/tmp/monitor

monitor_start()
{
	"$VFIOCTL" monitor --json >"$MONITOR" &
	WATCHER=$!
	wait_for 10 grep -q '"event":"start"' "$MONITOR"
}

no_instance() { [ -z "$(ls "$TRACING/instances")" ]; }

# told BDF EVENT REGEX: by and by there is a line of that event of that device
told()
{
	wait_for 10 grep -qE "\"event\":\"$2\",\"device\":\"$1\".*$3" "$MONITOR"
}

pf=$(bdf igb)
# which has tracefs in it
umount /sys/kernel/debug
exits 4 monitor
says 'mount -t tracefs'
mount -t debugfs debugfs /sys/kernel/debug
mount_tracefs
exits 4 monitor
says 'modprobe vfio-pci'
load_vfio_sriov
hugepages 64
mkdir "$TRACING/instances/vfioctl-999999"	# of one that was killed
monitor_start
[ ! -e "$TRACING/instances/vfioctl-999999" ] || die 'a stale instance stays'

say 'the arguments of DPDK, for a PF'
exits 4 export dpdk "$pf"
says "vfioctl bind $pf"
bind "$pf"
exits 0 export dpdk "$pf"
# pmd_start names the device, too
says "-a $pf"
says '--vfio-intr msix'
# shellcheck disable=SC2046
pmd_start pmd "$pf" rxonly $("$VFIOCTL" export dpdk "$pf")
pid=${PMD_PID[pmd]}
exits 0 show --json "$pf"
says "{\"pid\":$pid,\"command\":\"dpdk-testpmd\"}"
says '"bypass":"offered"'
exits 4 export dpdk "$pf"
says "process $pid"
pmd_stop pmd
told "$pf" bind '"driver":"vfio-pci"'
told "$pf" reset '"why":"open","error":0'
told "$pf" open "\"driver\":\"vfio-pci\",\"pid\":$pid,\"command\":\"dpdk-testpmd\",\"users\":1,\"error\":0"
told "$pf" reset '"why":"close","error":0'
told "$pf" close "\"pid\":$pid,.*\"users\":0"

say 'those of QEMU, for a VF with a token'
numvfs "$pf" 1
vf=$(vf "$pf" 0)
wait_for 5 test -e "/sys/bus/pci/drivers/vfio-pci/$vf"
exits 0 token new --file /tmp/token
exits 0 token set "$pf" --file /tmp/token
exits 4 export qemu "$vf"
says '--file'
args=()
eval "args=($("$VFIOCTL" export qemu "$vf" --file /tmp/token | tr '\n' ' '))"
L2_MODULES=igbvf l2_start vf "${args[@]}"
l2 vf 'cat /sys/bus/pci/devices/*/device' >/tmp/devices
grep -qx 0x10ca /tmp/devices || die 'the guest has no VF of igb'
told "$vf" open '"command":"qemu-system-x86".*"users":1,"error":0'
exits 0 show --json "$vf"
says '"command":"qemu-system-x86"'
l2_stop vf
told "$vf" close '"users":0'
expect_fail "$LAB/cycle/hold" "$vf" "$(group_of "$vf")" device
told "$vf" token_refused '"error":-13,"rule":"its PF is bound'
l2_still_end

numvfs "$pf" 0
unbind "$pf"
told "$pf" unbind '"driver":"vfio-pci"'
cat "$MONITOR"
kill -TERM "$WATCHER"	# in the background a shell has it ignore SIGINT
wait "$WATCHER" || die 'monitor ends with an error'
no_instance || die 'the instance of monitor stays'

say 'those whose output nobody reads end, and those who cannot write say so'
"$VFIOCTL" monitor "$pf" | head -n 1
wait_for 10 no_instance
status=0
"$VFIOCTL" monitor --json "$pf" >/dev/full 2>/tmp/said || status=$?
[ $status = 2 ] || die "monitor on a full disk ends with $status"
grep 'the output could not be written' /tmp/said || die "it says: $(cat /tmp/said)"
no_instance || die 'its instance stays'
unload_vfio
