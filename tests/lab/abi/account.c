// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting: who pays for pinned memory, what limits it, and that all of it returns.
 */
#define _GNU_SOURCE
#include "type1.h"

#include <grp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOBODY	65534

static void charge(void)
{
	long before = locked_pages();

	memory = memory_small(HUGE_SIZE);
	EXPECT(map(memory, IOVA, HUGE_SIZE), 0);
	EXPECT(locked_pages() - before, 512);
	/* pinned twice is charged twice */
	EXPECT(map(memory, IOVA + HUGE_SIZE, HUGE_SIZE), 0);
	EXPECT(locked_pages() - before, 1024);
	EXPECT(dma_unmap(space(), IOVA, HUGE_SIZE, 0, NULL), 0);
	EXPECT(locked_pages() - before, 512);
	EXPECT(dma_unmap(space(), IOVA + HUGE_SIZE, HUGE_SIZE, 0, NULL), 0);
	EXPECT(locked_pages(), before);
	munmap(memory, HUGE_SIZE);
}

static void charge_huge(void)
{
	long before = locked_pages();

	memory = memory_huge(2 * HUGE_SIZE);
	REQUIRE_TRUE(memory);
	EXPECT(map(memory, IOVA, 2 * HUGE_SIZE), 0);
	EXPECT(locked_pages() - before, 1024);
	EXPECT(dma_unmap(space(), IOVA, 2 * HUGE_SIZE, 0, NULL), 0);
	EXPECT(locked_pages(), before);
	munmap(memory, 2 * HUGE_SIZE);
}

static void failed_map_costs_nothing(void)
{
	long pinned = pinned_pages(), before = locked_pages();

	memory = memory_small(HUGE_SIZE);
	munmap(memory + HUGE_SIZE - PAGE_SIZE, PAGE_SIZE);
	EXPECT(map(memory, IOVA, HUGE_SIZE), -EFAULT);
	EXPECT(locked_pages(), before);
	EXPECT_TRUE(pins_returned(pinned));
	munmap(memory, HUGE_SIZE);
}

/* Closing all without unmapping returns all. */
static void closing_returns_all(void)
{
	long pinned = pinned_pages(), before = locked_pages();
	char *huge = memory_huge(HUGE_SIZE);

	memory = memory_small(HUGE_SIZE);
	REQUIRE_TRUE(huge);
	EXPECT(map(memory, IOVA, HUGE_SIZE), 0);
	EXPECT(map(huge, IOVA + HUGE_SIZE, HUGE_SIZE), 0);
	EXPECT_TRUE(pinned_pages() > pinned);
	edu_stop(&edu);
	session_close(&edu_session);
	EXPECT(locked_pages(), before);
	EXPECT_TRUE(pins_returned(pinned));
	munmap(memory, HUGE_SIZE);
	munmap(huge, HUGE_SIZE);
}

