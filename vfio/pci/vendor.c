// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vendor drivers: modules that serve a device which the administrator bound to vfio-pci.
 *
 * vfio-pci asks here who serves a device before it serves it itself. Drivers stand in the
 * order in which they were registered. One that is to look at a device is pinned by a reference
 * on its module, taken below the lock and kept for as long as it serves the device; its
 * probe() runs without the lock, so that it may take any other. So a driver cannot be
 * unregistered, which happens in its module's exit, while it has work.
 *
 * The list is here and not in vfio-pci, which a vendor driver therefore does not depend on:
 * vfio-pci binds devices while it is being loaded (ids=), and a module that depended on it
 * could not be loaded for them then.
 */
#include <linux/kmod.h>
#include <linux/module.h>

#include "priv.h"

static DEFINE_MUTEX(vendors_lock);	/* guards vendors; a leaf */
static LIST_HEAD(vendors);

/**
 * __vfio_pci_register_vendor_driver() - make a vendor driver known
 * @driver: driver
 * @owner: its module
 * @name: the module's name
 *
 * Serves devices that are bound from now on. Use module_vfio_pci_vendor_driver().
 *
 * Return: 0; -EINVAL when it has no table or no probe().
 */
int __vfio_pci_register_vendor_driver(struct vfio_pci_vendor_driver *driver,
				      struct module *owner, const char *name)
{
	if (WARN_ON(!driver->id_table || !driver->probe))
		return -EINVAL;
	driver->owner = owner;
	driver->name = name;
	guard(mutex)(&vendors_lock);
	list_add_tail(&driver->node, &vendors);
	return 0;
}
EXPORT_SYMBOL_GPL(__vfio_pci_register_vendor_driver);

/**
 * vfio_pci_unregister_vendor_driver() - forget a vendor driver
 * @driver: driver; serves no device, which its module's reference count ensures
 */
void vfio_pci_unregister_vendor_driver(struct vfio_pci_vendor_driver *driver)
{
	guard(mutex)(&vendors_lock);
	list_del(&driver->node);
}
EXPORT_SYMBOL_GPL(vfio_pci_unregister_vendor_driver);

/*
 * The next driver for a device behind @driver, which is pinned and has the reference given back;
 * from the first on for NULL. @driver's place in the list is good for as long as it is pinned.
 */
static struct vfio_pci_vendor_driver *vendor_next(struct vfio_pci_vendor_driver *driver,
						  struct pci_dev *pdev)
{
	struct vfio_pci_vendor_driver *next;

	guard(mutex)(&vendors_lock);
	next = driver ?: list_entry(&vendors, struct vfio_pci_vendor_driver, node);
	list_for_each_entry_continue(next, &vendors, node)
		if (pci_match_id(next->id_table, pdev) && try_module_get(next->owner))
			break;
	if (driver)
		module_put(driver->owner);
	return list_entry_is_head(next, &vendors, node) ? NULL : next;
}

/**
 * vfio_pci_vendor_request() - have user space load the vendor driver of a kind of device
 * @vendor: PCI vendor ID
 * @device: PCI device ID
 *
 * Nothing comes of it where no module has the alias, which is the usual case.
 */
void vfio_pci_vendor_request(u16 vendor, u16 device)
{
	request_module("vfio-pci:%04x-%04x", vendor, device);
}

static struct vfio_pci_vendor_driver *vendor_first(struct pci_dev *pdev)
{
	struct vfio_pci_vendor_driver *driver = vendor_next(NULL, pdev);

	if (driver)
		return driver;
	if (!pdev->is_virtfn || !vfio_pci_sriov_coming(pdev))
		vfio_pci_vendor_request(pdev->vendor, pdev->device);
	return vendor_next(NULL, pdev);
}

/* Those that came later do not get the device, and may want to know why */
static void vendor_tell_others(struct vfio_pci_vendor_driver *winner, struct pci_dev *pdev)
{
	struct vfio_pci_vendor_driver *other = winner;

	guard(mutex)(&vendors_lock);
	list_for_each_entry_continue(other, &vendors, node)
		if (pci_match_id(other->id_table, pdev))
			pci_notice(pdev, "served by %s and not by %s, which was registered later\n",
				   winner->name, other->name);
}

/**
 * vfio_pci_vendor_probe() - let a vendor driver make what serves a device
 * @pdev: device that is being bound to vfio-pci
 *
 * Context: probe(), with the device lock held.
 * Return: the structure, for vfio_pci_vendor_put(); NULL when the device is to be served as any
 * other, since there is no vendor driver for it or its driver failed.
 */
struct vfio_pci_core_device *vfio_pci_vendor_probe(struct pci_dev *pdev)
{
	struct vfio_pci_vendor_driver *driver;

	for (driver = vendor_first(pdev); driver; driver = vendor_next(driver, pdev)) {
		struct vfio_pci_core_device *vdev =
			driver->probe(pdev, pci_match_id(driver->id_table, pdev));

		if (!IS_ERR(vdev)) {
			vdev->vendor = driver;
			pci_info(pdev, "served by vendor driver %s\n", driver->name);
			vendor_tell_others(driver, pdev);
			return vdev;
		}
		if (vdev != ERR_PTR(-ENODEV)) {
			pci_warn(pdev, "vendor driver %s failed: %pe; served without it\n",
				 driver->name, vdev);
			module_put(driver->owner);
			return NULL;
		}
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(vfio_pci_vendor_probe);

/**
 * vfio_pci_vendor_put() - end what serves a device, whoever made it
 * @vdev: device that is not registered, or no longer
 */
void vfio_pci_vendor_put(struct vfio_pci_core_device *vdev)
{
	const struct vfio_pci_vendor_driver *driver = vdev->vendor;

	if (driver && driver->remove)
		driver->remove(vdev);
	vfio_put_device(&vdev->vdev);
	if (driver)
		module_put(driver->owner);
}
EXPORT_SYMBOL_GPL(vfio_pci_vendor_put);
