// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers of devices with an emulated IOMMU do to the memory that user space has mapped.
 *
 * An open device keeps its group in the container and so the space alive, so that these calls
 * take no lock of the core: a driver may make them with its own locks held, also those that it
 * needs in dma_unmap. The space has its own ways to bear other groups that come and go.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/iommu.h>

#include "priv.h"

static const struct vfio_iommu_backend *backend_of(const struct vfio_device *vdev)
{
	return vdev->group->container->backend;
}

/**
 * vfio_device_enter_space() - a device is about to be opened for the first time
 * @vdev: device
 *
 * Return: 0 or -errno.
 */
int vfio_device_enter_space(struct vfio_device *vdev)
{
	void *dma;

	lockdep_assert_held(&vdev->lock);
	if (!vdev->group->emulated)
		return 0;
	dma = backend_of(vdev)->open_device(vdev->group->container->space, vdev);
	if (IS_ERR(dma))
		return PTR_ERR(dma);
	vdev->dma = dma;
	return 0;
}

/* Undo vfio_device_enter_space(): the device has been closed, and its driver makes no calls */
void vfio_device_leave_space(struct vfio_device *vdev)
{
	unsigned long pinned;
	void *dma = vdev->dma;

	lockdep_assert_held(&vdev->lock);
	if (!dma)
		return;
	vdev->dma = NULL;
	pinned = backend_of(vdev)->close_device(dma);
	if (pinned)
		dev_err(vdev->dev, "vfio: closed with %lu pages pinned, a bug of its driver\n",
			pinned);
}

/* The device in its space; NULL, and a line in the log, for a call at the wrong time */
static void *space_device(struct vfio_device *vdev)
{
	if (!vdev->dma)
		dev_err_ratelimited(vdev->dev,
				    "vfio: its driver accesses user memory while it is not open, or has an IOMMU for that\n");
	return vdev->dma;
}

/**
 * vfio_pin_pages() - pin pages that user space has mapped for a device
 * @vdev: device with an emulated IOMMU, open or just being opened or closed
 * @iova: any address in the first page
 * @npage: pages, which follow each other in IOVA, perhaps in several mappings
 * @prot: what the device is to do, IOMMU_READ and IOMMU_WRITE
 * @pages: set to the pages
 *
 * They stay where they are until vfio_unpin_pages() has been called as often. Those that can be
 * written count as dirty for as long. The mm that mapped pays for them. A driver notes what it has
 * pinned below a lock that it holds from before this call on, and takes in dma_unmap: else it could
 * be told to unpin a page just before it knows of it.
 *
 * Context: process, may sleep; not below mmap_lock.
 * Return: @npage; -EINVAL for none, a @prot that is no such, addresses that wrap around or are
 * not mapped, a device that is not open, and a driver without the dma_unmap op; -E2BIG for more
 * than VFIO_PIN_PAGES_MAX_ENTRIES; -EPERM if the mapping does not allow @prot; -EFAULT where
 * there is no memory, or its process has ended, or the mapping has registers and is in an IOMMU;
 * -EOPNOTSUPP for memory of a file that cannot be pinned for long; -EHWPOISON for memory that is
 * broken; -ENOMEM, also for memory that who mapped must not lock (RLIMIT_MEMLOCK); -EOVERFLOW for
 * a page that is pinned millions of times; -EINTR for a task that is being killed. Then nothing is
 * pinned.
 */
int vfio_pin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage, int prot,
		   struct page **pages)
{
	void *dma;
	int ret;

	if (npage <= 0 || !pages || !prot || prot & ~(IOMMU_READ | IOMMU_WRITE))
		return -EINVAL;
	if (npage > VFIO_PIN_PAGES_MAX_ENTRIES)
		return -E2BIG;
	dma = space_device(vdev);
	if (!dma)
		return -EINVAL;
	ret = backend_of(vdev)->pin(dma, iova, npage, prot, pages);
	return ret ?: npage;
}
EXPORT_SYMBOL_GPL(vfio_pin_pages);

/**
 * vfio_unpin_pages() - undo vfio_pin_pages()
 * @vdev: device
 * @iova: any address in the first page
 * @npage: pages, at most VFIO_PIN_PAGES_MAX_ENTRIES, which need not be those of one call
 *
 * A call for a number of pages or for addresses that cannot be does nothing but to be logged.
 *
 * Context: process, may sleep; not below mmap_lock.
 */
void vfio_unpin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage)
{
	void *dma = space_device(vdev);
	u64 first = iova & PAGE_MASK;

	if (!dma)
		return;
	if (npage <= 0 || npage > VFIO_PIN_PAGES_MAX_ENTRIES ||
	    first + (((u64)npage << PAGE_SHIFT) - 1) < first) {
		dev_err_ratelimited(vdev->dev,
				    "vfio: its driver unpins %d pages at IOVA %#llx, which cannot be\n",
				    npage, (u64)iova);
		return;
	}
	if (backend_of(vdev)->unpin(dma, iova, npage) < npage)
		dev_err_ratelimited(vdev->dev,
				    "vfio: its driver unpins pages at IOVA %#llx that are not pinned\n",
				    (u64)iova);
}
EXPORT_SYMBOL_GPL(vfio_unpin_pages);

/**
 * vfio_dma_rw() - read or write memory that user space has mapped for a device
 * @vdev: device with an emulated IOMMU, open or just being opened or closed
 * @iova: first address
 * @data: kernel memory
 * @len: bytes, perhaps in several mappings
 * @write: write @data to user space's memory
 *
 * The memory needs not be pinned. Pages that are written are dirty.
 *
 * Context: process, may sleep; the task that mapped, or a kernel thread; not below mmap_lock. It
 * takes as long as that memory takes to be there, which user space can draw out at will (FUSE,
 * userfaultfd). A kernel thread waits for it also after the process was killed.
 * Return: 0; -EINVAL for no bytes, addresses that wrap around or are not mapped, or a device that
 * is not open; -EPERM if a mapping does not allow it, or belongs to another process than the
 * current one; -EFAULT where there is no memory, or its process has ended. Then a part may have
 * been copied.
 */
int vfio_dma_rw(struct vfio_device *vdev, dma_addr_t iova, void *data, size_t len, bool write)
{
	void *dma;

	if (!data || !len)
		return -EINVAL;
	dma = space_device(vdev);
	return dma ? backend_of(vdev)->rw(dma, iova, data, len, write) : -EINVAL;
}
EXPORT_SYMBOL_GPL(vfio_dma_rw);
