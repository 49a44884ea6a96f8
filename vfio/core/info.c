// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capability chains of the INFO ioctls.
 *
 * A chain is built in kernel memory with offsets from its own start, and moved behind the
 * fixed structure when that is copied out. Each capability begins at a multiple of 8 bytes,
 * since they hold __u64s. A chain that does not fit is left out whole: user space reads from
 * argsz how much to give, and asks again.
 */
#include <linux/align.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <vfio/vfio.h>

/* Every INFO structure begins with these two */
struct info_head {
	u32 argsz;
	u32 flags;
};

/* The last capability of a chain that is not empty */
static struct vfio_info_cap_header *chain_last(const struct vfio_info_cap *caps)
{
	struct vfio_info_cap_header *cap = caps->buf;

	while (cap->next)
		cap = caps->buf + cap->next;
	return cap;
}

/**
 * vfio_info_cap_add() - append room for a capability
 * @caps: chain
 * @size: size of the capability with its header
 * @id: capability ID, of the space of the INFO ioctl
 * @version: version of that capability
 *
 * Earlier results of this function do not survive it: the chain can move.
 *
 * Return: the capability, zeroed but for its header, or ERR_PTR(-ENOMEM); the chain is
 * then as it was.
 */
struct vfio_info_cap_header *vfio_info_cap_add(struct vfio_info_cap *caps, size_t size,
					       u16 id, u16 version)
{
	size_t at = caps->size, room = ALIGN(size, sizeof(u64));
	struct vfio_info_cap_header *cap;
	void *buf;

	buf = krealloc(caps->buf, at + room, GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	caps->buf = buf;
	cap = buf + at;
	memset(cap, 0, room);
	cap->id = id;
	cap->version = version;
	if (at)
		chain_last(caps)->next = at;
	caps->size = at + room;
	return cap;
}
EXPORT_SYMBOL_GPL(vfio_info_cap_add);

/**
 * vfio_info_add_capability() - append a copy of a capability
 * @caps: chain
 * @cap: capability with id and version filled in
 * @size: its size with the header
 *
 * Return: 0 or -ENOMEM.
 */
int vfio_info_add_capability(struct vfio_info_cap *caps, struct vfio_info_cap_header *cap,
			     size_t size)
{
	struct vfio_info_cap_header *to = vfio_info_cap_add(caps, size, cap->id, cap->version);

	if (IS_ERR(to))
		return PTR_ERR(to);
	memcpy(to + 1, cap + 1, size - sizeof(*cap));
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_info_add_capability);

static void chain_shift(struct vfio_info_cap *caps, size_t by)
{
	struct vfio_info_cap_header *cap = caps->buf;
	u32 next;

	do {
		next = cap->next;
		if (next)
			cap->next = next + by;
		cap = caps->buf + next;
	} while (next);
}

/**
 * vfio_info_copy() - copy the result of an INFO ioctl and its capability chain to user space
 * @uarg: user space's structure
 * @info: the result, filled in but for what the chain needs
 * @size: its size, a multiple of 8
 * @argsz_in: argsz as user space gave it; nothing beyond is written
 * @caps: chain, possibly empty; it can be used for nothing but vfio_info_cap_free() afterwards
 * @caps_flag: the flag that announces a chain
 * @cap_offset_at: offset of the __u32 cap_offset in @info
 *
 * Return: 0 or -EFAULT.
 */
int vfio_info_copy(void __user *uarg, void *info, size_t size, size_t argsz_in,
		   struct vfio_info_cap *caps, u32 caps_flag, size_t cap_offset_at)
{
	struct info_head *head = info;

	if (caps->size) {
		head->flags |= caps_flag;
		if (argsz_in < size + caps->size) {
			head->argsz = size + caps->size;
		} else {
			chain_shift(caps, size);
			if (copy_to_user(uarg + size, caps->buf, caps->size))
				return -EFAULT;
			*(u32 *)(info + cap_offset_at) = size;
		}
	}
	return copy_to_user(uarg, info, min(size, argsz_in)) ? -EFAULT : 0;
}
EXPORT_SYMBOL_GPL(vfio_info_copy);

/**
 * vfio_info_cap_free() - free a chain, which is empty afterwards
 * @caps: chain, possibly empty
 */
void vfio_info_cap_free(struct vfio_info_cap *caps)
{
	kfree(caps->buf);
	caps->buf = NULL;
	caps->size = 0;
}
EXPORT_SYMBOL_GPL(vfio_info_cap_free);
