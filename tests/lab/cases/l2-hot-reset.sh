# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest with both devices of a bus that cannot be reset one by one: QEMU resets the bus with each
# reset of the guest, and both work in it; after the guest has gone the bus is reset once more.
# devices: edu-pair
# timeout: 300
mapfile -t pair < <(lspci -Dnd 1234:11e8 | cut -d' ' -f1)
[ ${#pair[@]} = 2 ] || die "${#pair[@]} devices, not 2"

# resets_of WHY: how often both were, by the trace; never one alone, and never in vain
resets_of()
{
	local times
	times=$(grep -c "vfio_reset: device=${pair[0]} why=$1 error=0\$" "$TRACING/trace" || true)
	traced "$times" "vfio_reset: device=${pair[1]} why=$1 error=0\$"
	traced 0 "vfio_reset: .* why=$1 error=-"
	echo "$times"
}

works() { l2 bus "peer 0000:00:05.0 && peer 0000:00:06.0"; }

load_vfio
bind "${pair[0]}"
bind "${pair[1]}"
trace_on
L2_FILES="$LAB/l2/peer" l2_start bus -device "vfio-pci,host=${pair[0]},addr=5.0" \
	-device "vfio-pci,host=${pair[1]},addr=6.0"
begun=$(resets_of hot)
[ "$begun" -gt 0 ] || die 'QEMU did not reset the bus before the guest began'
works
l2_reboot bus
[ "$(resets_of hot)" -gt "$begun" ] || die 'the bus was not reset with the guest'
works
[ "$(resets_of idle)" = 0 ] || die 'the bus was reset as if nobody had it'
l2_kill bus
l2_still_end
[ "$(resets_of idle)" = 1 ] || die 'the bus was not reset once after its last user'
trace_off
no_interrupts
unbind "${pair[0]}"
unbind "${pair[1]}"
unload_vfio
