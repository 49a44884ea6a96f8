/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine with one device in a container, for the tests of the type1 ABI. */
#ifndef TEST_TYPE1_H
#define TEST_TYPE1_H

#include <linux/mm.h>
#include <linux/sizes.h>
#include <shim/task.h>

#include "machine.h"
#include "unit.h"

#define VA 0x7f0000000000UL
#define TYPE1 VFIO_TYPE1_IOMMU
#define V2 VFIO_TYPE1v2_IOMMU
#define K4 4096UL

static struct shim_iommu hw;
static struct machine_device a;
static int container, group;

static inline void up(unsigned long type)
{
	hw = (struct shim_iommu)SHIM_VTD;
	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(machine_add(&a, &hw, "a"), 0);
	container = shim_open("vfio/vfio");
	group = user_join(container, a.path);
	CHECK(group >= 0);
	CHECK_EQ(user_set_iommu(container, type), 0);
}

/* The process ends with everything still open and mapped. */
static inline void down(void)
{
	shim_task_reset();
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 0);
	CHECK_EQ(shim_live(SHIM_MM_REF), 0);
	machine_remove(&a);
	machine_unload();
}

static inline u32 avail(void)
{
	struct vfio_iommu_type1_info info = { .argsz = 4096 }, *out;
	void *user = shim_user_alloc(4096);
	struct vfio_info_cap_header *cap;

	memcpy(shim_user_body(user), &info, sizeof(info));
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_GET_INFO, user), 0);
	out = shim_user_body(user);
	for (u32 at = out->cap_offset; at; at = cap->next) {
		cap = (void *)out + at;
		if (cap->id == VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL)
			return ((struct vfio_iommu_type1_info_dma_avail *)cap)->avail;
	}
	return ~0u;
}

#endif
