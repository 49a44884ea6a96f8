// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: what there is behind each region index, and read() and write() by it.
 *
 * Indices are those of the VFIO PCI ABI: six BARs, ROM, configuration space, VGA; then those of
 * the driver (dev_region.c). Parts of BARs may be the driver's, too (trap.c). BARs are mapped into
 * the kernel when they are first touched, and stay so until the device is closed; from then on
 * their resources are ours.
 */
#include <linux/minmax.h>
#include <linux/nospec.h>

#include "priv.h"

/**
 * vfio_pci_core_setup_barmap() - claim a BAR and map it into the kernel
 * @vdev: open device
 * @bar: BAR, 0 to 5
 *
 * vdev->barmap[bar] is valid afterwards until the device is closed.
 *
 * Return: 0; -EBUSY when the BAR is another's; -ENOMEM.
 */
int vfio_pci_core_setup_barmap(struct vfio_pci_core_device *vdev, int bar)
{
	struct pci_dev *pdev = vdev->pdev;
	void __iomem *map;
	int ret = 0;

	if (smp_load_acquire(&vdev->barmap[bar]))
		return 0;
	mutex_lock(&vdev->map_lock);
	if (vdev->barmap[bar])
		goto unlock;
	ret = pci_request_region(pdev, bar, "vfio-pci");
	if (ret)
		goto unlock;
	map = pci_iomap(pdev, bar, 0);
	if (map) {
		/* Readers do not take the lock */
		smp_store_release(&vdev->barmap[bar], map);
	} else {
		pci_release_region(pdev, bar);
		ret = -ENOMEM;
	}
unlock:
	mutex_unlock(&vdev->map_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_setup_barmap);

/* A BAR that ends within a page may be mapped only if nothing else can ever lie in that page */
static bool bar_reserve_page(struct vfio_pci_core_device *vdev, int bar)
{
	struct resource *res = &vdev->pdev->resource[bar];
	struct resource *tail = &vdev->tail[bar];

	*tail = (struct resource){
		.name = "vfio-pci (rest of the page)",
		.start = res->end + 1,
		.end = PAGE_ALIGN(res->end + 1) - 1,
		.flags = res->flags,
	};
	if (res->parent && !request_resource(res->parent, tail))
		return true;
	tail->flags = 0;
	return false;
}

/**
 * vfio_pci_find_mmap_bars() - find out which BARs user space may map
 * @vdev: device that is being opened
 */
void vfio_pci_find_mmap_bars(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int bar;

	vdev->mmap_bars = 0;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		u64 size = pci_resource_len(pdev, bar), start, end;

		if (!size || !(pci_resource_flags(pdev, bar) & IORESOURCE_MEM) ||
		    pci_resource_flags(pdev, bar) & IORESOURCE_UNSET ||
		    !PAGE_ALIGNED(pci_resource_start(pdev, bar)))
			continue;
		if (vfio_pci_trap_free_area(vdev, bar, 0, &start, &end) &&
		    (PAGE_ALIGNED(size) || bar_reserve_page(vdev, bar)))
			vdev->mmap_bars |= BIT(bar);
	}
}

/**
 * vfio_pci_release_bars() - give back what was claimed and mapped since open
 * @vdev: device that is being closed
 */
void vfio_pci_release_bars(struct vfio_pci_core_device *vdev)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (vdev->barmap[bar]) {
			pci_iounmap(vdev->pdev, vdev->barmap[bar]);
			pci_release_region(vdev->pdev, bar);
			vdev->barmap[bar] = NULL;
		}
		if (vdev->tail[bar].flags) {
			release_resource(&vdev->tail[bar]);
			vdev->tail[bar].flags = 0;
		}
	}
	vdev->mmap_bars = 0;
}

static void region_get_bar(struct vfio_pci_core_device *vdev, unsigned int bar,
			   struct vfio_pci_region_desc *desc)
{
	desc->size = pci_resource_len(vdev->pdev, bar);
	if (!desc->size)
		return;
	desc->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (vdev->mmap_bars & BIT(bar))
		desc->flags |= VFIO_REGION_INFO_FLAG_MMAP;
	desc->kind = pci_resource_flags(vdev->pdev, bar) & IORESOURCE_IO ?
		       VFIO_PCI_REGION_IO : VFIO_PCI_REGION_MEM;
}

/**
 * vfio_pci_region_get() - look up a region
 * @vdev: open device
 * @index: region index from user space; bounded against speculation where it is used
 * @desc: filled in
 *
 * Return: 0; -EINVAL when there is no such index. A region that the device lacks has size 0.
 */
int vfio_pci_region_get(struct vfio_pci_core_device *vdev, u64 index,
			struct vfio_pci_region_desc *desc)
{
	const u32 rw = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;

