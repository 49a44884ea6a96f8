/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A space with one group behind a usual IOMMU, for the tests of the mapping engine.
 */
#ifndef TEST_IOAS_H
#define TEST_IOAS_H

#include <linux/mm.h>
#include <linux/sched.h>
#include <shim/iommu.h>
#include <shim/mm.h>

#include "unit.h"
#include "../../vfio/ioas/ioas.h"

#define RW (IOAS_READ | IOAS_WRITE)
#define VADDR 0x7f0000000000UL
#define HUGE_NPAGES 512UL

struct rig {
	struct shim_iommu hw;
	struct iommu_group *group;
	struct device *dev;
	struct ioas *ioas;
};

/* A group without a space. */
static inline void rig_group(struct rig *r)
{
	*r = (struct rig){ .hw = SHIM_VTD };
	shim_fail_pause();
	r->group = shim_group_new(&r->hw);
	r->dev = shim_group_device(r->group, "0000:01:00.0");
	iommu_group_claim_dma_owner(r->group, r);
	shim_fail_resume();
}

static inline void rig_group_free(struct rig *r)
{
	iommu_group_release_dma_owner(r->group);
	shim_device_free(r->dev);
	shim_group_free(r->group);
}

/* A space for the group that rig_group() made, which the test may have changed since. */
static inline void rig_space(struct rig *r, unsigned int entry_limit)
{
	shim_fail_pause();
	r->ioas = ioas_create(entry_limit, false);
	CHECK_EQ(ioas_attach(r->ioas, r->group), 0);
	shim_fail_resume();
}

static inline void rig_up(struct rig *r)
{
	rig_group(r);
	rig_space(r, 65535);
}

/* With 64 bits of IOVA. */
static inline void rig_up_wide(struct rig *r)
{
	rig_group(r);
	r->hw.aperture_last = ~0ULL;
	rig_space(r, 65535);
}

static inline void rig_down(struct rig *r)
{
	ioas_detach(r->ioas, r->group);
	ioas_destroy(r->ioas);
	rig_group_free(r);
}

static inline int map(struct rig *r, u64 iova, u64 vaddr, u64 npages)
{
	return ioas_map(r->ioas, iova, vaddr, npages << PAGE_SHIFT, RW);
}

static inline struct ioas_range pages(u64 iova, u64 npages)
{
	return (struct ioas_range){ .start = iova, .last = iova + (npages << PAGE_SHIFT) - 1 };
}

/* Bytes unmapped, or -errno. */
static inline long long unmap_range(struct rig *r, struct ioas_range range)
{
	u64 done = 0;
	int ret = ioas_unmap(r->ioas, &range, IOAS_WHOLE, NULL, &done);

	return ret ?: (long long)done;
}

static inline long long unmap(struct rig *r, u64 iova, u64 npages)
{
	return unmap_range(r, pages(iova, npages));
}

static inline long long unmap_all(struct rig *r)
{
	return unmap_range(r, (struct ioas_range){ .start = 0, .last = ~0ULL });
}

/* Does each page of the mapping lead to the frame that the process sees? */
static inline bool reaches(struct rig *r, u64 iova, u64 vaddr, u64 npages, bool write)
{
	for (u64 i = 0; i < npages; i++)
		if (shim_dma(r->group, iova + i * PAGE_SIZE, write) !=
		    shim_pfn_at(vaddr + i * PAGE_SIZE))
			return false;
	return true;
}

static inline bool reaches_nothing(struct rig *r, u64 iova, u64 npages)
{
	for (u64 i = 0; i < npages; i++)
		if (shim_dma(r->group, iova + i * PAGE_SIZE, false))
			return false;
	return true;
}

#endif
