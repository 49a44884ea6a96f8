// SPDX-License-Identifier: GPL-2.0-only
/* The arbiter of legacy VGA: clients and routes are counted. */
#include <linux/errno.h>
#include <linux/vgaarb.h>
#include <shim/fault.h>
#include <shim/pci.h>
#include <shim/report.h>

int vga_client_register(struct pci_dev *pdev,
			unsigned int (*set_decode)(struct pci_dev *pdev, bool single))
{
	if (shim_should_fail("vga_client_register"))
		return -ENOMEM;
	if (shim_pci(pdev)->vga_client)
		shim_complain("%s: a client of the VGA arbiter already", pci_name(pdev));
	shim_pci(pdev)->vga_client = true;
	shim_live_add(SHIM_VGA, 1);
	return 0;
}

void vga_client_unregister(struct pci_dev *pdev)
{
	shim_pci(pdev)->vga_client = false;
	shim_live_add(SHIM_VGA, -1);
}

void vga_set_legacy_decoding(struct pci_dev *pdev, unsigned int decodes)
{
	shim_pci(pdev)->vga_decodes = decodes;
}

int vga_get_interruptible(struct pci_dev *pdev, unsigned int rsrc)
{
	if (shim_should_fail("vga_get_interruptible"))
		return -ERESTARTSYS;
	shim_pci(pdev)->vga_route = rsrc;
	shim_live_add(SHIM_VGA, 1);
	return 0;
}

void vga_put(struct pci_dev *pdev, unsigned int rsrc)
{
	if (shim_pci(pdev)->vga_route != rsrc)
		shim_complain("%s: VGA route %u put, not %u", pci_name(pdev), rsrc,
			      shim_pci(pdev)->vga_route);
	shim_live_add(SHIM_VGA, -1);
}
