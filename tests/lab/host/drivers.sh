# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mainline's variant drivers, which a case with "variants: yes" has built against our headers. They
# need a kernel that has what they use, which the distribution's have and those built here lack.

VARIANT_FOLDERS='virtio qat'

make_drivers()
{
	say "fetching mainline's variant drivers in the package linux-source-$KERNEL (once)"
	# shellcheck disable=SC2086
	quietly "$CACHE/drivers.log" in_rootfs "$1:/mnt/out" "$LAB:/mnt/tree" -- \
		/mnt/tree/host/fetch-drivers "linux-source-$KERNEL" $VARIANT_FOLDERS
}

# prepare_drivers: BUILD/drivers has their sources from now on
prepare_drivers()
{
	local dir
	dir=$CACHE/drivers-$(echo "$KERNEL $VARIANT_FOLDERS" |
		key "$LAB"/host/{drivers.sh,fetch-drivers} -)
	cached "$dir" make_drivers
	mkdir -p "$BUILD/drivers"
	rsync -a "$dir/" "$LAB/drivers/Kbuild" "$BUILD/drivers/"
}
