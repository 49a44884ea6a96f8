/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the type1 ABI.
 *
 *	main.c		the module; its backend's operations
 *	info.c		VFIO_IOMMU_GET_INFO
 *	dma.c		VFIO_IOMMU_MAP_DMA, VFIO_IOMMU_UNMAP_DMA
 *	dirty.c		VFIO_IOMMU_DIRTY_PAGES
 *	emulated.c	devices with an emulated IOMMU
 */
#ifndef VFIO_TYPE1_PRIV_H
#define VFIO_TYPE1_PRIV_H

#include <linux/errno.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <uapi/linux/vfio.h>

struct ioas;
struct page;
struct vfio_device;

/**
 * struct type1 - a container's address space of VFIO_TYPE1_IOMMU or VFIO_TYPE1v2_IOMMU
 * @ioas: the space
 * @v2: see dma.c for what differs
 */
struct type1 {
	struct ioas *ioas;
	bool v2;
};

/* Bytes of the largest dirty bitmap that is reported at once: 2^31 pages */
#define TYPE1_BITMAP_MAX	(256ULL << 20)

/**
 * type1_args_get() - read arguments that have nothing beyond what they always had
 * @args: structure to fill, whose first member is __u32 argsz
 * @size: its size
 * @uarg: user space's structure
 *
 * As vfio_args_get(), for the calls that are made often: the compiler knows the size.
 *
 * Return: 0, -EFAULT, or -EINVAL when argsz is less than @size.
 */
static __always_inline int type1_args_get(void *args, size_t size, const void __user *uarg)
{
	if (copy_from_user(args, uarg, size))
		return -EFAULT;
	return *(u32 *)args < size ? -EINVAL : 0;
}

/* info.c */
long type1_get_info(struct type1 *t, void __user *uarg);

/* dma.c */
long type1_map_dma(struct type1 *t, void __user *uarg);
long type1_unmap_dma(struct type1 *t, void __user *uarg);

/* emulated.c */
int type1_attach_emulated(void *space);
void type1_detach_emulated(void *space);
void *type1_open_device(void *space, struct vfio_device *vdev);
unsigned long type1_close_device(void *device);
int type1_pin(void *device, u64 iova, unsigned int npages, int prot, struct page **pages);
unsigned int type1_unpin(void *device, u64 iova, unsigned int npages);
int type1_rw(void *device, u64 iova, void *data, size_t len, bool write);

/* dirty.c */
long type1_dirty_pages(struct type1 *t, void __user *uarg);
int type1_check_bitmap(const struct type1 *t, const struct vfio_bitmap *bitmap, u64 size);

#endif
