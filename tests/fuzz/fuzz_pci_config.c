// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * A device whose configuration space the input wrote, opened, and then read and written all
 * over. Every bit behind the header takes what is written to it, so that a bit which reaches
 * the device and should not have shows.
 */
#include <linux/bitmap.h>
#include <vfio/pci_core.h>

#include "../unit/pci_machine.h"
#include "fuzz.h"

#define SPACE 4096

static u8 before[SPACE];

/* A standard capability in front of the others */
static void plant_std(unsigned int at, u8 id)
{
	at = PCI_STD_HEADER_SIZEOF | (at & 0xfc);
	shim_pci_set(pm.pdev, at, 2, id | shim_pci_get(pm.pdev, PCI_CAPABILITY_LIST, 1) << 8);
	shim_pci_set(pm.pdev, PCI_CAPABILITY_LIST, 1, at);
}

/* An extended one behind the first */
static void plant_ext(unsigned int at, u16 id)
{
	u32 first = shim_pci_get(pm.pdev, PCI_CFG_SPACE_SIZE, 4);

	at = max(at & 0xffc, PCI_CFG_SPACE_SIZE + 4);
	shim_pci_set(pm.pdev, at, 4, id | 1 << 16 | (first & 0xffc00000));
	shim_pci_set(pm.pdev, PCI_CFG_SPACE_SIZE, 4, (first & 0xfffff) | at << 20);
}

/* One capability or byte that the input wants somewhere */
static void plant(struct fuzz_input *in)
{
	unsigned int kind = fuzz_take(in, 1), at = fuzz_take(in, 2) % SPACE;

	if (at < 0x40)
		at += 0x40;
	switch (kind % 5) {
	case 0:
		shim_pci_set(pm.pdev, at, 1, fuzz_take(in, 1));
		break;
	case 1:
		shim_pci_set(pm.pdev, PCI_CAPABILITY_LIST, 1, fuzz_take(in, 1));
		break;
	case 2:
		shim_pci_set(pm.pdev, at & ~3, 4, fuzz_take(in, 4));
		break;
	case 3:
		plant_std(at, fuzz_take(in, 1) % (PCI_CAP_ID_MAX + 2));
		break;
	case 4:
		plant_ext(at, fuzz_take(in, 1) % (PCI_EXT_CAP_ID_MAX + 2));
		break;
	}
}

static void make(struct fuzz_input *in)
{
	pci_machine_make();
	if (fuzz_take(in, 1) & 1)
		pm.pdev->cfg_size = PCI_CFG_SPACE_SIZE;
	for (unsigned int n = fuzz_take(in, 1) % 32; n; n--)
		plant(in);
	memset(shim_pci(pm.pdev)->writable + 0x40, 0xff, SPACE - 0x40);
	memcpy(before, shim_pci(pm.pdev)->config, SPACE);
}

/* User space reads or writes up to 8 bytes somewhere, or resets */
static void act(struct fuzz_input *in)
{
	unsigned int kind = fuzz_take(in, 1), at = fuzz_take(in, 2), n = 1 + (kind >> 4) % 8;
	u64 value;

	switch (kind % 4) {
	case 0:
		pci_region_read(VFIO_PCI_CONFIG_REGION_INDEX, at, &value, n);
		break;
	case 1:
	case 2:
		value = fuzz_take(in, n);
		pci_region_write(VFIO_PCI_CONFIG_REGION_INDEX, at, &value, n);
		break;
	case 3:
		shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL);
		break;
	}
}

static u32 shown(unsigned int at)
{
	u32 value = ~0U;

	pci_region_read(VFIO_PCI_CONFIG_REGION_INDEX, at, &value, sizeof(value));
	return value;
}

/* The kernel itself writes these two registers, wherever the input has put others */
static bool kernels(unsigned int at)
{
	return at / 4 == (pm.pdev->pm_cap + PCI_PM_CTRL) / 4U ||
	       at / 4 == (pm.pdev->pcie_cap + PCI_EXP_DEVCTL) / 4U;
}

static void unchanged(unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		FUZZ_HOLDS(kernels(from) || shim_pci(pm.pdev)->config[from] == before[from]);
}

/* The virtual chain ends, and its MSI and MSI-X never reach the device */
static void check_std(void)
{
	unsigned int at = shown(PCI_CAPABILITY_LIST) & 0xff, n;

	for (n = 0; at; n++) {
		u32 head = shown(at);

		FUZZ_HOLDS(n < 48 && at >= 0x40 && !(at & 3));
		if ((head & 0xff) == PCI_CAP_ID_MSI)
			unchanged(at, at + 10);
		if ((head & 0xff) == PCI_CAP_ID_MSIX)
			unchanged(at, at + 12);
		at = head >> 8 & 0xff;
	}
}

static bool is_hosts(u16 id)
{
	return id == PCI_EXT_CAP_ID_SRIOV || id == PCI_EXT_CAP_ID_ATS ||
	       id == PCI_EXT_CAP_ID_PRI || id == PCI_EXT_CAP_ID_PASID ||
	       id == PCI_EXT_CAP_ID_ACS || id == PCI_EXT_CAP_ID_REBAR;
}

/* How far a capability of the host's reaches: what is hidden, up to the next one */
static unsigned int hosts_end(unsigned int at, unsigned int next)
{
	bool shown = *(u16 *)(before + at) == PCI_EXT_CAP_ID_SRIOV;

	return shown ? min(next, at + PCI_EXT_CAP_SRIOV_SIZEOF) : next;
}

/* What the device says is the host's cannot be written */
static void check_ext(void)
{
	DECLARE_BITMAP(starts, SPACE / 4) = { 0 };
	unsigned int at = 0x100;

	while (at >= 0x100 && !test_bit(at / 4, starts)) {
		u32 head = *(u32 *)(before + at);

		if (!head || head == ~0U)
			break;
		__set_bit(at / 4, starts);
		at = head >> 20 & 0xffc;
	}
	for (at = 0x100; at < SPACE; at += 4)
		if (test_bit(at / 4, starts) && is_hosts(*(u16 *)(before + at)))
			unchanged(at, hosts_end(at, 4 * find_next_bit(starts, SPACE / 4,
								      at / 4 + 1)));
}

void fuzz_one(struct fuzz_input *in)
{
	make(in);
	FUZZ_HOLDS(pci_machine_load() == 0);
	FUZZ_HOLDS(pci_user_open() == 0);
	while (in->left)
		act(in);
	check_std();
	if (pm.pdev->cfg_size == SPACE)
		check_ext();
	unchanged(PCI_BASE_ADDRESS_0, PCI_CARDBUS_CIS);
	unchanged(PCI_ROM_ADDRESS, PCI_ROM_ADDRESS + 4);
	pci_user_close();
	FUZZ_HOLDS(!(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	pci_machine_unload();
	pci_machine_break();
}
