# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What a guest's memory can be made of: huge pages, whether asked for or not, and a memfd; with a
# balloon, and memory plugged in later. All is locked for as long as the guest has the drive, no more
# and no less; the drive reaches all, and what was the balloon's.
# devices: nvme
# timeout: 600
MIB=1024

# start_guest NAME [QEMU-OPTION...]
start_guest()
{
	L2_MEMORY=$MIB,slots=1,maxmem=2G L2_PORTS=1 L2_MODULES=virtio_balloon drive_guest "$@" \
		-device "vfio-pci,id=drive,host=$nvme,bus=port0"
}

# locked NAME MIB: so much is, and QEMU's own few pages for the guest's firmware
locked()
{
	local kib
	kib=$(locked_kib "${L2_PID[$1]}")
	say "$1: $kib KiB locked"
	if [ "$kib" -lt $(($2 * 1024)) ] || [ "$kib" -gt $(($2 * 1024 + 8192)) ]; then
		die "not about $2 MiB"
	fi
}

# give_back NAME: the guest gives up the drive, and nothing is locked any more
give_back()
{
	l2_device_del "$1" drive
	[ "$(locked_kib "${L2_PID[$1]}")" = 0 ] || die 'memory stays locked without a device'
}

# memory_of NAME FIELD: MiB, of what /proc knows of its QEMU
memory_of() { awk -v f="$2:" '$1 == f { print int($2 / 1024) }' "/proc/${L2_PID[$1]}/smaps_rollup"; }

balloon_is() { [ "$(l2_qmp thp query-balloon)" = "{\"actual\": $(($1 << 20))}" ]; }

# balloon MIB: what it leaves to the guest
balloon()
{
	l2_qmp thp balloon "{\"value\": $(($1 << 20))}" >/tmp/l2-qmp
	wait_for 60 balloon_is "$1"
}

nvme=$(bdf nvme)
load_vfio
bind "$nvme"

say 'transparent huge pages, a balloon, and more memory'
start_guest thp -device virtio-balloon-pci
locked thp $MIB
say "$(memory_of thp AnonHugePages) MiB in huge pages"
[ "$(memory_of thp AnonHugePages)" -ge $((MIB * 3 / 4)) ] || die 'QEMU has few huge pages'
drive_writes thp 256 1 256
balloon 512
locked thp $MIB
drive_writes thp 64 2 64
balloon $MIB
drive_writes thp 512 3 512
l2_qmp thp object-add '{"qom-type": "memory-backend-ram", "id": "more", "size": 268435456}' \
	>/tmp/l2-qmp
l2_device_add thp driver=pc-dimm id=dimm memdev=more
locked thp $((MIB + 256))
# shellcheck disable=SC2016
l2 thp 'until [ $(awk "/MemTotal/ { print \$2 }" /proc/meminfo) -gt 1100000 ]; do sleep 0.1; done'
drive_writes thp 256 4 128 | tee /tmp/plugged
grep -q 'above 4 GiB: [1-9]' /tmp/plugged || die 'the drive did not reach the memory plugged in'
give_back thp
l2_stop thp

slab_baseline /tmp/before
say 'huge pages'
hugepages $((MIB / 2))
start_guest huge -object "memory-backend-memfd,id=ram,size=${MIB}M,hugetlb=on,hugetlbsize=2M" \
	-M memory-backend=ram
locked huge $MIB
[ "$(free_hugepages)" = 0 ] || die 'the guest is not on huge pages'
drive_writes huge 256 5 256
l2_kill huge
[ "$(free_hugepages)" = $((MIB / 2)) ] || die 'huge pages are not given back'
hugepages 0

say 'a memfd'
start_guest memfd -object "memory-backend-memfd,id=ram,size=${MIB}M,share=on" -M memory-backend=ram
locked memfd $MIB
drive_writes memfd 256 6 256
give_back memfd
l2_stop memfd
no_leak /tmp/before
l2_still_end
no_interrupts
unbind "$nvme"
unload_vfio
