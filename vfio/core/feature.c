// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_FEATURE: one ioctl through which user space asks for (PROBE), reads (GET) and
 * writes (SET) numbered features. The core checks what holds for all of them; what a feature
 * means is the driver's.
 */
#include <linux/export.h>
#include <linux/uaccess.h>

#include "priv.h"

#define FEATURE_OPS (VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET)

/**
 * vfio_check_feature() - check a call of one feature
 * @flags: as the device_feature op got them
 * @argsz: likewise, bytes behind the header
 * @supported_ops: VFIO_DEVICE_FEATURE_GET, _SET or both: what the feature can do
 * @minsz: bytes of data that the feature needs
 *
 * Return: 1 when the GET or SET in @flags is to be done now; 0 when user space only probed
 * and gets 0; -EINVAL when the feature does not support what was asked.
 */
int vfio_check_feature(u32 flags, size_t argsz, u32 supported_ops, size_t minsz)
{
	u32 asked = flags & FEATURE_OPS;

	if (asked & ~supported_ops)
		return -EINVAL;
	if (flags & VFIO_DEVICE_FEATURE_PROBE)
		return 0;
	return asked && argsz >= minsz ? 1 : -EINVAL;
}
EXPORT_SYMBOL_GPL(vfio_check_feature);

long vfio_device_feature(struct vfio_device *vdev, void __user *uarg)
{
	const u32 known = VFIO_DEVICE_FEATURE_MASK | VFIO_DEVICE_FEATURE_PROBE | FEATURE_OPS;
	const size_t minsz = offsetof(struct vfio_device_feature, data);
	struct vfio_device_feature feature;
	int ret;

	ret = vfio_args_get(&feature, sizeof(feature), minsz, uarg);
	if (ret)
		return ret;
	if (feature.flags & ~known)
		return -EINVAL;
	/* Only a probe may name both */
	if (!(feature.flags & VFIO_DEVICE_FEATURE_PROBE) &&
	    (feature.flags & FEATURE_OPS) == FEATURE_OPS)
		return -EINVAL;
	if (!vdev->ops->device_feature)
		return -ENOTTY;
	return vdev->ops->device_feature(vdev, feature.flags, uarg + minsz,
					 feature.argsz - minsz);
}
