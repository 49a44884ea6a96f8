# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# VFs of a PF that is bound to vfio-pci.

# load_vfio_sriov: as load_vfio, and VFs can be made
load_vfio_sriov()
{
	load_vfio
	echo 1 >/sys/module/vfio_pci/parameters/enable_sriov
}

# numvfs BDF N
numvfs() { echo "$2" >"/sys/bus/pci/devices/$1/sriov_numvfs"; }

# vf BDF N: address of the N-th VF, from 0
vf() { basename "$(readlink "/sys/bus/pci/devices/$1/virtfn$2")"; }
