# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The type1 IOMMU ABI: information, maps, DMA, unmaps, dirty pages, accounting.
# devices: edu edu-pair
hugepages 32
load_vfio
"$TREE/tests/lab/abi/abi-type1"
