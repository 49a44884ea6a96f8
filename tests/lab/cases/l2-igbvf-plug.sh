# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest's VF of igb goes and comes: by QEMU's device_del and device_add, by being unbound here while
# it sends, and by QEMU's end under SIGKILL while it sends. Each time all is given back, whoever goes on
# lives, and the VF works again.
# devices: igb e1000e
# timeout: 300
igbvf_bind
echo_on e1000e
igbvf_guest l2_start net

no_memory_locked()
{
	[ "$(locked_kib "${L2_PID[net]}")" = 0 ] ||
		die "$(locked_kib "${L2_PID[net]}") KiB are locked without a device"
}

plug() { l2_device_add net driver=vfio-pci id=vf bus=port0 "host=$VF"; }

gone()
{
	no_memory_locked
	no_interrupts
	[ "$(bus_master "$VF")" = 0 ] || die 'bus mastering is on, and nobody has the VF'
	expect_fail guest_has_port net
}

igbvf_works net eth0 1000
for n in 1 2; do
	[ "$(locked_kib "${L2_PID[net]}")" -gt 200000 ] || die "the guest's memory is not locked"
	l2_device_del net vf
	gone
	plug
	igbvf_works net eth0 1000
	say "plugged $n times"
done

# QEMU is asked for the device, and asks the guest
flood net eth0
[ "$(bus_master "$VF")" = 1 ] || die 'the VF sends without bus mastering'
echo "$VF" >/sys/bus/pci/drivers/vfio-pci/unbind
[ -z "$(driver_of "$VF")" ] || die "$VF still has a driver"
l2_event net DEVICE_DELETED '"device": "vf"'
gone
say 'unbound while it was in use'
bind "$VF"
plug
igbvf_works net eth0 1000
l2_stop net

slab_baseline /tmp/before
igbvf_guest l2_start net
igbvf_works net eth0 1000
flood net eth0
l2_kill net
no_interrupts
[ "$(bus_master "$VF")" = 0 ] || die 'bus mastering is on after the user died'
no_leak /tmp/before
say 'killed while it sent'

igbvf_guest l2_start net
igbvf_works net eth0 1000
l2_stop net
l2_still_end
igbvf_back
echo_off
