// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of a device: each call goes to the driver's op of that name. While the file is
 * open its registration reference keeps the driver bound, so no op needs a check for that.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/pm_runtime.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "priv.h"

static int vfio_device_fops_release(struct inode *inode, struct file *file)
{
	vfio_device_close(file->private_data);
	return 0;
}

/*
 * Features are served by the driver's op, and those of migration by its mig_ops; so it is here that
 * the device is woken for them, where its driver lets it sleep while it is open.
 */
static long feature_awake(struct vfio_device *vdev, void __user *uarg)
{
	long ret;

	if (!pm_runtime_enabled(vdev->dev))
		return vfio_device_feature(vdev, uarg);
	if (pm_runtime_resume_and_get(vdev->dev))
		return -EIO;
	ret = vfio_device_feature(vdev, uarg);
	pm_runtime_put(vdev->dev);
	return ret;
}

static long vfio_device_fops_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vfio_device *vdev = file->private_data;

	if (cmd == VFIO_DEVICE_FEATURE)
		return feature_awake(vdev, (void __user *)arg);
	return vdev->ops->ioctl ? vdev->ops->ioctl(vdev, cmd, arg) : -ENOTTY;
}

static ssize_t vfio_device_fops_read(struct file *file, char __user *buf, size_t count,
				     loff_t *ppos)
{
	struct vfio_device *vdev = file->private_data;

	return vdev->ops->read ? vdev->ops->read(vdev, buf, count, ppos) : -EINVAL;
}

static ssize_t vfio_device_fops_write(struct file *file, const char __user *buf, size_t count,
				      loff_t *ppos)
{
	struct vfio_device *vdev = file->private_data;

	return vdev->ops->write ? vdev->ops->write(vdev, buf, count, ppos) : -EINVAL;
}

static int vfio_device_fops_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vfio_device *vdev = file->private_data;

	return vdev->ops->mmap ? vdev->ops->mmap(vdev, vma) : -EINVAL;
}

/* The file's name in /proc/PID/fd is the same for all devices; fdinfo tells which it is of */
static void vfio_device_fops_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct vfio_device *vdev = file->private_data;
	char *path = kobject_get_path(&vdev->dev->kobj, GFP_KERNEL);

	if (path)
		seq_printf(m, "vfio-device-syspath: /sys%s\n", path);
	kfree(path);
}

const struct file_operations vfio_device_fops = {
	.owner = THIS_MODULE,
	.release = vfio_device_fops_release,
	.unlocked_ioctl = vfio_device_fops_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = vfio_device_fops_read,
	.write = vfio_device_fops_write,
	.mmap = vfio_device_fops_mmap,
	.show_fdinfo = vfio_device_fops_show_fdinfo,
};
