# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compiles the checkout in the root file system, against one kernel. BUILD, which guests see
# read-only as /lab, holds:
#
#   tree/      a copy of the checkout, compiled there: the checkout itself stays as it is, and
#              several kernels never share object files
#   modules/   what goes over the kernel's module folder: updates/ and the indices that know it
#   drivers/   mainline's variant drivers, where a case wants them
#   base/      the kernel's own modules, for a kernel that the disk does not have

# where guest programs are, each with a Makefile, whose default goal builds it, or
# a Kbuild for a test module; those that need our modules are built with these
guest_programs()
{
	cd "$TOP" || return
	{
		find tools tests/bench tests/lab -maxdepth 2 \
			\( -path tests/lab/modules -o -path tests/lab/drivers \) -prune -o \
			\( -name Makefile -o -name Kbuild \) -printf "%h\n"
		# modules among the samples are built with all others
		find samples -maxdepth 2 -name Makefile -printf "%h\n"
	} | sort -u
}

build_tree()
{
	local kernel=() kdir
	kdir=/lib/modules/$(release)/build
	if [ "$KIND" = source ]; then
		kernel=("$SOURCE_DIR/src:/mnt/kernel" "$SOURCE_DIR/modules:/mnt/base")
		kdir=/mnt/kernel
	fi
	in_rootfs "$TOP:/mnt/tree" "$BUILD:/mnt/out" "${kernel[@]}" -- \
		"/mnt/tree/tests/lab/host/compile" "$kdir" "$(release)" "$@"
}

# build sync|modules|drivers|programs...: under a lock, which runs then share; fails if anything does
build()
{
	local log=$OWN/build/$KERNEL.log what programs
	prepare_image
	[ "$KIND" != source ] || prepare_source
	mkdir -p "$BUILD"
	exec 9>"$OWN/build/$KERNEL.lock"
	flock -n 9 || { say "waiting for another build or run in this checkout"; flock 9; }
	mapfile -t programs < <(guest_programs)
	say "compiling for kernel $(release)"
	for what; do
		case $what in
		sync) quietly "$log" build_tree sync ;;
		programs) quietly "$log" build_tree programs "${programs[@]}" ;;
		modules) quietly "$log" build_tree modules ;;
		drivers) prepare_drivers; quietly "$log" build_tree drivers ;;
		esac
	done
	flock -s 9
}
