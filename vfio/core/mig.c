// SPDX-License-Identifier: GPL-2.0-only
/*
 * The features of migration as user space calls them, on top of a driver's vfio_migration_ops.
 *
 * A new state is reached arc by arc, below vdev->mig_lock, so that nobody sees the states in
 * between unless an arc fails: then the device stays where the arcs before have brought it, or
 * where the driver put it, and user space reads from VFIO_DEVICE_FEATURE_GET where that is.
 *
 * The file of a session comes from the last arc. Its descriptor is reserved before the first
 * arc and installed after everything that can fail; until then whoever fails drops the file.
 * User memory is written before the first arc too, so that a bad pointer changes nothing, and
 * never below the lock.
 */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/uaccess.h>

#include "priv.h"

/* Can what a driver says of its migration be true? Absent is fine. */
bool vfio_mig_valid(const struct vfio_device *vdev)
{
	const u32 known = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P |
			  VFIO_MIGRATION_PRE_COPY;
	const struct vfio_migration_ops *ops = vdev->mig_ops;

	if (!ops)
		return true;
	return ops->migration_set_state && ops->migration_get_state &&
	       ops->migration_get_data_size && !(vdev->migration_flags & ~known) &&
	       vdev->migration_flags & VFIO_MIGRATION_STOP_COPY;
}

/*
 * One arc of the way to @end. A driver gives a file only on the last one; when a reset has
 * moved the device meanwhile, it may do so on another, and nobody could use that.
 */
static struct file *mig_arc(struct vfio_device *vdev, enum vfio_device_mig_state to,
			    enum vfio_device_mig_state end)
{
	struct file *file = vdev->mig_ops->migration_set_state(vdev, to);

	if (IS_ERR_OR_NULL(file) || (to == end && vfio_mig_in_session(to)))
		return file;
	fput(file);
	return ERR_PTR(-EBUSY);
}

/* Bring the device to @end. The session's new file if there is one, NULL, or ERR_PTR(). */
static struct file *mig_move(struct vfio_device *vdev, enum vfio_device_mig_state end)
{
	enum vfio_device_mig_state at, to;
	struct file *file;
	int ret;

	guard(mutex)(&vdev->mig_lock);
	ret = vdev->mig_ops->migration_get_state(vdev, &at);
	if (ret)
		return ERR_PTR(ret);
	do {
		ret = vfio_mig_get_next_state(vdev, at, end, &to);
		if (ret)
			return ERR_PTR(ret);
		file = at == to ? NULL : mig_arc(vdev, to, end);
		if (IS_ERR(file))
			return file;
		at = to;
	} while (at != end);
	return file;
}

/* SET of VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE */
int vfio_mig_set_state(struct vfio_device *vdev, void __user *data)
{
	struct vfio_device_feature_mig_state __user *uarg = data;
	struct vfio_device_feature_mig_state arg;
	struct file *file;
	int fd = -1, ret;

	if (copy_from_user(&arg, uarg, sizeof(arg)) || put_user(-1, &uarg->data_fd))
		return -EFAULT;
	if (vfio_mig_in_session(arg.device_state)) {
		fd = get_unused_fd_flags(O_CLOEXEC);
		if (fd < 0)
			return fd;
	}

	file = mig_move(vdev, arg.device_state);
	ret = PTR_ERR_OR_ZERO(file);
	if (ret || !file)
		goto put_fd;
	ret = put_user(fd, &uarg->data_fd);
	if (ret)
		goto put_file;
	/* Takes the file's reference over, and no one can take the descriptor back */
	fd_install(fd, file);
	return 0;

put_file:
	fput(file);
put_fd:
	if (fd >= 0)
		put_unused_fd(fd);
	return ret;
}

/* GET of VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE */
int vfio_mig_get_state(struct vfio_device *vdev, void __user *data)
{
	struct vfio_device_feature_mig_state arg = { .data_fd = -1 };
	enum vfio_device_mig_state state;
	int ret;

	scoped_guard(mutex, &vdev->mig_lock)
		ret = vdev->mig_ops->migration_get_state(vdev, &state);
	if (ret)
		return ret;
	arg.device_state = state;
	return copy_to_user(data, &arg, sizeof(arg)) ? -EFAULT : 0;
}

/* GET of VFIO_DEVICE_FEATURE_MIG_DATA_SIZE */
int vfio_mig_get_data_size(struct vfio_device *vdev, void __user *data)
{
	unsigned long length;
	int ret;

	scoped_guard(mutex, &vdev->mig_lock)
		ret = vdev->mig_ops->migration_get_data_size(vdev, &length);
	return ret ? ret : put_user((u64)length, (u64 __user *)data);
}

/* GET of VFIO_DEVICE_FEATURE_MIGRATION */
int vfio_mig_get_flags(struct vfio_device *vdev, void __user *data)
{
	return put_user((u64)vdev->migration_flags, (u64 __user *)data);
}
