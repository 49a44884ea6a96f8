// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arguments of VFIO's ioctls: the argsz rules, once for all of them.
 *
 * Every argument begins with a __u32 argsz in which user space tells how long its structure
 * is. It may be older (shorter, down to the fields that existed from the start) or newer
 * (longer) than the kernel's.
 */
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <vfio/vfio.h>

/**
 * vfio_args_get() - read an argument that begins with argsz
 * @args: structure to fill, whose first member is __u32 argsz
 * @size: its size
 * @minsz: bytes that user space must give, at least sizeof(u32)
 * @uarg: user space's structure
 *
 * What user space did not give is zero. argsz stays as it was read first, so that a second
 * read of the same memory cannot change it behind the checks.
 *
 * Return: 0, -EFAULT, or -EINVAL when argsz is less than @minsz.
 */
int vfio_args_get(void *args, size_t size, size_t minsz, const void __user *uarg)
{
	size_t given;

	if (copy_from_user(args, uarg, minsz))
		return -EFAULT;
	given = *(u32 *)args;
	if (given < minsz)
		return -EINVAL;

	memset(args + minsz, 0, size - minsz);
	given = min(given, size);
	if (given > minsz && copy_from_user(args + minsz, uarg + minsz, given - minsz))
		return -EFAULT;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_args_get);

/* Bytes per interrupt of the data behind a vfio_irq_set; -EINVAL for no or several kinds */
static int irq_data_width(u32 flags)
{
	switch (flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_NONE:
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		return sizeof(u8);
	case VFIO_IRQ_SET_DATA_EVENTFD:
		return sizeof(s32);
	}
	return -EINVAL;
}

/**
 * vfio_irq_set_size() - check the header of VFIO_DEVICE_SET_IRQS
 * @hdr: header as read by vfio_args_get(), argsz at least offsetof(data)
 * @num_irqs: interrupts of the index that it names
 * @data_size: the bytes of data that follow it, at most 4 * @num_irqs
 *
 * After it, start + count does not exceed @num_irqs, and flags has exactly one kind of data
 * and one action.
 *
 * Return: 0 or -EINVAL.
 */
int vfio_irq_set_size(const struct vfio_irq_set *hdr, u32 num_irqs, size_t *data_size)
{
	u32 action = hdr->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;
	int width = irq_data_width(hdr->flags);
	u64 size;

	if (width < 0 || !is_power_of_2(action) ||
	    hdr->flags & ~(VFIO_IRQ_SET_DATA_TYPE_MASK | VFIO_IRQ_SET_ACTION_TYPE_MASK))
		return -EINVAL;
	if (hdr->start >= num_irqs || hdr->count > num_irqs - hdr->start)
		return -EINVAL;

	size = (u64)hdr->count * width;
	if (hdr->argsz < offsetof(struct vfio_irq_set, data) ||
	    hdr->argsz - offsetof(struct vfio_irq_set, data) < size)
		return -EINVAL;
	*data_size = size;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_irq_set_size);
