/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Groups and containers, private to the core.
 *
 * A group is an IOMMU group with at least one registered device; a container is one open
 * of /dev/vfio/vfio. References point one way: a device file holds its group's file, the
 * group holds its container, the container holds its backend's module.
 *
 * Lock order, outermost first:
 *	vfio_groups.lock	the list of groups, creation and removal of one
 *	group->lock		who has opened the group, and its container
 *	  container->rwsem	the container's groups and backend; read for ioctls of the space
 *	    backends lock	the list of backends (container.c)
 *	  vdev->lock		open and close of one device
 *	group->device_lock	the devices of the group; the match op runs below it
 *	group->kvm_lock		innermost, a spinlock
 */
#ifndef VFIO_CORE_PRIV_H
#define VFIO_CORE_PRIV_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <vfio/iommu.h>
#include <vfio/vfio.h>

/**
 * struct vfio_container - what one open of /dev/vfio/vfio stands for
 * @ref: the file and each group hold one
 * @rwsem: guards all below; write to change it, read to use @space
 * @groups: the groups in it
 * @backend: kind of @space, NULL before VFIO_SET_IOMMU; its module is held
 * @space: the I/O address space; exists from VFIO_SET_IOMMU until the last group leaves
 */
struct vfio_container {
	struct kref ref;
	struct rw_semaphore rwsem;
	struct list_head groups;
	const struct vfio_iommu_backend *backend;
	void *space;
};

/**
 * struct vfio_group - an IOMMU group that user space can open
 * @dev: /dev/vfio/N
 * @cdev: its operations
 * @emulated: no IOMMU stands behind its one device, which does no DMA; constant
 * @next: in the list of groups; guard: vfio_groups.lock
 * @registered: devices that are or are about to be in @devices; guard: vfio_groups.lock
 * @lock: guards the block that follows
 * @iommu_group: NULL once the last device has gone: the group is dead, its file answers -ENODEV
 * @opened: the one open file, or NULL
 * @container: where the group is; DMA ownership is claimed exactly while it is set, unless
 *	@emulated
 * @container_next: guard: container->rwsem
 * @users: files of devices, each of which holds a reference on @opened
 * @device_lock: guards @devices
 * @devices: by vfio_device.group_next
 * @kvm_lock: guards @kvm
 * @kvm: the virtual machine that devices opened from now on belong to; not referenced, KVM
 *	takes it back before it goes
 */
struct vfio_group {
	struct device dev;
	struct cdev cdev;
	bool emulated;
	struct list_head next;
	unsigned int registered;

	struct mutex lock;
	struct iommu_group *iommu_group;
	struct file *opened;
	struct vfio_container *container;
	struct list_head container_next;
	unsigned int users;

	struct mutex device_lock;
	struct list_head devices;

	spinlock_t kvm_lock;
	struct kvm *kvm;
};

/* device.c */
int vfio_devices_init(void);
void vfio_devices_exit(void);
struct file *vfio_device_open(struct vfio_device *vdev);
bool vfio_device_try_get_registration(struct vfio_device *vdev);
void vfio_device_put_registration(struct vfio_device *vdev);

/* ioctl.c */
extern const struct file_operations vfio_device_fops;
void vfio_device_close(struct vfio_device *vdev);

/* group.c */
extern const struct file_operations vfio_group_fops;
int vfio_groups_init(void);
void vfio_groups_exit(void);
struct vfio_group *vfio_group_join(struct device *dev);
struct vfio_group *vfio_group_join_emulated(struct device *dev);
void vfio_group_leave(struct vfio_group *group);
void vfio_group_leave_emulated(struct vfio_group *group, struct device *dev);
void vfio_group_add_device(struct vfio_group *group, struct vfio_device *vdev);
void vfio_group_del_device(struct vfio_group *group, struct vfio_device *vdev);
void vfio_group_put_user(struct vfio_group *group);

/* container.c */
int vfio_container_init(void);
void vfio_container_exit(void);
struct vfio_container *vfio_container_from_file(struct file *file);
int vfio_container_attach(struct vfio_container *container, struct vfio_group *group);
void vfio_container_detach(struct vfio_group *group);
bool vfio_container_ready(struct vfio_container *container);

/* emulated.c */
int vfio_device_enter_space(struct vfio_device *vdev);
void vfio_device_leave_space(struct vfio_device *vdev);

/* feature.c */
long vfio_device_feature(struct vfio_device *vdev, void __user *uarg);

/* mig.c */
bool vfio_mig_valid(const struct vfio_device *vdev);
int vfio_mig_get_flags(struct vfio_device *vdev, void __user *data);
int vfio_mig_get_state(struct vfio_device *vdev, void __user *data);
int vfio_mig_set_state(struct vfio_device *vdev, void __user *data);
int vfio_mig_get_data_size(struct vfio_device *vdev, void __user *data);

/* mig_fsm.c */
bool vfio_mig_in_session(enum vfio_device_mig_state state);

/* virqfd.c */
int vfio_virqfd_init(void);
void vfio_virqfd_exit(void);

/* kvm.c */
void vfio_device_take_kvm(struct vfio_device *vdev);
void vfio_device_drop_kvm(struct vfio_device *vdev);

#endif
