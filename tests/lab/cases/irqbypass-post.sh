# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# MSI-X vectors as they are posted: a consumer in the place of KVM, an irq_chip in that of an IOMMU that
# posts interrupts, and all between them and VFIO_DEVICE_SET_IRQS is the real thing.
# devices: igb nvme
# timeout: 120
load_vfio
insmod "$TREE/tests/lab/modules/bypass_sink.ko"
"$TREE/tests/lab/abi/abi-bypass"
no_interrupts
rmmod bypass_sink
unload_vfio
