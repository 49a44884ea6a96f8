// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-pci: the driver that gives any PCI device to user space, as vfio-pci-core does it.
 *
 * It binds to a device when the administrator says so, by driver_override or by an ID given
 * in ids= or new_id. A vendor driver may then serve it; everything else is served as below.
 */
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <vfio/pci_core.h>

static char ids[1024];
module_param_string(ids, ids, sizeof(ids), 0);
MODULE_PARM_DESC(ids, "Devices to bind to: vendor:device[:subvendor[:subdevice[:class[:class_mask]]]], separated by commas");

static bool nointxmask;
module_param(nointxmask, bool, 0644);
MODULE_PARM_DESC(nointxmask, "Do not mask INTx at the device, which then needs its line alone");

static bool disable_vga;
module_param(disable_vga, bool, 0444);
MODULE_PARM_DESC(disable_vga, "No access to legacy VGA ranges");

static bool disable_idle_d3;
module_param(disable_idle_d3, bool, 0644);
MODULE_PARM_DESC(disable_idle_d3, "Devices stay in D0 while they are not in use");

static bool enable_sriov;
module_param(enable_sriov, bool, 0644);
MODULE_PARM_DESC(enable_sriov, "VFs can be made of PFs that are bound to us, by sriov_numvfs");

static bool disable_denylist;
module_param(disable_denylist, bool, 0444);
MODULE_PARM_DESC(disable_denylist, "Bind also to devices that are known to be unsafe");

/*
 * Intel QuickAssist (DH895XCC, C3xxx, C62x; PFs and VFs): an untrusted user can bring the device
 * into a state that takes the host down. Data Streaming and In-Memory Analytics Accelerators
 * of Sapphire Rapids: INTEL-SA-01084, CVE-2024-21823.
 */
static const struct pci_device_id denylist[] = {
	{ PCI_VDEVICE(INTEL, 0x0435) },
	{ PCI_VDEVICE(INTEL, 0x0443) },
	{ PCI_VDEVICE(INTEL, 0x0b25) },
	{ PCI_VDEVICE(INTEL, 0x0cfe) },
	{ PCI_VDEVICE(INTEL, 0x19e2) },
	{ PCI_VDEVICE(INTEL, 0x19e3) },
	{ PCI_VDEVICE(INTEL, 0x37c8) },
	{ PCI_VDEVICE(INTEL, 0x37c9) },
	{ }
};

static int vfio_pci_open_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int ret;

	ret = vfio_pci_core_enable(vdev);
	if (!ret)
		vfio_pci_core_finish_enable(vdev);
	return ret;
}

static const struct vfio_device_ops vfio_pci_ops = {
	.name = "vfio-pci",
	.open_device = vfio_pci_open_device,
	VFIO_PCI_CORE_OPS,
};

/* Is it known to be unsafe, and the administrator has not said that he knows? */
static bool denied(struct pci_dev *pdev)
{
	if (!pci_match_id(denylist, pdev))
		return false;
	pci_warn(pdev, "on the deny list; %s (disable_denylist)\n",
		 disable_denylist ? "bound all the same" : "bind refused");
	return !disable_denylist;
}

static int vfio_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vfio_pci_core_device *vdev;
	int ret = denied(pdev) ? -EINVAL : 0;

	if (ret)
		return ret;
	vdev = vfio_pci_vendor_probe(pdev);
	if (!vdev)
		vdev = vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev, &vfio_pci_ops);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);
	pci_set_drvdata(pdev, vdev);
	vfio_pci_core_set_params(nointxmask, disable_vga, disable_idle_d3);
	ret = vfio_pci_core_register_device(vdev);
	if (ret)
		vfio_pci_vendor_put(vdev);
	return ret;
}

static void vfio_pci_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = pci_get_drvdata(pdev);

	vfio_pci_core_unregister_device(vdev);
	vfio_pci_vendor_put(vdev);
}

/* The module that serves the device, where it is not us */
static ssize_t vfio_vendor_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", vdev->vendor->name);
}
static DEVICE_ATTR_RO(vfio_vendor);

static umode_t vfio_vendor_visible(struct kobject *kobj, struct attribute *attr, int index)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(kobj_to_dev(kobj));

	return vdev->vendor ? attr->mode : 0;
}

static struct attribute *vfio_pci_attrs[] = {
	&dev_attr_vfio_vendor.attr,
	NULL
};

static const struct attribute_group vfio_pci_group = {
	.attrs = vfio_pci_attrs,
	.is_visible = vfio_vendor_visible,
};

static const struct attribute_group *vfio_pci_groups[] = {
	&vfio_pci_group,
	NULL
};

/* VFs can always be removed */
static int vfio_pci_sriov_configure(struct pci_dev *pdev, int num)
{
	if (num && !enable_sriov) {
		pci_warn(pdev, "VFs refused: vfio-pci's parameter enable_sriov is off\n");
		return -ENOENT;
	}
	return vfio_pci_core_sriov_configure(pci_get_drvdata(pdev), num);
}

static const struct pci_device_id vfio_pci_table[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, vfio_pci_table);

static struct pci_driver vfio_pci_driver = {
	.name = "vfio-pci",
	.driver_managed_dma = true,
	/* Loading a vendor's module waits for asynchronous probing, and must not be part of it */
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
	.dev_groups = vfio_pci_groups,
	.id_table = vfio_pci_table,
	.probe = vfio_pci_probe,
	.sriov_configure = vfio_pci_sriov_configure,
	.remove = vfio_pci_remove,
	.err_handler = &vfio_pci_core_err_handlers,
};

/* Fields of an entry of ids=, in the order of pci_add_dynid() */
enum { VENDOR, DEVICE, SUBVENDOR, SUBDEVICE, CLASS, CLASS_MASK, NUM_FIELDS };

static int __init add_id(char *entry)
{
	u32 id[NUM_FIELDS] = { [SUBVENDOR] = PCI_ANY_ID, [SUBDEVICE] = PCI_ANY_ID };
	unsigned int given = 0;
	char *field;

	for (; (field = strsep(&entry, ":")); given++)
		if (given == NUM_FIELDS || kstrtou32(field, 16, &id[given]))
			return -EINVAL;
	if (given <= DEVICE)
		return -EINVAL;
	return pci_add_dynid(&vfio_pci_driver, id[VENDOR], id[DEVICE], id[SUBVENDOR],
			     id[SUBDEVICE], id[CLASS], id[CLASS_MASK], 0);
}

static void __init add_ids(void)
{
	char *rest = ids, *entry;
	unsigned int n = 0;

	while ((entry = strsep(&rest, ","))) {
		int ret = *entry ? add_id(entry) : 0;

		n++;
		if (ret)
			pr_warn("vfio-pci: entry %u of ids= refused: %d\n", n, ret);
	}
}

static int __init vfio_pci_init(void)
{
	int ret = pci_register_driver(&vfio_pci_driver);

	if (!ret)
		add_ids();
	return ret;
}
module_init(vfio_pci_init);

static void __exit vfio_pci_exit(void)
{
	pci_unregister_driver(&vfio_pci_driver);
}
module_exit(vfio_pci_exit);

MODULE_DESCRIPTION("PCI devices for user space");
MODULE_AUTHOR("Passway");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
