/* SPDX-License-Identifier: GPL-2.0-only */
/* The suites of abi-type1. */
#ifndef ABI_TYPE1_H
#define ABI_TYPE1_H

#include "check.h"

extern CU_TestInfo iommu_info_tests[];
extern CU_TestInfo map_tests[];
extern CU_TestInfo memory_tests[];
extern CU_TestInfo unmap_tests[];
extern CU_TestInfo v1_tests[];
extern CU_TestInfo dirty_tests[];
extern CU_TestInfo account_tests[];
extern CU_TestInfo storm_tests[];

/* As edu_setup, with the IOMMU of type 1 in place of v2. */
void v1_setup(void);

/* The container of the session that each test has. */
static inline int space(void)
{
	return edu_session.container;
}

/* A mapping of read/write memory at the IOVA, in the test's own container. */
static inline int map(const void *memory, uint64_t iova, uint64_t size)
{
	return dma_map(space(), memory, iova, size, RW);
}

/* HUGE_SIZE of small pages, for the tests that are made by TEST(). */
extern char *memory;

/*
 * Runs a test's body on fresh memory, then unmaps all: nothing may be left pinned or charged.
 */
void with_memory(void (*body)(void));

#define TEST(name)				\
	static void name(void)			\
	{					\
		with_memory(name##_body);	\
	}

/* The part of GET_INFO that tests look at; caps in ranges[], counts otherwise. */
struct space_info {
	uint64_t pgsizes;
	uint32_t avail;
	uint64_t dirty_pgsizes;
	uint64_t dirty_max;
	uint32_t nr_ranges;
	struct vfio_iova_range ranges[16];
};

bool space_info(struct space_info *info);

#endif
