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
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "igd_pt.h"

#define ASLS		0xfc		/* configuration register: where the OpRegion is */
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

/* Copy of physical memory; the room for it is @to */
static int copy_physical(void *to, phys_addr_t from, size_t size)
{
	void *map;

	if (from + size < from)
		return -EINVAL;
	map = memremap(from, size, MEMREMAP_WB);
	if (!map)
		return -EIO;
	memcpy(to, map, size);
	memunmap(map);
	return 0;
}

/*
 * What the header says: the bytes of the OpRegion and those of a VBT behind it, both within limits.
 * False when it is none.
 */
static bool opregion_sizes(const u8 *head, size_t *size, size_t *vbt)
{
	u64 bytes = (u64)get_unaligned_le32(head + AT_SIZE) * SZ_1K;
	u16 version = get_unaligned_le16(head + AT_VERSION);

	if (memcmp(head, SIGNATURE, strlen(SIGNATURE)) || bytes < OPREGION_SIZE ||
	    bytes > OPREGION_MAX)
		return false;
	*size = bytes;
	*vbt = version >= VERSION_RVDA ? get_unaligned_le32(head + AT_RVDS) : 0;
	return *vbt <= VBT_MAX;
}

/* Where a VBT outside begins in physical memory */
static phys_addr_t vbt_address(const u8 *opregion, phys_addr_t base)
{
	u64 rvda = get_unaligned_le64(opregion + AT_RVDA);

	return get_unaligned_le16(opregion + AT_VERSION) < VERSION_OFFSET ? rvda : base + rvda;
}

/* ERR_PTR(), or the copy, for kvfree() */
static u8 *opregion_copy(phys_addr_t base, size_t *total)
{
	u8 *head __free(kfree) = kmalloc(OPREGION_SIZE, GFP_KERNEL);
	u8 *copy __free(kvfree) = NULL;
	size_t size, vbt;
	int ret;

	if (!head)
		return ERR_PTR(-ENOMEM);
	ret = copy_physical(head, base, OPREGION_SIZE);
	if (ret)
		return ERR_PTR(ret);
	if (!opregion_sizes(head, &size, &vbt))
		return ERR_PTR(-EINVAL);
	copy = kvmalloc(size + vbt, GFP_KERNEL);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	ret = copy_physical(copy, base, size);
	if (!ret && vbt)
		ret = copy_physical(copy + size, vbt_address(head, base), vbt);
	if (ret)
		return ERR_PTR(ret);
	/* Memory may have changed since its head was looked at; the sizes are of that head */
	memcpy(copy, head, OPREGION_SIZE);
	if (vbt) {
		put_unaligned_le64(size, copy + AT_RVDA);
		put_unaligned_le16(max_t(u16, get_unaligned_le16(head + AT_VERSION),
					 VERSION_OFFSET), copy + AT_VERSION);
	}
	*total = size + vbt;
	return_ptr(copy);
}

static ssize_t opregion_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			   loff_t *ppos, bool iswrite)
{
	unsigned int index = VFIO_PCI_OFFSET_TO_INDEX(*ppos) - VFIO_PCI_NUM_REGIONS;

	if (copy_to_user(buf, vdev->region[index].data + (*ppos & VFIO_PCI_OFFSET_MASK), count))
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

	if (pci_read_config_dword(vdev->pdev, ASLS, &base) || !base || PCI_POSSIBLE_ERROR(base)) {
		pci_info(vdev->pdev, "no OpRegion: firmware gave none\n");
		return 0;
	}
	copy = opregion_copy(base, &size);
	if (IS_ERR(copy)) {
		if (PTR_ERR(copy) == -ENOMEM)
			return -ENOMEM;
		pci_warn(vdev->pdev, "no OpRegion: what firmware left at %#x is none (%pe)\n", base,
			 copy);
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
