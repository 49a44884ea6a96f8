// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * Configuration space through vfio-pci: what is shown, what is virtual, what a write does,
 * and what a device can say without harm.
 */
#include <linux/sizes.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

/* Where the machine's device has its capabilities, and some more that it gets here */
static struct {
	struct pci_dev *pdev;
	u8 exp, pm, msi, msix, unknown, vpd, vendor;
	u16 err, acs, dsn;
} nic;

static void nic_new(void)
{
	struct pci_dev *pdev;

	pci_machine_make();
	pdev = nic.pdev = pm.pdev;
	pdev->subsystem_vendor = 0x1af4;
	pdev->subsystem_device = 0x1100;
	nic.exp = pdev->pcie_cap;
	nic.pm = pdev->pm_cap;
	shim_pci_set(pdev, nic.pm + PCI_PM_PMC, 2, 0xc803);
	nic.msi = pdev->msi_cap;
	nic.msix = pdev->msix_cap;
	nic.unknown = shim_pci_add_cap(pdev, 0x7e, 16);
	nic.vpd = shim_pci_add_cap(pdev, PCI_CAP_ID_VPD, 8);
	nic.vendor = shim_pci_add_cap(pdev, PCI_CAP_ID_VNDR, 12);
	shim_pci_set(pdev, nic.vendor + 2, 1, 12);
	shim_pci_set_writable(pdev, nic.vendor + 4, 4, ~0U);
	nic.err = 0x100;
	nic.acs = shim_pci_add_ext_cap(pdev, PCI_EXT_CAP_ID_ACS, 1, 0x40);
	nic.dsn = shim_pci_add_ext_cap(pdev, PCI_EXT_CAP_ID_DSN, 1, 12);
}

static void nic_load(void)
{
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
}

static void nic_start(void)
{
	nic_new();
	nic_load();
}

/* What the hardware has */
static u32 hw(unsigned int at, unsigned int width)
{
	return shim_pci_get(nic.pdev, at, width);
}

static s64 rd(unsigned int region, u64 at, unsigned int width)
{
	u64 value = 0;
	ssize_t ret = pci_region_read(region, at, &value, width);

	return ret == (ssize_t)width ? (s64)value : ret;
}

static s64 cfg(unsigned int at, unsigned int width)
{
	return rd(VFIO_PCI_CONFIG_REGION_INDEX, at, width);
}

static int set_cfg(unsigned int at, unsigned int width, u32 value)
{
	ssize_t ret = pci_config_put(at, width, value);

	return ret == (ssize_t)width ? 0 : ret;
}

#define CONFIG VFIO_PCI_INDEX_TO_OFFSET((u64)VFIO_PCI_CONFIG_REGION_INDEX)

static void shows_ids_and_bars(void)
{
	nic_start();
	CHECK_EQ(cfg(0, 4), 0x56781234);
	CHECK_EQ(cfg(PCI_SUBSYSTEM_VENDOR_ID, 4), 0x11001af4);
	CHECK_EQ(set_cfg(0, 4, 0), 0);
	CHECK_EQ(cfg(0, 4), 0x56781234);

	CHECK_EQ(cfg(PCI_BASE_ADDRESS_0, 4), pci_resource_start(nic.pdev, 0));
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_2, 4), 0xc200 | PCI_BASE_ADDRESS_SPACE_IO);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_4, 4), pci_resource_start(nic.pdev, 4) |
		 PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH);
	pci_down();
}

static void bars_size_and_keep_to_themselves(void)
{
	u32 before;

	nic_start();
	before = hw(PCI_BASE_ADDRESS_0, 4);
	for (int bar = 0; bar < 6; bar++)
		CHECK_EQ(set_cfg(PCI_BASE_ADDRESS_0 + 4 * bar, 4, ~0U), 0);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_0, 4), 0xffffc000);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_1, 4), 0);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_2, 4), 0xffffffe0 | PCI_BASE_ADDRESS_SPACE_IO);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_4, 4), 0xffff0000 | PCI_BASE_ADDRESS_MEM_TYPE_64 |
		 PCI_BASE_ADDRESS_MEM_PREFETCH);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_5, 4), 0xffffffff);
	CHECK_EQ(set_cfg(PCI_ROM_ADDRESS, 4, ~0U), 0);
	CHECK_EQ(cfg(PCI_ROM_ADDRESS, 4), 0xffff0001);
	/* byte by byte as well */
	CHECK_EQ(set_cfg(PCI_BASE_ADDRESS_0 + 3, 1, 0x12), 0);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_0, 4), 0x12ffc000);
	CHECK_EQ(hw(PCI_BASE_ADDRESS_0, 4), before);
	pci_down();
}

