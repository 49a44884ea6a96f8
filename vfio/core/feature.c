// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_FEATURE: one ioctl through which user space asks for (PROBE), reads (GET) and
 * writes (SET) numbered features. The core checks what holds for all of them and serves those
 * of migration; what another means is the driver's.
 */
#include <linux/array_size.h>
#include <linux/export.h>
#include <linux/uaccess.h>

#include "priv.h"

#define FEATURE_OPS (VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET)

/* A feature of migration: the size of its data, and what can be done with it */
struct mig_feature {
	u32 number;
	size_t size;
	int (*get)(struct vfio_device *vdev, void __user *data);
	int (*set)(struct vfio_device *vdev, void __user *data);
};

static const struct mig_feature mig_features[] = {
	{
		.number = VFIO_DEVICE_FEATURE_MIGRATION,
		.size = sizeof(struct vfio_device_feature_migration),
		.get = vfio_mig_get_flags,
	}, {
		.number = VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		.size = sizeof(struct vfio_device_feature_mig_state),
		.get = vfio_mig_get_state,
		.set = vfio_mig_set_state,
	}, {
		.number = VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
		.size = sizeof(struct vfio_device_feature_mig_data_size),
		.get = vfio_mig_get_data_size,
	},
};

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

static int serve_mig_feature(struct vfio_device *vdev, const struct mig_feature *feature,
			     u32 flags, void __user *data, size_t argsz)
{
	u32 ops = (feature->get ? VFIO_DEVICE_FEATURE_GET : 0) |
		  (feature->set ? VFIO_DEVICE_FEATURE_SET : 0);
	int ret;

	if (!vdev->mig_ops)
		return -ENOTTY;
	ret = vfio_check_feature(flags, argsz, ops, feature->size);
	if (ret != 1)
		return ret;
	return flags & VFIO_DEVICE_FEATURE_GET ? feature->get(vdev, data) :
						 feature->set(vdev, data);
}

long vfio_device_feature(struct vfio_device *vdev, void __user *uarg)
{
	const u32 known = VFIO_DEVICE_FEATURE_MASK | VFIO_DEVICE_FEATURE_PROBE | FEATURE_OPS;
	const size_t minsz = offsetof(struct vfio_device_feature, data);
	struct vfio_device_feature feature;
	size_t argsz;
	int ret;

	ret = vfio_args_get(&feature, sizeof(feature), minsz, uarg);
	if (ret)
		return ret;
	uarg += minsz;
	argsz = feature.argsz - minsz;
	if (feature.flags & ~known)
		return -EINVAL;
	/* Only a probe may name both */
	if (!(feature.flags & VFIO_DEVICE_FEATURE_PROBE) &&
	    (feature.flags & FEATURE_OPS) == FEATURE_OPS)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(mig_features); i++)
		if (mig_features[i].number == (feature.flags & VFIO_DEVICE_FEATURE_MASK))
			return serve_mig_feature(vdev, &mig_features[i], feature.flags, uarg,
						 argsz);
	if (!vdev->ops->device_feature)
		return -ENOTTY;
	return vdev->ops->device_feature(vdev, feature.flags, uarg, argsz);
}
