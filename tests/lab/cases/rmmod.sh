# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Modules in use cannot be removed; afterwards they go, all of them, and leave no node behind.
# devices: igb
device=$(bdf igb)
hugepages 64
load_vfio
bind "$device"
testpmd_start "$device" msix

for module in $VFIO_MODULES; do
	expect_fail rmmod "$module"
	loaded "$module" || die "$module is gone under its user"
done
kill -0 "$PMD" || die 'the user died of it'
testpmd_stop

# bound but not open: the driver goes, and the device with it
rmmod vfio_pci
[ -z "$(driver_of "$device")" ] || die "$device still has a driver"
unload_vfio
[ ! -e "/dev/vfio/$(group_of "$device")" ] || die 'the group node is left'
for module in $VFIO_MODULES; do
	! loaded "$module" || die "$module is left"
done

# and they come again
load_vfio
bind "$device"
[ -e "/dev/vfio/$(group_of "$device")" ] || die 'no group node after loading again'
unbind "$device"
unload_vfio
