// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space as the user sees it: what is virtual, what is filtered, what is hidden.
 */
#include "pci.h"

#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint32_t get(unsigned int offset, unsigned int size)
{
	return config_read(nic.device, offset, size);
}

static void put(unsigned int offset, unsigned int size, uint32_t value)
{
	EXPECT(config_write(nic.device, offset, size, value), size);
}

/* What the device itself holds, past VFIO. */
static uint32_t real(unsigned int offset, unsigned int size)
{
	char path[96];
	uint32_t value = 0;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", nic.dev.name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	EXPECT(pread(fd, &value, size, offset), size);
	close_fd(&fd);
	return value;
}

static void identity(void)
{
	EXPECT(get(PCI_VENDOR_ID, 2), 0x8086);
	EXPECT(get(PCI_DEVICE_ID, 2), 0x10c9);
	EXPECT(get(PCI_CLASS_DEVICE, 2), 0x0200);
	EXPECT(get(PCI_HEADER_TYPE, 1) & 0x7f, PCI_HEADER_TYPE_NORMAL);
	put(PCI_VENDOR_ID, 4, 0);
	put(PCI_CLASS_REVISION, 4, 0);
	put(PCI_HEADER_TYPE, 1, 1);
	EXPECT(get(PCI_VENDOR_ID, 4), 0x10c98086);
	EXPECT(get(PCI_CLASS_DEVICE, 2), 0x0200);
	EXPECT(get(PCI_HEADER_TYPE, 1) & 0x7f, PCI_HEADER_TYPE_NORMAL);
}

/* Sizing: all ones written reads as the size mask; the device's own BAR never moves. */
static void bar_sizing(void)
{
	for (unsigned int bar = 0; bar < 4; bar++) {
		unsigned int at = PCI_BASE_ADDRESS_0 + 4 * bar;
		uint32_t before = get(at, 4), really = real(at, 4);
		uint64_t start, size;
		uint32_t low = before & PCI_BASE_ADDRESS_SPACE_IO ? 3 : 15;

		EXPECT(pci_resource(&nic.dev, bar, &start, &size), 0);
		put(at, 4, ~0u);
		EXPECT(get(at, 4) & ~low, (uint32_t)~(size - 1));
		EXPECT(get(at, 4) & low, before & low);
		EXPECT(real(at, 4), really);
		put(at, 4, 0xabcd0000);
		EXPECT(real(at, 4), really);
		put(at, 4, before);
		EXPECT(get(at, 4), before);
	}
	/* the upper half of the 64-bit BAR 3, and BAR 5 which is not there */
	put(PCI_BASE_ADDRESS_4, 4, ~0u);
	EXPECT(get(PCI_BASE_ADDRESS_4, 4), ~0u);
	put(PCI_BASE_ADDRESS_5, 4, ~0u);
	EXPECT(get(PCI_BASE_ADDRESS_5, 4), 0);
}

static void bar_bytewise(void)
{
	uint32_t really = real(PCI_BASE_ADDRESS_0, 4);

	for (unsigned int byte = 0; byte < 4; byte++)
		put(PCI_BASE_ADDRESS_0 + byte, 1, 0xff);
	EXPECT(get(PCI_BASE_ADDRESS_0, 4), 0xfffe0000);
	EXPECT(real(PCI_BASE_ADDRESS_0, 4), really);
}

