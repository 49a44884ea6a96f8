// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space as user space sees it.
 *
 * While a device is open it has a virtual copy of its configuration space and two masks over
 * it: which bits are virtual, and which user space may not write. The masks are made at open from
 * the permission rows of each capability that the walk finds (config_perm.c, config_cap.c).
 * A read takes virtual bits from the copy and the others from the device; a register that is
 * virtual altogether costs no access to the device. A write keeps to the permitted bits. If
 * the capability has a meaning of its own for writes (config_write.c), that decides what
 * happens with them, else they are stored in the copy or in the device.
 *
 * Invariants:
 * - The device sees accesses of the width and alignment that user space made, split into
 *   naturally aligned ones of 1, 2 or 4 bytes.
 * - No bit that is virtual or not writable reaches the device.
 * - A device that is gone reads as ones, and writes to it are dropped.
 */
#include <asm/byteorder.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "config.h"

/* Bytes of the next naturally aligned access */
static unsigned int config_width(u64 pos, size_t left)
{
	if (!(pos & 3) && left >= 4)
		return 4;
	return !(pos & 1) && left >= 2 ? 2 : 1;
}

/* A device that does not answer reads as ones: the accessors see to that */
static u32 config_hw_read(struct pci_dev *pdev, u16 pos, u8 width)
{
	u32 dword = ~0;
	u16 word = ~0;
	u8 byte = ~0;

	switch (width) {
	case 1:
		pci_user_read_config_byte(pdev, pos, &byte);
		return byte;
	case 2:
		pci_user_read_config_word(pdev, pos, &word);
		return word;
	}
	pci_user_read_config_dword(pdev, pos, &dword);
	return dword;
}

static int config_hw_write(struct pci_dev *pdev, u16 pos, u8 width, u32 val)
{
	switch (width) {
	case 1:
		return pci_user_write_config_byte(pdev, pos, val);
	case 2:
		return pci_user_write_config_word(pdev, pos, val);
	}
	return pci_user_write_config_dword(pdev, pos, val);
}

/**
 * vfio_pci_config_virt_get() - read a register of the virtual copy
 * @cfg: configuration space
 * @pos: offset of the register, which lies inside one dword
 * @width: its bytes
 */
u32 vfio_pci_config_virt_get(const struct vfio_pci_config *cfg, u16 pos, u8 width)
{
	return (READ_ONCE(cfg->value[pos / 4]) & vfio_pci_lanes(pos, width)) >> (8 * (pos & 3));
}

/**
 * vfio_pci_config_virt_set() - write a register of the virtual copy
 * @cfg: configuration space
 * @pos: offset of the register, which lies inside one dword
 * @width: its bytes
 * @val: value
 *
 * Context: @cfg->lock held, or nobody else knows @cfg yet.
 */
void vfio_pci_config_virt_set(struct vfio_pci_config *cfg, u16 pos, u8 width, u32 val)
{
	u32 lanes = vfio_pci_lanes(pos, width);
	u32 *dword = &cfg->value[pos / 4];

	WRITE_ONCE(*dword, (*dword & ~lanes) | (val << (8 * (pos & 3)) & lanes));
}

/**
 * vfio_pci_config_store() - store the written bits where they live
 * @vdev: device
 * @w: write
 *
 * Return: 0, or -errno when the device could not be written.
 */
int vfio_pci_config_store(struct vfio_pci_core_device *vdev,
			  const struct vfio_pci_config_write *w)
{
	struct vfio_pci_config *cfg = vdev->config;
	u32 lanes = vfio_pci_lanes(w->pos, w->width);
	unsigned int i = w->pos / 4, shift = 8 * (w->pos & 3);
	u32 virt = w->mask & cfg->virt[i];
	u32 phys = w->mask & ~cfg->virt[i];
	u32 hw = 0;
	int ret = 0;

	lockdep_assert_held(&cfg->lock);
	if (phys && phys != lanes)
		hw = config_hw_read(vdev->pdev, w->pos, w->width) << shift;
	hw = (hw & ~phys) | (w->data & phys);
	if (phys)
		ret = config_hw_write(vdev->pdev, w->pos, w->width, hw >> shift);
	if (!ret && virt)
		WRITE_ONCE(cfg->value[i], (cfg->value[i] & ~virt) | (w->data & virt));
	return ret;
}

static u32 config_read_reg(struct vfio_pci_core_device *vdev, u16 pos, u8 width)
{
	const struct vfio_pci_config *cfg = vdev->config;
	u32 virt = cfg->virt[pos / 4] >> (8 * (pos & 3));
	u32 lanes = vfio_pci_lanes(0, width);
	u32 val = vfio_pci_config_virt_get(cfg, pos, width);

	if (unlikely(pci_dev_is_disconnected(vdev->pdev)))
		return ~0;
	if (lanes & ~virt)
		val = (val & virt) | (config_hw_read(vdev->pdev, pos, width) & ~virt);
	return val;
}

