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

/**
 * vfio_pci_access_width() - the widest aligned access at a place
 * @max_width: 8 or 4 bytes
 * @pos: the place
 * @left: bytes to move, at least 1
 */
unsigned int vfio_pci_access_width(unsigned int max_width, u64 pos, size_t left)
{
	while (max_width > left || pos & (max_width - 1))
		max_width /= 2;
	return max_width;
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

/**
 * vfio_pci_access_write() - one write to device memory or ports
 * @at: place, aligned to @width
 * @buf: data in the byte order of the bus
 * @width: bytes, 1, 2, 4, or 8 in memory
 */
void vfio_pci_access_write(void __iomem *at, const void *buf, unsigned int width)
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
			run = vfio_pci_access_width(win->max_width, pos, run);
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
			run = vfio_pci_access_width(win->max_width, pos, run);
			vfio_pci_access_write(win->base + pos, buf, run);
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

/*
 * For drivers: one access to a BAR that vfio_pci_core_setup_barmap() has mapped. With @test_mem it
 * is made only if the device decodes memory, else the driver knows that it answers.
 */
static bool io_begin(struct vfio_pci_core_device *vdev, bool test_mem)
{
	if (!test_mem)
		return true;
	down_read(&vdev->memory_lock);
	if (vfio_pci_decodes(vdev, PCI_COMMAND_MEMORY))
		return true;
	up_read(&vdev->memory_lock);
	return false;
}

static int io_end(struct vfio_pci_core_device *vdev, bool test_mem)
{
	if (test_mem)
		up_read(&vdev->memory_lock);
	return 0;
}

#define DEFINE_IO(bits, get, put)							\
int vfio_pci_core_ioread##bits(struct vfio_pci_core_device *vdev, bool test_mem,	\
			       u##bits *val, void __iomem *io)				\
{											\
	if (!io_begin(vdev, test_mem))							\
		return -EIO;								\
	*val = get(io);									\
	return io_end(vdev, test_mem);							\
}											\
EXPORT_SYMBOL_GPL(vfio_pci_core_ioread##bits);						\
											\
int vfio_pci_core_iowrite##bits(struct vfio_pci_core_device *vdev, bool test_mem,	\
				u##bits val, void __iomem *io)				\
{											\
	if (!io_begin(vdev, test_mem))							\
		return -EIO;								\
	put(val, io);									\
	return io_end(vdev, test_mem);							\
}											\
EXPORT_SYMBOL_GPL(vfio_pci_core_iowrite##bits)

DEFINE_IO(8, ioread8, iowrite8);
DEFINE_IO(16, ioread16, iowrite16);
DEFINE_IO(32, ioread32, iowrite32);
#ifdef CONFIG_64BIT
DEFINE_IO(64, readq, writeq);	/* memory only */
#endif

/**
 * vfio_pci_core_range_intersect_range() - what of an access hits a register?
 * @buf_start: where the access begins, in the same space as @reg_start
 * @buf_cnt: its bytes
 * @reg_start: where the register begins
 * @reg_cnt: its bytes
 * @buf_offset: first byte of the access that hits it
 * @intersect_count: bytes that do
 * @register_offset: first byte of the register that is hit
 *
 * Return: true when there are such bytes; else nothing is filled in.
 */
bool vfio_pci_core_range_intersect_range(loff_t buf_start, size_t buf_cnt, loff_t reg_start,
					 size_t reg_cnt, loff_t *buf_offset,
					 size_t *intersect_count, size_t *register_offset)
{
	loff_t start = max(buf_start, reg_start);
	loff_t end = min(buf_start + (loff_t)buf_cnt, reg_start + (loff_t)reg_cnt);

	if (start >= end)
		return false;
	*buf_offset = start - buf_start;
	*register_offset = start - reg_start;
	*intersect_count = end - start;
	return true;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_range_intersect_range);
