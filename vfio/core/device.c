// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: allocation, registration, and the first open and last close.
 *
 * Two counts, for two things. The device reference of vdev->device keeps the memory; whoever
 * holds it may look, nothing more. The registration count keeps the driver bound: it starts at
 * one in vfio_register_group_dev(), each open file has one, and vfio_unregister_group_dev()
 * waits for its end, since a driver's remove() can neither fail nor leave a user behind.
 *
 * Each device has an inode of its own on an internal file system. All files of the device
 * map through it, so that one unmap_mapping_range() takes a BAR from every process, at a cost
 * that does not depend on other devices' mappings.
 */
#include <linux/anon_inodes.h>
#include <linux/debugfs.h>
#include <linux/file.h>
#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "priv.h"
#include "trace.h"

/* Between two requests to the users of a device that its driver must give up */
#define REQUEST_PERIOD (10 * HZ)

/* Seen by nobody: the file system is never mounted where a path leads */
#define VFIO_FS_MAGIC 0x50577661

static DEFINE_IDA(vfio_device_ida);
static struct vfsmount *vfio_mount;
static struct dentry *vfio_debug_root;	/* that it may be missing is debugfs's own affair */

static const struct class vfio_device_class = {
	.name = "vfio-dev",
};

static int vfio_fs_init_context(struct fs_context *fc)
{
	return init_pseudo(fc, VFIO_FS_MAGIC) ? 0 : -ENOMEM;
}

/* No owner: the mount is the module's own and must not keep it loaded */
static struct file_system_type vfio_fs_type = {
	.name = "vfio",
	.init_fs_context = vfio_fs_init_context,
	.kill_sb = kill_anon_super,
};

/* Set up what the core keeps of a device; on failure nothing of it is left */
static int device_setup(struct vfio_device *vdev, struct device *dev,
			const struct vfio_device_ops *ops)
{
	int index = ida_alloc_max(&vfio_device_ida, MINORMASK, GFP_KERNEL);

	if (index < 0)
		return index;
	vdev->inode = alloc_anon_inode(vfio_mount->mnt_sb);
	if (IS_ERR(vdev->inode)) {
		ida_free(&vfio_device_ida, index);
		return PTR_ERR(vdev->inode);
	}
	vdev->index = index;
	vdev->dev = get_device(dev);
	vdev->ops = ops;
	mutex_init(&vdev->lock);
	mutex_init(&vdev->mig_lock);
	init_completion(&vdev->unused);
	return 0;
}

static void device_teardown(struct vfio_device *vdev)
{
	mutex_destroy(&vdev->mig_lock);
	mutex_destroy(&vdev->lock);
	put_device(vdev->dev);
	iput(vdev->inode);
	ida_free(&vfio_device_ida, vdev->index);
}

static void device_free(struct device *dev)
{
	struct vfio_device *vdev = container_of(dev, struct vfio_device, device);
	struct module *maker = vdev->maker;

	if (vdev->ops->release)
		vdev->ops->release(vdev);
	device_teardown(vdev);
	kvfree(vdev);
	module_put(maker);
}

/**
 * vfio_device_keep_maker() - have a module stay until a device has been freed
 * @vdev: device, made by vfio_alloc_device()
 * @maker: module that has its ops; the caller's reference, which the core gives back
 *
 * For ops that are not those of the bus driver, whose module waits for its devices anyway.
 */
void vfio_device_keep_maker(struct vfio_device *vdev, struct module *maker)
{
	vdev->maker = maker;
}
EXPORT_SYMBOL_GPL(vfio_device_keep_maker);

