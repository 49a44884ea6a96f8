// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes of device memory and ports for read() and write().
 *
 * Any offset and count is split into naturally aligned accesses, as wide as the offset and
 * the rest allow, so that a register is read and written in one piece. Data is in the byte
 * order of the bus, little-endian, and goes by way of a small buffer: user memory may fault
 * and needs mmap_lock, which comes before memory_lock.
 */
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>
#include <linux/vgaarb.h>

#include "priv.h"

#define CHUNK 64	/* bytes below memory_lock at a time; a multiple of the widest access */

static unsigned int access_width(const struct vfio_pci_window *win, u64 pos, size_t left)
{
	unsigned int width = win->max_width;

	while (width > left || pos & (width - 1))
		width /= 2;
	return width;
}

/* Bytes from @pos that lie on the same side of the hole's edges; @hole says which side */
static size_t access_run(const struct vfio_pci_window *win, u64 pos, size_t left, bool *hole)
{
	*hole = pos >= win->hole_start && pos < win->hole_end;
	if (*hole)
		return min_t(u64, left, win->hole_end - pos);
	if (pos < win->hole_start)
		return min_t(u64, left, win->hole_start - pos);
	return left;
}

static void access_read(void __iomem *at, void *buf, unsigned int width)
{
	switch (width) {
	case 1:
		*(u8 *)buf = ioread8(at);
		return;
	case 2:
		put_unaligned_le16(ioread16(at), buf);
		return;
	case 4:
		put_unaligned_le32(ioread32(at), buf);
		return;
#ifdef CONFIG_64BIT
	case 8:	/* memory only */
		put_unaligned_le64(readq(at), buf);
		return;
#endif
	}
}

static void access_write(void __iomem *at, const void *buf, unsigned int width)
{
	switch (width) {
	case 1:
		iowrite8(*(const u8 *)buf, at);
		return;
	case 2:
		iowrite16(get_unaligned_le16(buf), at);
		return;
	case 4:
		iowrite32(get_unaligned_le32(buf), at);
		return;
#ifdef CONFIG_64BIT
	case 8:	/* memory only */
		writeq(get_unaligned_le64(buf), at);
		return;
#endif
	}
}

/**
 * vfio_pci_window_read() - read from a window into kernel memory
 * @win: window
 * @pos: offset in it
 * @buf: buffer
 * @count: bytes
 */
void vfio_pci_window_read(const struct vfio_pci_window *win, u64 pos, void *buf, size_t count)
{
	while (count) {
		bool hole;
		size_t run = access_run(win, pos, count, &hole);

		if (hole)
			memset(buf, 0xff, run);
		else
			run = access_width(win, pos, run);
		if (!hole)
			access_read(win->base + pos, buf, run);
		pos += run;
		buf += run;
		count -= run;
	}
}

static void window_write(const struct vfio_pci_window *win, u64 pos, const void *buf,
			 size_t count)
{
	while (count) {
		bool hole;
		size_t run = access_run(win, pos, count, &hole);

		if (!hole) {
			run = access_width(win, pos, run);
			access_write(win->base + pos, buf, run);
		}
		pos += run;
		buf += run;
		count -= run;
	}
}

/*
 * Have memory_lock, and the VGA route if need be. The route is the host's, too, so it is not kept
 * while a reset has memory_lock.
 */
static int window_lock(struct vfio_pci_core_device *vdev, const struct vfio_pci_window *win)
{
	int ret;

	for (;;) {
		down_read(&vdev->memory_lock);
		if (!win->vga)
			return 0;
		up_read(&vdev->memory_lock);
		ret = vga_get_interruptible(vdev->pdev, win->vga);
		if (ret || down_read_trylock(&vdev->memory_lock))
			return ret;
		vga_put(vdev->pdev, win->vga);
	}
}

/* One chunk, while the device is sure to answer */
static int window_move(struct vfio_pci_core_device *vdev, const struct vfio_pci_window *win,
		       u64 pos, void *buf, size_t count, bool write)
{
	int ret;

	ret = window_lock(vdev, win);
	if (ret)
		return ret;
	if (!vfio_pci_decodes(vdev, win->command))
		ret = -EIO;
	else if (write)
		window_write(win, pos, buf, count);
	else
		vfio_pci_window_read(win, pos, buf, count);
	up_read(&vdev->memory_lock);
	if (win->vga)
		vga_put(vdev->pdev, win->vga);
	return ret;
}

/**
 * vfio_pci_window_rw() - read() or write() of a window
 * @vdev: device
 * @win: window
 * @ubuf: user space's buffer
 * @count: bytes; @pos + @count lies in the window
 * @pos: offset in it
 * @write: true for write()
 *
 * Return: bytes moved; -EIO when the device does not decode or sleeps; -EFAULT; -ERESTARTSYS
 * while waiting for the VGA route.
 */
ssize_t vfio_pci_window_rw(struct vfio_pci_core_device *vdev, const struct vfio_pci_window *win,
			   char __user *ubuf, size_t count, u64 pos, bool write)
{
	size_t done = 0;
	u8 buf[CHUNK];
	int ret = 0;

	while (done < count) {
		size_t len = min_t(size_t, count - done, CHUNK - ((pos + done) & 7));

		if (write && copy_from_user(buf, ubuf + done, len)) {
			ret = -EFAULT;
			break;
		}
		ret = window_move(vdev, win, pos + done, buf, len, write);
		if (ret)
			break;
		if (!write && copy_to_user(ubuf + done, buf, len)) {
			ret = -EFAULT;
			break;
		}
		done += len;
	}
	return done ?: ret;
}
