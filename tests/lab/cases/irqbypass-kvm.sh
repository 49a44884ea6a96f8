# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# KVM comes for the vectors of a drive in a guest: each irqfd of QEMU's is the consumer of the vector
# with its eventfd, and lets go of it. Later kernels' KVM does so only where hardware posts interrupts.
# devices: nvme
# kernels: 6.1
# timeout: 120
pf=$(bdf nvme)
view() { cat /sys/kernel/debug/vfio/*/irqs; }
# lines EVENT: how many vectors of the drive it was for
lines() { grep -cE " bypass_$1: irq=[1-9][0-9]* " "$TRACING/trace" || true; }

mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
load_vfio
bind "$pf"
trace_on
drive_guest drive -device "vfio-pci,host=$pf"
drive_writes drive 16 1
view
[ "$(view | grep -c ' connected$')" -ge 2 ] || die 'KVM has not come for the vectors'
traced 0 'bypass_connect: .* error=-'
# which vector it is, is the same to both sides
view | awk '$NF == "connected" { print $3 }' | while read -r irq; do
	grep -q " bypass_connect: irq=$irq token=.* error=0\$" "$TRACING/trace" ||
		die "interrupt $irq is connected and nobody saw how"
done

l2_stop drive
l2_still_end
[ "$(lines connect)" = "$(lines disconnect)" ] || die 'KVM has kept vectors'
trace_off
no_interrupts
unbind "$pf"
unload_vfio
