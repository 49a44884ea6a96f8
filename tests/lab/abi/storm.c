// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads in the same container at once.
 */
#include "type1.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define ROUNDS	200
#define PAGES	16

static atomic_int wrong;

/* Each its own IOVAs: nothing ever fails. */
static void *apart(void *offset)
{
	uint64_t iova = IOVA + (uintptr_t)offset;
	uint64_t unmapped;

	for (int i = 0; i < ROUNDS; i++) {
		if (map(memory, iova, PAGES * PAGE_SIZE) ||
		    map(memory, iova, PAGE_SIZE) != -EEXIST ||
		    dma_unmap(space(), iova, PAGES * PAGE_SIZE, 0, &unmapped) ||
		    unmapped != PAGES * PAGE_SIZE)
			wrong++;
	}
	return NULL;
}

static atomic_long balance;

/* The same IOVA: one wins the map, one the unmap, and the sums agree. */
static void *contended(void *unused)
{
	uint64_t unmapped;

	for (int i = 0; i < ROUNDS; i++) {
		int err = map(memory, IOVA, PAGES * PAGE_SIZE);

		if (!err)
			balance += PAGES;
		else if (err != -EEXIST)
			wrong++;
		if (dma_unmap(space(), IOVA, PAGES * PAGE_SIZE, 0, &unmapped))
			wrong++;
		else
			balance -= unmapped / PAGE_SIZE;
	}
	return unused;
}

/* Unmaps everything, whatever the other does. */
static void *sweeper(void *unused)
{
	uint64_t unmapped;

	for (int i = 0; i < ROUNDS; i++) {
		if (dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, &unmapped))
			wrong++;
		else
			balance -= unmapped / PAGE_SIZE;
	}
	return unused;
}

static void *asker(void *unused)
{
	struct vfio_iommu_type1_info info;

	for (int i = 0; i < ROUNDS; i++) {
		info.argsz = sizeof(info);
		if (vf_ioctl(space(), VFIO_IOMMU_GET_INFO, &info))
			wrong++;
	}
	return unused;
}

static void run(void *(*first)(void *), void *a, void *(*second)(void *), void *b)
{
	long pinned = pinned_pages(), locked = locked_pages();
	pthread_t threads[2];

	memory = memory_small(PAGES * PAGE_SIZE);
	wrong = 0;
	balance = 0;
	EXPECT(pthread_create(&threads[0], NULL, first, a), 0);
	EXPECT(pthread_create(&threads[1], NULL, second, b), 0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	EXPECT(wrong, 0);
	EXPECT(balance, 0);
	EXPECT_TRUE(pins_returned(pinned));
	EXPECT(locked_pages(), locked);
	munmap(memory, PAGES * PAGE_SIZE);
}

static void two_apart(void)
{
	run(apart, (void *)0, apart, (void *)(uintptr_t)HUGE_SIZE);
}

static void two_contended(void)
{
	run(contended, NULL, contended, NULL);
}

static void map_and_sweep(void)
{
	run(contended, NULL, sweeper, NULL);
}

static void map_and_ask(void)
{
	run(apart, NULL, asker, NULL);
}

/* A second group comes and goes while the first one's user maps and unmaps. */
static void *comer(void *unused)
{
	struct pci_dev dev;
	int group;

	if (find_bound(EDU_ID, 1, &dev)) {
		wrong++;
		return unused;
	}
	group = group_open(dev.group);
	for (int i = 0; i < ROUNDS / 4; i++)
		if (group_attach(group, space()) ||
		    vf_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL))
			wrong++;
	close_fd(&group);
	return unused;
}

static void map_and_attach(void)
{
	run(apart, NULL, comer, NULL);
}

CU_TestInfo storm_tests[] = {
	{ "two threads, each its own IOVAs", two_apart },
	{ "two threads, the same IOVA", two_contended },
	{ "mapping against unmapping all", map_and_sweep },
	{ "mapping against GET_INFO", map_and_ask },
	{ "mapping against a group that comes and goes", map_and_attach },
	CU_TEST_INFO_NULL,
};
