// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_DIRTY_PAGES, and the user's bitmaps.
 */
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/uaccess.h>

#include "../ioas/ioas.h"
#include "priv.h"

/**
 * type1_check_bitmap() - can a user's bitmap hold the report of a range?
 * @t: space
 * @bitmap: bitmap, which must be of the least page size
 * @size: bytes of the range, a multiple of that page size
 *
 * Return: 0 or -EINVAL.
 */
int type1_check_bitmap(const struct type1 *t, const struct vfio_bitmap *bitmap, u64 size)
{
	u64 pgsize = ioas_page_mask(t->ioas) + 1;
	u64 npages = size / pgsize;

	if (bitmap->pgsize != pgsize || !npages)
		return -EINVAL;
	if (bitmap->size > TYPE1_BITMAP_MAX ||
	    bitmap->size / sizeof(u64) < DIV_ROUND_UP(npages, 64))
		return -EINVAL;
	return access_ok(bitmap->data, bitmap->size) ? 0 : -EINVAL;
}

static int dirty_get(struct type1 *t, const struct vfio_iommu_type1_dirty_bitmap *args,
		     const void __user *uarg)
{
	struct vfio_iommu_type1_dirty_bitmap_get get;
	struct ioas_range range;
	int ret;

	if (args->argsz < sizeof(*args) + sizeof(get))
		return -EINVAL;
	if (copy_from_user(&get, uarg + sizeof(*args), sizeof(get)))
		return -EFAULT;
	range.start = get.iova;
	range.last = get.iova + (get.size - 1);
	if (!get.size || range.last < range.start ||
	    (get.iova | get.size) & ioas_page_mask(t->ioas))
		return -EINVAL;
	ret = type1_check_bitmap(t, &get.bitmap, get.size);
	if (ret)
		return ret;
	return ioas_dirty_read(t->ioas, &range, get.bitmap.data);
}

/**
 * type1_dirty_pages() - VFIO_IOMMU_DIRTY_PAGES
 * @t: space
 * @uarg: struct vfio_iommu_type1_dirty_bitmap, perhaps with a
 *	struct vfio_iommu_type1_dirty_bitmap_get behind it
 *
 * Return: 0; -EACCES in v1; -EINVAL unless exactly one flag is set, for ranges and bitmaps
 * that are no such, and for a report while pages are not tracked; -EFAULT; -EINTR.
 */
long type1_dirty_pages(struct type1 *t, void __user *uarg)
{
	struct vfio_iommu_type1_dirty_bitmap args;
	int ret;

	if (!t->v2)
		return -EACCES;
	ret = type1_args_get(&args, sizeof(args), uarg);
	if (ret)
		return ret;
	switch (args.flags) {
	case VFIO_IOMMU_DIRTY_PAGES_FLAG_START:
		ioas_dirty_track(t->ioas, true);
		return 0;
	case VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP:
		ioas_dirty_track(t->ioas, false);
		return 0;
	case VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP:
		return dirty_get(t, &args, uarg);
	}
	return -EINVAL;
}