	*desc = (struct vfio_pci_region_desc){ .kind = VFIO_PCI_REGION_ABSENT };
	switch (index) {
	case VFIO_PCI_BAR0_REGION_INDEX ... VFIO_PCI_BAR5_REGION_INDEX:
		region_get_bar(vdev, array_index_nospec(index, PCI_STD_NUM_BARS), desc);
		return 0;
	case VFIO_PCI_ROM_REGION_INDEX:
		desc->size = vfio_pci_rom_size(vdev->pdev);
		if (desc->size) {
			desc->kind = VFIO_PCI_REGION_ROM;
			desc->flags = VFIO_REGION_INFO_FLAG_READ;
		}
		return 0;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		desc->kind = VFIO_PCI_REGION_CONFIG;
		desc->size = vdev->pdev->cfg_size;
		desc->flags = rw;
		return 0;
	case VFIO_PCI_VGA_REGION_INDEX:
		if (!vdev->has_vga)
			return -EINVAL;
		desc->kind = VFIO_PCI_REGION_VGA;
		desc->size = VFIO_PCI_VGA_SIZE;
		desc->flags = rw;
		return 0;
	}
	desc->own = vfio_pci_core_dev_region(vdev, index);
	if (!desc->own)
		return -EINVAL;
	desc->kind = VFIO_PCI_REGION_DRIVER;
	desc->size = desc->own->size;
	desc->flags = desc->own->flags;
	return 0;
}

static int region_caps(struct vfio_pci_core_device *vdev, u32 index,
		       const struct vfio_pci_region_desc *desc, struct vfio_info_cap *caps)
{
	int ret;

	if (desc->kind == VFIO_PCI_REGION_DRIVER)
		return vfio_pci_dev_region_caps(vdev, desc->own, caps);
	if (!(desc->flags & VFIO_REGION_INFO_FLAG_MMAP))
		return 0;
	ret = list_empty(&vdev->traps) ? 0 : vfio_pci_trap_caps(vdev, index, caps);
	if (ret || index != vdev->msix_bar)
		return ret;
	/* User space may map the table's page: a message of its own is just another DMA write */
	return PTR_ERR_OR_ZERO(vfio_info_cap_add(caps, sizeof(struct vfio_info_cap_header),
						 VFIO_REGION_INFO_CAP_MSIX_MAPPABLE, 1));
}

/**
 * vfio_pci_get_region_info() - VFIO_DEVICE_GET_REGION_INFO
 * @vdev: open device
 * @uarg: struct vfio_region_info
 *
 * Return: 0, -EINVAL, -EFAULT or -ENOMEM.
 */
long vfio_pci_get_region_info(struct vfio_pci_core_device *vdev, void __user *uarg)
{
	struct vfio_pci_region_desc desc;
	struct vfio_info_cap caps = { };
	struct vfio_region_info info;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), offsetofend(struct vfio_region_info, offset),
			    uarg);
	if (!ret)
		ret = vfio_pci_region_get(vdev, info.index, &desc);
	if (ret)
		return ret;
	if (desc.kind == VFIO_PCI_REGION_ROM && !vfio_pci_rom_present(vdev))
		desc = (struct vfio_pci_region_desc){ .kind = VFIO_PCI_REGION_ABSENT };

	info = (struct vfio_region_info){
		.argsz = info.argsz,
		.flags = desc.flags,
		.index = info.index,
		.size = desc.size,
		.offset = VFIO_PCI_INDEX_TO_OFFSET(info.index),
	};
	ret = region_caps(vdev, info.index, &desc, &caps);
	if (!ret && !caps.size)
		return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
	if (!ret)
		ret = vfio_info_copy(uarg, &info, sizeof(info), info.argsz, &caps,
				     VFIO_REGION_INFO_FLAG_CAPS,
				     offsetof(struct vfio_region_info, cap_offset));
	vfio_info_cap_free(&caps);
	return ret;
}

/* The part of a BAR that is the device's, and not the driver's */
static ssize_t bar_device_rw(struct vfio_pci_core_device *vdev, unsigned int bar, bool io,
			     char __user *buf, size_t count, u64 pos, bool write)
{
	struct vfio_pci_window win = {
		.max_width = io || !IS_ENABLED(CONFIG_64BIT) ? 4 : 8,
		.command = io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY,
	};
	int ret;

	ret = vfio_pci_core_setup_barmap(vdev, bar);
	if (ret)
		return ret;
	win.base = vdev->barmap[bar];
	if (bar == vdev->msix_bar) {
		win.hole_start = vdev->msix_offset;
		win.hole_end = win.hole_start + vdev->msix_size;
	}
	return vfio_pci_window_rw(vdev, &win, buf, count, pos, write);
}

