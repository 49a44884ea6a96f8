// SPDX-License-Identifier: GPL-2.0-only
/*
 * The expansion ROM region: read only, from the ROM BAR, which for a primary display the kernel
 * redirects to the shadow in memory; or for a device without that BAR from the copy of its image
 * that EFI firmware handed over, which takes nothing of the device.
 *
 * The ROM is mapped for one read at a time, since a device may share the decoder of its ROM
 * with another BAR: it decodes only while nobody else uses the device's memory. So it is read
 * into a kernel buffer with memory_lock held for write, and BARs taken out of user memory.
 * What lies behind the image reads as ones.
 */
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "priv.h"

#define ROM_CHUNK SZ_64K

/* The only image is the one that firmware handed over */
static bool rom_is_copy(struct pci_dev *pdev)
{
	return !pci_resource_len(pdev, PCI_ROM_RESOURCE) && pdev->rom && pdev->romlen;
}

/**
 * vfio_pci_rom_size() - size of the ROM region, a power of two
 * @pdev: device
 *
 * Return: bytes; 0 when there is no ROM.
 */
u64 vfio_pci_rom_size(struct pci_dev *pdev)
{
	if (rom_is_copy(pdev))
		return roundup_pow_of_two(pdev->romlen);
	return pci_resource_len(pdev, PCI_ROM_RESOURCE);
}

static int rom_begin(struct vfio_pci_core_device *vdev)
{
	mutex_lock(&vdev->irqs.lock);
	down_write(&vdev->memory_lock);
	vfio_pci_zap_bars(vdev);
	return vfio_pci_decode_force(vdev);
}

static void rom_end(struct vfio_pci_core_device *vdev)
{
	vfio_pci_decode_restore(vdev);
	up_write(&vdev->memory_lock);
	mutex_unlock(&vdev->irqs.lock);
}

/**
 * vfio_pci_rom_present() - is there an image in the ROM?
 * @vdev: device whose ROM has a size
 *
 * A device in D3hot by its user's will, or that does not wake, cannot be asked; it may have one.
 */
bool vfio_pci_rom_present(struct vfio_pci_core_device *vdev)
{
	void __iomem *rom = NULL;
	bool asleep;
	size_t size;

	if (rom_is_copy(vdev->pdev) || vfio_pci_pm_use(vdev))
		return true;
	asleep = rom_begin(vdev);
	if (!asleep)
		rom = pci_map_rom(vdev->pdev, &size);
	if (rom)
		pci_unmap_rom(vdev->pdev, rom);
	rom_end(vdev);
	vfio_pci_pm_unuse(vdev);
	return asleep || rom;
}

static int rom_read_chunk(struct vfio_pci_core_device *vdev, void *buf, size_t count, u64 pos)
{
	struct vfio_pci_window win = {
		.max_width = 4,
		.hole_end = U64_MAX,
	};
	size_t size;

	if (!rom_begin(vdev))
		win.base = pci_map_rom(vdev->pdev, &size);
	if (win.base) {
		win.hole_start = size;
		vfio_pci_window_read(&win, pos, buf, count);
		pci_unmap_rom(vdev->pdev, win.base);
	}
	rom_end(vdev);
	return win.base ? 0 : -EIO;
}

static int rom_copy_chunk(struct pci_dev *pdev, void *buf, size_t count, u64 pos)
{
	size_t there = pos < pdev->romlen ? min_t(u64, count, pdev->romlen - pos) : 0;
	void *image = memremap(pdev->rom, pdev->romlen, MEMREMAP_WB);

	if (!image)
		return -EIO;
	memcpy(buf, image + pos, there);
	memset(buf + there, 0xff, count - there);
	memunmap(image);
	return 0;
}

/**
 * vfio_pci_rom_read() - read() of the ROM region
 * @vdev: device
 * @ubuf: user space's buffer
 * @count: bytes
 * @pos: offset in the region
 * @size: size of the region
 *
 * Return: bytes read, less than @count at the end of the region; -EINVAL beyond it; -EIO
 * when there is no image or the device sleeps; -ENOMEM; -EFAULT.
 */
ssize_t vfio_pci_rom_read(struct vfio_pci_core_device *vdev, char __user *ubuf, size_t count,
			  u64 pos, u64 size)
{
	size_t done = 0;
	int ret = 0;
	void *buf;

	if (pos >= size)
		return -EINVAL;
	count = min_t(u64, count, size - pos);
	buf = kvmalloc(min_t(size_t, count, ROM_CHUNK), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	while (done < count && !ret) {
		size_t len = min_t(size_t, count - done, ROM_CHUNK);

		if (rom_is_copy(vdev->pdev))
			ret = rom_copy_chunk(vdev->pdev, buf, len, pos + done);
		else
			ret = rom_read_chunk(vdev, buf, len, pos + done);
		if (!ret && copy_to_user(ubuf + done, buf, len))
			ret = -EFAULT;
		if (!ret)
			done += len;
	}
	kvfree(buf);
	return done ?: ret;
}
