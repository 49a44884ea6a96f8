/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MOD_DEVICETABLE_H
#define SHIM_LINUX_MOD_DEVICETABLE_H

#include <linux/types.h>

#define PCI_ANY_ID (~0)
struct pci_device_id {
	__u32 vendor, device, subvendor, subdevice, class, class_mask;
	unsigned long driver_data;
	__u32 override_only;
};

#endif
