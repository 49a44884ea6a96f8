// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices with an emulated IOMMU in a space of the type1 ABI: the backend's operations for them,
 * which hand everything to the engine.
 */
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/slab.h>
#include <vfio/vfio.h>

#include "../ioas/ioas.h"
#include "priv.h"

/**
 * struct type1_device - an open device
 * @dev: as the engine sees it
 * @vdev: as the core does
 */
struct type1_device {
	struct ioas_device dev;
	struct vfio_device *vdev;
};

static void tell_driver(struct ioas_device *dev, u64 iova, u64 length)
{
	struct vfio_device *vdev = container_of(dev, struct type1_device, dev)->vdev;

	vdev->ops->dma_unmap(vdev, iova, length);
}

static unsigned int access_of(int prot)
{
	return (prot & IOMMU_READ ? IOAS_READ : 0) | (prot & IOMMU_WRITE ? IOAS_WRITE : 0);
}

int type1_attach_emulated(void *space)
{
	struct type1 *t = space;

	return ioas_attach_emulated(t->ioas);
}

void type1_detach_emulated(void *space)
{
	struct type1 *t = space;

	ioas_detach_emulated(t->ioas);
}

void *type1_open_device(void *space, struct vfio_device *vdev)
{
	struct type1_device *d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);
	struct type1 *t = space;

	if (!d)
		return ERR_PTR(-ENOMEM);
	d->vdev = vdev;
	d->dev.unmap = vdev->ops->dma_unmap ? tell_driver : NULL;
	ioas_device_open(t->ioas, &d->dev);
	return d;
}

unsigned long type1_close_device(void *device)
{
	struct type1_device *d = device;
	unsigned long pinned = ioas_device_close(&d->dev);

	kfree(d);
	return pinned;
}

int type1_pin(void *device, u64 iova, unsigned int npages, int prot, struct page **pages)
{
	struct type1_device *d = device;

	return ioas_pin(&d->dev, iova, npages, access_of(prot), pages);
}

unsigned int type1_unpin(void *device, u64 iova, unsigned int npages)
{
	struct type1_device *d = device;

	return ioas_unpin(&d->dev, iova, npages);
}

int type1_rw(void *device, u64 iova, void *data, size_t len, bool write)
{
	struct type1_device *d = device;

	return ioas_rw(&d->dev, iova, data, len, write);
}