static void detaching_returns_all(void)
{
	long pinned = pinned_pages(), before = locked_pages();

	memory = memory_small(HUGE_SIZE);
	EXPECT(map(memory, IOVA, HUGE_SIZE), 0);
	edu_stop(&edu);
	close_fd(&edu_session.device);
	EXPECT(vf_ioctl(edu_session.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	EXPECT(locked_pages(), before);
	EXPECT_TRUE(pins_returned(pinned));
	munmap(memory, HUGE_SIZE);
}

/* Gives up root and its right to lock memory; limits what may be locked. */
static int drop(size_t limit)
{
	struct rlimit memlock = { .rlim_cur = limit, .rlim_max = limit };

	return setrlimit(RLIMIT_MEMLOCK, &memlock) || setgroups(0, NULL) || setgid(NOBODY) ||
	       setuid(NOBODY);
}

#define STEP(call, want)						\
	do {								\
		long got = (call);					\
									\
		if (got != (want)) {					\
			printf("%s: got %ld\n", #call, got);		\
			return __LINE__ % 250 + 1;			\
		}							\
	} while (0)

/* Exactly the limit is allowed, one page more is not, and what is unmapped may be mapped anew. */
static int limited_child(void *unused)
{
	char *mine = memory_small(HUGE_SIZE);

	(void)unused;
	STEP(drop(16 * PAGE_SIZE), 0);
	STEP(map(mine, IOVA, 17 * PAGE_SIZE), -ENOMEM);
	STEP(locked_pages(), 0);
	STEP(map(mine, IOVA, HUGE_SIZE), -ENOMEM);
	STEP(locked_pages(), 0);
	STEP(map(mine, IOVA, 16 * PAGE_SIZE), 0);
	STEP(locked_pages(), 16);
	STEP(map(mine, IOVA + HUGE_SIZE, PAGE_SIZE), -ENOMEM);
	STEP(dma_unmap(space(), IOVA, 16 * PAGE_SIZE, 0, NULL), 0);
	STEP(locked_pages(), 0);
	STEP(map(mine, IOVA + HUGE_SIZE, 16 * PAGE_SIZE), 0);
	STEP(dma_unmap(space(), IOVA + HUGE_SIZE, 16 * PAGE_SIZE, 0, NULL), 0);
	return 0;
}

static void memlock(void)
{
	EXPECT(in_child(limited_child, NULL), 0);
}

static int limited_huge_child(void *unused)
{
	char *mine = memory_huge(2 * HUGE_SIZE);

	(void)unused;
	STEP(!mine, 0);
	STEP(drop(HUGE_SIZE + PAGE_SIZE), 0);
	STEP(map(mine, IOVA, 2 * HUGE_SIZE), -ENOMEM);
	STEP(locked_pages(), 0);
	STEP(map(mine, IOVA, HUGE_SIZE), 0);
	STEP(locked_pages(), 512);
	STEP(dma_unmap(space(), IOVA, HUGE_SIZE, 0, NULL), 0);
	return 0;
}

static void memlock_huge(void)
{
	EXPECT(in_child(limited_huge_child, NULL), 0);
}

static int forbidden_child(void *unused)
{
	char *mine = memory_small(PAGE_SIZE);

	(void)unused;
	STEP(drop(0), 0);
	STEP(map(mine, IOVA, PAGE_SIZE), -ENOMEM);
	return 0;
}

static void memlock_zero(void)
{
	EXPECT(in_child(forbidden_child, NULL), 0);
}

static int root_child(void *unused)
{
	struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };
	char *mine = memory_small(HUGE_SIZE);

	(void)unused;
	STEP(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	STEP(map(mine, IOVA, HUGE_SIZE), 0);
	STEP(dma_unmap(space(), IOVA, HUGE_SIZE, 0, NULL), 0);
	return 0;
}

/* CAP_IPC_LOCK lifts the limit. */
static void memlock_capable(void)
{
	EXPECT(in_child(root_child, NULL), 0);
}

static const char *const entry_limit = "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit";

/* The limit is the container's, from when its IOMMU was set. */
static void entries(void)
{
	uint64_t unmapped;

	edu_stop(&edu);
	session_close(&edu_session);
	REQUIRE(sysfs_write(entry_limit, "4"), 0);
	EXPECT(session_open(&edu_session, &edu_session.dev), 0);
	EXPECT(sysfs_write(entry_limit, "65535"), 0);
	memory = memory_small(PAGE_SIZE);
	for (int i = 0; i < 4; i++)
		EXPECT(map(memory, IOVA + i * PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA + 4 * PAGE_SIZE, PAGE_SIZE), -ENOSPC);
	EXPECT(dma_unmap(space(), IOVA, PAGE_SIZE, 0, NULL), 0);
	EXPECT(map(memory, IOVA + 4 * PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA + 5 * PAGE_SIZE, PAGE_SIZE), -ENOSPC);
	EXPECT(dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, &unmapped), 0);
	EXPECT(unmapped, 4 * PAGE_SIZE);
	EXPECT(map(memory, IOVA, PAGE_SIZE), 0);
	munmap(memory, PAGE_SIZE);
}

CU_TestInfo account_tests[] = {
	{ "the mapper is charged", charge },
	{ "hugetlb is charged by its size", charge_huge },
	{ "a failed map costs nothing", failed_map_costs_nothing },
	{ "closing returns all", closing_returns_all },
	{ "detaching the group returns all", detaching_returns_all },
	{ "RLIMIT_MEMLOCK: to the page, ENOMEM", memlock },
	{ "RLIMIT_MEMLOCK: hugetlb", memlock_huge },
	{ "RLIMIT_MEMLOCK: 0", memlock_zero },
	{ "RLIMIT_MEMLOCK: not for the capable", memlock_capable },
	{ "dma_entry_limit: ENOSPC", entries },
	CU_TEST_INFO_NULL,
};
