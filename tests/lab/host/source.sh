# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel built from a source package with tests/lab/NAME.config on top of x86_64_defconfig:
# about ten minutes on two CPUs, once. SOURCE_DIR holds src/, modules/ (its own) and boot/.

prepare_source()
{
	local dir=$SOURCE_DIR.tmp
	[ ! -d "$SOURCE_DIR" ] || return 0
	exec 8>"$CACHE/lock"
	flock 8
	[ ! -d "$SOURCE_DIR" ] || return 0
	say "building kernel $KERNEL (about 10 minutes on 2 CPUs, once)"
	UNDERWAY+=("$dir")
	rm -rf "$dir"
	mkdir -p "$dir/src" "$dir/modules" "$dir/boot"
	# shellcheck disable=SC2046
	quietly "$CACHE/kernel-$KERNEL.log" in_rootfs \
		"$dir/src:/mnt/kernel" "$dir:/mnt/out" "$LAB:/mnt/tree" -- \
		/mnt/tree/host/compile-kernel "$KERNEL" $(kernel_packages "$KERNEL")
	mv "$dir" "$SOURCE_DIR"
	exec 8>&-
}
