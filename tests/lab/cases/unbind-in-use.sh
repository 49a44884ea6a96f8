# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Unbinding a device in use waits for its user, and ends when the user does. vfioctl does not begin it.
# devices: igb
device=$(bdf igb)
hugepages 64
load_vfio
bind "$device"
testpmd_start "$device" msix

status=0
"$VFIOCTL" unbind "$device" || status=$?
[ "$status" = 4 ] || die "vfioctl unbind: exit status $status, not 4"

(echo "$device" >/sys/bus/pci/drivers/vfio-pci/unbind) &
unbinder=$!
sleep 3
kill -0 "$unbinder" 2>/dev/null || die 'unbind did not wait for the user'
kill -0 "$PMD" || die 'unbind killed the user'

testpmd_kill
wait_for 15 ended "$unbinder"
wait "$unbinder" || die 'unbind failed'
[ -z "$(driver_of "$device")" ] || die "$device still has a driver"
unload_vfio