static void command(void)
{
	put(PCI_COMMAND, 2, 0);
	EXPECT(get(PCI_COMMAND, 2) & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), 0);
	EXPECT(real(PCI_COMMAND, 2) & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
	       0);
	put(PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT(get(PCI_COMMAND, 2) & 7, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT(real(PCI_COMMAND, 2) & 7, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* Lines are the user's scratch; the pin tells that there is INTx. */
static void interrupt_line(void)
{
	uint32_t really = real(PCI_INTERRUPT_LINE, 1);

	EXPECT(get(PCI_INTERRUPT_PIN, 1), 1);
	put(PCI_INTERRUPT_LINE, 1, 0x5a);
	EXPECT(get(PCI_INTERRUPT_LINE, 1), 0x5a);
	EXPECT(real(PCI_INTERRUPT_LINE, 1), really);
	put(PCI_INTERRUPT_PIN, 1, 0);
	EXPECT(get(PCI_INTERRUPT_PIN, 1), 1);
}

/* Interrupts are programmed by SET_IRQS alone. */
static void msi_control(void)
{
	unsigned int cap = config_cap(nic.device, PCI_CAP_ID_MSI);

	REQUIRE_TRUE(cap);
	put(cap + PCI_MSI_ADDRESS_LO, 4, 0xfee00000);
	put(cap + PCI_MSI_DATA_64, 2, 0x4021);
	put(cap + PCI_MSI_FLAGS, 2, get(cap + PCI_MSI_FLAGS, 2) | PCI_MSI_FLAGS_ENABLE);
	EXPECT(real(cap + PCI_MSI_FLAGS, 2) & PCI_MSI_FLAGS_ENABLE, 0);
	EXPECT(real(cap + PCI_MSI_ADDRESS_LO, 4) == 0xfee00000 &&
	       real(cap + PCI_MSI_DATA_64, 2) == 0x4021, 0);
	/* what was written reads back: it is the user's own */
	EXPECT(get(cap + PCI_MSI_ADDRESS_LO, 4), 0xfee00000);
}

static void msix_control(void)
{
	unsigned int cap = config_cap(nic.device, PCI_CAP_ID_MSIX);
	uint32_t table;

	REQUIRE_TRUE(cap);
	table = get(cap + PCI_MSIX_TABLE, 4);
	put(cap + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE);
	EXPECT(real(cap + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
	EXPECT(get(cap + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_QSIZE, 9);
	put(cap + PCI_MSIX_TABLE, 4, ~0u);
	EXPECT(get(cap + PCI_MSIX_TABLE, 4), table);
}

/* The state is the driver's to change, with the device's BARs out of reach meanwhile. */
static void power_state(void)
{
	unsigned int cap = config_cap(nic.device, PCI_CAP_ID_PM);
	uint32_t word = 0;

	REQUIRE_TRUE(cap);
	put(PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	put(cap + PCI_PM_CTRL, 2, 3);
	EXPECT(get(cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 3);
	EXPECT(region_read(nic.device, VFIO_PCI_BAR0_REGION_INDEX, 0, &word, 4), -EIO);
	put(cap + PCI_PM_CTRL, 2, 0);
	EXPECT(get(cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 0);
	EXPECT(region_read(nic.device, VFIO_PCI_BAR0_REGION_INDEX, 0, &word, 4), 4);
	/* wake-up is the host's: no PME from here */
	EXPECT(get(cap + PCI_PM_PMC, 2) & PCI_PM_CAP_PME_MASK, 0);
	put(cap + PCI_PM_CTRL, 2, PCI_PM_CTRL_PME_ENABLE);
	EXPECT(real(cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_PME_ENABLE, 0);
}

/* A function-level reset through the capability leaves configuration space usable. */
static void flr_by_capability(void)
{
	unsigned int cap = config_cap(nic.device, PCI_CAP_ID_EXP);

	REQUIRE_TRUE(cap);
	EXPECT_TRUE(get(cap + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR);
	put(PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	put(cap + PCI_EXP_DEVCTL, 2, get(cap + PCI_EXP_DEVCTL, 2) | PCI_EXP_DEVCTL_BCR_FLR);
	EXPECT(get(cap + PCI_EXP_DEVCTL, 2) & PCI_EXP_DEVCTL_BCR_FLR, 0);
	EXPECT(get(PCI_VENDOR_ID, 4), 0x10c98086);
	EXPECT(real(PCI_BASE_ADDRESS_0, 4) != 0, 1);
}

static void reset(void)
{
	uint32_t word = 0, value = 0x1111;
	const uint32_t bar = VFIO_PCI_BAR0_REGION_INDEX;

	put(PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT(region_write(nic.device, bar, 0x38, &value, 4), 4);
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_RESET, NULL), 0);
	/* configuration space is as it was, registers are as new */
	EXPECT(get(PCI_COMMAND, 2) & 7, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT(region_read(nic.device, bar, 0x38, &word, 4), 4);
	EXPECT_TRUE(word != value);
	EXPECT(get(PCI_VENDOR_ID, 4), 0x10c98086);
}

/* edu has no reset of its own, and shares its bus with everything. */
static void reset_unsupported(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct session s;
	struct pci_dev dev;

	REQUIRE(find_bound(EDU_ID, 0, &dev), 0);
	REQUIRE(session_open(&s, &dev), 0);
	EXPECT(vf_ioctl(s.device, VFIO_DEVICE_GET_INFO, &info), 0);
	EXPECT(info.flags & VFIO_DEVICE_FLAGS_RESET, 0);
	EXPECT_TRUE(vf_ioctl(s.device, VFIO_DEVICE_RESET, NULL) < 0);
	EXPECT(config_read(s.device, 0, 4), 0x11e81234);
	session_close(&s);
}

/* The chain ends, goes up to known identifiers, and each is where the device has it or hidden. */
static void capability_chain(void)
{
	unsigned int at = get(PCI_CAPABILITY_LIST, 1);
	bool seen[256] = { false };
	int count = 0;

	EXPECT_TRUE(get(PCI_STATUS, 2) & PCI_STATUS_CAP_LIST);
	while (at) {
		REQUIRE_TRUE(at >= 0x40 && at < 0x100 && !seen[at]);
		seen[at] = true;
		EXPECT(get(at, 1), real(at, 1));
		at = get(at + 1, 1);
		count++;
	}
	EXPECT_TRUE(count >= 4);
}

/* Extended capabilities likewise; SR-IOV and ARI are the host's. */
static void extended_chain(void)
{
	unsigned int at = 0x100;
	int count = 0;

	while (at) {
		uint32_t head = get(at, 4);

		REQUIRE_TRUE(at >= 0x100 && at < 0x1000 && at % 4 == 0 && count < 100);
		EXPECT_TRUE(head != ~0u);
		at = head >> 20;
		count++;
	}
	EXPECT_TRUE(count >= 1);
}

/* The user cannot make VFs: writes to the SR-IOV control reach nothing. */
static void sriov_control(void)
{
	unsigned int at = 0x160;

	EXPECT(real(at, 4) & 0xffff, PCI_EXT_CAP_ID_SRIOV);
	put(at + PCI_SRIOV_NUM_VF, 2, 2);
	put(at + PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
	EXPECT(real(at + PCI_SRIOV_CTRL, 2) & PCI_SRIOV_CTRL_VFE, 0);
	EXPECT(real(at + PCI_SRIOV_NUM_VF, 2), 0);
}

CU_TestInfo config_tests[] = {
	{ "identity is read-only", identity },
	{ "BAR sizing is virtual", bar_sizing },
	{ "BAR sizing byte by byte", bar_bytewise },
	{ "command register", command },
	{ "interrupt line and pin", interrupt_line },
	{ "MSI cannot be enabled by writing", msi_control },
	{ "MSI-X cannot be enabled by writing", msix_control },
	{ "power state", power_state },
	{ "FLR by its capability", flr_by_capability },
	{ "DEVICE_RESET", reset },
	{ "DEVICE_RESET where there is none", reset_unsupported },
	{ "capability chain", capability_chain },
	{ "extended capability chain", extended_chain },
	{ "SR-IOV control is out of reach", sriov_control },
	CU_TEST_INFO_NULL,
};
