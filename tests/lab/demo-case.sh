# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What `make demo` does in the machine: bind igb's PF with vfioctl, send through it with the
# distribution's dpdk-testpmd, count at e1000e on the same hub, unbind; /out/report tells it.
# devices: igb e1000e
# timeout: 120
SENDING=5

row() { printf '  %-10s %s\n' "$1" "$2"; }

# cut into groups of three digits
grouped() { sed -E ':a; s/^([0-9]+)([0-9]{3})/\1,\2/; ta' <<<"$1"; }

version_of() { dpkg-query -W -f '${Version}' "$1"; }

# module NAME: whose it is and its version, as vfioctl tells
module()
{
	"$VFIOCTL" stack | awk -v name="$1" '$1 == name { print $3 "  " $4 }'
}

device=$(bdf igb)
listen_on e1000e
host_driver igb
hugepages 64
say "vfioctl bind $device"
"$VFIOCTL" bind "$device"
load_vfio
"$VFIOCTL" stack
group=$(group_of "$device")
before=$(received "$PORT")
say "dpdk-testpmd sends for $SENDING s"
testpmd_start "$device" msix
sleep "$SENDING"
interrupts=$(grep -c vfio /proc/interrupts || true)
locked=$(locked_kib "$PMD")
testpmd_stop
seen=$(($(received "$PORT") - before))
say "vfioctl unbind $device"
"$VFIOCTL" unbind "$device"
back=$(driver_of "$device")

[ "$(sent)" -gt 1000 ] || die "testpmd sent $(sent) packets"
[ "$seen" -gt 1000 ] || die "only $seen packets were seen"
[ "$back" = igb ] || die "$device is at '$back', not back at igb"

{
	echo 'Passway: DPDK on an SR-IOV NIC through our own VFIO'
	echo
	row machine "kernel $(uname -r) of Debian $(cat /etc/debian_version), VT-d, QEMU without KVM"
	for name in $VFIO_MODULES; do
		row module "$(printf '%-18s' "$name") $(module "$name")"
	done
	row bind "vfioctl bind $device: igb -> vfio-pci, IOMMU group $group"
	row program "dpdk-testpmd $(version_of dpdk-dev), as the distribution ships it, txonly, MSI-X"
	row memory "$locked KiB mapped for DMA and charged to the process; interrupt vectors on: $interrupts"
	row sent "$(grouped "$(sent)") packets by DPDK through igb in $SENDING s"
	row seen "$(grouped "$seen") packets by e1000e on the same hub, counted by its kernel driver"
	row '' "(the emulated e1000e takes fewer than DPDK sends, and drops the rest)"
	row unbind "vfioctl unbind $device: back at $back"
	row 'kernel log' 'no warning, no error'
} >/out/report
