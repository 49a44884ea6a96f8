# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Containers, groups, device fds and processes keep the ABI's rules.
# devices: edu edu-pair
load_vfio
modprobe uio_pci_generic
modprobe pci-stub
"$TREE/tests/lab/abi/abi-core"
