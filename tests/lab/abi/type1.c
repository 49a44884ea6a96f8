// SPDX-License-Identifier: GPL-2.0-only
/*
 * The type1 IOMMU ABI: information, maps of all kinds of memory, unmaps, dirty pages, accounting.
 * Needs edu, whose DMA shows that a mapping is what it says, and 16 huge pages of 2 MiB.
 */
#include "type1.h"

#include <sys/mman.h>

char *memory;

void with_memory(void (*body)(void))
{
	long pinned = pinned_pages(), locked = locked_pages();

	memory = memory_small(HUGE_SIZE);
	body();
	EXPECT(dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), 0);
	EXPECT_TRUE(pins_returned(pinned));
	EXPECT(locked_pages(), locked);
	munmap(memory, HUGE_SIZE);
}

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "info", NULL, NULL, edu_setup, edu_teardown, iommu_info_tests },
		{ "map", NULL, NULL, edu_setup, edu_teardown, map_tests },
		{ "memory", NULL, NULL, edu_setup, edu_teardown, memory_tests },
		{ "unmap", NULL, NULL, edu_setup, edu_teardown, unmap_tests },
		{ "type1 v1", NULL, NULL, v1_setup, edu_teardown, v1_tests },
		{ "dirty pages", NULL, NULL, edu_setup, edu_teardown, dirty_tests },
		{ "accounting", NULL, NULL, edu_setup, edu_teardown, account_tests },
		{ "threads", NULL, NULL, edu_setup, edu_teardown, storm_tests },
		CU_SUITE_INFO_NULL,
	};

	return check_main(suites);
}