static void bounds(void)
{
	u8 *user;

	nic_start();
	user = shim_user_alloc(4200);
	CHECK_EQ(shim_pread(pm.fd, user, 4096, CONFIG), 4096);
	CHECK_EQ(shim_pread(pm.fd, user, 4097, CONFIG), -EFAULT);
	CHECK_EQ(shim_pread(pm.fd, user, 1, CONFIG + 4095), 1);
	CHECK_EQ(shim_pread(pm.fd, user, 2, CONFIG + 4095), -EFAULT);
	CHECK_EQ(shim_pread(pm.fd, user, 1, CONFIG + 4096), -EFAULT);
	CHECK_EQ(shim_pread(pm.fd, user, 4, CONFIG + (1ULL << 40) - 1), -EFAULT);
	CHECK_EQ(shim_pread(pm.fd, user, 0, CONFIG + 4096), 0);
	CHECK_EQ(shim_pwrite(pm.fd, user, 2, CONFIG + 4095), -EFAULT);
	CHECK_EQ(shim_pread(pm.fd, user, 7, CONFIG + 1), 7);
	CHECK_EQ(shim_pread(pm.fd, user, 4, 9ULL << 40), -EINVAL);
	CHECK_EQ(shim_pread(pm.fd, user, 4, 0x7fffffULL << 40), -EINVAL);
	CHECK_EQ(shim_pread(pm.fd, SHIM_USER_WILD, 4, CONFIG), -EFAULT);
	CHECK_EQ(shim_pwrite(pm.fd, SHIM_USER_WILD, 4, CONFIG), -EFAULT);
	pci_down();
}

/* Offsets of capabilities in the chain that user space walks, 0 at the end */
static unsigned int walk(unsigned int *at, unsigned int max)
{
	unsigned int pos = cfg(PCI_CAPABILITY_LIST, 1), n = 0;

	while (pos && n < max) {
		at[n++] = pos;
		pos = cfg(pos + 1, 1);
	}
	return n;
}

static unsigned int walk_ext(unsigned int *at, unsigned int max)
{
	unsigned int pos = 0x100, n = 0;

	while (pos >= 0x100 && n < max) {
		s64 head = cfg(pos, 4);

		if (head <= 0 || head == 0xffffffff)
			break;
		at[n++] = pos;
		pos = head >> 20;
	}
	return n;
}

static void unknown_capabilities_are_hidden(void)
{
	unsigned int at[8];

	nic_start();
	CHECK_EQ(walk(at, 8), 6);
	CHECK_EQ(at[0], nic.exp);
	CHECK_EQ(at[1], nic.pm);
	CHECK_EQ(at[2], nic.msi);
	CHECK_EQ(cfg(nic.unknown, 4), 0);
	shim_pci_set_writable(nic.pdev, nic.unknown + 4, 4, ~0U);
	CHECK_EQ(set_cfg(nic.unknown + 4, 4, 0x55), 0);
	CHECK_EQ(hw(nic.unknown + 4, 4), 0);

	CHECK_EQ(walk_ext(at, 8), 2);
	CHECK_EQ(at[0], nic.err);
	CHECK_EQ(at[1], nic.dsn);
	shim_pci_set_writable(nic.pdev, nic.acs + 8, 4, ~0U);
	CHECK_EQ(set_cfg(nic.acs + 8, 4, 1), 0);
	CHECK_EQ(hw(nic.acs + 8, 4), 0);
	pci_down();
}

