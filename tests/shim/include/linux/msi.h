/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MSI_H
#define SHIM_LINUX_MSI_H

#include <linux/types.h>

struct msi_msg { u32 address_lo, address_hi, data; };
struct msi_map { int index, virq; };

void get_cached_msi_msg(unsigned int irq, struct msi_msg *msg);
void pci_write_msi_msg(unsigned int irq, struct msi_msg *msg);

struct device;
bool msi_device_has_isolated_msi(struct device *dev);

#endif
