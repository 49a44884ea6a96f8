// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vendor drivers: modules that serve a device which the administrator bound to vfio-pci.
 *
 * vfio-pci asks here who serves a device before it serves it itself. Drivers stand in the
 * order in which they were registered. One that is asked is pinned by a reference on its module,
 * taken below the lock; if it takes the device, the reference stays with that, and ends when the
 * last of it has been freed. Its probe() runs without the lock, so that it may take any other. So
 * a driver cannot be unregistered, which happens in its module's exit, while it has work.
 *
 * The list is here and not in vfio-pci, which a vendor driver therefore does not depend on:
 * vfio-pci binds devices while it is being loaded (ids=), and a module that depended on it
 * could not be loaded for them then.
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "priv.h"

static DEFINE_MUTEX(vendors_lock);	/* guards what follows; a leaf */
static LIST_HEAD(vendors);
static u64 vendors_serial;		/* of the last that was registered; the first has 1 */

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
	driver->serial = ++vendors_serial;
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

/* The next driver for a device, pinned, that was registered after @serial */
static struct vfio_pci_vendor_driver *vendor_next(u64 serial, struct pci_dev *pdev)
{
	struct vfio_pci_vendor_driver *driver;

	guard(mutex)(&vendors_lock);
	list_for_each_entry(driver, &vendors, node) {
		if (driver->serial <= serial || !pci_match_id(driver->id_table, pdev))
			continue;
		if (try_module_get(driver->owner))
			return driver;
		pci_notice(pdev, "vendor driver %s is being unloaded, and not asked\n",
			   driver->name);
	}
	return NULL;
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
	int ret = request_module("vfio-pci:%04x-%04x", vendor, device);

	/* Above 0: modprobe found none. Without a modprobe there are no modules to ask for */
	if (ret < 0 && ret != -ENOENT && ret != -ENOSYS)
		pr_warn("vfio-pci-core: no vendor driver for %04x:%04x could be asked for: %d\n",
			vendor, device, ret);
}

/* Those that came later do not get the device, and may want to know why */
static void vendor_tell_others(struct vfio_pci_vendor_driver *winner, struct pci_dev *pdev)
{
	struct vfio_pci_vendor_driver *other;

	guard(mutex)(&vendors_lock);
	list_for_each_entry(other, &vendors, node)
		if (other->serial > winner->serial && pci_match_id(other->id_table, pdev))
			pci_notice(pdev, "vendor driver %s was not asked: %s came first\n",
				   other->name, winner->name);
}

/* Ask one driver, which is pinned: what it made, or ERR_PTR() with the reference given back */
static struct vfio_pci_core_device *vendor_ask(struct vfio_pci_vendor_driver *driver,
					       struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev;

	vdev = driver->probe(pdev, pci_match_id(driver->id_table, pdev));
	if (WARN_ON_ONCE(!vdev))
		vdev = ERR_PTR(-EINVAL);
	if (IS_ERR(vdev)) {
		if (vdev != ERR_PTR(-ENODEV))
			pci_warn(pdev, "vendor driver %s failed: %pe; served without it\n",
				 driver->name, vdev);
		module_put(driver->owner);
		return vdev;
	}
	vdev->vendor = driver;
	vfio_device_keep_maker(&vdev->vdev, driver->owner);
	pci_info(pdev, "served by vendor driver %s\n", driver->name);
	vendor_tell_others(driver, pdev);
	return vdev;
}

/**
 * vfio_pci_vendor_probe() - let a vendor driver make what serves a device
 * @pdev: device that is being bound to vfio-pci
 *
 * Context: probe(), with the device lock held.
 * Return: the structure, for vfio_pci_vendor_put(); NULL when the device is to be served as any
 * other, since there is no vendor driver for it or its driver failed; ERR_PTR(-EINTR) when the
 * task that binds it is killed, so that nobody knows.
 */
struct vfio_pci_core_device *vfio_pci_vendor_probe(struct pci_dev *pdev)
{
	bool asked = false;
	u64 serial = 0;

	for (;;) {
		struct vfio_pci_vendor_driver *driver = vendor_next(serial, pdev);
		struct vfio_pci_core_device *vdev;

		if (!driver && asked)
			return NULL;
		if (!driver) {
			asked = true;
			if (!pdev->is_virtfn || !vfio_pci_sriov_coming(pdev))
				vfio_pci_vendor_request(pdev->vendor, pdev->device);
			if (fatal_signal_pending(current))
				return ERR_PTR(-EINTR);
			continue;
		}
		serial = driver->serial;
		vdev = vendor_ask(driver, pdev);
		if (vdev != ERR_PTR(-ENODEV))
			return IS_ERR(vdev) ? NULL : vdev;
	}
}
EXPORT_SYMBOL_GPL(vfio_pci_vendor_probe);

/**
 * vfio_pci_vendor_put() - end what serves a device, whoever made it
 * @vdev: device that is not registered, or no longer
 */
void vfio_pci_vendor_put(struct vfio_pci_core_device *vdev)
{
	if (vdev->vendor && vdev->vendor->remove)
		vdev->vendor->remove(vdev);
	vfio_put_device(&vdev->vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_vendor_put);
