# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# irqbypass stands in for the distribution's: every symbol has the CRC that the kernel's own has, so
# that KVM, which was built against that one, loads on ours.
# kernels: package
# timeout: 90
crcs() { awk '$2 ~ /^irq_bypass_/ { print $2, $1 }' "$1" | sort; }

kernel=/lib/modules/$(uname -r)/build/Module.symvers
crcs "$kernel" >/tmp/theirs
crcs "$TREE/Module.symvers" >/tmp/ours
[ "$(wc -l </tmp/theirs)" = 4 ] || die 'the kernel exports other symbols than were known'
diff /tmp/theirs /tmp/ours || die 'symbols or their CRCs differ'

modprobe kvm_amd
[ "$(origin_of irqbypass)" = passway ] || die "irqbypass is $(origin_of irqbypass)"
[ -e /sys/module/irqbypass/holders/kvm ] || die 'kvm is not on irqbypass'
expect_fail rmmod irqbypass
rmmod kvm_amd kvm
rmmod irqbypass
