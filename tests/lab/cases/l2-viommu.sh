# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest with an IOMMU of its own, which QEMU emulates: each page that its driver maps or unmaps for
# a drive becomes a call here, in storms of some thousand. Then QEMU is killed in the midst of one.
# devices: nvme
# timeout: 600
# soak: 1800
nvme=$(bdf nvme)
host_driver nvme
load_vfio
bind "$nvme"
trace_counts vfio_map vfio_unmap

# start_guest INTREMAP
start_guest()
{
	L2_APPEND='intel_iommu=on iommu.strict=1' drive_guest iommu -M kernel-irqchip=split \
		-device "intel-iommu,caching-mode=on,intremap=$1" -device "vfio-pci,host=$nvme"
}

# storm MIB SEED: there must be a call at least for every page that was written and read
storm()
{
	local maps unmaps pages=$((2 * $1 * 256))
	maps=$(trace_counted vfio_map) unmaps=$(trace_counted vfio_unmap)
	drive_writes iommu "$1" "$2"
	maps=$(($(trace_counted vfio_map) - maps)) unmaps=$(($(trace_counted vfio_unmap) - unmaps))
	say "$pages pages: $maps times mapped, $unmaps times unmapped; locked:" \
		"$(locked_kib "${L2_PID[iommu]}") KiB"
	[ "$maps" -ge "$pages" ] || die 'the data did not come through the IOMMU'
}

start_guest on
rounds=$(soak 1 20)
for ((round = 1; round <= rounds; round++)); do
	storm 16 "$round"
done
l2_stop iommu
slab_baseline /tmp/before
start_guest off
storm 8 2
l2 iommu "while drive fill $DISK 64 3; do :; done >/dev/null 2>&1 &"
begun=$(trace_counted vfio_map)
under_way() { [ $(($(trace_counted vfio_map) - begun)) -ge 1000 ]; }
wait_for 30 under_way
failed=$(trace_failed vfio_map vfio_unmap)
[ -z "$failed" ] || die "calls failed: $failed"
l2_kill iommu
# the one that the signal meets ends by it
failed=$(trace_failed vfio_map vfio_unmap)
case $failed in
'' | 'vfio_map -4 1' | 'vfio_unmap -4 1') say "killed in a call: ${failed:-no}" ;;
*) die "calls failed by the kill: $failed" ;;
esac
trace_counts_end vfio_map vfio_unmap
no_leak /tmp/before
l2_still_end
no_interrupts

# the drive works, for one with no IOMMU between
unbind "$nvme"
wait_for 10 test -b "$DISK"
"$DRIVE" fill "$DISK" 16 4
"$DRIVE" check "$DISK" 16 4
unload_vfio
