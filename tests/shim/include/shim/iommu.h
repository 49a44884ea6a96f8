/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake IOMMUs, and groups of devices behind them.
 *
 * A domain is a table of entries, each of one of the IOMMU's page sizes. Mapping over an
 * entry, mapping a frame that is not pinned, and freeing a domain in use die. Unmapping a
 * part of a large entry takes all of it away and is complained of. An entry that was
 * unmapped by iommu_unmap_fast() stays cached until a flush covers it. A map call that fails
 * in its midst leaves entries in place, as VT-d's driver does. So is what it does not do well
 * when it unmaps: page tables that it would free before their flush are complained of.
 */
#ifndef SHIM_IOMMU_H
#define SHIM_IOMMU_H

#include <linux/iommu.h>

/**
 * struct shim_iommu - one IOMMU
 * @pgsizes: of its domains, once a device is attached
 * @aperture_last: last IOVA
 * @caps: bit per enum iommu_cap
 * @isolated_msi: interrupts are remapped
 * @refuse_unmaps: as many unmap calls do nothing
 * @refuse_attach: attach gives this error
 */
struct shim_iommu {
	unsigned long pgsizes;
	u64 aperture_first, aperture_last;
	unsigned long caps;
	bool isolated_msi;
	unsigned int refuse_unmaps;
	int refuse_attach;
};

/** SHIM_VTD - a usual one: 4 KiB, 2 MiB and 1 GiB, 48 bits, coherent. */
#define SHIM_VTD { \
	.pgsizes = 0x40201000UL, .aperture_last = (1ULL << 48) - 1, .isolated_msi = true, \
	.caps = 1UL << IOMMU_CAP_CACHE_COHERENCY | 1UL << IOMMU_CAP_ENFORCE_CACHE_COHERENCY }

/** shim_group_new() - a group without devices; dropped by shim_group_free(). */
struct iommu_group *shim_group_new(struct shim_iommu *hw);
void shim_group_free(struct iommu_group *group);
/** shim_group_device() - another device in @group; freed by shim_device_free(). */
struct device *shim_group_device(struct iommu_group *group, const char *name);
void shim_device_free(struct device *dev);
/** shim_group_join() - put a device of another kind into @group, without a live count. */
void shim_group_join(struct iommu_group *group, struct device *dev);
void shim_group_leave(struct device *dev);
/** shim_group_reserve() - the devices of @group reserve [start, start + length). */
void shim_group_reserve(struct iommu_group *group, u64 start, u64 length,
			enum iommu_resv_type type);
/** shim_group_host_driver() - a kernel driver uses DMA with a device of @group: +1 or -1. */
int shim_group_host_driver(struct iommu_group *group, int change);
/** shim_group_domain() - what @group is attached to, or NULL. */
struct iommu_domain *shim_group_domain(struct iommu_group *group);

/** struct shim_iommu_counts - calls since the start, of all IOMMUs. */
struct shim_iommu_counts {
	unsigned long maps, unmaps, flushes, entries;
};
extern struct shim_iommu_counts shim_iommu_counts;

/** shim_dma() - can a device of @group reach @iova for reading, writing? Its frame, or 0. */
unsigned long shim_dma(struct iommu_group *group, u64 iova, bool write);

#endif
