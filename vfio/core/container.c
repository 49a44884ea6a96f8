// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vfio/vfio: containers, and the backends that give them an I/O address space.
 *
 * A container is nothing until a group is in it, and of no use until VFIO_SET_IOMMU has then
 * chosen a backend. With the last group the space ends, and the container is as if freshly
 * opened: a file descriptor that was handed on grants nothing by itself.
 *
 * The rwsem is what the backend's contract (vfio/iommu.h) rests on: its ioctl runs under the
 * read side, so that threads can map at the same time; everything that changes the set of
 * groups runs under the write side, alone.
 */
#include <linux/compat.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/iommu.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "priv.h"

static LIST_HEAD(backends);
static DEFINE_MUTEX(backends_lock);

/**
 * vfio_register_iommu_backend() - offer a kind of I/O address space to containers
 * @backend: its operations, valid until vfio_unregister_iommu_backend()
 *
 * Return: 0, or -EBUSY when one of that name is registered already.
 */
int vfio_register_iommu_backend(struct vfio_iommu_backend *backend)
{
	struct vfio_iommu_backend *other;

	guard(mutex)(&backends_lock);
	list_for_each_entry(other, &backends, node)
		if (!strcmp(other->name, backend->name))
			return -EBUSY;
	list_add_tail(&backend->node, &backends);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_register_iommu_backend);

/**
 * vfio_unregister_iommu_backend() - undo vfio_register_iommu_backend()
 * @backend: backend
 *
 * For module exit: open spaces hold the backend's module, so none exists.
 */
void vfio_unregister_iommu_backend(struct vfio_iommu_backend *backend)
{
	guard(mutex)(&backends_lock);
	list_del(&backend->node);
}
EXPORT_SYMBOL_GPL(vfio_unregister_iommu_backend);

static long check_extension(struct vfio_container *container, unsigned long ext)
{
	struct vfio_iommu_backend *backend;
	int best = 0;

	guard(rwsem_read)(&container->rwsem);
	if (container->backend)
		return container->backend->extension(container->space, ext);

	guard(mutex)(&backends_lock);
	list_for_each_entry(backend, &backends, node)
		best = max(best, backend->extension(NULL, ext));
	return best;
}

static int space_attach(const struct vfio_iommu_backend *backend, void *space,
			struct vfio_group *group)
{
	if (!group->emulated)
		return backend->attach(space, group->iommu_group);
	return backend->attach_emulated ? backend->attach_emulated(space) : -ENODEV;
}

static void space_detach(const struct vfio_iommu_backend *backend, void *space,
			 struct vfio_group *group)
{
	if (group->emulated)
		backend->detach_emulated(space);
	else
		backend->detach(space, group->iommu_group);
}

/* Open a space of a backend and attach all groups, or leave everything as it was */
static int try_backend(struct vfio_container *container,
		       const struct vfio_iommu_backend *backend, unsigned long type)
{
	struct vfio_group *group;
	void *space;
	int ret;

	if (!try_module_get(backend->owner))
		return -ENODEV;
	space = backend->open(type);
	if (IS_ERR(space)) {
		ret = PTR_ERR(space);
		goto put_module;
	}
	list_for_each_entry(group, &container->groups, container_next) {
		ret = space_attach(backend, space, group);
		if (ret)
			goto detach;
	}
	container->backend = backend;
	container->space = space;
	return 0;

detach:
	list_for_each_entry_continue_reverse(group, &container->groups, container_next)
		space_detach(backend, space, group);
	backend->release(space);
put_module:
	module_put(backend->owner);
	return ret;
}

static long set_iommu(struct vfio_container *container, unsigned long type)
{
	struct vfio_iommu_backend *backend;
	int ret = -ENODEV;

	guard(rwsem_write)(&container->rwsem);
	if (list_empty(&container->groups) || container->backend)
		return -EINVAL;

	guard(mutex)(&backends_lock);
	list_for_each_entry(backend, &backends, node) {
		if (backend->extension(NULL, type) <= 0)
			continue;
		ret = try_backend(container, backend, type);
		if (!ret)
			break;
	}
	return ret;
}

static long space_ioctl(struct vfio_container *container, unsigned int cmd, unsigned long arg)
{
	guard(rwsem_read)(&container->rwsem);
	if (!container->backend)
		return -EINVAL;
	return container->backend->ioctl(container->space, cmd, arg);
}

