# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Vendor drivers: one is loaded for a device that the administrator binds to vfio-pci, and stays
# while it serves; the first of two has the device; one that fails leaves it to vfio-pci.
# devices: edu
# timeout: 240
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

igd_for_edu()
{
	cat >/etc/modprobe.d/igd.conf <<-'END'
		alias vfio-pci:1234-11e8 igd_pt
		options igd_pt ids=1234:11e8
	END
}

load_vfio
say 'no vendor driver'
bind "$device"
serves generic
unbind "$device"

say 'its own alias names the module'
[ "$(modprobe -R vfio-pci:8086-3e92)" = igd_pt ] || die 'no alias of igd_pt fits a UHD 630'
expect_fail modprobe -R vfio-pci:8086-10c9

say 'loaded by its alias, and pinned while it serves'
igd_for_edu
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
logged 'vendor driver vendor_edu was not asked: igd_pt came first'
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

say 'a user of all that the driver has'
bind "$device"
hold()
{
	rm -f /tmp/hold
	"$TREE/tests/lab/cycle/hold" "$device" "$(group_of "$device")" mapped >/tmp/hold &
	holder=$!
	wait_for 10 grep -q open /tmp/hold
}
# The end of its user ends what waits for it, and the driver can go
release() { kill -KILL "$holder"; wait "$holder" || true; wait_for 15 ended "$1"; }
hold
expect_fail rmmod vendor_edu
echo "$device" >/sys/bus/pci/drivers/vfio-pci/unbind &
unbinder=$!
sleep 1
kill -0 "$unbinder" || die 'unbind did not wait for the user'
expect_fail rmmod vendor_edu
release "$unbinder"
rmmod vendor_edu
insmod "$test_driver"
bind "$device"
hold
echo 1 >"/sys/bus/pci/devices/$device/remove" &
remover=$!
sleep 1
expect_fail rmmod vendor_edu
release "$remover"
echo 1 >/sys/bus/pci/rescan
wait_for 5 test -e "/sys/bus/pci/devices/$device"

say 'an open that fails at its end leaves nothing'
bind "$device"
echo 1 >/sys/module/vendor_edu/parameters/fail_open
slab_baseline /tmp/before
for _ in $(seq 100); do
	expect_fail "$TREE/tests/lab/cycle/hold" "$device" "$(group_of "$device")" device
done
no_leak /tmp/before
echo 0 >/sys/module/vendor_edu/parameters/fail_open
serves vendor_edu
unbind "$device"

say 'binding against loading'
rm /etc/modprobe.d/igd.conf
(until [ -e /tmp/enough ]; do
	rmmod vendor_edu || true
	insmod "$test_driver" || true
done) 2>/dev/null &
loader=$!
for _ in $(seq 20); do
	bind "$device"
	hold
	kill -KILL "$holder"
	wait "$holder" || true
	unbind "$device"
done
touch /tmp/enough
wait "$loader"
loaded vendor_edu || insmod "$test_driver"

say 'an error leaves the device to vfio-pci'
echo 5 >/sys/module/vendor_edu/parameters/refuse
bind "$device"
logged 'vendor driver vendor_edu failed: -EIO; served without it'
serves generic
rmmod vendor_edu
unbind "$device"

say 'vfio-pci asks for it while it is being loaded, too'
igd_for_edu
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