static void unknown_first_extended_capability(void)
{
	unsigned int at[8];

	nic_new();
	shim_pci_set(nic.pdev, 0x100, 2, 0x7ffe);
	nic_load();
	/* a null capability stands in its place, and leads on */
	CHECK_EQ(walk_ext(at, 8), 2);
	CHECK_EQ(cfg(0x100, 4), (u32)nic.dsn << 20);
	CHECK_EQ(at[1], nic.dsn);
	pci_down();

	nic_new();
	shim_pci_set(nic.pdev, 0x100, 4, 0x1fffe);
	nic_load();
	CHECK_EQ(cfg(0x100, 4), 0);
	pci_down();
}

/* Start and stop with a configuration space that @change made wild */
static void with_wild(void (*change)(void))
{
	unsigned int at[256];

	nic_new();
	change();
	nic_load();
	CHECK(walk(at, 256) < 60);
	CHECK(walk_ext(at, 256) < 100);
	for (unsigned int pos = 0; pos < (unsigned int)nic.pdev->cfg_size; pos += 4) {
		CHECK(cfg(pos, 4) >= 0);
		CHECK_EQ(set_cfg(pos, 4, ~0U), 0);
	}
	pci_down();
}

static void point_to_itself(void) { shim_pci_set(nic.pdev, nic.pm + 1, 1, nic.pm); }
static void point_back(void) { shim_pci_set(nic.pdev, nic.vendor + 1, 1, nic.exp); }
static void point_into_header(void) { shim_pci_set(nic.pdev, nic.pm + 1, 1, 0x10); }
static void point_between(void) { shim_pci_set(nic.pdev, nic.pm + 1, 1, nic.msi + 6); }
static void point_to_end(void) { shim_pci_set(nic.pdev, nic.vendor + 1, 1, 0xff); }
static void long_vendor(void) { shim_pci_set(nic.pdev, nic.vendor + 2, 1, 0xff); }
static void short_vendor(void) { shim_pci_set(nic.pdev, nic.vendor + 2, 1, 0); }
static void ext_loop(void) { shim_pci_set(nic.pdev, nic.dsn + 2, 2, nic.err << 4 | 1); }
static void ext_end(void) { shim_pci_set(nic.pdev, nic.dsn + 2, 2, 0xffc1); }
static void ext_low(void) { shim_pci_set(nic.pdev, nic.dsn + 2, 2, 0x0401); }

static void pm_at_end(void)
{
	shim_pci_set(nic.pdev, nic.vendor + 1, 1, 0xfc);
	shim_pci_set(nic.pdev, 0xfc, 4, PCI_CAP_ID_PM);
}

static void small_space(void)
{
	nic.pdev->cfg_size = 256;
	pm_at_end();
}

static void all_ones_behind_header(void)
{
	for (unsigned int at = 0x40; at < 4096; at += 4)
		shim_pci_set(nic.pdev, at, 4, ~0U);
}

static void ext_everywhere(void)
{
	for (unsigned int at = 0x100; at < 4096; at += 4)
		shim_pci_set(nic.pdev, at, 4, (at + 4) << 20 | 1 << 16 | PCI_EXT_CAP_ID_VNDR);
}

static void std_everywhere(void)
{
	shim_pci_set(nic.pdev, PCI_CAPABILITY_LIST, 1, 0x40);
	for (unsigned int at = 0x40; at < 256; at += 4)
		shim_pci_set(nic.pdev, at, 4, (at + 4) << 8 | PCI_CAP_ID_SLOTID);
}

static void wild_capabilities(void)
{
	static void (*const changes[])(void) = {
		point_to_itself, point_back, point_into_header, point_between, point_to_end,
		long_vendor, short_vendor, ext_loop, ext_end, ext_low, pm_at_end, small_space,
		all_ones_behind_header, ext_everywhere, std_everywhere,
	};

	shim_quiet(true);
	for (unsigned int i = 0; i < ARRAY_SIZE(changes); i++)
		with_wild(changes[i]);
}

static void dead_device_is_not_opened(void)
{
	nic_new();
	CHECK_EQ(pci_machine_load(), 0);
	shim_quiet(true);
	for (unsigned int at = 0; at < 4096; at += 4)
		shim_pci_set(nic.pdev, at, 4, ~0U);
	nic.pdev->pm_cap = 0;
	CHECK_EQ(pci_user_open(), -EIO);
	pci_down();
}

