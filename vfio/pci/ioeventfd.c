// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_IOEVENTFD: a fixed value goes to a fixed place of a BAR whenever an eventfd is
 * signalled, such as by KVM when a guest rings a doorbell that user space traps.
 *
 * The write is made where the signal comes from, in atomic context, if memory_lock can be had
 * there; else by a work item. What stands in the way of any other access stands in the way of this
 * one: a device that does not decode the BAR or sleeps does not see the write. Nobody can be told,
 * so it is dropped, as the device would; and like an access to mapped memory it wakes no device.
 *
 * Invariants:
 * - Where a write goes was checked when it was set up, and the BAR is mapped until after the last
 *   of them has gone: a naturally aligned place in a BAR, outside of the MSI-X table and of
 *   what a driver answers for.
 * - What has been taken off the list writes no more when its virqfd has ended.
 */
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "priv.h"

/* A device's user cannot have more kernel memory than for these */
#define IOEVENTFDS_MAX 1000

/**
 * struct vfio_pci_ioeventfd - one write to come
 * @node: in vdev->ioeventfds.list
 * @vdev: device
 * @virqfd: waits for the eventfd; NULL once user space has closed that
 * @offset: of the write, as user space said it
 * @data: what user space wants written
 * @width: bytes, 1, 2, 4, or 8 in memory
 * @command: PCI_COMMAND_MEMORY or _IO, which must be on
 * @at: the place
 * @wire: @data as it is on the bus, in its first @width bytes
 */
struct vfio_pci_ioeventfd {
	struct list_head node;
	struct vfio_pci_core_device *vdev;
	struct virqfd *virqfd;
	u64 offset;
	u64 data;
	unsigned int width;
	u16 command;
	void __iomem *at;
	__le64 wire;
};

/* With memory_lock held */
static void ioeventfd_write(struct vfio_pci_ioeventfd *io)
{
	if (vfio_pci_decodes(io->vdev, io->command))
		vfio_pci_access_write(io->at, &io->wire, io->width);
}

/* Non-zero asks for ioeventfd_late() */
static int ioeventfd_now(void *opaque, void *unused)
{
	struct vfio_pci_ioeventfd *io = opaque;

	if (!down_read_trylock(&io->vdev->memory_lock))
		return 1;
	ioeventfd_write(io);
	up_read(&io->vdev->memory_lock);
	return 0;
}

static void ioeventfd_late(void *opaque, void *unused)
{
	struct vfio_pci_ioeventfd *io = opaque;

	down_read(&io->vdev->memory_lock);
	ioeventfd_write(io);
	up_read(&io->vdev->memory_lock);
}

/* Is the place, in a BAR of @desc, the device's to be written with this width? */
static bool place_allowed(struct vfio_pci_core_device *vdev, unsigned int bar, u64 pos,
			  unsigned int width, const struct vfio_pci_region_desc *desc)
{
	u64 until, table = vdev->msix_offset;

	if (desc->kind != VFIO_PCI_REGION_MEM && desc->kind != VFIO_PCI_REGION_IO)
		return false;
	if (width == 8 && (desc->kind == VFIO_PCI_REGION_IO || !IS_ENABLED(CONFIG_64BIT)))
		return false;
	if (width > desc->size || pos > desc->size - width || pos & (width - 1))
		return false;
	if (bar == vdev->msix_bar && pos < table + vdev->msix_size && pos + width > table)
		return false;
	return !vfio_pci_trap_at(vdev, bar, pos, &until) && until >= pos + width;
}

/* Fill in the place; 0 or -errno */
static int ioeventfd_resolve(struct vfio_pci_ioeventfd *io)
{
	struct vfio_pci_core_device *vdev = io->vdev;
	u64 index = VFIO_PCI_OFFSET_TO_INDEX(io->offset);
	u64 pos = io->offset & VFIO_PCI_OFFSET_MASK;
	struct vfio_pci_region_desc desc;
	unsigned int bar;
	int ret;

	if (index >= PCI_STD_NUM_BARS)
		return -EINVAL;
	bar = array_index_nospec(index, PCI_STD_NUM_BARS);
	ret = vfio_pci_region_get(vdev, bar, &desc);
	if (!ret && !place_allowed(vdev, bar, pos, io->width, &desc))
		ret = -EINVAL;
	if (!ret)
		ret = vfio_pci_core_setup_barmap(vdev, bar);
	if (ret)
		return ret;
	io->command = desc.kind == VFIO_PCI_REGION_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	io->at = vdev->barmap[bar] + pos;
	io->wire = cpu_to_le64(io->data);
	return 0;
}

