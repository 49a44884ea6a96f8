// SPDX-License-Identifier: GPL-2.0-only
/*
 * Base address registers of the virtual configuration space.
 *
 * User space may write any address into a BAR and gets back what a device would give, so that
 * the usual sizing works; the device keeps the addresses that the host gave it. All bits are
 * virtual: those below the size are fixed, those above are user space's. A VF has no BARs in
 * its own configuration space, and gets them here from the PF's SR-IOV capability by way of
 * the resources.
 */
#include "config.h"

/* What a BAR holds: its two dwords, the second for 64-bit ones only */
struct bar_regs {
	u32 lo;
	u32 hi;
	bool wide;
};

static struct bar_regs bar_host_regs(struct pci_dev *pdev, int bar)
{
	unsigned long flags = pci_resource_flags(pdev, bar);
	u64 addr = pci_bus_address(pdev, bar);
	struct bar_regs regs = { .lo = addr, .hi = addr >> 32 };

	if (flags & IORESOURCE_IO) {
		regs.lo |= PCI_BASE_ADDRESS_SPACE_IO;
		return regs;
	}
	if (flags & IORESOURCE_PREFETCH)
		regs.lo |= PCI_BASE_ADDRESS_MEM_PREFETCH;
	if (flags & IORESOURCE_MEM_64) {
		regs.lo |= PCI_BASE_ADDRESS_MEM_TYPE_64;
		regs.wide = true;
	}
	return regs;
}

static void bar_set(struct vfio_pci_config *cfg, u16 pos, u32 value, u32 write)
{
	cfg->value[pos / 4] = value;
	cfg->virt[pos / 4] = ~0;
	cfg->keep[pos / 4] = ~write;
}

static void rom_bar_init(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u64 size = vfio_pci_rom_size(pdev);
	u32 write = 0;

	if (size)
		write = ((u32)~(size - 1) & PCI_ROM_ADDRESS_MASK) | PCI_ROM_ADDRESS_ENABLE;
	bar_set(vdev->config, PCI_ROM_ADDRESS,
		size ? pci_bus_address(pdev, PCI_ROM_RESOURCE) & PCI_ROM_ADDRESS_MASK : 0, write);
}

/**
 * vfio_pci_config_init_bars() - fill in the BARs of a fresh configuration space
 * @vdev: device
 */
void vfio_pci_config_init_bars(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_config *cfg = vdev->config;
	struct pci_dev *pdev = vdev->pdev;
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		u16 pos = PCI_BASE_ADDRESS_0 + 4 * bar;
		u64 size = pci_resource_len(pdev, bar);
		struct bar_regs regs;
		u64 sizing;

		if (!size) {
			bar_set(cfg, pos, 0, 0);
			continue;
		}
		regs = bar_host_regs(pdev, bar);
		sizing = ~(size - 1);
		bar_set(cfg, pos, regs.lo, sizing & (pci_resource_flags(pdev, bar) & IORESOURCE_IO ?
					PCI_BASE_ADDRESS_IO_MASK : PCI_BASE_ADDRESS_MEM_MASK));
		if (regs.wide && bar + 1 < PCI_STD_NUM_BARS) {
			bar_set(cfg, pos + 4, regs.hi, sizing >> 32);
			bar++;
		}
	}
	rom_bar_init(vdev);
}

/**
 * vfio_pci_config_repair_bars() - write back BARs that the device has lost
 * @vdev: device that is about to decode its BARs
 *
 * Many devices can be reset through registers of their own, which the host does not notice.
 * Their BARs would then decode at an address that is not theirs.
 */
void vfio_pci_config_repair_bars(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int bar;

	if (pdev->is_virtfn)
		return;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		u16 pos = PCI_BASE_ADDRESS_0 + 4 * bar;
		struct bar_regs regs;
		u32 now;

		if (!pci_resource_len(pdev, bar) ||
		    pci_resource_flags(pdev, bar) & IORESOURCE_UNSET)
			continue;
		regs = bar_host_regs(pdev, bar);
		pci_user_read_config_dword(pdev, pos, &now);
		if (now != regs.lo)
			pci_user_write_config_dword(pdev, pos, regs.lo);
		if (!regs.wide)
			continue;
		bar++;
		pci_user_read_config_dword(pdev, pos + 4, &now);
		if (now != regs.hi)
			pci_user_write_config_dword(pdev, pos + 4, regs.hi);
	}
}
