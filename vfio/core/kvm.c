// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM asks of VFIO's files. kvm.ko looks these functions up by name, and VFIO looks
 * KVM's up likewise, so that neither module needs the other.
 *
 * KVM sets itself on a group before devices are opened and takes itself back before it goes.
 * A device that is opened in between holds the virtual machine by a reference of its own.
 *
 * A device's file does for its device what the group's does for all of them, but for the virtual
 * machine: when there is such a file, the device is open and has been told.
 */
#include <linux/export.h>
#include <linux/iommu.h>
#include <linux/kvm_host.h>
#include <linux/module.h>

#include "priv.h"

static struct vfio_group *file_group(struct file *file)
{
	return file->f_op == &vfio_group_fops ? file->private_data : NULL;
}

static struct vfio_device *file_device(struct file *file)
{
	return file->f_op == &vfio_device_fops ? file->private_data : NULL;
}

/**
 * vfio_file_is_group() - is it a group's file?
 * @file: any file
 */
bool vfio_file_is_group(struct file *file)
{
	return file_group(file);
}
EXPORT_SYMBOL_GPL(vfio_file_is_group);

/**
 * vfio_file_is_valid() - is it a file that KVM can be told of?
 * @file: any file
 */
bool vfio_file_is_valid(struct file *file)
{
	return file_group(file) || file_device(file);
}
EXPORT_SYMBOL_GPL(vfio_file_is_valid);

/**
 * vfio_file_is_ready() - can who holds the file use devices by it?
 * @file: any file
 *
 * Return: true for a device's, and for a group's while the group is in a container that has an
 * address space: then no driver of the host can have a device of the group.
 */
bool vfio_file_is_ready(struct file *file)
{
	struct vfio_group *group = file_group(file);

	if (!group)
		return file_device(file);
	guard(mutex)(&group->lock);
	return group->container && vfio_container_ready(group->container);
}
EXPORT_SYMBOL_GPL(vfio_file_is_ready);

/**
 * vfio_file_enforced_coherent() - is DMA of all devices behind the file coherent, whatever
 *	they ask for?
 * @file: any file; for one that is not VFIO's nothing is known against it: true
 */
bool vfio_file_enforced_coherent(struct file *file)
{
	struct vfio_group *group = file_group(file);
	struct vfio_device *vdev = file_device(file);

	if (vdev)
		return device_iommu_capable(vdev->dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY);
	if (!group)
		return true;
	guard(mutex)(&group->device_lock);
	list_for_each_entry(vdev, &group->devices, group_next)
		if (!device_iommu_capable(vdev->dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY))
			return false;
	return true;
}
EXPORT_SYMBOL_GPL(vfio_file_enforced_coherent);

/**
 * vfio_file_set_kvm() - name the virtual machine that devices opened from now on belong to
 * @file: any file; nothing happens for one that is no group's
 * @kvm: virtual machine, or NULL to take it back
 */
void vfio_file_set_kvm(struct file *file, struct kvm *kvm)
{
	struct vfio_group *group = file_group(file);

	if (!group)
		return;
	guard(spinlock)(&group->kvm_lock);
	group->kvm = kvm;
}
EXPORT_SYMBOL_GPL(vfio_file_set_kvm);

/**
 * vfio_file_has_dev() - does the file stand for that device, or for the group with it?
 * @file: any file
 * @vdev: device that stays registered
 */
bool vfio_file_has_dev(struct file *file, struct vfio_device *vdev)
{
	struct vfio_group *group = file_group(file);

	return group ? group == vdev->group : file_device(file) == vdev;
}
EXPORT_SYMBOL_GPL(vfio_file_has_dev);

/**
 * vfio_file_iommu_group() - the IOMMU group behind a file
 * @file: any file
 *
 * Return: the group with a reference, or NULL.
 */
struct iommu_group *vfio_file_iommu_group(struct file *file)
{
	struct vfio_group *group = file_group(file);
	struct iommu_group *iommu_group = NULL;

	if (!group)
		return NULL;
	guard(mutex)(&group->lock);
	if (group->iommu_group)
		iommu_group = iommu_group_ref_get(group->iommu_group);
	return iommu_group;
}
EXPORT_SYMBOL_GPL(vfio_file_iommu_group);

/* Reference the group's virtual machine, if there is one, for a device's first open */
void vfio_device_take_kvm(struct vfio_device *vdev)
{
	bool (*get)(struct kvm *kvm);

	lockdep_assert_held(&vdev->lock);
	guard(spinlock)(&vdev->group->kvm_lock);
	if (!vdev->group->kvm)
		return;
	vdev->put_kvm = symbol_get(kvm_put_kvm);
	if (!vdev->put_kvm)
		return;
	get = symbol_get(kvm_get_kvm_safe);
	if (get && get(vdev->group->kvm)) {
		vdev->kvm = vdev->group->kvm;
	} else {
		symbol_put(kvm_put_kvm);
		vdev->put_kvm = NULL;
	}
	if (get)
		symbol_put(kvm_get_kvm_safe);
}

/* Undo vfio_device_take_kvm() after the last close */
void vfio_device_drop_kvm(struct vfio_device *vdev)
{
	lockdep_assert_held(&vdev->lock);
	if (!vdev->kvm)
		return;
	vdev->put_kvm(vdev->kvm);
	vdev->kvm = NULL;
	vdev->put_kvm = NULL;
	symbol_put(kvm_put_kvm);
}
