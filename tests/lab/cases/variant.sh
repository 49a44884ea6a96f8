# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Mainline's variant drivers, unchanged, run on our library: virtio's with a device, qat's as far as
# it goes without one.
# devices: virtio-net
# variants: yes
device=$(bdf virtio-net)
load_vfio

say 'both want our library, and have the alias that libvirt looks for'
modprobe intel_qat
insmod "/lab/drivers/qat_vfio_pci.ko"
insmod "/lab/drivers/virtio-vfio-pci.ko"
for module in qat_vfio_pci virtio_vfio_pci; do
	[ -e "/sys/module/vfio_pci_core/holders/$module" ] || die "$module is not on vfio_pci_core"
done
for file in qat_vfio_pci virtio-vfio-pci; do
	modinfo -F alias "/lab/drivers/$file.ko" | grep -q '^vfio_pci:v' || die "$file has no alias"
done
rmmod qat_vfio_pci

say 'a device behind it'
[ -z "$(driver_of "$device")" ] || echo "$device" >"/sys/bus/pci/devices/$device/driver/unbind"
echo virtio_vfio_pci >"/sys/bus/pci/devices/$device/driver_override"
echo "$device" >/sys/bus/pci/drivers_probe
[ "$(driver_of "$device")" = virtio_vfio_pci ] || die "$device did not go to it"
for _ in $(seq 5); do
	"$TREE/tests/lab/abi/abi-variant" "$device"
done
expect_fail rmmod vfio_pci_core

say 'and away again'
echo "$device" >/sys/bus/pci/drivers/virtio_vfio_pci/unbind
rmmod virtio_vfio_pci
unload_vfio
no_interrupts
