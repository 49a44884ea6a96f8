// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vendor driver for QEMU's edu device that uses all that the library offers to one, for tests of
 * user space's view; or, with refuse=, one whose probe() fails.
 *
 * edu's BAR 0 has 1 MiB of memory: identification at 0x00, a register at 0x04 that reads as the
 * inverse of what was written (QEMU, docs/specs/edu). The driver answers for that one, giving
 * what was written itself, and for the last eight bytes of the fourth page; the region of its
 * own is a page of memory.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <vfio/pci_core.h>

#define LIVENESS	0x04
#define SCRATCH		0x3ff8
#define REGION_TYPE	(VFIO_REGION_TYPE_PCI_VENDOR_TYPE | 0x1234)
#define REGION_SUBTYPE	0x11e8
#define REGION_CAP	0x7e57

static ushort refuse;
module_param(refuse, ushort, 0644);
MODULE_PARM_DESC(refuse, "errno by which probe() fails");

static bool fail_open;
module_param(fail_open, bool, 0644);
MODULE_PARM_DESC(fail_open, "the device fails to open, after all has been set up");

struct vendor_edu {
	struct vfio_pci_core_device core;
	u64 scratch;
};

/* The device computes the inverse, and we the inverse of that */
static int liveness_read(struct vfio_pci_core_device *vdev, void *data, u64 pos,
			 unsigned int width, u64 *value)
{
	u32 inverse;
	int ret = vfio_pci_core_setup_barmap(vdev, 0);

	if (!ret)
		ret = vfio_pci_core_ioread32(vdev, true, &inverse, vdev->barmap[0] + LIVENESS);
	if (!ret)
		*value = (u32)~inverse >> (8 * (pos - LIVENESS));
	return ret;
}

static int liveness_write(struct vfio_pci_core_device *vdev, void *data, u64 pos,
			  unsigned int width, u64 value)
{
	int ret = vfio_pci_core_setup_barmap(vdev, 0);

	if (width != 4)
		return -EINVAL;
	return ret ?: vfio_pci_core_iowrite32(vdev, true, value, vdev->barmap[0] + LIVENESS);
}

static const struct vfio_pci_trap_ops liveness = {
	.read = liveness_read,
	.write = liveness_write,
};

static int scratch_read(struct vfio_pci_core_device *vdev, void *data, u64 pos,
			unsigned int width, u64 *value)
{
	*value = READ_ONCE(*(u64 *)data) >> (8 * (pos - SCRATCH));
	return 0;
}

static int scratch_write(struct vfio_pci_core_device *vdev, void *data, u64 pos,
			 unsigned int width, u64 value)
{
	unsigned int shift = 8 * (pos - SCRATCH);
	u64 mask = GENMASK_ULL(8 * width - 1, 0) << shift, old = READ_ONCE(*(u64 *)data);

	WRITE_ONCE(*(u64 *)data, (old & ~mask) | (value << shift & mask));
	return 0;
}

static const struct vfio_pci_trap_ops scratch = {
	.read = scratch_read,
	.write = scratch_write,
};

static ssize_t page_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
		       loff_t *ppos, bool iswrite)
{
	struct vfio_pci_region *region =
		vfio_pci_core_dev_region(vdev, VFIO_PCI_OFFSET_TO_INDEX(*ppos));
	void *at = region->data + (*ppos & VFIO_PCI_OFFSET_MASK);

	if (iswrite ? copy_from_user(at, buf, count) : copy_to_user(buf, at, count))
		return -EFAULT;
	*ppos += count;
	return count;
}

static int page_mmap(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
		     struct vm_area_struct *vma)
{
	return vm_insert_page(vma, vma->vm_start, virt_to_page(region->data));
}

static int page_add_capability(struct vfio_pci_core_device *vdev,
			       struct vfio_pci_region *region, struct vfio_info_cap *caps)
{
	return PTR_ERR_OR_ZERO(vfio_info_cap_add(caps, sizeof(struct vfio_info_cap_header),
						 REGION_CAP, 1));
}

static void page_release(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region)
{
	free_page((unsigned long)region->data);
}

static const struct vfio_pci_regops page_ops = {
	.rw = page_rw,
	.mmap = page_mmap,
	.add_capability = page_add_capability,
	.release = page_release,
};

static int region_add(struct vfio_pci_core_device *vdev)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);
	int ret;

	if (!page)
		return -ENOMEM;
	ret = vfio_pci_core_register_dev_region(vdev, REGION_TYPE, REGION_SUBTYPE, &page_ops,
						PAGE_SIZE, VFIO_REGION_INFO_FLAG_READ |
						VFIO_REGION_INFO_FLAG_WRITE |
						VFIO_REGION_INFO_FLAG_MMAP, page);
	if (ret)
		free_page((unsigned long)page);
	return ret;
}

static int vendor_edu_open(struct vfio_device *core_vdev)
{
	struct vendor_edu *edu = container_of(core_vdev, struct vendor_edu, core.vdev);
	int ret;

	ret = vfio_pci_core_enable(&edu->core);
	if (ret)
		return ret;
	edu->scratch = 0;
	ret = vfio_pci_core_trap_bar(&edu->core, 0, LIVENESS, 4, &liveness, NULL);
	if (!ret)
		ret = vfio_pci_core_trap_bar(&edu->core, 0, SCRATCH, 8, &scratch,
					     &edu->scratch);
	if (!ret)
		ret = region_add(&edu->core);
	if (!ret && fail_open)
		ret = -EIO;
	if (ret) {
		vfio_pci_core_disable(&edu->core);
		return ret;
	}
	vfio_pci_core_finish_enable(&edu->core);
	return 0;
}

static const struct vfio_device_ops vendor_edu_ops = {
	.name = "vendor_edu",
	.open_device = vendor_edu_open,
	VFIO_PCI_CORE_OPS,
};

static struct vfio_pci_core_device *vendor_edu_probe(struct pci_dev *pdev,
						     const struct pci_device_id *id)
{
	struct vendor_edu *edu;

	if (refuse)
		return ERR_PTR(-refuse);
	edu = vfio_alloc_device(vendor_edu, core.vdev, &pdev->dev, &vendor_edu_ops);
	return IS_ERR(edu) ? ERR_CAST(edu) : &edu->core;
}

static void vendor_edu_remove(struct vfio_pci_core_device *vdev)
{
	pci_info(vdev->pdev, "vendor_edu lets go\n");
}

static const struct pci_device_id vendor_edu_table[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};

static struct vfio_pci_vendor_driver vendor_edu_driver = {
	.id_table = vendor_edu_table,
	.probe = vendor_edu_probe,
	.remove = vendor_edu_remove,
};
module_vfio_pci_vendor_driver(vendor_edu_driver);

MODULE_DESCRIPTION("Test of vendor drivers");
MODULE_LICENSE("GPL");
