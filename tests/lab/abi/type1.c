// SPDX-License-Identifier: GPL-2.0-only
/*
 * The type1 IOMMU ABI: information, maps of all kinds of memory, unmaps, dirty pages, accounting.
 * Needs edu, whose DMA shows that a mapping is what it says, and 16 huge pages of 2 MiB.
 */
#include "type1.h"

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
