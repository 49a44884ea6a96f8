// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_MAP_DMA and VFIO_IOMMU_UNMAP_DMA.
 *
 * What VFIO_TYPE1_IOMMU and VFIO_TYPE1v2_IOMMU mean by an unmap differs. v2 ends the mappings
 * in the range, and refuses a range that would cut one in two. v1, made for IOMMUs that could
 * only unmap as much as they had mapped, ends every mapping that begins in the range, to its
 * end, even beyond the range; the size that it gives back says how much. If a mapping reaches
 * into the range from before it, v1 ends none.
 */
#include <linux/limits.h>
#include <linux/errno.h>
#include <linux/uaccess.h>

#include "../ioas/ioas.h"
#include "priv.h"
#include "trace.h"

#define MAP_ACCESS	(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

/* A new user address for a mapping that has none */
static int renew_vaddr(struct type1 *t, const struct vfio_iommu_type1_dma_map *map)
{
	if (map->flags != VFIO_DMA_MAP_FLAG_VADDR ||
	    (map->iova | map->vaddr | map->size) & ioas_page_mask(t->ioas) ||
	    map->vaddr + (map->size - 1) < map->vaddr)
		return -EINVAL;
	return ioas_vaddr_renew(t->ioas, map->iova, map->vaddr, map->size);
}

static int map_dma(struct type1 *t, const struct vfio_iommu_type1_dma_map *map)
{
	unsigned int prot;

	if (map->flags & VFIO_DMA_MAP_FLAG_VADDR)
		return renew_vaddr(t, map);
	if (!map->flags || map->flags & ~MAP_ACCESS)
		return -EINVAL;

	prot = (map->flags & VFIO_DMA_MAP_FLAG_READ ? IOAS_READ : 0) |
	       (map->flags & VFIO_DMA_MAP_FLAG_WRITE ? IOAS_WRITE : 0);
	return ioas_map(t->ioas, map->iova, map->vaddr, map->size, prot);
}

/**
 * type1_map_dma() - VFIO_IOMMU_MAP_DMA
 * @t: space
 * @uarg: struct vfio_iommu_type1_dma_map
 *
 * Return: 0; -EINVAL for unknown flags or none; else as ioas_map(), ioas_vaddr_renew().
 */
long type1_map_dma(struct type1 *t, void __user *uarg)
{
	struct vfio_iommu_type1_dma_map map;
	int ret;

	ret = type1_args_get(&map, sizeof(map), uarg);
	if (ret)
		return ret;
	ret = map_dma(t, &map);
	trace_vfio_map(t, &map, ret);
	return ret;
}

/* The range of an unmap, and which flags can be together */
static int unmap_range(const struct type1 *t, const struct vfio_iommu_type1_dma_unmap *unmap,
		       struct ioas_range *range)
{
	const u32 bitmap = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
	const u32 all = VFIO_DMA_UNMAP_FLAG_ALL, vaddr = VFIO_DMA_UNMAP_FLAG_VADDR;

	if (unmap->flags & ~(bitmap | all | vaddr) ||
	    (unmap->flags & bitmap && unmap->flags & (all | vaddr)))
		return -EINVAL;
	if (unmap->flags & all) {
		*range = (struct ioas_range){ .start = 0, .last = U64_MAX };
		return unmap->iova || unmap->size ? -EINVAL : 0;
	}
	range->start = unmap->iova;
	range->last = unmap->iova + (unmap->size - 1);
	if (!unmap->size || range->last < range->start ||
	    (unmap->iova | unmap->size) & ioas_page_mask(t->ioas))
		return -EINVAL;
	return 0;
}

/* The bitmap that follows the arguments, checked; NULL if none is wanted */
static int unmap_bitmap(const struct type1 *t, const struct vfio_iommu_type1_dma_unmap *unmap,
			const void __user *uarg, u64 __user **data)
{
	struct vfio_bitmap bitmap;
	int ret;

	*data = NULL;
	if (!(unmap->flags & VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP))
		return 0;
	if (unmap->argsz < sizeof(*unmap) + sizeof(bitmap))
		return -EINVAL;
	if (copy_from_user(&bitmap, uarg + sizeof(*unmap), sizeof(bitmap)))
		return -EFAULT;
	ret = type1_check_bitmap(t, &bitmap, unmap->size);
	if (!ret)
		*data = bitmap.data;
	return ret;
}

/**
 * type1_unmap_dma() - VFIO_IOMMU_UNMAP_DMA
 * @t: space
 * @uarg: struct vfio_iommu_type1_dma_unmap, perhaps with a struct vfio_bitmap behind it
 *
 * Return: 0; -EINVAL for flags that are unknown or exclude each other, and ranges and bitmaps
 * that are no such; -EFAULT; else as ioas_unmap(), ioas_vaddr_drop().
 */
long type1_unmap_dma(struct type1 *t, void __user *uarg)
{
	enum ioas_select select = t->v2 ? IOAS_WHOLE : IOAS_STARTING;
	struct vfio_iommu_type1_dma_unmap unmap;
	struct ioas_range range;
	u64 __user *bitmap;
	u64 size = 0;
	int ret;

	ret = type1_args_get(&unmap, sizeof(unmap), uarg);
	if (ret)
		return ret;
	ret = unmap_range(t, &unmap, &range);
	if (ret)
		return ret;
	ret = unmap_bitmap(t, &unmap, uarg, &bitmap);
	if (ret)
		return ret;

	if (unmap.flags & VFIO_DMA_UNMAP_FLAG_VADDR)
		ret = ioas_vaddr_drop(t->ioas, &range, select, &size);
	else
		ret = ioas_unmap(t->ioas, &range, select, bitmap, &size);
	trace_vfio_unmap(t, &unmap, size, ret);
	if (ret)
		return ret;
	return put_user(size, &((struct vfio_iommu_type1_dma_unmap __user *)uarg)->size);
}
