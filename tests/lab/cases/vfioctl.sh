# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# vfioctl on a real kernel: the stack, bind and unbind with and without a former driver, a whole group,
# guards for what the host really uses, and the former driver back each time.
# devices: igb e1000e nvme edu-pair
# timeout: 120
driver_must_be() { [ "$(driver_of "$1")" = "$2" ] || die "$1: driver '$(driver_of "$1")', not '$2'"; }

no_override() { [ "$(cat "/sys/bus/pci/devices/$1/driver_override")" = '(null)' ] || die "$1: override left"; }

# refused_and_kept BDF DRIVER RULE
refused_and_kept()
{
	exits 4 bind "$1"
	says "$3"
	driver_must_be "$1" "$2"
}

igb=$(bdf igb) e1000e=$(bdf e1000e) nvme=$(bdf nvme) edu=$(bdf edu-pair)
host_driver igb
host_driver e1000e
host_driver nvme

say 'bind loads vfio-pci; unbind gives the device back'
exits 0 stack
! loaded vfio_pci || die 'vfio-pci is loaded already'
exits 0 bind --dry-run "$igb"
says 'modprobe vfio-pci'
driver_must_be "$igb" igb
exits 0 bind "$igb"
driver_must_be "$igb" vfio-pci
exits 0 bind "$igb"
load_vfio
exits 0 stack
for module in vfio vfio_iommu_type1 vfio_pci_core vfio_pci; do
	[ "$JOB_MODULES" = none ] ||
		[ "$(awk -v m="$module" '$1 == m { print $3 }' /tmp/vfioctl.out)" = "$JOB_MODULES" ] ||
		die "stack: $module is not from $JOB_MODULES"
done
exits 0 show --json "$igb"
says '"msix_vectors":10'
says '"reset_method":'
exits 0 list
# who may not see others' files cannot say that nobody has it open
install -m 755 "$VFIOCTL" /tmp/vfioctl
expect_fail setpriv --reuid 65534 --clear-groups /tmp/vfioctl unbind -n "$igb" >/tmp/vfioctl.out 2>&1
says guard.unseen
exits 0 unbind "$igb"
driver_must_be "$igb" igb
no_override "$igb"

# in_use MODE SAID: a device that the program hold has in use by this mode stays. In SAID, HOLDER is its
# process.
in_use()
{
	exits 0 bind "$igb"
	hold "$igb" "$1"
	exits 4 unbind "$igb"
	says "${2//HOLDER/$HOLDER}"
	driver_must_be "$igb" vfio-pci
	let_go
	exits 0 unbind "$igb"
	driver_must_be "$igb" igb
}

say 'a device in use is kept'
in_use group "process HOLDER (hold) has /dev/vfio/$(group_of "$igb") open"
in_use unlinked "process HOLDER (hold) has /dev/vfio/$(group_of "$igb") open"
in_use thread "process HOLDER (hold) has /dev/vfio/$(group_of "$igb") open"
in_use closed 'process HOLDER (hold) has the device open'

say 'an address and a route keep their interface'
port=$(netdev e1000e)
ip link set "$port" up
wait_for 10 grep -q 1 "/sys/class/net/$port/carrier"
ip address add 192.0.2.1/24 dev "$port"
refused_and_kept "$e1000e" e1000e guard.route
ip route add default via 192.0.2.2
refused_and_kept "$e1000e" e1000e 'default route'
ip address flush dev "$port"
ip -6 address add 2001:db8::1/64 dev "$port" nodad
refused_and_kept "$e1000e" e1000e guard.route
ip address flush dev "$port"
ip link add br0 type bridge
ip link set "$port" master br0
refused_and_kept "$e1000e" e1000e guard.master
ip link set br0 up
ip address add 192.0.2.1/24 dev br0
refused_and_kept "$e1000e" e1000e "under br0"
exits 0 bind --force "$e1000e"
driver_must_be "$e1000e" vfio-pci
exits 0 unbind "$e1000e"
driver_must_be "$e1000e" e1000e
ip link delete br0

say "a PF's driver stays while a VF is in use"
modprobe igbvf
echo 2 >"/sys/bus/pci/devices/$igb/sriov_numvfs"
vf=$(basename "$(readlink "/sys/bus/pci/devices/$igb/virtfn0")")
wait_for 5 test -e "/sys/bus/pci/devices/$vf/driver"
refused_and_kept "$igb" igb guard.vfs
exits 0 bind "$vf"
exits 0 show "$vf"
says msix
refused_and_kept "$igb" igb "vfioctl unbind $vf"
exits 0 unbind "$vf"
driver_must_be "$vf" igbvf
echo 0 >"/sys/bus/pci/devices/$igb/sriov_numvfs"

say 'NVMe without a namespace is free'
exits 0 bind "$nvme"
exits 0 unbind "$nvme"
driver_must_be "$nvme" nvme

say 'a whole group, of devices that have no driver'
group=$(group_of "$edu")
exits 0 bind --group "$group"
for member in /sys/kernel/iommu_groups/"$group"/devices/*; do
	case $(cat "$member/class") in
	0x06*) ;;
	*) driver_must_be "${member##*/}" vfio-pci ;;
	esac
done
exits 0 unbind --group "$group"
driver_must_be "$edu" ''
no_override "$edu"

say 'bridges and strangers'
exits 4 bind 00:00.0
exits 3 bind 7f:00.0
exits 1 bind
[ -z "$(ls /run/vfioctl)" ] || die "records left: $(ls /run/vfioctl)"
unload_vfio
