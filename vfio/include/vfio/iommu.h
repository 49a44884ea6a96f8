/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IOMMU side of a VFIO container: what a mapping backend gives to the core.
 *
 * The core owns containers, groups and their references; a backend owns an I/O address
 * space. VFIO_SET_IOMMU asks each registered backend in turn whether it offers the type,
 * opens a space and attaches every group of the container to it; from then on each ioctl
 * on the container that the core does not know goes to the space. The space ends with the
 * last group.
 */
#ifndef VFIO_IOMMU_H
#define VFIO_IOMMU_H

#include <linux/list.h>
#include <linux/types.h>

struct iommu_group;
struct module;
struct page;
struct vfio_device;

/**
 * struct vfio_iommu_backend - a kind of I/O address space
 * @name: for messages
 * @owner: module that stays while a space of this kind exists
 * @extension: VFIO_CHECK_EXTENSION of @ext: 0 not offered, above 0 offered. @space is NULL
 *	when none is open yet; then it answers for the kind as such.
 * @open: make an empty space of the given type (one that @extension offers); ERR_PTR() on
 *	failure
 * @release: end a space that has no group any more; unmaps, unpins and uncharges all; cannot
 *	fail
 * @attach: let the group's devices reach the space's mappings; the core has claimed the
 *	group's DMA ownership. 0 or -errno, and then nothing has changed.
 * @detach: undo @attach; when it returns no device of the group reaches the space. Cannot fail.
 * @attach_emulated: a group joins whose devices do no DMA of their own: the space is theirs
 *	through the CPU only. 0 or -errno, and then nothing has changed. A backend without this
 *	op needs none of those up to @rw, and refuses such groups.
 * @detach_emulated: undo @attach_emulated; cannot fail. All its devices are closed.
 * @open_device: a device of such a group is opened: what stands for it in the calls that follow,
 *	or ERR_PTR(). Its dma_unmap op may be called from here on.
 * @close_device: undo @open_device; how many pins the driver has left behind. Cannot fail.
 * @pin: for vfio_pin_pages(), which documents it; 0 or -errno
 * @unpin: for vfio_unpin_pages(); how many of the pages were pinned
 * @rw: for vfio_dma_rw(); 0 or -errno
 * @ioctl: an ioctl that the core does not know; -ENOTTY when the backend does not either
 *
 * Context: process, may sleep. @ioctl may run in several threads at the same time;
 * @attach, @detach, their likes and @release run alone: no other op of that space runs beside
 * them, but those of open devices (@open_device to @rw).
 */
struct vfio_iommu_backend {
	const char *name;
	struct module *owner;
	int (*extension)(void *space, unsigned long ext);
	void *(*open)(unsigned long type);
	void (*release)(void *space);
	int (*attach)(void *space, struct iommu_group *group);
	void (*detach)(void *space, struct iommu_group *group);
	int (*attach_emulated)(void *space);
	void (*detach_emulated)(void *space);
	void *(*open_device)(void *space, struct vfio_device *vdev);
	unsigned long (*close_device)(void *device);
	int (*pin)(void *device, u64 iova, unsigned int npages, int prot, struct page **pages);
	unsigned int (*unpin)(void *device, u64 iova, unsigned int npages);
	int (*rw)(void *device, u64 iova, void *data, size_t len, bool write);
	long (*ioctl)(void *space, unsigned int cmd, unsigned long arg);

	/* private: vfio/core's */
	struct list_head node;
};

int vfio_register_iommu_backend(struct vfio_iommu_backend *backend);
void vfio_unregister_iommu_backend(struct vfio_iommu_backend *backend);

#endif
