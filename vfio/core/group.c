// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vfio/N: an IOMMU group, the unit of ownership.
 *
 * A group comes with the first device of its IOMMU group that a driver registers and goes
 * with the last. Its file can be opened once at a time; whoever has it puts the group into
 * a container and gets the devices' files. Those hold the group's file, so that the container
 * cannot be taken from under a device in use.
 *
 * A file can outlive the group. Then @iommu_group is NULL, every call answers -ENODEV, and
 * the container, if it was set, has been left: what the file granted is revoked.
 */
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "priv.h"

static struct {
	struct mutex lock;	/* guards list; see priv.h for the order */
	struct list_head list;
	struct ida minors;
	dev_t devt;
} vfio_groups = {
	.lock = __MUTEX_INITIALIZER(vfio_groups.lock),
	.list = LIST_HEAD_INIT(vfio_groups.list),
	.minors = IDA_INIT(vfio_groups.minors),
};

static char *group_devnode(const struct device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "vfio/%s", dev_name(dev));
}

static const struct class vfio_group_class = {
	.name = "vfio",
	.devnode = group_devnode,
};

static void group_free(struct device *dev)
{
	struct vfio_group *group = container_of(dev, struct vfio_group, dev);

	WARN_ON(group->container || !list_empty(&group->devices));
	mutex_destroy(&group->device_lock);
	mutex_destroy(&group->lock);
	ida_free(&vfio_groups.minors, MINOR(dev->devt));
	kfree(group);
}

/* A group that is not in the list yet; takes over the reference on success */
static struct vfio_group *group_alloc(struct iommu_group *iommu_group, bool emulated)
{
	struct vfio_group *group = kzalloc(sizeof(*group), GFP_KERNEL);
	int minor;

	if (!group)
		return ERR_PTR(-ENOMEM);
	minor = ida_alloc_max(&vfio_groups.minors, MINORMASK, GFP_KERNEL);
	if (minor < 0) {
		kfree(group);
		return ERR_PTR(minor);
	}

	mutex_init(&group->lock);
	mutex_init(&group->device_lock);
	spin_lock_init(&group->kvm_lock);
	INIT_LIST_HEAD(&group->devices);
	group->iommu_group = iommu_group;
	group->emulated = emulated;

	device_initialize(&group->dev);
	group->dev.devt = MKDEV(MAJOR(vfio_groups.devt), minor);
	group->dev.class = &vfio_group_class;
	group->dev.release = group_free;
	cdev_init(&group->cdev, &vfio_group_fops);
	group->cdev.owner = THIS_MODULE;
	return group;
}

static struct vfio_group *group_create(struct iommu_group *iommu_group, bool emulated)
{
	struct vfio_group *group = group_alloc(iommu_group, emulated);
	int ret;

	if (IS_ERR(group))
		return group;
	ret = dev_set_name(&group->dev, "%d", iommu_group_id(iommu_group));
	if (!ret)
		ret = cdev_device_add(&group->cdev, &group->dev);
	if (ret) {
		put_device(&group->dev);
		return ERR_PTR(ret);
	}
	list_add(&group->next, &vfio_groups.list);
	return group;
}

static struct vfio_group *group_find(struct iommu_group *iommu_group)
{
	struct vfio_group *group;

	lockdep_assert_held(&vfio_groups.lock);
	list_for_each_entry(group, &vfio_groups.list, next)
		if (group->iommu_group == iommu_group)
			return group;
	return NULL;
}

/* The group of an IOMMU group whose reference the caller hands over; ERR_PTR() drops it */
static struct vfio_group *group_enter(struct iommu_group *iommu_group, bool emulated)
{
	struct vfio_group *group;

	mutex_lock(&vfio_groups.lock);
	group = group_find(iommu_group);
	if (group)
		iommu_group_put(iommu_group);	/* it has its own reference */
	else
		group = group_create(iommu_group, emulated);
	if (IS_ERR(group))
		iommu_group_put(iommu_group);
	else
		group->registered++;
	mutex_unlock(&vfio_groups.lock);
	return group;
}

/**
 * vfio_group_join() - the group of a device that is about to be registered
 * @dev: the bus's device
 *
 * Return: the group, made when it is the first; vfio_group_leave() gives it back. -EINVAL
 * when no IOMMU stands behind the device or it cannot keep DMA coherent with the CPUs'
 * caches, which user space has no means to mend.
 */
struct vfio_group *vfio_group_join(struct device *dev)
{
	struct iommu_group *iommu_group;