static void unplugged_device_reads_as_ones(void)
{
	unsigned long writes;

	nic_start();
	shim_pci_unplug(nic.pdev);
	writes = shim_pci(nic.pdev)->config_writes;
	CHECK_EQ(cfg(0, 4), 0xffffffff);
	CHECK_EQ(cfg(PCI_BASE_ADDRESS_0, 2), 0xffff);
	CHECK_EQ(cfg(nic.vendor + 5, 1), 0xff);
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, 0), 0);
	CHECK_EQ(shim_pci(nic.pdev)->config_writes, writes);
	pci_down();
}

static void command_decides_about_decoding(void)
{
	nic_start();
	CHECK(cfg(PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
	CHECK_EQ(rd(0, 0, 4), 0);
	CHECK_EQ(rd(2, 0, 4), 0);
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, PCI_COMMAND_IO), 0);
	CHECK_EQ(rd(0, 0, 4), -EIO);
	CHECK_EQ(pci_region_write(0, 0, "word", 4), -EIO);
	CHECK_EQ(rd(2, 0, 4), 0);
	CHECK_EQ(hw(PCI_COMMAND, 2) & 7, PCI_COMMAND_IO);
	/* one byte, and nothing of the others */
	CHECK_EQ(set_cfg(PCI_COMMAND, 1, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), 0);
	CHECK_EQ(rd(0, 0, 4), 0);
	CHECK_EQ(rd(2, 0, 4), -EIO);
	CHECK_EQ(hw(PCI_COMMAND, 2) & 7, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_down();
	CHECK_EQ(shim_complaints(), 0);
}

static void bus_mastering_ends_with_the_user(void)
{
	nic_start();
	CHECK(!(hw(PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, 7), 0);
	CHECK(hw(PCI_COMMAND, 2) & PCI_COMMAND_MASTER);
	pci_user_close();
	CHECK(!(hw(PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	pci_down();
}

static void status_is_cleared_by_ones_only(void)
{
	nic_start();
	shim_pci(nic.pdev)->config[PCI_STATUS + 1] = 0xf9;
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, 7), 0);
	CHECK_EQ(hw(PCI_STATUS + 1, 1), 0xf9);
	CHECK_EQ(set_cfg(PCI_COMMAND, 4, PCI_STATUS_PARITY << 16 | 7), 0);
	CHECK_EQ(hw(PCI_STATUS + 1, 1), 0xf8);
	CHECK_EQ(set_cfg(PCI_STATUS, 2, PCI_STATUS_DETECTED_PARITY), 0);
	CHECK_EQ(hw(PCI_STATUS + 1, 1), 0x78);
	pci_down();
}

static void lost_bars_are_written_back(void)
{
	u32 was;

	nic_start();
	was = hw(PCI_BASE_ADDRESS_0, 4);
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, 0), 0);
	/* as a reset by a register of its own leaves it */
	memset(shim_pci(nic.pdev)->config + PCI_BASE_ADDRESS_0, 0, 4);
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 0);
	CHECK_EQ(hw(PCI_BASE_ADDRESS_0, 4), was);
	pci_down();
}

static void vf_has_ids_and_decodes(void)
{
	nic_new();
	nic.pdev->is_virtfn = true;
	nic.pdev->no_command_memory = true;
	nic.pdev->physfn = nic.pdev;
	shim_pci_set(nic.pdev, 0, 4, ~0U);
	shim_pci_set_writable(nic.pdev, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	nic_load();
	CHECK_EQ(cfg(0, 4), 0x56781234);
	CHECK_EQ(cfg(PCI_INTERRUPT_PIN, 1), 0);
	CHECK_EQ(rd(0, 0, 4), 0);
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, 0), 0);
	CHECK_EQ(rd(0, 0, 4), -EIO);
	CHECK_EQ(set_cfg(PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 0);
	CHECK_EQ(rd(0, 0, 4), 0);
	pci_down();
}

