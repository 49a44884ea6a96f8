# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The NVMe drive, in the machine and in its guests: see l2/drive.c for what can be asked of it.

DRIVE=$LAB/l2/drive
DISK=/dev/nvme0n1

# drive_guest NAME [QEMU-OPTION...]: boots a guest with a drive, which it has found then
drive_guest()
{
	L2_MODULES="nvme ${L2_MODULES:-}" L2_FILES="$DRIVE ${L2_FILES:-}" l2_start "$@"
	l2 "$1" "for i in \$(seq 100); do [ ! -b $DISK ] || exit 0; sleep 0.1; done; dmesg; exit 1"
}

# drive_writes NAME MIB SEED [BUFFERS]: the guest writes, flushes, and reads back
drive_writes()
{
	l2 "$1" "drive fill $DISK $2 $3 ${4:-} && drive check $DISK $2 $3 ${4:-}"
}

# drive_vectors NAME: "QUEUE INTERRUPTS" of the guest's drive, the queue of commands to it first
drive_vectors()
{
	l2 "$1" "awk '/nvme/ { n = 0; for (i = 2; \$i ~ /^[0-9]+\$/; i++) n += \$i; print \$NF, n }' \
		/proc/interrupts"
}
