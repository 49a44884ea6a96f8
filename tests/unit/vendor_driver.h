/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two vendor drivers for the function of pci_machine.h, and what they are told to do. Included
 * by the tests of vendor drivers, each of which has its own.
 */
#ifndef VENDOR_DRIVER_H
#define VENDOR_DRIVER_H

#include <linux/module.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

/* A vendor driver that the tests register, and what it is told to do */
struct tester {
	struct vfio_pci_vendor_driver driver;
	struct module module;
	long error;		/* probe() fails with it */
	unsigned int probes, removes, serves;
};

struct tester_device {
	struct vfio_pci_core_device core;
	struct tester *tester;
};

/* What it does when a device is opened */
static int (*setup)(struct vfio_pci_core_device *vdev);

static int tester_open(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int ret = vfio_pci_core_enable(vdev);

	if (ret)
		return ret;
	ret = setup ? setup(vdev) : 0;
	if (ret) {
		vfio_pci_core_disable(vdev);
		return ret;
	}
	vfio_pci_core_finish_enable(vdev);
	return 0;
}

static const struct vfio_device_ops tester_ops = {
	.name = "tester",
	.open_device = tester_open,
	VFIO_PCI_CORE_OPS,
};

static struct tester first, second;

static struct tester *tester_of(const struct pci_device_id *id)
{
	return (struct tester *)id->driver_data;
}

static struct vfio_pci_core_device *tester_probe(struct pci_dev *pdev,
						 const struct pci_device_id *id)
{
	struct tester *tester = tester_of(id);
	struct tester_device *dev;

	tester->probes++;
	/* pinned for this, and for each device that it has */
	CHECK_EQ(atomic_read(&tester->module.refs), 1 + tester->serves);
	if (tester->error)
		return ERR_PTR(tester->error);
	dev = vfio_alloc_device(tester_device, core.vdev, &pdev->dev, &tester_ops);
	if (IS_ERR(dev))
		return ERR_CAST(dev);
	dev->tester = tester;
	tester->serves++;
	return &dev->core;
}

static void tester_remove(struct vfio_pci_core_device *vdev)
{
	struct tester *tester = container_of(vdev, struct tester_device, core)->tester;

	tester->removes++;
	tester->serves--;
}

static const struct pci_device_id first_ids[] = {
	{ PCI_DEVICE(0x1234, 0x5678), .driver_data = (unsigned long)&first }, { }
};
static const struct pci_device_id second_ids[] = {
	{ PCI_DEVICE(0x1234, PCI_ANY_ID), .driver_data = (unsigned long)&second }, { }
};
static const struct pci_device_id other_ids[] = { { PCI_DEVICE(0x1234, 0x9999) }, { } };

static void tester_load(struct tester *tester, const struct pci_device_id *ids,
			const char *name)
{
	*tester = (struct tester){
		.driver = { .id_table = ids, .probe = tester_probe, .remove = tester_remove },
	};
	CHECK_EQ(__vfio_pci_register_vendor_driver(&tester->driver, &tester->module, name), 0);
}

static void tester_unload(struct tester *tester)
{
	CHECK_EQ(atomic_read(&tester->module.refs), 0);
	vfio_pci_unregister_vendor_driver(&tester->driver);
}

static void up(void)
{
	pci_machine_make();
	CHECK_EQ(pci_machine_load(), 0);
}

static void down(void)
{
	pci_machine_unload();
	pci_machine_break();
	setup = NULL;
}

#endif
