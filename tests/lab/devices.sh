# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The devices that a case can ask for, by name: QEMU's arguments for the host, PCI vendor and
# device for the guest. Network devices sit on ports of one hub, so each sees what others send.
#
# Root ports always stand, so that bus numbers never depend on what else a case asks for:
# bus 1 igb, bus 2 nvme.

device() { DEVICE_ARGS+=(-device "$1"); }

# nic NAME MODEL: on the hub
nic()
{
	DEVICE_ARGS+=(-netdev "hubport,id=net-$1,hubid=0")
	device "$2,netdev=net-$1,romfile="
}

add_root_ports()
{
	device 'pcie-root-port,id=port1,chassis=1,slot=1,bus=pcie.0,addr=10.0'
	device 'pcie-root-port,id=port2,chassis=2,slot=2,bus=pcie.0,addr=11.0'
}

# add_device NAME: appends to DEVICE_ARGS
add_device()
{
	case $1 in
	igb) nic igb 'igb,bus=port1,mac=52:54:00:00:01:01' ;;
	e1000e) nic e1000e 'e1000e,bus=pcie.0,addr=5.0,mac=52:54:00:00:02:01' ;;
	virtio-net)
		nic virtio "virtio-net-pci,bus=pcie.0,addr=6.0,mac=52:54:00:00:03:01,$(
			)iommu_platform=on,disable-legacy=on" ;;
	nvme)
		device 'nvme-subsys,id=subsys,nqn=passway'
		device "nvme,id=nvme,serial=passway,subsys=subsys,bus=port2,sriov_max_vfs=2,$(
			)sriov_vq_flexible=4,sriov_vi_flexible=4,max_ioqpairs=64,msix_qsize=69"
		# what is written stands in a temporary file, as for the machine's own disk
		DEVICE_ARGS+=(-drive "driver=null-co,size=512M,read-zeroes=on,if=none,id=namespace,$(
			)snapshot=on")
		device 'nvme-ns,drive=namespace,bus=nvme,nsid=1' ;;
	# it can address all that the machine has
	edu) device 'edu,bus=pcie.0,addr=7.0,dma_mask=0xffffffffffffffff' ;;
	edu-pair)
		# two more behind a bridge without ACS: one IOMMU group
		device 'pcie-pci-bridge,id=bridge,bus=pcie.0,addr=8.0'
		device 'edu,bus=bridge,addr=1.0'
		device 'edu,bus=bridge,addr=2.0' ;;
	igb-dual)
		# two functions, each in an IOMMU group of its own: the kernel knows this card; and
		# the first one's ARI capability leads to the second
		device 'pcie-root-port,id=port3,chassis=3,slot=3,bus=pcie.0,addr=12.0,x-speed=5'
		nic dual0 "igb,bus=port3,addr=0.0,multifunction=on,x-pcie-ari-nextfn-1=on,$(
			)mac=52:54:00:00:04:01"
		nic dual1 'igb,bus=port3,addr=0.1,mac=52:54:00:00:04:02' ;;
	igb-cold)
		# the platform can cut its power; Linux has none cut in a slot that devices can leave
		device 'pcie-root-port,id=port4,chassis=4,slot=4,bus=pcie.0,addr=13.0,hotplug=off'
		nic cold 'igb,bus=port4,mac=52:54:00:00:05:01'
		DEVICE_ARGS+=(-acpitable "file=$BUILD/tree/tests/lab/emulator/igb_power.aml") ;;
	pciehp)
		# root ports are the slots of pciehp, and none of ACPI's
		DEVICE_ARGS+=(-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off) ;;
	*)
		return 1 ;;
	esac
}

# device_id NAME: vendor:device as in PCI configuration space
device_id()
{
	case $1 in
	igb | igb-dual | igb-cold) echo 8086:10c9 ;;
	e1000e) echo 8086:10d3 ;;
	nvme) echo 1b36:0010 ;;
	virtio-net) echo 1af4:1041 ;;
	edu | edu-pair) echo 1234:11e8 ;;
	*) return 1 ;;
	esac
}