/* For vfio_alloc_device(), which documents it */
struct vfio_device *_vfio_alloc_device(size_t size, struct device *dev,
				       const struct vfio_device_ops *ops)
{
	struct vfio_device *vdev;
	int ret;

	if (WARN_ON(size < sizeof(*vdev) || !ops->open_device))
		return ERR_PTR(-EINVAL);
	vdev = kvzalloc(size, GFP_KERNEL);
	if (!vdev)
		return ERR_PTR(-ENOMEM);
	ret = device_setup(vdev, dev, ops);
	if (ret)
		goto free;
	ret = ops->init ? ops->init(vdev) : 0;
	if (ret)
		goto teardown;

	device_initialize(&vdev->device);
	vdev->device.class = &vfio_device_class;
	vdev->device.parent = dev;
	vdev->device.release = device_free;
	return vdev;

teardown:
	device_teardown(vdev);
free:
	kvfree(vdev);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(_vfio_alloc_device);

static void group_put(struct vfio_device *vdev, struct vfio_group *group)
{
	if (group->emulated)
		vfio_group_leave_emulated(group, vdev->dev);
	else
		vfio_group_leave(group);
}

/* Publish a device in its group; takes the group over, also on failure */
static int register_in(struct vfio_device *vdev, struct vfio_group *group)
{
	int ret = dev_set_name(&vdev->device, "vfio%u", vdev->index);

	if (!ret)
		ret = device_add(&vdev->device);
	if (ret) {
		group_put(vdev, group);
		return ret;
	}

	vdev->debug_root = debugfs_create_dir(dev_name(&vdev->device), vfio_debug_root);
	vdev->group = group;
	reinit_completion(&vdev->unused);
	refcount_set(&vdev->registered, 1);
	trace_vfio_bind(vdev);
	vfio_group_add_device(group, vdev);
	return 0;
}

/**
 * vfio_register_group_dev() - offer a device to user space
 * @vdev: device, set up
 *
 * From here on its ops can be called.
 *
 * Return: 0; -EINVAL when there is no IOMMU to keep it in bounds, or its mig_ops or
 * migration_flags are incomplete; -ENOMEM.
 */
int vfio_register_group_dev(struct vfio_device *vdev)
{
	struct vfio_group *group;

	if (WARN_ON(!vfio_mig_valid(vdev)))
		return -EINVAL;
	group = vfio_group_join(vdev->dev);
	if (IS_ERR(group))
		return PTR_ERR(group);
	return register_in(vdev, group);
}
EXPORT_SYMBOL_GPL(vfio_register_group_dev);

/**
 * vfio_register_emulated_iommu_dev() - offer a device that does no DMA of its own to user space
 * @vdev: device, set up; its bus's device is in no IOMMU group
 *
 * The driver reaches the memory that user space has mapped by vfio_pin_pages() and
 * vfio_dma_rw(). The device gets an IOMMU group of its own, which is gone again when
 * vfio_unregister_group_dev() has undone this.
 *
 * Return: 0; -EINVAL when an IOMMU stands behind the device, or its mig_ops or migration_flags
 * are incomplete; -ENOMEM.
 */
int vfio_register_emulated_iommu_dev(struct vfio_device *vdev)
{
	struct vfio_group *group;

	if (WARN_ON(!vfio_mig_valid(vdev)))
		return -EINVAL;
	group = vfio_group_join_emulated(vdev->dev);
	if (IS_ERR(group))
		return PTR_ERR(group);
	return register_in(vdev, group);
}
EXPORT_SYMBOL_GPL(vfio_register_emulated_iommu_dev);

/*
 * Ask the users of a device once more to let go. The log has it after ten seconds, and then each
 * time that the wait has doubled.
 */
static void ask_users(struct vfio_device *vdev, unsigned int asked)
{
	/* Nobody can open it any more, so the opener is the last one */
	if (is_power_of_2(asked))
		dev_warn(vdev->dev, "vfio: still in use by %s; %s waits until that closes it\n",
			 vdev->opener, current->comm);
	trace_vfio_request(vdev, asked);
	if (vdev->ops->request)
		vdev->ops->request(vdev, asked);
}

/**
 * vfio_unregister_group_dev() - take a device back from user space
 * @vdev: device
 *
 * No file can be opened on it any more; its users are asked every ten seconds to close theirs,
 * and it returns once they have. It does not give up on a signal, since the driver that calls
 * it cannot.
 */
void vfio_unregister_group_dev(struct vfio_device *vdev)
{
	struct vfio_group *group = vdev->group;

	vfio_group_del_device(group, vdev);
	vfio_device_put_registration(vdev);
	for (unsigned int asked = 0; !try_wait_for_completion(&vdev->unused); asked++) {
		ask_users(vdev, asked);
		if (wait_for_completion_timeout(&vdev->unused, REQUEST_PERIOD))
			break;
	}
	trace_vfio_unbind(vdev);
	debugfs_remove(vdev->debug_root);
	vdev->debug_root = NULL;
	device_del(&vdev->device);
	vdev->group = NULL;
	group_put(vdev, group);
}
EXPORT_SYMBOL_GPL(vfio_unregister_group_dev);

bool vfio_device_try_get_registration(struct vfio_device *vdev)
{
	return refcount_inc_not_zero(&vdev->registered);
}

void vfio_device_put_registration(struct vfio_device *vdev)
{
	if (refcount_dec_and_test(&vdev->registered))
		complete(&vdev->unused);
}

static int first_open(struct vfio_device *vdev)
{
	int ret;

	lockdep_assert_held(&vdev->lock);
	/* The registration keeps the driver bound, so the pointer is good */
	vdev->owner = vdev->dev->driver ? vdev->dev->driver->owner : NULL;
	if (!try_module_get(vdev->owner))
		return -ENODEV;
	ret = vfio_device_enter_space(vdev);
	if (ret)
		goto put_module;
	vfio_device_take_kvm(vdev);
	ret = vdev->ops->open_device(vdev);
	if (!ret) {
		snprintf(vdev->opener, sizeof(vdev->opener), "%s[%d]", current->comm,
			 task_tgid_nr(current));
		return 0;
	}

	vfio_device_drop_kvm(vdev);
	vfio_device_leave_space(vdev);
put_module:
	module_put(vdev->owner);
	return ret;
}

static void put_open(struct vfio_device *vdev)
{
	struct module *owner = NULL;

	mutex_lock(&vdev->lock);
	if (!--vdev->open_count) {
		if (vdev->ops->close_device)
			vdev->ops->close_device(vdev);
		vfio_device_drop_kvm(vdev);
		vfio_device_leave_space(vdev);
		owner = vdev->owner;
	}
	trace_vfio_close(vdev);
	mutex_unlock(&vdev->lock);
	module_put(owner);
}

static int get_open(struct vfio_device *vdev)
{
	int ret = 0;

	guard(mutex)(&vdev->lock);
	if (!vdev->open_count)
		ret = first_open(vdev);
	if (!ret)
		vdev->open_count++;
	trace_vfio_open(vdev, ret);
	return ret;
}

/**
 * vfio_device_open() - open a device and make a file for it
 * @vdev: device, with a registration reference that the file takes over
 *
 * Context: its group's lock is held and the group is in a container with a space.
 * Return: the file, or ERR_PTR(); then the reference is still the caller's.
 */
struct file *vfio_device_open(struct vfio_device *vdev)
{
	struct file *file;
	int ret;

	lockdep_assert_held(&vdev->group->lock);
	ret = get_open(vdev);
	if (ret)
		return ERR_PTR(ret);
	file = anon_inode_getfile("[vfio-device]", &vfio_device_fops, vdev, O_RDWR);
	if (IS_ERR(file)) {
		put_open(vdev);
		return file;
	}
	/* Regions are addressed by pread and pwrite; see the head for the mapping */
	file->f_mode |= FMODE_PREAD | FMODE_PWRITE;
	file->f_mapping = vdev->inode->i_mapping;
	return file;
}

/* A file has been closed: give back all that it held, the registration last */
void vfio_device_close(struct vfio_device *vdev)
{
	struct vfio_group *group = vdev->group;

	put_open(vdev);
	vfio_group_put_user(group);
	vfio_device_put_registration(vdev);
}

int __init vfio_devices_init(void)
{
	int ret = class_register(&vfio_device_class);

	if (ret)
		return ret;
	vfio_mount = kern_mount(&vfio_fs_type);
	if (IS_ERR(vfio_mount)) {
		class_unregister(&vfio_device_class);
		return PTR_ERR(vfio_mount);
	}
	vfio_debug_root = debugfs_create_dir("vfio", NULL);
	return 0;
}

void vfio_devices_exit(void)
{
	debugfs_remove(vfio_debug_root);
	kern_unmount(vfio_mount);
	class_unregister(&vfio_device_class);
	ida_destroy(&vfio_device_ida);
}
