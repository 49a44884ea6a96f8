// SPDX-License-Identifier: GPL-2.0-only
/*
 * Legacy VGA: the region with the frame buffer window and the VGA ports, and the part that a
 * VFIO device plays in the kernel's arbitration of them.
 *
 * All VGA devices of a machine answer at the same legacy addresses, so the arbiter routes
 * these to one device at a time. An access of user space takes the route for as long as it
 * lasts, and not while user memory is touched. With disable_vga a device tells the arbiter
 * that it does not decode legacy ranges, and has no such region, also where it is the only
 * one or lies on a root bus.
 */
#include <linux/minmax.h>
#include <linux/vgaarb.h>

#include "priv.h"

#define VGA_MODERN (VGA_RSRC_NORMAL_IO | VGA_RSRC_NORMAL_MEM)

/**
 * struct vga_range - a legacy range
 * @start: bus address, and offset in the region
 * @size: bytes
 * @rsrc: what the arbiter calls it
 */
struct vga_range {
	u32 start;
	u32 size;
	unsigned int rsrc;
};

static const struct vga_range vga_ranges[] = {
	{ 0xa0000, 0x20000, VGA_RSRC_LEGACY_MEM },	/* frame buffer */
	{ 0x3b0, 0xc, VGA_RSRC_LEGACY_IO },		/* monochrome */
	{ 0x3c0, 0x20, VGA_RSRC_LEGACY_IO },		/* the rest, and colour */
};

static unsigned int vga_decode_modern(struct pci_dev *pdev, bool single)
{
	return VGA_MODERN;
}

static unsigned int vga_decode_all(struct pci_dev *pdev, bool single)
{
	return VGA_MODERN | VGA_RSRC_LEGACY_MASK;
}

/**
 * vfio_pci_vga_register() - become a client of the VGA arbiter, if this is a VGA device
 * @vdev: device
 * @disabled: it is not to decode legacy ranges
 *
 * Return: 0 or -errno; then nothing is registered.
 */
int vfio_pci_vga_register(struct vfio_pci_core_device *vdev, bool disabled)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	if (!pci_is_vga(pdev))
		return 0;
	ret = vga_client_register(pdev, disabled ? vga_decode_modern : vga_decode_all);
	if (ret)
		return ret;
	if (disabled)
		vga_set_legacy_decoding(pdev, VGA_MODERN);
	vdev->vga_client = true;
	vdev->has_vga = !disabled;
	return 0;
}

/**
 * vfio_pci_vga_unregister() - undo vfio_pci_vga_register()
 * @vdev: device
 */
void vfio_pci_vga_unregister(struct vfio_pci_core_device *vdev)
{
	if (!vdev->vga_client)
		return;
	vga_client_unregister(vdev->pdev);
	vga_set_legacy_decoding(vdev->pdev, VGA_MODERN | VGA_RSRC_LEGACY_MASK);
	vdev->vga_client = false;
	vdev->has_vga = false;
}

static const struct vga_range *vga_range_of(u64 pos)
{
	const struct vga_range *range;

	for (range = vga_ranges; range < vga_ranges + ARRAY_SIZE(vga_ranges); range++)
		if (pos >= range->start && pos - range->start < range->size)
			return range;
	return NULL;
}

/**
 * vfio_pci_vga_rw() - read() or write() of the VGA region
 * @vdev: device
 * @buf: user space's buffer
 * @count: bytes
 * @pos: offset in the region, which is the legacy address
 * @write: true for write()
 *
 * Return: bytes moved, less than @count at the end of a range; -EINVAL outside of the
 * ranges; -EIO, -ENOMEM, -EFAULT; -ERESTARTSYS while waiting for the route.
 */
ssize_t vfio_pci_vga_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			u64 pos, bool write)
{
	const struct vga_range *range = vga_range_of(pos);
	struct vfio_pci_window win = { .max_width = 4 };
	bool io;
	ssize_t ret;

	if (!vdev->has_vga || !range)
		return -EINVAL;
	io = range->rsrc == VGA_RSRC_LEGACY_IO;
	win.vga = range->rsrc;
	win.command = io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	count = min_t(u64, count, range->start + range->size - pos);
	win.base = io ? ioport_map(range->start, range->size) :
			ioremap(range->start, range->size);
	if (!win.base)
		return -ENOMEM;

	ret = vfio_pci_window_rw(vdev, &win, buf, count, pos - range->start, write);
	if (io)
		ioport_unmap(win.base);
	else
		iounmap(win.base);
	return ret;
}
