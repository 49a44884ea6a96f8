# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# igd_pt shows user space the OpRegion that firmware left in memory, and no other memory, whatever
# address a user of the device writes to where firmware left it.
# devices: edu
# cmdline: memmap=64K$0x70000000
device=$(bdf edu)
abi=$TREE/tests/lab/abi/abi-vendor
base=0x70000000

# poke OFFSET: standard input goes there in memory that the kernel leaves alone
poke() { dd of=/dev/mem bs=1 seek=$((base + $1)) conv=notrunc status=none; }

grep -qi '^ *70000000-7000ffff : reserved' /proc/iomem || die 'no memory is left aside'
load_vfio
modprobe igd_pt ids=1234:11e8
setpci -s "$device" "fc.l=$base"
bind "$device"

say 'nothing there that is one'
"$abi" igd_pt
dmesg | grep -q "no OpRegion: the one at $base is ignored: signature" || die 'no reason is told'

say 'one of 8 KiB, version 2.1, with a VBT behind it'
printf 'IntelGraphicsMem\x08\0\0\0\0\0\x01\x02' | poke 0
printf '\0\x40\0\0\0\0\0\0\x10\0\0\0' | poke $((0x3ba))
printf 'the VBT is here.' | poke $((0x4000))
"$abi" igd_opregion

say 'memory of the kernel is none'
setpci -s "$device" fc.l=1000000
"$abi" igd_pt
dmesg | grep -q 'not in memory of the firmware' || die 'no reason is told'
setpci -s "$device" "fc.l=$base"
"$abi" igd_opregion
[ "$(setpci -s "$device" fc.l)" = "${base#0x}" ] || die 'a user of the device wrote its register'
unbind "$device"
rmmod igd_pt
unload_vfio