static void msi_and_msix_are_virtual(void)
{
	nic_start();
	CHECK_EQ(set_cfg(nic.msi + PCI_MSI_FLAGS, 2, ~0U), 0);
	/* 8 vectors at most, enabled in the copy */
	CHECK_EQ(cfg(nic.msi + PCI_MSI_FLAGS, 2) & (PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE),
		 3 << 4 | PCI_MSI_FLAGS_ENABLE);
	for (unsigned int at = 4; at < 20; at += 4) {
		CHECK_EQ(set_cfg(nic.msi + at, 4, 0x12345670 + at), 0);
		CHECK_EQ(cfg(nic.msi + at, 4), 0x12345670 + at);
		CHECK_EQ(hw(nic.msi + at, 4), 0);
	}
	CHECK_EQ(hw(nic.msi + PCI_MSI_FLAGS, 2) & PCI_MSI_FLAGS_ENABLE, 0);
	CHECK_EQ(set_cfg(nic.msix + PCI_MSIX_FLAGS, 2, ~0U), 0);
	CHECK_EQ(cfg(nic.msix + PCI_MSIX_FLAGS, 2), MSIX_VECTORS - 1);
	CHECK_EQ(hw(nic.msix + PCI_MSIX_FLAGS, 2), MSIX_VECTORS - 1);
	CHECK_EQ(set_cfg(nic.msix + PCI_MSIX_TABLE, 4, 0), 0);
	CHECK_EQ(cfg(nic.msix + PCI_MSIX_TABLE, 4), 0x2000);
	pci_down();
}

static void power_state_is_ours(void)
{
	nic_start();
	CHECK_EQ(cfg(nic.pm + PCI_PM_PMC, 2), 3);
	CHECK_EQ(set_cfg(nic.pm + PCI_PM_CTRL, 2, 0x8103), 0);
	CHECK_EQ(nic.pdev->current_state, PCI_D3hot);
	CHECK_EQ(cfg(nic.pm + PCI_PM_CTRL, 2), PCI_PM_CTRL_NO_SOFT_RESET | 3);
	CHECK_EQ(rd(0, 0, 4), -EIO);
	CHECK_EQ(rd(2, 0, 4), -EIO);
	CHECK_EQ(set_cfg(nic.pm + PCI_PM_CTRL, 1, 0), 0);
	CHECK_EQ(nic.pdev->current_state, PCI_D0);
	CHECK_EQ(rd(0, 0, 4), 0);
	/* a reset wakes it; and so does the end */
	CHECK_EQ(set_cfg(nic.pm + PCI_PM_CTRL, 2, 3), 0);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
	CHECK_EQ(cfg(nic.pm + PCI_PM_CTRL, 2), PCI_PM_CTRL_NO_SOFT_RESET);
	CHECK_EQ(set_cfg(nic.pm + PCI_PM_CTRL, 2, 3), 0);
	pci_down();
	CHECK_EQ(shim_complaints(), 0);
}

static void d3hot_keeps_the_configuration(void)
{
	nic_new();
	shim_pci(nic.pdev)->soft_reset = true;
	nic_load();
	CHECK_EQ(set_cfg(PCI_CACHE_LINE_SIZE, 1, 0x10), 0);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(set_cfg(nic.pm + PCI_PM_CTRL, 2, 3), 0);
		CHECK_EQ(set_cfg(PCI_COMMAND, 2, PCI_COMMAND_IO), 0);
		CHECK_EQ(set_cfg(nic.pm + PCI_PM_CTRL, 2, 0), 0);
		CHECK_EQ(hw(PCI_CACHE_LINE_SIZE, 1), 0x10);
		CHECK_EQ(hw(PCI_COMMAND, 2) & 7, PCI_COMMAND_IO);
		CHECK_EQ(hw(PCI_BASE_ADDRESS_0, 4), (u32)pci_resource_start(nic.pdev, 0));
		CHECK_EQ(set_cfg(PCI_COMMAND, 2, 7), 0);
	}
	pci_down();
}