static long vfio_container_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vfio_container *container = file->private_data;

	switch (cmd) {
	case VFIO_GET_API_VERSION:
		return VFIO_API_VERSION;
	case VFIO_CHECK_EXTENSION:
		return check_extension(container, arg);
	case VFIO_SET_IOMMU:
		return set_iommu(container, arg);
	default:
		return space_ioctl(container, cmd, arg);
	}
}

static int vfio_container_open(struct inode *inode, struct file *file)
{
	struct vfio_container *container = kzalloc(sizeof(*container), GFP_KERNEL_ACCOUNT);

	if (!container)
		return -ENOMEM;
	kref_init(&container->ref);
	init_rwsem(&container->rwsem);
	INIT_LIST_HEAD(&container->groups);
	file->private_data = container;
	return 0;
}

static void container_free(struct kref *ref)
{
	/* Its groups, each of which held a reference, took the space with them */
	kfree(container_of(ref, struct vfio_container, ref));
}

static int vfio_container_release(struct inode *inode, struct file *file)
{
	struct vfio_container *container = file->private_data;

	kref_put(&container->ref, container_free);
	return 0;
}

static const struct file_operations vfio_container_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vfio_container_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.open = vfio_container_open,
	.release = vfio_container_release,
};

/* The container behind a file, which keeps it, or NULL when the file is something else */
struct vfio_container *vfio_container_from_file(struct file *file)
{
	return file->f_op == &vfio_container_fops ? file->private_data : NULL;
}

/* No DMA, no ownership of it */
static int claim_dma(struct vfio_group *group)
{
	return group->emulated ? 0 : iommu_group_claim_dma_owner(group->iommu_group, group);
}

static void release_dma(struct vfio_group *group)
{
	if (!group->emulated)
		iommu_group_release_dma_owner(group->iommu_group);
}

/**
 * vfio_container_attach() - put a group into a container
 * @container: container
 * @group: group that is in none; its lock is held
 *
 * Claims the group's DMA ownership: from here to vfio_container_detach() no host driver
 * can bind to any of its devices, nor another user own it.
 *
 * Return: 0, or -errno with nothing changed; that of iommu_group_claim_dma_owner() when the
 * group is not viable.
 */
int vfio_container_attach(struct vfio_container *container, struct vfio_group *group)
{
	int ret;

	lockdep_assert_held(&group->lock);
	guard(rwsem_write)(&container->rwsem);

	ret = claim_dma(group);
	if (ret)
		return ret;
	if (container->backend) {
		ret = space_attach(container->backend, container->space, group);
		if (ret) {
			release_dma(group);
			return ret;
		}
	}
	list_add_tail(&group->container_next, &container->groups);
	kref_get(&container->ref);
	group->container = container;
	return 0;
}

static void end_space(struct vfio_container *container)
{
	const struct vfio_iommu_backend *backend = container->backend;

	lockdep_assert_held_write(&container->rwsem);
	if (!backend)
		return;
	backend->release(container->space);
	container->space = NULL;
	container->backend = NULL;
	module_put(backend->owner);
}

/* Take a group out of its container; no device of it is open. Cannot fail. */
void vfio_container_detach(struct vfio_group *group)
{
	struct vfio_container *container = group->container;

	lockdep_assert_held(&group->lock);
	WARN_ON(group->users);

	down_write(&container->rwsem);
	if (container->backend)
		space_detach(container->backend, container->space, group);
	release_dma(group);
	list_del(&group->container_next);
	if (list_empty(&container->groups))
		end_space(container);
	up_write(&container->rwsem);

	group->container = NULL;
	kref_put(&container->ref, container_free);
}

/* Has VFIO_SET_IOMMU been done? It stays done while a group is in the container. */
bool vfio_container_ready(struct vfio_container *container)
{
	guard(rwsem_read)(&container->rwsem);
	return container->backend;
}

static struct miscdevice vfio_container_misc = {
	.minor = VFIO_MINOR,
	.name = "vfio",
	.nodename = "vfio/vfio",
	.mode = 0666,
	.fops = &vfio_container_fops,
};

int __init vfio_container_init(void)
{
	return misc_register(&vfio_container_misc);
}

void vfio_container_exit(void)
{
	misc_deregister(&vfio_container_misc);
}
