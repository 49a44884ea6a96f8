# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which VFIO modules the kernel has: the distribution's, or Passway's on top of them.

VFIO_MODULES="vfio_pci vfio_pci_core vfio_iommu_type1 vfio"

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

# The fingerprint that modpost gives a module with a version: of the loaded one, of a file.
loaded_print() { cat "/sys/module/$1/srcversion" 2>/dev/null; }
file_print() { modinfo -F srcversion "/lib/modules/$(uname -r)/updates/$1.ko" 2>/dev/null; }

# origin_of MODULE: passway, distribution, or absent
origin_of()
{
	local print name
	loaded "$1" || { echo absent; return; }
	print=$(loaded_print "$1") || true
	for name in "$1" "${1//_/-}"; do
		if [ -n "$print" ] && [ "$(file_print "$name")" = "$print" ]; then
			echo passway
			return
		fi
	done
	echo distribution
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
		! loaded "$module" || rmmod "$module"
	done
}
