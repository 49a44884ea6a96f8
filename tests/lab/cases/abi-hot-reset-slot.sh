# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Hot resets of what is in a slot of pciehp, which has to take the loss of the link for no unplugging:
# it does the reset. Passes on the distribution's modules, too.
# devices: igb-dual pciehp
# kernels: package
# timeout: 120
modprobe igb
load_vfio
control=/sys/kernel/debug/dynamic_debug/control
echo 'func pciehp_reset_slot +p' >$control
"$TREE/tests/lab/abi/abi-hot-reset" dual
n=$(dmesg | grep -c 'pciehp_reset_slot: SLOTCTRL') || die 'no reset went by the slot'
say "$((n / 2)) resets went by the slot"
