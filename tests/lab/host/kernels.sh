# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The table of kernels (file `kernels`), and where each one's boot files and build tree are.
# Set by use_kernel NAME:
#
#   KERNEL   name in the table
#   BOOT     folder with vmlinuz, release, and initrd unless virtio is built in
#   BUILD    what this checkout compiles for it; a kernel built anew gets a new one
#   SLOW     how much longer than on the first kernel things may take

# kernels KIND: the packages of all kernels of that kind
kernels()
{
	awk -v kind="$1" '!/^#/ && $2 == kind { $1 = $2 = ""; print }' "$LAB/kernels"
}

kernel_field()
{
	awk -v name="$1" -v n="$2" '!/^#/ && $1 == name { print $n }' "$LAB/kernels"
}

default_kernel()
{
	awk '!/^#/ && NF { print $1; exit }' "$LAB/kernels"
}

use_kernel()
{
	KERNEL=$1
	KIND=$(kernel_field "$1" 2)
	case $KIND in
	package)
		BOOT=$IMAGE/boot/$KERNEL
		BUILD=$OWN/build/$KERNEL
		SLOW=1 ;;
	source)
		SOURCE_DIR=$CACHE/kernel-$KERNEL-$(awk -v name="$1" '$1 == name' "$LAB/kernels" |
			key "$LAB/$KERNEL.config" "$LAB/host/compile-kernel" -)
		BOOT=$SOURCE_DIR/boot
		BUILD=$OWN/build/${SOURCE_DIR##*/kernel-}
		SLOW=6 ;;
	*)
		die "no kernel $1; the table of kernels is tests/lab/kernels" ;;
	esac
}

release() { cat "$BOOT/release"; }

# kernel_packages NAME: its packages, in the table's order
kernel_packages()
{
	awk -v name="$1" '!/^#/ && $1 == name { $1 = $2 = ""; print }' "$LAB/kernels"
}