static void ioeventfd_remove(struct vfio_pci_ioeventfds *all, struct vfio_pci_ioeventfd *io)
{
	lockdep_assert_held(&all->lock);
	list_del(&io->node);
	all->num--;
	vfio_virqfd_disable(&io->virqfd);
	kfree(io);
}

static struct vfio_pci_ioeventfd *ioeventfd_find(const struct vfio_pci_ioeventfds *all,
						 const struct vfio_pci_ioeventfd *like)
{
	struct vfio_pci_ioeventfd *io;

	lockdep_assert_held(&all->lock);
	list_for_each_entry(io, &all->list, node)
		if (io->offset == like->offset && io->width == like->width &&
		    io->data == like->data)
			return io;
	return NULL;
}

static int ioeventfd_add(struct vfio_pci_ioeventfds *all, const struct vfio_pci_ioeventfd *like,
			 int fd)
{
	struct vfio_pci_ioeventfd *io;
	int ret;

	lockdep_assert_held(&all->lock);
	if (all->num >= IOEVENTFDS_MAX)
		return -ENOSPC;
	io = kmemdup(like, sizeof(*like), GFP_KERNEL_ACCOUNT);
	if (!io)
		return -ENOMEM;
	ret = vfio_virqfd_enable(io, ioeventfd_now, ioeventfd_late, NULL, &io->virqfd, fd);
	if (ret) {
		kfree(io);
		return ret;
	}
	list_add(&io->node, &all->list);
	all->num++;
	return 0;
}

/* Bytes of the write: the flags name one width and nothing else, or it is 0 */
static unsigned int width_of(u32 flags)
{
	if (flags & ~VFIO_DEVICE_IOEVENTFD_SIZE_MASK || hweight32(flags) != 1)
		return 0;
	/* Bit n is a width of 2^n */
	return flags;
}

/**
 * vfio_pci_ioeventfd() - VFIO_DEVICE_IOEVENTFD
 * @vdev: open device
 * @uarg: struct vfio_device_ioeventfd; its fd is -1 to take away what was set up with the same
 *	offset, width and data
 *
 * Return: 0; -EINVAL for a place that cannot be written so, or an fd that is no eventfd; -EEXIST
 * when there is such a one; -ENODEV when there is none to take away; -ENOSPC when the device has
 * as many as it can; -EBADF; -EBUSY for a BAR that is another's; -ENOMEM; -EFAULT.
 */
long vfio_pci_ioeventfd(struct vfio_pci_core_device *vdev, void __user *uarg)
{
	struct vfio_pci_ioeventfds *all = &vdev->ioeventfds;
	struct vfio_pci_ioeventfd like = { .vdev = vdev }, *old;
	struct vfio_device_ioeventfd arg;
	int ret;

	ret = vfio_args_get(&arg, sizeof(arg), offsetofend(struct vfio_device_ioeventfd, fd), uarg);
	if (ret)
		return ret;
	like.offset = arg.offset;
	like.data = arg.data;
	like.width = width_of(arg.flags);
	if (!like.width || arg.fd < -1)
		return -EINVAL;
	ret = ioeventfd_resolve(&like);
	if (ret)
		return ret;

	mutex_lock(&all->lock);
	old = ioeventfd_find(all, &like);
	if (arg.fd >= 0)
		ret = old ? -EEXIST : ioeventfd_add(all, &like, arg.fd);
	else if (old)
		ioeventfd_remove(all, old);
	else
		ret = -ENODEV;
	mutex_unlock(&all->lock);
	return ret;
}

/**
 * vfio_pci_ioeventfds_init() - there are none
 * @vdev: new device
 */
void vfio_pci_ioeventfds_init(struct vfio_pci_core_device *vdev)
{
	mutex_init(&vdev->ioeventfds.lock);
	INIT_LIST_HEAD(&vdev->ioeventfds.list);
}

/**
 * vfio_pci_ioeventfds_free() - take all away from a device that is being closed
 * @vdev: device, with its BARs still mapped
 *
 * None of them writes any more when this returns.
 */
void vfio_pci_ioeventfds_free(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_ioeventfds *all = &vdev->ioeventfds;
	struct vfio_pci_ioeventfd *io, *next;

	mutex_lock(&all->lock);
	list_for_each_entry_safe(io, next, &all->list, node)
		ioeventfd_remove(all, io);
	mutex_unlock(&all->lock);
}