static int config_write_reg(struct vfio_pci_core_device *vdev, u16 pos, u8 width, u32 val)
{
	struct vfio_pci_config *cfg = vdev->config;
	const struct vfio_pci_claim *claim = &cfg->claims[cfg->owner[pos / 4]];
	struct vfio_pci_config_write w = {
		.pos = pos,
		.width = width,
		.mask = vfio_pci_lanes(pos, width) & ~cfg->keep[pos / 4],
		.data = val << (8 * (pos & 3)),
	};

	if (!w.mask || pci_dev_is_disconnected(vdev->pdev))
		return 0;
	if (claim->cap->write)
		return claim->cap->write(vdev, claim->base, &w);
	return vfio_pci_config_store(vdev, &w);
}

static bool config_inside(const struct vfio_pci_config *cfg, u64 pos, size_t count)
{
	return pos < cfg->size && count <= cfg->size - pos;
}

/* Sizes that the compiler knows: this is the path that drivers poll */
static int config_to_user(char __user *buf, u32 val, unsigned int width)
{
	switch (width) {
	case 1:
		return put_user((u8)val, (u8 __user *)buf);
	case 2:
		return put_user(cpu_to_le16(val), (__le16 __user *)buf);
	}
	return put_user(cpu_to_le32(val), (__le32 __user *)buf);
}

/**
 * vfio_pci_config_read() - read() of the configuration region
 * @vdev: device
 * @buf: user space's buffer
 * @count: bytes
 * @pos: offset in the region
 *
 * Return: @count; -EFAULT beyond the space or for a bad @buf.
 */
ssize_t vfio_pci_config_read(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			     u64 pos)
{
	size_t done = 0;

	if (!config_inside(vdev->config, pos, count))
		return -EFAULT;
	while (done < count) {
		unsigned int width = config_width(pos + done, count - done);
		u32 val = config_read_reg(vdev, pos + done, width);

		if (config_to_user(buf + done, val, width))
			return -EFAULT;
		done += width;
	}
	return done;
}

/**
 * vfio_pci_config_write() - write() to the configuration region
 * @vdev: device
 * @buf: user space's buffer
 * @count: bytes
 * @pos: offset in the region
 *
 * Return: @count, also if bits were not permitted; -EFAULT beyond the space or for a bad
 * @buf; -errno of the device.
 */
ssize_t vfio_pci_config_write(struct vfio_pci_core_device *vdev, const char __user *buf,
			      size_t count, u64 pos)
{
	size_t done = 0;
	int ret;

	if (!config_inside(vdev->config, pos, count))
		return -EFAULT;
	while (done < count) {
		unsigned int width = config_width(pos + done, count - done);
		__le32 val = 0;

		if (copy_from_user(&val, buf + done, width))
			return -EFAULT;
		mutex_lock(&vdev->config->lock);
		ret = config_write_reg(vdev, pos + done, width, le32_to_cpu(val));
		mutex_unlock(&vdev->config->lock);
		if (ret)
			return ret;
		done += width;
	}
	return done;
}

/**
 * vfio_pci_config_init() - make the virtual configuration space of a device that is opened
 * @vdev: device, enabled and awake
 *
 * Return: 0; -ENOMEM; -EIO when the device does not answer.
 */
int vfio_pci_config_init(struct vfio_pci_core_device *vdev)
{
	unsigned int size = vdev->pdev->cfg_size, dwords = size / 4;
	struct vfio_pci_config *cfg;
	int ret;

	cfg = kvzalloc(sizeof(*cfg) + dwords * (3 * sizeof(u32) + sizeof(u8)),
		       GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return -ENOMEM;
	mutex_init(&cfg->lock);
	cfg->size = size;
	cfg->value = (u32 *)(cfg + 1);
	cfg->virt = cfg->value + dwords;
	cfg->keep = cfg->virt + dwords;
	cfg->owner = (u8 *)(cfg->keep + dwords);

	vdev->config = cfg;
	ret = vfio_pci_config_claim_all(vdev);
	if (ret)
		vfio_pci_config_free(vdev);
	return ret;
}

/**
 * vfio_pci_config_free() - undo vfio_pci_config_init()
 * @vdev: device, which nobody can read or write any more
 */
void vfio_pci_config_free(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_config *cfg = vdev->config;

	if (!cfg)
		return;
	vdev->config = NULL;
	mutex_destroy(&cfg->lock);
	kvfree(cfg);
}
