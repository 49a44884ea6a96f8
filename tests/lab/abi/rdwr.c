// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and write() on regions: limits, lengths and wild offsets.
 */
#include "pci.h"

#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CONFIG	VFIO_PCI_CONFIG_REGION_INDEX
#define BAR0	VFIO_PCI_BAR0_REGION_INDEX

static unsigned char buffer[8192];

static uint64_t region_size(uint32_t index)
{
	struct vfio_region_info info;

	return region_info(nic.device, index, &info) ? 0 : info.size;
}

static long get(uint32_t index, uint64_t offset, size_t size)
{
	return region_read(nic.device, index, offset, buffer, size);
}

static long put(uint32_t index, uint64_t offset, size_t size)
{
	return region_write(nic.device, index, offset, buffer, size);
}

static void nothing(void)
{
	EXPECT(get(CONFIG, 0, 0), 0);
	EXPECT(put(CONFIG, 0, 0), 0);
	EXPECT(get(BAR0, 0, 0), 0);
	EXPECT(put(BAR0, 0, 0), 0);
}

/* Up to the end as much as there is; from the end on nothing. */
static void limits(uint32_t index)
{
	uint64_t size = region_size(index);

	EXPECT(get(index, size - 4, 4), 4);
	EXPECT(get(index, size - 4, 5), 4);
	EXPECT(get(index, size - 4, 4096), 4);
	EXPECT(get(index, size - 1, 1), 1);
	EXPECT(get(index, size, 1), -EINVAL);
	EXPECT(get(index, size, 4), -EINVAL);
	EXPECT(get(index, size + 1, 4), -EINVAL);
	EXPECT(put(index, size, 4), -EINVAL);
	EXPECT(get(index, 1ull << 32, 4), -EINVAL);
	EXPECT(get(index, (1ull << 40) - 4, 4), -EINVAL);
	EXPECT(get(index, (1ull << 40) - 1, 4), -EINVAL);
}

static void bar_limits(void)
{
	config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	limits(BAR0);
}

/* Configuration space is read whole or in part, but not across its end. */
static void config_limits(void)
{
	uint64_t size = region_size(CONFIG);

	EXPECT(get(CONFIG, 0, size), (long)size);
	EXPECT(get(CONFIG, size - 4, 4), 4);
	EXPECT_TRUE(get(CONFIG, size - 4, 8) < 0);
	EXPECT(get(CONFIG, size - 1, 1), 1);
	EXPECT_TRUE(get(CONFIG, size, 4) < 0);
	EXPECT_TRUE(put(CONFIG, size, 4) < 0);
	EXPECT_TRUE(get(CONFIG, 1ull << 32, 4) < 0);
	EXPECT_TRUE(get(CONFIG, (1ull << 40) - 4, 4) < 0);
}

/* Offsets beyond all regions, up to the largest there is. */
static void beyond_regions(void)
{
	static const int64_t offsets[] = {
		(int64_t)VFIO_PCI_NUM_REGIONS << 40, (int64_t)100 << 40, INT64_MAX - 3,
		INT64_MAX - 4095, INT64_MAX,
	};

	for (unsigned int i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		EXPECT(pread(nic.device, buffer, 4, offsets[i]), -1);
		EXPECT(errno, EINVAL);
		EXPECT(pwrite(nic.device, buffer, 4, offsets[i]), -1);
		EXPECT(errno, EINVAL);
	}
	EXPECT(pread(nic.device, buffer, 4, -1), -1);
	EXPECT(errno, EINVAL);
}

static void vga_refused(void)
{
	EXPECT(pread(nic.device, buffer, 4, (8ll << 40) + 0x3c0), -1);
	EXPECT(errno, EINVAL);
	EXPECT(pread(nic.device, buffer, 4, (8ll << 40) + 0xa0000), -1);
	EXPECT(errno, EINVAL);
}

