# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Every trace event of our modules tells what happens to a device, its bind, use and unbind; and the
# kernel's log says nothing of it.
# devices: igb edu
each()
{
	bind "$1"
	"$LAB/cycle/each" "$1"
	unbind "$1"
}

# lines_of BDF RESETS: one user, one of each
lines_of()
{
	traced 1 "vfio_bind: device=$1 driver=vfio-pci\$"
	traced 1 "vfio_open: device=$1 pid=[0-9]* users=1 error=0\$"
	traced 1 "vfio_irq_enable: device=$1 index=(msix|msi|intx) start=0 count=1 error=0\$"
	traced 1 "vfio_irq_disable: device=$1 index=(msix|msi|intx)\$"
	traced "$2" "vfio_reset: device=$1 why=user error=0\$"
	traced "$2" "vfio_reset: device=$1 why=open error=0\$"
	traced "$2" "vfio_reset: device=$1 why=close error=0\$"
	traced 1 "vfio_close: device=$1 pid=[0-9]* users=0\$"
	traced 1 "vfio_unbind: device=$1 driver=vfio-pci\$"
}

igb=$(bdf igb)
edu=$(bdf edu)
host_driver igb
load_vfio
each "$igb"	# with all off, and all modules loaded
dmesg >/tmp/before
trace_on
each "$igb"
each "$edu"
trace_off
grep -v '^#' "$TRACING/trace"

lines_of "$igb" 1
lines_of "$edu" 0
traced 2 'vfio_map: space=[0-9a-f]+ iova=0x100000000 vaddr=0x[0-9a-f]+ size=16384 flags=read\|write error=0$'
traced 2 'vfio_map: .* error=-17$'
traced 2 'vfio_unmap: space=[0-9a-f]+ iova=0x100000000 size=16384 unmapped=16384 flags= error=0$'
# a slow kernel has something to say of itself, and the device's own driver when it comes back
dmesg | diff /tmp/before - | sed -n 's/^> //p' | grep -E "vfio|irqbypass|$igb|$edu" |
	grep -v ' igb ' >/tmp/said || true
cat /tmp/said
[ ! -s /tmp/said ] || die 'the log is not quiet in normal work'

say 'an open that is refused by its token, and a user that is asked to let go'
trace_on
bind "$edu"
OPTIONS=' vf_token=12345678-1234-1234-1234-123456789abc' \
	expect_fail "$LAB/cycle/hold" "$edu" "$(group_of "$edu")" device
hold "$edu" device
"$VFIOCTL" unbind --force "$edu" &
wait_for 10 grep -q ' vfio_request: ' "$TRACING/trace"
let_go
wait $!
trace_off
grep -v '^#' "$TRACING/trace"
traced 1 "vfio_token_refused: device=$edu error=-22 rule=\"it must not be given a VF token, it has no VFs\"\$"
traced 1 "vfio_request: device=$edu asked=0\$"
: >"$TRACING/trace"
each "$igb"
traced 0 'vfio_.*'
unload_vfio
[ ! -e "$TRACING/events/passway" ] || [ -z "$(ls "$TRACING/events/passway")" ] ||
	die 'events outlive their modules'
