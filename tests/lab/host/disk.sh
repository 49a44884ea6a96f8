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

# prepare_image: makes IMAGE when it does not stand yet
prepare_image()
{
	local dir=$IMAGE.tmp
	[ ! -d "$IMAGE" ] || return 0
	need_root
	need mmdebstrap e2fsprogs
	mkdir -p "$CACHE"
	exec 8>"$CACHE/lock"
	flock 8
	[ ! -d "$IMAGE" ] || return 0
	say "making the lab's Debian $RELEASE image (1 to 3 minutes, once) from $(mirror)"
	UNDERWAY+=("$dir")
	rm -rf "$dir"
	mkdir "$dir"
	quietly "$CACHE/image.log" make_rootfs "$dir/rootfs"
	say "packing its disk"
	quietly "$CACHE/image.log" make_boot "$dir"
	quietly "$CACHE/image.log" make_disk "$dir"
	mv "$dir" "$IMAGE"
	# a cache of this checkout's own keeps no older image
	[ -n "${PASSWAY_LAB:-}" ] || find "$CACHE" -maxdepth 1 -name 'image-*' \
		! -path "$IMAGE" -exec rm -rf {} +
	exec 8>&-
}
