// SPDX-License-Identifier: GPL-2.0-only
/*
 * The OpRegion: memory in which the firmware tells the graphics driver what it knows of displays,
 * above all the Video BIOS Table (VBT).
 *
 * User space gets a copy of it, made when the device is opened. It reads the region once, to give
 * its guest a copy, and what firmware writes there afterwards is not for a guest. A VBT that does
 * not fit into the OpRegion is elsewhere in memory; it is appended, and the copy says so in the
 * terms of OpRegion 2.1, where its place counts from the OpRegion.
 *
 * Numbers: ACPI IGD OpRegion Specification, "OpRegion Header" and "Mailbox 3".
 */
#include <linux/cleanup.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "igd_pt.h"

#define SIGNATURE	"IntelGraphicsMem"
#define OPREGION_SIZE	SZ_8K		/* the least it has, in all versions */
#define OPREGION_MAX	SZ_1M
#define VBT_MAX		SZ_1M

#define AT_SIZE		0x10		/* u32, KiB */
#define AT_VERSION	0x16		/* u16: minor, major */
#define AT_RVDA		0x3ba		/* u64: address of the VBT, or from 2.1 on its offset */
#define AT_RVDS		0x3c2		/* u32: its size in bytes, 0 when it is inside */

#define VERSION_RVDA	0x200		/* the first with RVDA and RVDS */
#define VERSION_OFFSET	0x201		/* the first where RVDA is an offset */

/*
 * Copy memory of the firmware; the room for it is @to. Whatever addresses we were given: what the
 * kernel uses for itself and its processes is none, nor is what lies beyond 4 GiB.
 */
static int copy_firmware(void *to, u64 from, size_t size)
{
	void *map;

	if (from >= SZ_4G || size > SZ_4G - from ||
	    region_intersects(from, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return -EFAULT;
	map = memremap(from, size, MEMREMAP_WB);
	if (!map)
		return -EIO;
	memcpy(to, map, size);
	memunmap(map);
	return 0;
}

/**
 * struct opregion_layout - what the header of an OpRegion says, within limits
 * @size: bytes of the OpRegion
 * @vbt: where a VBT outside of it begins in physical memory
 * @vbt_size: its bytes, 0 when there is none
 */
struct opregion_layout {
	size_t size;
	u64 vbt;
	size_t vbt_size;
};

static int opregion_layout(const u8 *head, u64 base, struct opregion_layout *layout)
{
	u64 size = (u64)get_unaligned_le32(head + AT_SIZE) * SZ_1K;
	u16 version = get_unaligned_le16(head + AT_VERSION);

	if (memcmp(head, SIGNATURE, strlen(SIGNATURE)) || size < OPREGION_SIZE ||
	    size > OPREGION_MAX)
		return -EINVAL;
	*layout = (struct opregion_layout){ .size = size };
	if (version < VERSION_RVDA)
		return 0;
	layout->vbt = get_unaligned_le64(head + AT_RVDA);
	if (layout->vbt)
		layout->vbt_size = get_unaligned_le32(head + AT_RVDS);
	if (layout->vbt_size > VBT_MAX)
		return -EINVAL;
	if (version >= VERSION_OFFSET && check_add_overflow(base, layout->vbt, &layout->vbt))
		return -EINVAL;
	return 0;
}

/* ERR_PTR(), or the copy, for kvfree() */
static u8 *opregion_copy(u64 base, size_t *total)
{
	u8 *head __free(kfree) = kmalloc(OPREGION_SIZE, GFP_KERNEL);
	u8 *copy __free(kvfree) = NULL;
	struct opregion_layout at;
	int ret;

	if (!head)
		return ERR_PTR(-ENOMEM);
	ret = copy_firmware(head, base, OPREGION_SIZE);
	if (!ret)
		ret = opregion_layout(head, base, &at);
	if (ret)
		return ERR_PTR(ret);
	*total = at.size + at.vbt_size;
	copy = kvmalloc(*total, GFP_KERNEL);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	ret = copy_firmware(copy, base, at.size);
	if (!ret && at.vbt_size)
		ret = copy_firmware(copy + at.size, at.vbt, at.vbt_size);
	if (ret)
		return ERR_PTR(ret);
	/* Memory may have changed since its head was looked at; the sizes are of that head */
	memcpy(copy, head, OPREGION_SIZE);
	if (at.vbt_size) {
		put_unaligned_le64(at.size, copy + AT_RVDA);
		put_unaligned_le16(max_t(u16, get_unaligned_le16(head + AT_VERSION),
					 VERSION_OFFSET), copy + AT_VERSION);
	}
	return_ptr(copy);
}

static ssize_t opregion_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			   loff_t *ppos, bool iswrite)
{
	const struct vfio_pci_region *region =
		vfio_pci_core_dev_region(vdev, VFIO_PCI_OFFSET_TO_INDEX(*ppos));

	if (copy_to_user(buf, region->data + (*ppos & VFIO_PCI_OFFSET_MASK), count))
		return -EFAULT;
	*ppos += count;
	return count;
}

static void opregion_release(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region)
{
	kvfree(region->data);
}

static const struct vfio_pci_regops opregion_ops = {
	.rw = opregion_rw,
	.release = opregion_release,
};

/**
 * igd_opregion_add() - add the OpRegion to a device that is being opened
 * @vdev: device
 *
 * Firmware without an OpRegion, or with one that makes no sense, is told of in the log, and
 * the device then has none.
 *
 * Return: 0; -ENOMEM.
 */
int igd_opregion_add(struct vfio_pci_core_device *vdev)
{
	size_t size = 0;
	u32 base = 0;
	u8 *copy;
	int ret;

	/* Whoever had the device before must not have left an address of his own there */
	ret = vfio_pci_core_virtual_config(vdev, VFIO_PCI_INTEL_ASLS);
	if (ret || pci_read_config_dword(vdev->pdev, VFIO_PCI_INTEL_ASLS, &base) || !base ||
	    PCI_POSSIBLE_ERROR(base)) {
		pci_info_ratelimited(vdev->pdev, "no OpRegion: firmware gave none\n");
		return 0;
	}
	copy = opregion_copy(base, &size);
	if (IS_ERR(copy)) {
		if (PTR_ERR(copy) == -ENOMEM)
			return -ENOMEM;
		dev_warn_ratelimited(&vdev->pdev->dev,
				     "no OpRegion: the one at %#x is ignored: %s\n", base,
				     PTR_ERR(copy) == -EINVAL ?
				     "signature, size or VBT make no sense" :
				     "it or its VBT is not in memory of the firmware");
		return 0;
	}
	ret = vfio_pci_core_register_dev_region(vdev, IGD_REGION_TYPE,
						VFIO_REGION_SUBTYPE_INTEL_IGD_OPREGION,
						&opregion_ops, size, VFIO_REGION_INFO_FLAG_READ,
						copy);
	if (ret)
		kvfree(copy);
	return ret;
}
