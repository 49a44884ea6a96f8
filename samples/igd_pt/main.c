// SPDX-License-Identifier: GPL-2.0-only
/*
 * igd_pt: vendor driver for Intel's integrated graphics.
 *
 * A guest's driver and firmware for such a device want more than the device: the OpRegion, which
 * the host's firmware left in memory, and what they read from the host bridge and the LPC bridge.
 * This driver offers these as regions, all of them read-only, and leaves everything else to
 * vfio-pci-core. The administrator binds the device to vfio-pci, and the module comes by itself.
 *
 * It is also the example of a vendor driver: probe() below, a function that adds regions
 * when the device is opened, and ops that are the library's but for open_device.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>

#include "igd_pt.h"

/* Integrated graphics is function 0 of device 2 on the root bus, with every chipset */
#define IGD_DEVFN PCI_DEVFN(2, 0)

/* driver_data of devices that the administrator named */
#define NAMED 1

#define MAX_NAMED 8

#define INTEL_DISPLAY {								\
	.vendor = PCI_VENDOR_ID_INTEL, .device = PCI_ANY_ID,			\
	.subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID,			\
	.class = PCI_BASE_CLASS_DISPLAY << 16, .class_mask = 0xff0000 }

/* Those of ids= first: the first entry that fits says how a device is taken. The last is empty */
static struct pci_device_id igd_table[MAX_NAMED + 2] = { INTEL_DISPLAY };

static int ids_set(const char *text, const struct kernel_param *kp)
{
	struct pci_device_id *id = igd_table;
	unsigned int vendor, device;
	int len;

	for (; *text; text += len + (text[len] == ',')) {
		if (id == igd_table + MAX_NAMED ||
		    sscanf(text, "%4x:%4x%n", &vendor, &device, &len) != 2 ||
		    (text[len] && text[len] != ',')) {
			pr_err("igd_pt: ids= is not up to %u times vendor:device at \"%s\"\n",
			       MAX_NAMED, text);
			return -EINVAL;
		}
		*id++ = (struct pci_device_id){
			PCI_DEVICE(vendor, device), .driver_data = NAMED,
		};
	}
	*id++ = (struct pci_device_id)INTEL_DISPLAY;
	*id = (struct pci_device_id){ };
	return 0;
}

static const struct kernel_param_ops ids_ops = { .set = ids_set };
module_param_cb(ids, &ids_ops, NULL, 0);
MODULE_PARM_DESC(ids, "Other devices to serve: vendor:device in hexadecimal, separated by commas");

static int igd_open_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int ret;

	ret = vfio_pci_core_enable(vdev);
	if (ret)
		return ret;
	ret = igd_opregion_add(vdev);
	if (!ret)
		ret = igd_bridges_add(vdev);
	if (ret) {
		vfio_pci_core_disable(vdev);
		return ret;
	}
	vfio_pci_core_finish_enable(vdev);
	return 0;
}

static const struct vfio_device_ops igd_ops = {
	.name = "igd_pt",
	.open_device = igd_open_device,
	VFIO_PCI_CORE_OPS,
};

static struct vfio_pci_core_device *igd_probe(struct pci_dev *pdev,
					      const struct pci_device_id *id)
{
	/* A graphics card of Intel's has no OpRegion, and its own bridges */
	if (id->driver_data != NAMED &&
	    (!pci_is_root_bus(pdev->bus) || pdev->devfn != IGD_DEVFN))
		return ERR_PTR(-ENODEV);
	return vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev, &igd_ops);
}

static struct vfio_pci_vendor_driver igd_driver = {
	.id_table = igd_table,
	.probe = igd_probe,
};
module_vfio_pci_vendor_driver(igd_driver);

/*
 * Device IDs of the sixth to the twelfth generation (Sandy Bridge to Raptor Lake), as far as their
 * upper digits are those of graphics; probe() looks closer.
 */
MODULE_ALIAS("vfio-pci:8086-01[0-6]?");
MODULE_ALIAS("vfio-pci:8086-0[4acd][0-3]?");
MODULE_ALIAS("vfio-pci:8086-0a84");
MODULE_ALIAS("vfio-pci:8086-16[0-3]?");
MODULE_ALIAS("vfio-pci:8086-19[0-3]?");
MODULE_ALIAS("vfio-pci:8086-1a8[45]");
MODULE_ALIAS("vfio-pci:8086-318[45]");
MODULE_ALIAS("vfio-pci:8086-3e[9a]?");
MODULE_ALIAS("vfio-pci:8086-45[4-7]?");
MODULE_ALIAS("vfio-pci:8086-46[2689a-d]?");
MODULE_ALIAS("vfio-pci:8086-4c[89]?");
MODULE_ALIAS("vfio-pci:8086-4e[5-7]?");
MODULE_ALIAS("vfio-pci:8086-59[0-3]?");
MODULE_ALIAS("vfio-pci:8086-5a8[45]");
MODULE_ALIAS("vfio-pci:8086-87c?");
MODULE_ALIAS("vfio-pci:8086-8a[57]?");
MODULE_ALIAS("vfio-pci:8086-9a[4-7cdf]?");
MODULE_ALIAS("vfio-pci:8086-9b[2-4a-f]?");
MODULE_ALIAS("vfio-pci:8086-a7[28a]?");

MODULE_DESCRIPTION("Intel integrated graphics for guests: OpRegion and bridges");
MODULE_AUTHOR("Passway");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
