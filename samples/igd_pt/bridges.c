// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space of the host bridge and the LPC bridge, read-only.
 *
 * Guest drivers tell the generation of the platform by them. A guest's virtual machine copies what
 * it needs into bridges of its own.
 */
#include <linux/minmax.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "igd_pt.h"

/* The widest aligned access; as from user space, it waits while the device tests itself */
static int read_some(struct pci_dev *pdev, unsigned int at, size_t left, u8 *buf,
		     unsigned int *width)
{
	u32 value;
	u16 half;
	int ret;

	if (left >= 4 && !(at & 3)) {
		*width = 4;
		ret = pci_user_read_config_dword(pdev, at, &value);
		put_unaligned_le32(value, buf);
	} else if (left >= 2 && !(at & 1)) {
		*width = 2;
		ret = pci_user_read_config_word(pdev, at, &half);
		put_unaligned_le16(half, buf);
	} else {
		*width = 1;
		ret = pci_user_read_config_byte(pdev, at, buf);
	}
	return ret;
}

static ssize_t bridge_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			 loff_t *ppos, bool iswrite)
{
	unsigned int pos = *ppos & VFIO_PCI_OFFSET_MASK, width;
	struct pci_dev *bridge =
		vfio_pci_core_dev_region(vdev, VFIO_PCI_OFFSET_TO_INDEX(*ppos))->data;
	size_t done;
	u8 some[4];

	for (done = 0; done < count; done += width) {
		int ret = read_some(bridge, pos + done, count - done, some, &width);

		if (ret)
			return ret;
		if (copy_to_user(buf + done, some, width))
			return -EFAULT;
	}
	*ppos += count;
	return count;
}

static void bridge_release(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region)
{
	pci_dev_put(region->data);
}

static const struct vfio_pci_regops bridge_ops = {
	.rw = bridge_rw,
	.release = bridge_release,
};

static const struct {
	const char *name;
	unsigned int devfn;
	u16 class;
	u32 subtype;
} bridges[] = {
	{ "host bridge", PCI_DEVFN(0, 0), PCI_CLASS_BRIDGE_HOST,
	  VFIO_REGION_SUBTYPE_INTEL_IGD_HOST_CFG },
	{ "LPC bridge", PCI_DEVFN(0x1f, 0), PCI_CLASS_BRIDGE_ISA,
	  VFIO_REGION_SUBTYPE_INTEL_IGD_LPC_CFG },
};

/**
 * igd_bridges_add() - add the bridges to a device that is being opened
 * @vdev: device
 *
 * A bridge that the machine lacks is told of in the log.
 *
 * Return: 0; -ENOMEM.
 */
int igd_bridges_add(struct vfio_pci_core_device *vdev)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(bridges); i++) {
		struct pci_dev *bridge = pci_get_domain_bus_and_slot(
			pci_domain_nr(vdev->pdev->bus), 0, bridges[i].devfn);
		int ret;

		if (!bridge || bridge->vendor != PCI_VENDOR_ID_INTEL ||
		    bridge->class >> 8 != bridges[i].class) {
			pci_info_ratelimited(vdev->pdev, "no %s of Intel's to show\n",
					     bridges[i].name);
			pci_dev_put(bridge);
			continue;
		}
		ret = vfio_pci_core_register_dev_region(vdev, IGD_REGION_TYPE,
							bridges[i].subtype, &bridge_ops,
							bridge->cfg_size,
							VFIO_REGION_INFO_FLAG_READ, bridge);
		if (ret) {
			pci_dev_put(bridge);
			return ret;
		}
	}
	return 0;
}
