/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_VGAARB_H
#define SHIM_LINUX_VGAARB_H

#include <linux/types.h>

struct pci_dev;

#define VGA_RSRC_LEGACY_IO 0x01
#define VGA_RSRC_LEGACY_MEM 0x02
#define VGA_RSRC_LEGACY_MASK 0x03
#define VGA_RSRC_NORMAL_IO 0x04
#define VGA_RSRC_NORMAL_MEM 0x08

int vga_client_register(struct pci_dev *pdev,
			unsigned int (*set_decode)(struct pci_dev *pdev, bool single));
void vga_client_unregister(struct pci_dev *pdev);
void vga_set_legacy_decoding(struct pci_dev *pdev, unsigned int decodes);
int vga_get_interruptible(struct pci_dev *pdev, unsigned int rsrc);
void vga_put(struct pci_dev *pdev, unsigned int rsrc);

#endif
