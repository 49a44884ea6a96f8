# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which VFIO modules the kernel has: the distribution's, or Passway's on top of them.

VFIO_MODULES="vfio_pci vfio_pci_core vfio_iommu_type1 vfio irqbypass"

# use_modules passway|distribution: what modprobe finds from now on
use_modules()
{
	local top
	top=/lib/modules/$(uname -r)
	unload_vfio
	if [ ! -d /run/indices ]; then
		mkdir /run/indices
		cp -a "$top"/modules.* /run/indices/
	fi
	rm -rf "$top/updates"
	case $1 in
	passway) cp -a /lab/modules/. "$top/" ;;
	distribution) cp -a /run/indices/. "$top/" ;;
	*) die "use_modules: $1?" ;;
	esac
}

loaded() { [ -d "/sys/module/$1" ]; }

# origin_of MODULE: passway, distribution, or absent. Only a module that was not built with the
# kernel has the taint O.
origin_of()
{
	if ! loaded "$1"; then
		echo absent
	elif grep -q O "/sys/module/$1/taint"; then
		echo passway
	else
		echo distribution
	fi
}

# load_vfio: vfio-pci and all it needs, from the place that the case asks for
load_vfio()
{
	local module
	modprobe vfio-pci
	modprobe vfio_iommu_type1
	for module in $VFIO_MODULES; do
		[ "$JOB_MODULES" = none ] || [ "$(origin_of "$module")" = "$JOB_MODULES" ] ||
			die "$module is $(origin_of "$module"), not $JOB_MODULES"
	done
}

unload_vfio()
{
	local module
	for module in $VFIO_MODULES; do
		# KVM may be on irqbypass, whoever loaded that
		! loaded "$module" || [ -n "$(ls "/sys/module/$module/holders")" ] || rmmod "$module"
	done
}

no_interrupts()
{
	! grep vfio /proc/interrupts || die 'interrupts of vfio are left'
}
