# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest drives the mediated UARTs of samples/mtty by its own 8250 driver: data both ways between the
# ports, and in loopback, by interrupts. Then its QEMU is killed, and nothing is left.
# timeout: 240
load_mtty
uuid=$(mtty_create)

# start_guest: boots it with the device, the only one behind the address that is looked for
start_guest()
{
	L2_FILES="$LAB/l2/serial" l2_start uart \
		-device "vfio-pci,sysfsdev=/sys/bus/mdev/devices/$uuid,addr=5.0"
}

# guest_ports: the names of its two ports
guest_ports()
{
	# shellcheck disable=SC2016
	l2 uart 'for port in /sys/class/tty/ttyS*; do
			readlink $port | grep -q /0000:00:05.0/ && echo ${port##*/}
		done' | paste -sd' '
}

# guest_irqs: how many interrupts of the device it has seen since it has a port open
guest_irqs()
{
	# shellcheck disable=SC2016
	l2 uart 'irq=$(cat /sys/bus/pci/devices/0000:00:05.0/irq)
		awk -v irq=$irq: "\$1 == irq { print \$2 }" /proc/interrupts'
}

start_guest
read -r a b < <(guest_ports)
[ -n "$b" ] || die 'the guest does not have two ports'
for port in "$a" "$b"; do
	# as /usr/include/linux/serial.h numbers them: 16550A
	[ "$(l2 uart "cat /sys/class/tty/$port/type")" = 4 ] || die "$port is no 16550A to the guest"
done

# the kernel counts for as long as somebody has one open
l2 uart "stty -F /dev/$a clocal; sleep 1000 </dev/$a &"
before=$(guest_irqs)
l2 uart "serial cross /dev/$a /dev/$b 8192"
between=$(guest_irqs)
l2 uart "serial loop /dev/$a 2048"
l2 uart "serial loop /dev/$b 2048"
after=$(guest_irqs)
say "interrupts: $before at first, $between after 2 x 8192 bytes, $after after loopback"
# in one interrupt the driver serves both ports in turn for as long as either has something to say
[ $((between - before)) -ge 20 ] || die 'the data did not come by interrupts'
[ $((after - between)) -ge 10 ] || die 'loopback raised no interrupts'

l2_stop uart

# the next guest finds a device as new. It is killed while data is under way, with nobody there to
# stop it: with KVM loaded already, nothing stays behind
slab_baseline /tmp/before
start_guest
read -r a b < <(guest_ports)
l2 uart "serial cross /dev/$a /dev/$b 512"
l2 uart "serial cross /dev/$a /dev/$b 100000000 >/dev/null 2>&1 &"
flows_from=
flows()
{
	local now
	now=$(guest_irqs)
	[ -n "$now" ] || return 1
	: "${flows_from:=$now}"
	[ $((now - flows_from)) -ge 10 ]
}
wait_for 20 flows
l2_kill uart
no_leak /tmp/before

# and the device is as new
start_guest
read -r a b < <(guest_ports)
l2 uart "serial cross /dev/$a /dev/$b 512"
l2_stop uart
l2_still_end

mdev_remove "$uuid"
[ "$(mtty_available)" = 256 ] || die 'the device was not given back'
unload_mtty
