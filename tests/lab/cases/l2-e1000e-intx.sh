# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest without MSI drives e1000e by INTx, through KVM's irqfds, and with x-no-kvm-intx through QEMU:
# frames both ways to a NIC of the machine, none lost, and the level goes up and down as it should.
# devices: igb e1000e
# timeout: 450
nic=$(bdf e1000e)
quiet_network
echo_on igb
load_vfio
bind "$nic"

guest_irqs() { l2 intx "awk '/IO-APIC.*eth0/ { print \$2 }' /proc/interrupts"; }

# guest_unhandled: how many interrupts the driver did not know a cause for
guest_unhandled()
{
	# shellcheck disable=SC2016
	l2 intx 'irq=$(awk "/IO-APIC.*eth0/ { print \$1 + 0 }" /proc/interrupts)
		awk "/^unhandled/ { print \$2 }" /proc/irq/$irq/spurious'
}

host_irqs() { awk '/vfio-intx/ { print $2 + $3 }' /proc/interrupts; }

# works_by_intx FRAMES OPTION [LIMIT]: of the guest's device; how many interrupts may have no cause
works_by_intx()
{
	local frames=$1 guest host idle
	L2_MODULES=e1000e L2_FILES="$LAB/l2/frames" L2_APPEND='ipv6.disable=1 pci=nomsi' \
		l2_start intx -device "vfio-pci,host=$nic,$2"
	link_up intx eth0
	guest=$(guest_irqs)
	host=$(host_irqs)
	exchange intx eth0 "$frames"
	guest=$(($(guest_irqs) - guest))
	host=$(($(host_irqs) - host))
	idle=$(guest_unhandled)
	say "$2: interrupts: $guest in the guest, $idle without cause, $host here; frames: $frames"
	# 64 frames are under way at most; for each of them some interrupt says that it came
	[ $((guest - idle)) -ge $((frames / 64)) ] || die 'the frames did not come by interrupts'
	# one that is still raised when it is unmasked is signalled without another here
	[ "$host" -gt 0 ] || die 'no interrupt came through here'
	[ "$idle" -le "${3:-$idle}" ] || die "the guest finds no cause for $idle interrupts"
	! l2 intx dmesg | grep 'nobody cared' || die 'the guest has given the interrupt up'
	l2_stop intx
	no_interrupts
}

# KVM lowers the line when the guest ends the interrupt
works_by_intx 20000 x-no-kvm-intx=off 20
# QEMU takes the guest's next access to a BAR for the end of an interrupt, and may signal one again that
# the guest is about to serve
works_by_intx 2000 x-no-kvm-intx=on
l2_still_end
echo_off
unbind "$nic"
