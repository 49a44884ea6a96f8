# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Devices with an emulated IOMMU: what they pin, read and write of user memory, alone and beside a
# real device; and that nothing is left of it.
# devices: igb
# timeout: 90
device=$(bdf igb)
driver=$TREE/tests/lab/modules/emulated.ko
load_vfio
bind "$device"
insmod "$driver"
group=$(basename "$(readlink /sys/bus/platform/devices/emulated.0/iommu_group)")
[ -e "/dev/vfio/$group" ] || die 'no group node'

"$TREE/tests/lab/abi/abi-emulated" "$device"
dmesg | grep -q 'emulated.0: .*closed with 3 pages pinned' || die 'the log does not tell of pins left'

say 'nothing grows'
slab_baseline /tmp/before
for _ in 1 2; do
	"$TREE/tests/lab/abi/abi-emulated" "$device" >/tmp/again || { cat /tmp/again; die 'failed'; }
done
no_leak /tmp/before

rmmod emulated
[ ! -e "/dev/vfio/$group" ] || die 'the group node is left'
[ ! -e "/sys/kernel/iommu_groups/$group" ] || die 'the IOMMU group is left'
unbind "$device"
unload_vfio