	iommu_group = iommu_group_get(dev);
	if (!iommu_group || !device_iommu_capable(dev, IOMMU_CAP_CACHE_COHERENCY)) {
		dev_err(dev, "vfio: %s; cannot be assigned\n",
			iommu_group ? "its IOMMU does not keep DMA coherent" :
			"no IOMMU group (is the IOMMU on in firmware and kernel command line?)");
		iommu_group_put(iommu_group);
		return ERR_PTR(-EINVAL);
	}
	return group_enter(iommu_group, false);
}

/**
 * vfio_group_join_emulated() - a group for a device that does no DMA of its own
 * @dev: the bus's device, in no IOMMU group
 *
 * Such a device is alone in an IOMMU group that exists for its name and number only: no
 * IOMMU driver knows of it.
 *
 * Return: the group; vfio_group_leave_emulated() gives it back. -EINVAL when an IOMMU stands
 * behind the device; -ENOMEM.
 */
struct vfio_group *vfio_group_join_emulated(struct device *dev)
{
	struct iommu_group *iommu_group = iommu_group_get(dev);
	struct vfio_group *group;
	int ret;

	if (iommu_group) {
		iommu_group_put(iommu_group);
		dev_err(dev, "vfio: has an IOMMU, which cannot be emulated\n");
		return ERR_PTR(-EINVAL);
	}
	iommu_group = iommu_group_alloc();
	if (IS_ERR(iommu_group))
		return ERR_CAST(iommu_group);
	ret = iommu_group_add_device(iommu_group, dev);
	if (ret) {
		iommu_group_put(iommu_group);
		return ERR_PTR(ret);
	}
	group = group_enter(iommu_group, true);
	if (IS_ERR(group))
		iommu_group_remove_device(dev);
	return group;
}

/*
 * The group's last device has gone: whoever still has its file loses what it granted. Not below
 * vfio_groups.lock: the container may be busy for as long as its user likes, which must hold
 * up nobody who has to do with other groups.
 */
static void group_revoke(struct vfio_group *group)
{
	mutex_lock(&group->lock);
	if (group->container)
		vfio_container_detach(group);
	iommu_group_put(group->iommu_group);
	group->iommu_group = NULL;
	mutex_unlock(&group->lock);
}

/* Undo vfio_group_join(); no file of the device is open, nor will be */
void vfio_group_leave(struct vfio_group *group)
{
	bool last;

	mutex_lock(&vfio_groups.lock);
	last = !--group->registered;
	if (last) {
		list_del(&group->next);
		/* Below the lock, since a group that follows takes the same name */
		cdev_device_del(&group->cdev, &group->dev);
	}
	mutex_unlock(&vfio_groups.lock);
	if (!last)
		return;
	group_revoke(group);
	put_device(&group->dev);
}

/* Undo vfio_group_join_emulated() */
void vfio_group_leave_emulated(struct vfio_group *group, struct device *dev)
{
	iommu_group_remove_device(dev);
	vfio_group_leave(group);
}

void vfio_group_add_device(struct vfio_group *group, struct vfio_device *vdev)
{
	guard(mutex)(&group->device_lock);
	list_add(&vdev->group_next, &group->devices);
}

void vfio_group_del_device(struct vfio_group *group, struct vfio_device *vdev)
{
	guard(mutex)(&group->device_lock);
	list_del(&vdev->group_next);
}

static int device_matches(struct vfio_device *vdev, char *name)
{
	if (vdev->ops->match)
		return vdev->ops->match(vdev, name);
	return !strcmp(dev_name(vdev->dev), name);
}

/* The device of that name with a registration reference, or -ENODEV, or what match says */
static struct vfio_device *group_find_device(struct vfio_group *group, char *name)
{
	struct vfio_device *vdev;

	guard(mutex)(&group->device_lock);
	list_for_each_entry(vdev, &group->devices, group_next) {
		int ret = device_matches(vdev, name);

		if (ret < 0)
			return ERR_PTR(ret);
		if (ret && vfio_device_try_get_registration(vdev))
			return vdev;
	}
	return ERR_PTR(-ENODEV);
}

/*
 * A file on a device. It takes over the caller's registration reference, and takes the
 * group's file: given back in vfio_device_close().
 */
static struct file *group_open_device(struct vfio_group *group, struct vfio_device *vdev)
{
	struct file *file;

	guard(mutex)(&group->lock);
	if (!group->container || !vfio_container_ready(group->container))
		return ERR_PTR(-EINVAL);
	file = vfio_device_open(vdev);
	if (!IS_ERR(file)) {
		group->users++;
		get_file(group->opened);
	}
	return file;
}

/* A device's file has been closed: undo what group_open_device() took of the group */
void vfio_group_put_user(struct vfio_group *group)
{
	struct file *opened;

	mutex_lock(&group->lock);
	opened = group->opened;
	group->users--;
	mutex_unlock(&group->lock);
	fput(opened);
}

