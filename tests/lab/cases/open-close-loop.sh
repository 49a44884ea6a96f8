# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A device opened, used and closed 100 times leaves nothing: no slab object, no charge on the
# process, no huge page, no interrupt, no bus mastering.
# devices: igb
# timeout: 180
device=$(bdf igb)
load_vfio
hugepages 4
bind "$device"

"$LAB/cycle/cycle" "$device" 20
slab_baseline /tmp/before
"$LAB/cycle/cycle" "$device" 100
no_leak /tmp/before
[ "$(free_hugepages)" = 4 ] || die "$(free_hugepages) of 4 huge pages are free"
no_interrupts
[ "$(bus_master "$device")" = 0 ] || die 'bus mastering is on after the last close'
unbind "$device"
unload_vfio