/* A BAR that the device does not have. */
static void absent_bar(void)
{
	EXPECT(region_size(VFIO_PCI_BAR5_REGION_INDEX), 0);
	EXPECT(get(VFIO_PCI_BAR5_REGION_INDEX, 0, 4), -EINVAL);
	EXPECT(put(VFIO_PCI_BAR5_REGION_INDEX, 0, 4), -EINVAL);
}

static void bad_memory(void)
{
	EXPECT(region_read(nic.device, CONFIG, 0, NULL, 4), -EFAULT);
	EXPECT(region_write(nic.device, CONFIG, PCI_INTERRUPT_LINE, NULL, 1), -EFAULT);
	config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	EXPECT(region_read(nic.device, BAR0, 0, NULL, 4), -EFAULT);
	EXPECT(region_write(nic.device, BAR0, 0, NULL, 4), -EFAULT);
}

/* Odd starts and lengths give the same bytes as aligned ones. */
static void odd_pieces(void)
{
	unsigned char whole[64], piece[64];

	EXPECT(region_read(nic.device, CONFIG, 0, whole, sizeof(whole)), sizeof(whole));
	for (unsigned int start = 0; start < 16; start++) {
		for (unsigned int size = 1; size <= 16; size++) {
			memset(piece, 0xa5, sizeof(piece));
			if (!EXPECT(region_read(nic.device, CONFIG, start, piece, size), size) ||
			    !EXPECT(memcmp(piece, whole + start, size), 0) ||
			    !EXPECT(piece[size], 0xa5))
				return;
		}
	}
}

/* read() of a BAR sees what a mapping of it sees. */
static void bar_as_mapped(void)
{
	struct vfio_region_info info;
	volatile uint32_t *bar;
	uint32_t word = 0;

	config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	REQUIRE(region_info(nic.device, BAR0, &info), 0);
	bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, nic.device, info.offset);
	REQUIRE_TRUE(bar != MAP_FAILED);
	/* VLAN ether type: 16 bits that software may set (82576 datasheet, VET at 0x38) */
	bar[0x38 / 4] = 0x1234;
	EXPECT(region_read(nic.device, BAR0, 0x38, &word, 4), 4);
	EXPECT(word, bar[0x38 / 4]);
	EXPECT(word & 0xffff, 0x1234);
	word = 0x5678;
	EXPECT(region_write(nic.device, BAR0, 0x38, &word, 4), 4);
	EXPECT(bar[0x38 / 4] & 0xffff, 0x5678);
	munmap((void *)bar, info.size);
}

/* Through the fd nobody reaches the MSI-X table: reads are all ones, writes go nowhere. */
static void msix_table_hidden(void)
{
	unsigned int cap = config_cap(nic.device, PCI_CAP_ID_MSIX);
	uint32_t table = config_read(nic.device, cap + PCI_MSIX_TABLE, 4);
	uint32_t bar = table & PCI_MSIX_TABLE_BIR, word = 0;

	config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	EXPECT(region_read(nic.device, bar, table & PCI_MSIX_TABLE_OFFSET, &word, 4), 4);
	EXPECT(word, ~0u);
	word = 0xfee00000;
	EXPECT(region_write(nic.device, bar, table & PCI_MSIX_TABLE_OFFSET, &word, 4), 4);
	EXPECT(region_read(nic.device, bar, table & PCI_MSIX_TABLE_OFFSET, &word, 4), 4);
	EXPECT(word, ~0u);
}

CU_TestInfo rdwr_tests[] = {
	{ "length 0", nothing },
	{ "limits of a BAR", bar_limits },
	{ "limits of configuration space", config_limits },
	{ "offsets beyond the regions: EINVAL", beyond_regions },
	{ "VGA of a device that is none: EINVAL", vga_refused },
	{ "a BAR that is not there: EINVAL", absent_bar },
	{ "bad memory: EFAULT", bad_memory },
	{ "odd starts and lengths", odd_pieces },
	{ "read and mmap show the same", bar_as_mapped },
	{ "the MSI-X table is out of reach", msix_table_hidden },
	CU_TEST_INFO_NULL,
};
