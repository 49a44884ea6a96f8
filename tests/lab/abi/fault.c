// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA that must not happen. The IOMMU reports each as a fault in the kernel log, which the lab
 * takes for a failure: the case that runs this looks at the log itself.
 */
#include "check.h"

#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>

#define LENGTH	64

static char *memory;

static void setup(void)
{
	edu_setup();
	memory = memory_small(4 * PAGE_SIZE);
	memset(memory, 0x77, LENGTH);
}

static void teardown(void)
{
	edu_teardown();
	munmap(memory, 4 * PAGE_SIZE);
}

static int map(uint64_t iova, uint32_t flags)
{
	return dma_map(edu_session.container, memory, iova, PAGE_SIZE, flags);
}

static bool all(int value)
{
	for (int i = 0; i < LENGTH; i++)
		if (memory[LENGTH + i] != value)
			return false;
	return true;
}

/* The device has the pattern; a write of it to the second part of the page. */
static void load_pattern(void)
{
	EXPECT(map(IOVA, RW), 0);
	EXPECT(edu_store(&edu, IOVA, 0, LENGTH), 0);
	EXPECT(dma_unmap(edu_session.container, IOVA, PAGE_SIZE, 0, NULL), 0);
}

static void unmapped(void)
{
	load_pattern();
	EXPECT(edu_load(&edu, IOVA + LENGTH, 0, LENGTH), 0);
	EXPECT_TRUE(all(0));
	/* neighbours of a mapping are no part of it */
	EXPECT(map(IOVA, RW), 0);
	EXPECT(edu_load(&edu, IOVA - PAGE_SIZE + LENGTH, 0, LENGTH), 0);
	EXPECT(edu_load(&edu, IOVA + PAGE_SIZE + LENGTH, 0, LENGTH), 0);
	EXPECT_TRUE(all(0));
	EXPECT(edu_load(&edu, IOVA + LENGTH, 0, LENGTH), 0);
	EXPECT_TRUE(all(0x77));
}

static void read_only(void)
{
	load_pattern();
	EXPECT(map(IOVA, VFIO_DMA_MAP_FLAG_READ), 0);
	EXPECT(edu_load(&edu, IOVA + LENGTH, 0, LENGTH), 0);
	EXPECT_TRUE(all(0));
	/* reading goes on */
	memset(memory, 0x55, LENGTH);
	EXPECT(edu_store(&edu, IOVA, 0, LENGTH), 0);
	EXPECT(dma_unmap(edu_session.container, IOVA, PAGE_SIZE, 0, NULL), 0);
	EXPECT(map(IOVA, RW), 0);
	EXPECT(edu_load(&edu, IOVA + LENGTH, 0, LENGTH), 0);
	EXPECT_TRUE(all(0x55));
}

/* A device without bus mastering reaches nothing. */
static void no_master(void)
{
	load_pattern();
	EXPECT(map(IOVA, RW), 0);
	EXPECT(config_write(edu_session.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 2);
	EXPECT(edu_load(&edu, IOVA + LENGTH, 0, LENGTH), 0);
	EXPECT_TRUE(all(0));
}

static CU_TestInfo tests[] = {
	{ "unmapped addresses", unmapped },
	{ "a read-only mapping", read_only },
	{ "no bus mastering", no_master },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "forbidden DMA", NULL, NULL, setup, teardown, tests },
		CU_SUITE_INFO_NULL,
	};

	return check_main(suites);
}
