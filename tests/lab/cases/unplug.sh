# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A device that is taken out of the machine while somebody has it: its user is asked to let go, until
# it does or is killed; nothing of it stays, and when it comes back it works.
# devices: igb nvme
# timeout: 180
igb=$(bdf igb)
nvme=$(bdf nvme)

here() { test -e "/sys/bus/pci/devices/$1"; }
gone() { ! here "$1"; }

rescan()
{
	echo 1 >/sys/bus/pci/rescan
	wait_for 5 here "$1"
}

# take_out BDF: REMOVER is who does
take_out()
{
	echo 1 >"/sys/bus/pci/devices/$1/remove" &
	REMOVER=$!
}

asked() { [ "$(grep -cx asked /tmp/hold)" = "$1" ]; }

# removed BDF: as it should be once its user has let go
removed()
{
	wait_for 10 ended "$REMOVER"
	wait "$REMOVER" || die 'the removal failed'
	gone "$1" || die "$1 is still here"
	no_interrupts
}

load_vfio

for device in "$igb" "$nvme"; do
	say "$device: its user lets go when it is asked"
	bind "$device"
	hold "$device" asked
	take_out "$device"
	wait "$HOLDER" || die 'the user did not end well'
	asked 1 || die 'it was not asked once'
	removed "$device"
	rescan "$device"
done

say 'one that lets go when it is asked again, ten seconds later'
bind "$igb"
dmesg -C
TIMES=2 hold "$igb" asked
began=$SECONDS
take_out "$igb"
wait_for 20 asked 1
here "$igb" || die 'it did not wait for its user'
expect_fail "$LAB/cycle/hold" "$igb" 1 device
wait "$HOLDER" || die 'the user did not end well'
[ $((SECONDS - began)) -ge 9 ] || die 'it was asked again too soon'
removed "$igb"
dmesg | grep -E "$igb: vfio: still in use by hold\[$HOLDER\]; .* waits" || die 'the log does not say who has it'
rescan "$igb"

say 'one that does not listen, while who takes the device out is killed'
bind "$igb"
dmesg -C
hold "$igb" mapped
take_out "$igb"
wait_for 5 eval 'dmesg | grep -q "its user listens to no request eventfd"'
kill -KILL "$REMOVER"
sleep 1
! ended "$REMOVER" || die 'the removal ended half way'
here "$igb" || die 'the device went from under its user'
kill -KILL "$HOLDER"
wait "$HOLDER" || true
wait_for 10 ended "$REMOVER"
wait_for 5 gone "$igb"
no_interrupts
rescan "$igb"

say 'out and in again and again'
slab_baseline /tmp/before
for _ in $(seq 12); do
	bind "$igb"
	hold "$igb" asked
	take_out "$igb"
	wait "$HOLDER" || die 'the user did not end well'
	removed "$igb"
	rescan "$igb"
done
no_leak /tmp/before

if [ ! -e /sys/module/acpiphp ]; then
	say 'this kernel has no slots to take it out of'
	unload_vfio
	exit
fi
say 'out of the slot, for good'
bind "$igb"
hold "$igb" asked
slot=$(grep -lx "${igb%.*}" /sys/bus/pci/slots/*/address)
echo 0 >"${slot%/address}/power" &
REMOVER=$!
wait "$HOLDER" || die 'the user did not end well'
asked 1 || die 'it was not asked once'
removed "$igb"
echo 1 >/sys/bus/pci/rescan
gone "$igb" || die 'it is still in its slot'
unload_vfio
