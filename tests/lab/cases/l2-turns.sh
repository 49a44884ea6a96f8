# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Of the lab itself: a guest gets each interrupt once, also where the machine's CPUs take turns, so that
# each turn ends amid whatever the guest does. Without emulator/vmrun.c it does not come through its boot.
# devices:
# mode: turns
# timeout: 180
L2_MEMORY=128 l2_start turns
l2 turns 'timeout 3 yes >/dev/null; cat /proc/interrupts' >/tmp/interrupts
n=$(awk '$1 == "LOC:" { print $2 }' /tmp/interrupts)
say "the guest took $n interrupts of its timer"
[ "$n" -gt 300 ] || die 'the guest had no timer'
l2_stop turns
l2_still_end
