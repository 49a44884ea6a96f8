// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_GET_INFO: page sizes, and a chain of capabilities behind them, each at version 1.
 */
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <vfio/vfio.h>

#include "../ioas/ioas.h"
#include "priv.h"

static int add_iova_ranges(struct vfio_info_cap *caps, const struct ioas *ioas)
{
	struct vfio_iommu_type1_info_cap_iova_range *cap;
	struct vfio_info_cap_header *header;
	u64 mask = ioas_page_mask(ioas);
	const struct ioas_range *ranges;
	unsigned int i, n = ioas_ranges(ioas, &ranges);

	header = vfio_info_cap_add(caps, struct_size(cap, iova_ranges, n),
				   VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, 1);
	if (IS_ERR(header))
		return PTR_ERR(header);
	cap = container_of(header, struct vfio_iommu_type1_info_cap_iova_range, header);
	/* User space counts on whole pages; a range without one can have no mapping */
	for (i = 0; i < n; i++) {
		u64 start = (ranges[i].start + mask) & ~mask;
		u64 end = ((ranges[i].last + 1) & ~mask) - 1;

		if (start < ranges[i].start || start > end)
			continue;
		cap->iova_ranges[cap->nr_iovas].start = start;
		cap->iova_ranges[cap->nr_iovas++].end = end;
	}
	return 0;
}

static int add_migration(struct vfio_info_cap *caps, const struct ioas *ioas)
{
	struct vfio_iommu_type1_info_cap_migration *cap;
	struct vfio_info_cap_header *header;

	header = vfio_info_cap_add(caps, sizeof(*cap), VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION, 1);
	if (IS_ERR(header))
		return PTR_ERR(header);
	cap = container_of(header, struct vfio_iommu_type1_info_cap_migration, header);
	cap->pgsize_bitmap = ioas_page_mask(ioas) + 1;
	cap->max_dirty_bitmap_size = TYPE1_BITMAP_MAX;
	return 0;
}

static int add_entries_left(struct vfio_info_cap *caps, struct ioas *ioas)
{
	struct vfio_iommu_type1_info_dma_avail *cap;
	struct vfio_info_cap_header *header;

	header = vfio_info_cap_add(caps, sizeof(*cap), VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, 1);
	if (IS_ERR(header))
		return PTR_ERR(header);
	cap = container_of(header, struct vfio_iommu_type1_info_dma_avail, header);
	cap->avail = ioas_entries_left(ioas);
	return 0;
}

/**
 * type1_get_info() - VFIO_IOMMU_GET_INFO
 * @t: space
 * @uarg: struct vfio_iommu_type1_info
 *
 * Return: 0, -EINVAL, -EFAULT, -ENOMEM.
 */
long type1_get_info(struct type1 *t, void __user *uarg)
{
	struct vfio_iommu_type1_info info;
	struct vfio_info_cap caps = {};
	u32 argsz;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), offsetofend(typeof(info), iova_pgsizes), uarg);
	if (ret)
		return ret;
	argsz = info.argsz;
	memset(&info, 0, sizeof(info));
	info.argsz = argsz;
	info.flags = VFIO_IOMMU_INFO_PGSIZES;
	info.iova_pgsizes = ioas_pgsizes(t->ioas);

	ret = add_migration(&caps, t->ioas);
	if (!ret)
		ret = add_entries_left(&caps, t->ioas);
	if (!ret)
		ret = add_iova_ranges(&caps, t->ioas);
	if (!ret)
		ret = vfio_info_copy(uarg, &info, sizeof(info), argsz, &caps,
				     VFIO_IOMMU_INFO_CAPS, offsetof(typeof(info), cap_offset));
	vfio_info_cap_free(&caps);
	return ret;
}
