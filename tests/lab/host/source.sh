# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel built from a source package with tests/lab/NAME.config on top of x86_64_defconfig:
# about ten minutes on two CPUs, once. SOURCE_DIR holds src/, modules/ (its own) and boot/.

make_source()
{
	local dir=$1
	say "building kernel $KERNEL (about 10 minutes on 2 CPUs, once)"
	mkdir "$dir"/{src,modules,boot}
	# shellcheck disable=SC2046
	quietly "$CACHE/kernel-$KERNEL.log" in_rootfs \
		"$dir/src:/mnt/kernel" "$dir:/mnt/out" "$LAB:/mnt/tree" -- \
		/mnt/tree/host/compile-kernel "$KERNEL" $(kernel_packages "$KERNEL")
}

# prepare_source: SOURCE_DIR stands from now on
prepare_source() { cached "$SOURCE_DIR" make_source; }
