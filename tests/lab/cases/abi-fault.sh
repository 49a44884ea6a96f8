# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# DMA to what is not mapped, or mapped for reading only, does not happen and is reported.
# devices: edu edu-pair
load_vfio
# The console stays silent on the faults that are meant, which the lab would take for a failure;
# whatever else the kernel says is looked for here.
dmesg -C
dmesg -n 3
"$TREE/tests/lab/abi/abi-fault"
dmesg >/tmp/log
dmesg -n 7
grep -q 'DMAR: .* fault addr 0x1000000 ' /tmp/log || die "the IOMMU reported no fault"
! grep -v 'DMAR: ' /tmp/log | grep -E 'WARNING|BUG|Oops|Call Trace|refcount' ||
	die "the kernel complained"
