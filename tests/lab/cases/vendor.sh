# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Vendor drivers: one is loaded for a device that the administrator binds to vfio-pci, and stays
# while it serves; the first of two has the device; one that fails leaves it to vfio-pci.
# devices: edu
# timeout: 120
device=$(bdf edu)
test_driver=$TREE/tests/lab/modules/vendor_edu.ko
abi=$TREE/tests/lab/abi/abi-vendor

vendor_of()
{
	local file=/sys/bus/pci/devices/$device/vfio_vendor
	if [ -e "$file" ]; then cat "$file"; else echo generic; fi
}

# serves NAME: it is what user space finds, too
serves()
{
	[ "$(vendor_of)" = "$1" ] || die "served by $(vendor_of), not by $1"
	"$abi" "$1"
}

logged() { dmesg | grep -qE "$device: $1" || die "not in the log: $1"; }

load_vfio
say 'no vendor driver'
bind "$device"
serves generic
unbind "$device"

say 'loaded by its alias, and pinned while it serves'
cat >/etc/modprobe.d/igd.conf <<-'END'
	alias vfio-pci:1234-11e8 igd_pt
	options igd_pt ids=1234:11e8
END
! loaded igd_pt || die 'igd_pt is loaded already'
bind "$device"
serves igd_pt
logged 'served by vendor driver igd_pt'
exits 0 vendor list --json
says "\"serves\":[\"$device\"],\"state\":\"live\""
expect_fail rmmod igd_pt
expect_fail rmmod vfio_pci_core
loaded igd_pt || die 'igd_pt is gone under the device'

say 'the second of two is told'
insmod "$test_driver"
unbind "$device"
bind "$device"
serves igd_pt
logged 'served by igd_pt and not by vendor_edu, which was registered later'
unbind "$device"
rmmod igd_pt
bind "$device"
serves vendor_edu
expect_fail rmmod vendor_edu

say 'and the device goes from under it'
echo 1 >"/sys/bus/pci/devices/$device/remove"
logged 'vendor_edu lets go'
echo 1 >/sys/bus/pci/rescan
wait_for 5 test -e "/sys/bus/pci/devices/$device"

say 'an error leaves the device to vfio-pci'
echo 5 >/sys/module/vendor_edu/parameters/refuse
bind "$device"
logged 'vendor driver vendor_edu failed: -EIO; served without it'
serves generic
rmmod vendor_edu
unbind "$device"

say 'vfio-pci asks for it while it is being loaded, too'
rmmod vfio_pci
! loaded igd_pt || die 'igd_pt is loaded already'
timeout 20 modprobe vfio-pci ids=1234:11e8
serves igd_pt
rmmod vfio_pci
rmmod igd_pt

say 'nothing stays behind'
rm /etc/modprobe.d/igd.conf
modprobe vfio-pci
unbind "$device"
insmod "$test_driver"
slab_baseline /tmp/before
for _ in $(seq 30); do
	bind "$device"
	[ "$(vendor_of)" = vendor_edu ] || die "served by $(vendor_of)"
	unbind "$device"
done
no_leak /tmp/before
rmmod vendor_edu
unload_vfio