static void flr_by_capability(void)
{
	unsigned int resets;

	nic_start();
	resets = shim_pci(nic.pdev)->resets;
	CHECK_EQ(set_cfg(nic.exp + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR), 0);
	CHECK_EQ(shim_pci(nic.pdev)->resets, resets + 1);
	CHECK_EQ(cfg(nic.exp + PCI_EXP_DEVCTL, 2), 0);
	CHECK(hw(PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
	pci_down();
}

static void read_requests_are_checked(void)
{
	u16 at;

	nic_start();
	at = nic.exp + PCI_EXP_DEVCTL;
	CHECK_EQ(set_cfg(at, 2, 5 << 12), 0);
	CHECK_EQ(hw(at, 2), 5 << 12);
	CHECK_EQ(set_cfg(at, 2, 7 << 12), 0);
	CHECK_EQ(hw(at, 2), 5 << 12);
	CHECK_EQ(cfg(at, 2), 5 << 12);
	/* never below the payload size, here 512 bytes */
	shim_pci_set(nic.pdev, at, 2, 5 << 12 | 2 << 5);
	CHECK_EQ(set_cfg(at, 2, 0), 0);
	CHECK_EQ(hw(at, 2), 2 << 12 | 2 << 5);
	CHECK_EQ(cfg(at, 2) & PCI_EXP_DEVCTL_READRQ, 0);
	CHECK_EQ(set_cfg(at, 2, 5 << 12), 0);
	shim_pci_set(nic.pdev, at, 2, 5 << 12);
	/* error reporting stays the host's */
	CHECK_EQ(set_cfg(at, 2, 5 << 12 | 0xf | PCI_EXP_DEVCTL_RELAX_EN), 0);
	CHECK_EQ(cfg(at, 2), 5 << 12 | 0xf | PCI_EXP_DEVCTL_RELAX_EN);
	CHECK_EQ(hw(at, 2), 5 << 12 | PCI_EXP_DEVCTL_RELAX_EN);
	pci_down();
}

static void vpd_goes_by_the_host(void)
{
	nic_start();
	memcpy(shim_pci(nic.pdev)->vpd + 8, "ABCD", 4);
	CHECK_EQ(set_cfg(nic.vpd + PCI_VPD_ADDR, 2, 8), 0);
	CHECK_EQ(cfg(nic.vpd + PCI_VPD_ADDR, 2), 8 | PCI_VPD_ADDR_F);
	CHECK_EQ(cfg(nic.vpd + PCI_VPD_DATA, 4), 0x44434241);
	CHECK_EQ(set_cfg(nic.vpd + PCI_VPD_DATA, 4, 0x31323334), 0);
	CHECK_EQ(set_cfg(nic.vpd + PCI_VPD_ADDR, 2, 12 | PCI_VPD_ADDR_F), 0);
	CHECK_EQ(cfg(nic.vpd + PCI_VPD_ADDR, 2), 12);
	CHECK_EQ(memcmp(shim_pci(nic.pdev)->vpd + 12, "4321", 4), 0);
	/* the end can cut a read short; beyond it nothing can be written */
	CHECK_EQ(set_cfg(nic.vpd + PCI_VPD_ADDR, 2, 0x7ffc), 0);
	CHECK_EQ(cfg(nic.vpd + PCI_VPD_ADDR, 2), 0x7ffc | PCI_VPD_ADDR_F);
	CHECK_EQ(cfg(nic.vpd + PCI_VPD_DATA, 4), 0);
	CHECK_EQ(set_cfg(nic.vpd + PCI_VPD_ADDR, 2, 0x7ffc | PCI_VPD_ADDR_F), 0);
	CHECK_EQ(cfg(nic.vpd + PCI_VPD_ADDR, 2), 0x7ffc | PCI_VPD_ADDR_F);
	pci_down();
}

static void vendor_registers_pass(void)
{
	nic_start();
	CHECK_EQ(set_cfg(nic.vendor + 4, 4, 0xcafe), 0);
	CHECK_EQ(hw(nic.vendor + 4, 4), 0xcafe);
	CHECK_EQ(set_cfg(nic.vendor + 6, 1, 0x77), 0);
	CHECK_EQ(cfg(nic.vendor + 4, 4), 0x77cafe);
	/* its header is part of the chain */
	CHECK_EQ(set_cfg(nic.vendor, 2, 0), 0);
	CHECK_EQ(cfg(nic.vendor, 1), PCI_CAP_ID_VNDR);
	/* so do those of no capability */
	shim_pci_set_writable(nic.pdev, 0xf0, 4, ~0U);
	CHECK_EQ(set_cfg(0xf0, 4, 0xbeef), 0);
	CHECK_EQ(hw(0xf0, 4), 0xbeef);
	pci_down();
}

static void error_masks_are_virtual(void)
{
	nic_start();
	shim_pci_set_writable(nic.pdev, nic.err + PCI_ERR_UNCOR_MASK, 4, ~0U);
	CHECK_EQ(set_cfg(nic.err + PCI_ERR_UNCOR_MASK, 4, ~0U), 0);
	CHECK_EQ(cfg(nic.err + PCI_ERR_UNCOR_MASK, 4), 0xffffffff);
	CHECK_EQ(hw(nic.err + PCI_ERR_UNCOR_MASK, 4), 0);
	pci_down();
}

/* Every bit of every register, against what the host must keep */
static void host_registers_survive_anything(void)
{
	static const unsigned int kept[] = { PCI_BASE_ADDRESS_0, PCI_BASE_ADDRESS_2,
		PCI_BASE_ADDRESS_4, PCI_BASE_ADDRESS_5, PCI_ROM_ADDRESS };
	u8 before[4096];

	nic_start();
	memset(shim_pci(nic.pdev)->writable + 0x40, 0xff, 4096 - 0x40);
	memcpy(before, shim_pci(nic.pdev)->config, 4096);
	for (unsigned int at = 0x10; at < 4096; at++)
		if (at / 4 != (nic.pm + PCI_PM_CTRL) / 4)
			CHECK_EQ(set_cfg(at, 1, 0xff), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(kept); i++)
		CHECK_EQ(hw(kept[i], 4), *(u32 *)(before + kept[i]));
	CHECK_EQ(memcmp(shim_pci(nic.pdev)->config + nic.msi, before + nic.msi, 24), 0);
	CHECK_EQ(memcmp(shim_pci(nic.pdev)->config + nic.msix, before + nic.msix, 12), 0);
	CHECK_EQ(memcmp(shim_pci(nic.pdev)->config + nic.acs, before + nic.acs, 0x40), 0);
	CHECK_EQ(memcmp(shim_pci(nic.pdev)->config + nic.exp + PCI_EXP_LNKCAP,
			before + nic.exp + PCI_EXP_LNKCAP, 8), 0);
	pci_down();
}

UNIT_TESTS(pci_config,
	{ "IDs and BARs are shown", shows_ids_and_bars },
	{ "BARs can be sized and stay the host's", bars_size_and_keep_to_themselves },
	{ "offset and count are bounded", bounds },
	{ "unknown capabilities are hidden", unknown_capabilities_are_hidden },
	{ "an unknown first extended capability is replaced", unknown_first_extended_capability },
	{ "wild capabilities do no harm", wild_capabilities },
	{ "a dead device is not opened", dead_device_is_not_opened },
	{ "an unplugged device reads as ones", unplugged_device_reads_as_ones },
	{ "the command register decides about decoding", command_decides_about_decoding },
	{ "bus mastering ends with the user", bus_mastering_ends_with_the_user },
	{ "status bits are cleared by ones only", status_is_cleared_by_ones_only },
	{ "lost BARs are written back", lost_bars_are_written_back },
	{ "a VF has IDs and a decode bit", vf_has_ids_and_decodes },
	{ "MSI and MSI-X are virtual", msi_and_msix_are_virtual },
	{ "the power state is ours to change", power_state_is_ours },
	{ "D3hot keeps the configuration", d3hot_keeps_the_configuration },
	{ "a function level reset is done by us", flr_by_capability },
	{ "the read request size is checked", read_requests_are_checked },
	{ "VPD goes by the host", vpd_goes_by_the_host },
	{ "vendor registers pass", vendor_registers_pass },
	{ "error masks are virtual", error_masks_are_virtual },
	{ "the host's registers survive anything", host_registers_survive_anything },
)