static long group_get_named_fd(struct vfio_group *group, char *name)
{
	struct vfio_device *vdev;
	struct file *file;
	int fd;

	vdev = group_find_device(group, name);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		vfio_device_put_registration(vdev);
		return fd;
	}
	file = group_open_device(group, vdev);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		vfio_device_put_registration(vdev);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

static long group_get_device_fd(struct vfio_group *group, void __user *uname)
{
	char *name = strndup_user(uname, PAGE_SIZE);
	long ret;

	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = group_get_named_fd(group, name);
	/* It may have a token in it */
	kfree_sensitive(name);
	return ret;
}

static int group_status_flags(struct vfio_group *group)
{
	guard(mutex)(&group->lock);
	if (!group->iommu_group)
		return -ENODEV;
	if (group->container)
		return VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET;
	if (group->emulated)
		return VFIO_GROUP_FLAGS_VIABLE;
	return iommu_group_dma_owner_claimed(group->iommu_group) ? 0 : VFIO_GROUP_FLAGS_VIABLE;
}

static long group_get_status(struct vfio_group *group, void __user *uarg)
{
	struct vfio_group_status status;
	int ret;

	ret = vfio_args_get(&status, sizeof(status), sizeof(status), uarg);
	if (ret)
		return ret;
	ret = group_status_flags(group);
	if (ret < 0)
		return ret;
	status.flags = ret;
	return copy_to_user(uarg, &status, sizeof(status)) ? -EFAULT : 0;
}

static long group_set_container(struct vfio_group *group, void __user *uarg)
{
	struct vfio_container *container;
	struct file *file;
	int fd, ret;

	if (get_user(fd, (int __user *)uarg))
		return -EFAULT;
	file = fget(fd);
	if (!file)
		return -EBADF;

	container = vfio_container_from_file(file);
	mutex_lock(&group->lock);
	if (!group->iommu_group)
		ret = -ENODEV;
	else if (!container)
		ret = -EBADFD;
	else if (group->container)
		ret = -EINVAL;
	else
		ret = vfio_container_attach(container, group);
	mutex_unlock(&group->lock);
	fput(file);
	return ret;
}

static long group_unset_container(struct vfio_group *group, void __user *unused)
{
	guard(mutex)(&group->lock);
	if (!group->iommu_group)
		return -ENODEV;
	if (!group->container)
		return -EINVAL;
	if (group->users)
		return -EBUSY;
	vfio_container_detach(group);
	return 0;
}

static const struct {
	unsigned int cmd;
	long (*call)(struct vfio_group *group, void __user *uarg);
} group_calls[] = {
	{ VFIO_GROUP_GET_STATUS, group_get_status },
	{ VFIO_GROUP_SET_CONTAINER, group_set_container },
	{ VFIO_GROUP_UNSET_CONTAINER, group_unset_container },
	{ VFIO_GROUP_GET_DEVICE_FD, group_get_device_fd },
};

static long vfio_group_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(group_calls); i++)
		if (group_calls[i].cmd == cmd)
			return group_calls[i].call(file->private_data, (void __user *)arg);
	return -ENOTTY;
}

static int vfio_group_open(struct inode *inode, struct file *file)
{
	struct vfio_group *group = container_of(inode->i_cdev, struct vfio_group, cdev);

	guard(mutex)(&group->lock);
	if (!group->iommu_group)
		return -ENODEV;
	if (group->opened)
		return -EBUSY;
	get_device(&group->dev);
	group->opened = file;
	file->private_data = group;
	return 0;
}

static int vfio_group_release(struct inode *inode, struct file *file)
{
	struct vfio_group *group = file->private_data;

	mutex_lock(&group->lock);
	if (group->container)
		vfio_container_detach(group);
	group->opened = NULL;
	mutex_unlock(&group->lock);
	put_device(&group->dev);
	return 0;
}

const struct file_operations vfio_group_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vfio_group_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.open = vfio_group_open,
	.release = vfio_group_release,
};

int __init vfio_groups_init(void)
{
	int ret = class_register(&vfio_group_class);

	if (ret)
		return ret;
	ret = alloc_chrdev_region(&vfio_groups.devt, 0, MINORMASK + 1, "vfio");
	if (ret)
		class_unregister(&vfio_group_class);
	return ret;
}

void vfio_groups_exit(void)
{
	unregister_chrdev_region(vfio_groups.devt, MINORMASK + 1);
	class_unregister(&vfio_group_class);
	ida_destroy(&vfio_groups.minors);
}
