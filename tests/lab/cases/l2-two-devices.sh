# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Two devices in one guest with two CPUs, each in an IOMMU group of its own: one reads and writes the
# other's registers by DMA, since QEMU maps every BAR into the container, too, for as long as the
# guest has it switched on; then both work at once.
# devices: edu nvme
# timeout: 300
edu=$(bdf edu) nvme=$(bdf nvme)
load_vfio
bind "$edu"
bind "$nvme"
[ "$(group_of "$edu")" != "$(group_of "$nvme")" ] || die 'both devices are in one group'
trace_on
L2_CPUS=2 L2_FILES="$LAB/l2/peer" drive_guest two \
	-device "vfio-pci,host=$edu,addr=5.0" -device "vfio-pci,host=$nvme,addr=6.0"
drive_writes two 16 1
l2 two 'echo 0000:00:06.0 >/sys/bus/pci/drivers/nvme/unbind'
l2 two 'peer 0000:00:05.0 0000:00:06.0'

# mapped where the guest has it, and gone from there while the guest had it switched off
for at in 5 6; do
	bar=$(l2 two "head -n 1 /sys/bus/pci/devices/0000:00:0$at.0/resource" | cut -d' ' -f1)
	bar=$(printf '%#x' "$bar")
	traced_some "vfio_map: .* iova=$bar .* error=0\$"
	traced_some "vfio_unmap: .* iova=$bar .* error=0\$"
done
traced 0 'vfio_(un)?map: .* error=-[0-9]+'
trace_off

# and both at once
l2 two 'echo 0000:00:06.0 >/sys/bus/pci/drivers/nvme/bind'
l2 two "until [ -b $DISK ]; do sleep 0.1; done"
l2 two 'peer 0000:00:05.0 >/tmp/peer 2>&1 && echo well >>/tmp/peer &'
drive_writes two 64 2
l2 two 'while pidof peer >/dev/null; do sleep 0.1; done; cat /tmp/peer; grep -q well /tmp/peer'
l2_stop two
l2_still_end
no_interrupts
unbind "$edu"
unbind "$nvme"
unload_vfio
