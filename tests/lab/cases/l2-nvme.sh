# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest with two CPUs drives an NVMe drive: writes, flushes, reads back, formats, by interrupts on all
# its vectors. Then another guest does with a VF of the same drive, whose PF the machine keeps.
# devices: nvme
# timeout: 240
SIZE=256

# used NAME LEAST: at least so many vectors for data have brought interrupts
used()
{
	local vectors
	vectors=$(drive_vectors "$1")
	say "interrupts: $(paste -sd' ' <<<"$vectors")"
	[ "$(awk '$1 !~ /q0$/ && $2 > 0' <<<"$vectors" | wc -l)" -ge "$2" ] ||
		die 'the data did not come by the interrupts that it has'
}

pf=$(bdf nvme)
host_driver nvme
load_vfio_sriov
bind "$pf"
L2_CPUS=2 drive_guest pf -device "vfio-pci,host=$pf"
drive_writes pf "$SIZE" 1
used pf 2
l2 pf 'drive format /dev/nvme0'
l2 pf "drive blank $DISK $SIZE"
drive_writes pf 16 2
l2_stop pf

# the next user finds a drive that works, with the data on it
unbind "$pf"
[ "$(driver_of "$pf")" = nvme ] || die "$pf did not go back to nvme"
wait_for 10 test -b "$DISK"
"$DRIVE" check "$DISK" 16 2

# a VF has no queues until its PF's driver gives it some
echo 0 >"/sys/bus/pci/devices/$pf/sriov_drivers_autoprobe"
numvfs "$pf" 1
vf=$(vf "$pf" 0)
"$DRIVE" online /dev/nvme0 1 2 2
bind "$vf"
L2_CPUS=2 drive_guest vf -device "vfio-pci,host=$vf"
l2 vf "drive check $DISK 16 2"
drive_writes vf "$SIZE" 3
used vf 1
"$DRIVE" check "$DISK" "$SIZE" 3
l2_stop vf
l2_still_end
no_interrupts

numvfs "$pf" 0
"$DRIVE" check "$DISK" "$SIZE" 3
unload_vfio
