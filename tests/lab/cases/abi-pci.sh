# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Information, regions, configuration space, BARs and interrupts of PCI devices.
# devices: edu igb
# timeout: 120
load_vfio
"$TREE/tests/lab/abi/abi-pci"
