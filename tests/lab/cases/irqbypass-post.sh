# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# MSI-X vectors as they are posted: a consumer in the place of KVM, an irq_chip in that of an IOMMU that
# posts interrupts, and all between them and VFIO_DEVICE_SET_IRQS is the real thing.
# devices: igb nvme
# timeout: 120
load_vfio
insmod "$TREE/tests/lab/modules/bypass_sink.ko"
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
trace_on
"$TREE/tests/lab/abi/abi-bypass"
trace_off
traced_some 'bypass_connect: irq=[0-9]+ token=\S+ error=0$'
traced_some 'bypass_connect: irq=[0-9]+ token=\S+ error=-5$'
# whoever was connected is no longer
traced "$(grep -cE ' bypass_connect: .* error=0$' "$TRACING/trace")" 'bypass_disconnect: irq=[0-9]+ token=\S+$'
no_interrupts
rmmod bypass_sink
unload_vfio
