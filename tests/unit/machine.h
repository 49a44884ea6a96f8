/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine with VFIO loaded (core and type1), and what user space does with it. For tests
 * with machine.c among their sources.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <shim/fdtable.h>
#include <shim/iommu.h>
#include <shim/mm.h>
#include <vfio/vfio.h>

/* Flags of MAP_DMA */
#define RD VFIO_DMA_MAP_FLAG_READ
#define WR VFIO_DMA_MAP_FLAG_WRITE
#define RW (RD | WR)

/**
 * struct machine_device - a device with a driver that does nothing, alone in a group
 */
struct machine_device {
	struct iommu_group *group;
	struct device *dev;
	struct vfio_device *vdev;
	char path[16];		/* of the group, below /dev */
};

/** machine_load() - load vfio and vfio_iommu_type1; 0 or -errno with nothing loaded. */
int machine_load(void);
void machine_unload(void);
/** machine_add() - another device behind @hw; 0 or -errno with nothing added. */
int machine_add(struct machine_device *d, struct shim_iommu *hw, const char *name);
void machine_remove(struct machine_device *d);

/* User space. Descriptors and results as from the system calls: -errno. */
int user_join(int container, const char *group_path);
int user_set_iommu(int container, unsigned long type);
long user_map(int container, u64 iova, u64 vaddr, u64 size, u32 flags);
/* @unmapped: the size that came back; may be NULL */
long user_unmap(int container, u64 iova, u64 size, u32 flags, u64 *unmapped);
int user_device(int group, const char *name);

#endif
