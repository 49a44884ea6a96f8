# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From the root file system to what QEMU boots. Virtual machines never write to the disk
# (snapshot=on), so one serves all of them at once.

# make_boot DIR: kernel, initrd and release of each distribution kernel in the root file system
make_boot()
{
	local dir=$1 name release
	awk '!/^#/ && $2 == "package" { print $1 }' "$LAB/kernels" | while read -r name; do
		release=$(cd "$dir/rootfs/lib/modules" && printf '%s\n' "$name".* | tail -n 1)
		mkdir -p "$dir/boot/$name"
		echo "$release" >"$dir/boot/$name/release"
		cp "$dir/rootfs/boot/vmlinuz-$release" "$dir/boot/$name/vmlinuz"
		IMAGE=$dir in_rootfs "$dir/boot/$name:/mnt/out" -- \
			/make-initrd "$release" /mnt/out/initrd </dev/null
	done
}

# make_disk DIR: packs the root file system without mounting anything
make_disk()
{
	mke2fs -q -t ext4 -O ^has_journal -d "$1/rootfs" "$1/disk.img" 4G
}

make_image()
{
	need mmdebstrap e2fsprogs
	say "making the lab's Debian $RELEASE image (1 to 3 minutes, once) from $(mirror)"
	quietly "$CACHE/image.log" make_rootfs "$1/rootfs"
	say "packing its disk"
	quietly "$CACHE/image.log" make_boot "$1"
	quietly "$CACHE/image.log" make_disk "$1"
}

# prepare_image: IMAGE stands from now on
prepare_image() { cached "$IMAGE" make_image; }