static ssize_t bar_rw(struct vfio_pci_core_device *vdev, unsigned int bar,
		      const struct vfio_pci_region_desc *desc, char __user *buf, size_t count,
		      u64 pos, bool write)
{
	bool io = desc->kind == VFIO_PCI_REGION_IO;
	size_t done = 0;

	bar = array_index_nospec(bar, PCI_STD_NUM_BARS);
	if (pos >= desc->size)
		return -EINVAL;
	count = min_t(u64, count, desc->size - pos);
	while (done < count) {
		const struct vfio_pci_trap *trap;
		u64 until;
		size_t run;
		ssize_t ret;

		trap = vfio_pci_trap_at(vdev, bar, pos + done, &until);
		run = min_t(u64, count - done, until - (pos + done));
		if (trap)
			ret = vfio_pci_trap_rw(vdev, trap, buf + done, run, pos + done, write);
		else
			ret = bar_device_rw(vdev, bar, io, buf + done, run, pos + done, write);
		if (ret > 0)
			done += ret;
		if (ret != run)
			return done ?: ret;
	}
	return done;
}

static ssize_t dev_region_rw(struct vfio_pci_core_device *vdev,
			     const struct vfio_pci_region_desc *desc, char __user *buf,
			     size_t count, loff_t *ppos, bool write)
{
	u64 pos = *ppos & VFIO_PCI_OFFSET_MASK;
	u32 need = write ? VFIO_REGION_INFO_FLAG_WRITE : VFIO_REGION_INFO_FLAG_READ;

	if (pos >= desc->size || !(desc->flags & need))
		return -EINVAL;
	count = min_t(u64, count, desc->size - pos);
	return desc->own->ops->rw(vdev, buf, count, ppos, write);
}

static ssize_t region_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			 loff_t *ppos, bool write)
{
	u64 index = VFIO_PCI_OFFSET_TO_INDEX(*ppos), pos = *ppos & VFIO_PCI_OFFSET_MASK;
	struct vfio_pci_region_desc desc;
	ssize_t ret;

	ret = vfio_pci_region_get(vdev, index, &desc);
	if (ret)
		return ret;
	switch (desc.kind) {
	case VFIO_PCI_REGION_CONFIG:
		ret = write ? vfio_pci_config_write(vdev, buf, count, pos) :
			      vfio_pci_config_read(vdev, buf, count, pos);
		break;
	case VFIO_PCI_REGION_MEM:
	case VFIO_PCI_REGION_IO:
		ret = bar_rw(vdev, index, &desc, buf, count, pos, write);
		break;
	case VFIO_PCI_REGION_ROM:
		ret = write ? -EINVAL : vfio_pci_rom_read(vdev, buf, count, pos, desc.size);
		break;
	case VFIO_PCI_REGION_VGA:
		ret = vfio_pci_vga_rw(vdev, buf, count, pos, write);
		break;
	case VFIO_PCI_REGION_DRIVER:
		return dev_region_rw(vdev, &desc, buf, count, ppos, write);
	case VFIO_PCI_REGION_ABSENT:
		ret = -EINVAL;
		break;
	}
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static ssize_t region_use(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			  loff_t *ppos, bool write)
{
	ssize_t ret = vfio_pci_pm_use(vdev);

	if (ret)
		return ret;
	ret = region_rw(vdev, buf, count, ppos, write);
	vfio_pci_pm_unuse(vdev);
	return ret;
}

/**
 * vfio_pci_core_read() - the read op
 * @core_vdev: device
 * @buf: user space's buffer
 * @count: bytes
 * @ppos: region and offset in it, as VFIO_PCI_INDEX_TO_OFFSET() makes them; moved on
 */
ssize_t vfio_pci_core_read(struct vfio_device *core_vdev, char __user *buf, size_t count,
			   loff_t *ppos)
{
	if (!count)
		return 0;
	return region_use(vfio_pci_from_vdev(core_vdev), buf, count, ppos, false);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_read);

/**
 * vfio_pci_core_write() - the write op
 * @core_vdev: device
 * @buf: user space's buffer
 * @count: bytes
 * @ppos: region and offset in it, as VFIO_PCI_INDEX_TO_OFFSET() makes them; moved on
 */
ssize_t vfio_pci_core_write(struct vfio_device *core_vdev, const char __user *buf,
			    size_t count, loff_t *ppos)
{
	if (!count)
		return 0;
	/* Not written to below region_use() with write set */
	return region_use(vfio_pci_from_vdev(core_vdev), (char __user *)buf, count, ppos, true);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_write);
