// SPDX-License-Identifier: GPL-2.0-only
/*
 * Map and unmap, through the container of the NIC. The memory is present before the clock starts,
 * so that what is counted is pinning, bookkeeping and the IOMMU, not page faults.
 */
#include "bench.h"

#include <errno.h>

#define IOVA		(1ull << 32)
#define BUFFER		(128ul << 20)
#define HUGE_BUFFER	(256ul << 20)
#define ROUNDS		6
#define CROWD		32768
#define PROBES		4096
#define BATCH		64

/* Cost of mapping and unmapping the buffer as one mapping. */
static int whole(struct bench *b, void *memory, size_t size, size_t unit, double *values)
{
	int container = b->nic.container;
	uint64_t map = UINT64_MAX, unmap = UINT64_MAX;
	int err = memory ? 0 : -ENOMEM;

	for (int round = 0; round < ROUNDS && !err; round++) {
		uint64_t start = clock_now(), mapped;

		err = dma_map(container, memory, IOVA, size, RW);
		mapped = clock_now();
		if (!err)
			err = dma_unmap(container, IOVA, size, 0, NULL);
		keep_least(&unmap, clock_now() - mapped);
		keep_least(&map, mapped - start);
	}
	values[0] = (double)map / (size / unit);
	values[1] = (double)unmap / (size / unit);
	return err;
}

static int small_pages(struct bench *b, double *values)
{
	if (!b->small)
		b->small = memory_small(BUFFER);
	return whole(b, b->small, BUFFER, PAGE_SIZE, values);
}

static int transparent_pages(struct bench *b, double *values)
{
	if (!b->transparent)
		b->transparent = memory_thp(HUGE_BUFFER);
	return whole(b, b->transparent, HUGE_BUFFER, HUGE_SIZE, values);
}

static int huge_pages(struct bench *b, double *values)
{
	if (!b->huge)
		b->huge = memory_huge(HUGE_BUFFER);
	return whole(b, b->huge, HUGE_BUFFER, HUGE_SIZE, values);
}

/* Maps and unmaps one page in the gap before each of a batch of slots, spread over the crowd. */
static int crowd_batch(int container, char *memory, uint64_t first, uint64_t *map, uint64_t *unmap)
{
	uint64_t mapping = 0, unmapping = 0;
	int err = 0;

	for (uint64_t i = first; i < first + BATCH && !err; i++) {
		uint64_t slot = i * 20011 % CROWD;
		uint64_t iova = IOVA + (2 * slot + 1) * PAGE_SIZE;
		uint64_t start = clock_now(), mapped;

		err = dma_map(container, memory + slot * PAGE_SIZE, iova, PAGE_SIZE, RW);
		mapped = clock_now();
		if (!err)
			err = dma_unmap(container, iova, PAGE_SIZE, 0, NULL);
		unmapping += clock_now() - mapped;
		mapping += mapped - start;
	}
	keep_least(map, mapping);
	keep_least(unmap, unmapping);
	return err;
}

/*
 * One mapping more among CROWD that stand. Every second page of the IOVA space is taken, and the
 * probes go into gaps all over it, in an order that a cache of the last place does not help.
 */
static int crowd(struct bench *b, double *values)
{
	int container = b->nic.container;
	uint64_t map = UINT64_MAX, unmap = UINT64_MAX;
	char *memory;
	int err;

	if (!b->crowd)
		b->crowd = memory_small(CROWD * PAGE_SIZE);
	memory = b->crowd;
	err = memory ? 0 : -ENOMEM;
	for (uint64_t i = 0; i < CROWD && !err; i++)
		err = dma_map(container, memory + i * PAGE_SIZE, IOVA + 2 * i * PAGE_SIZE,
			      PAGE_SIZE, RW);
	for (uint64_t i = 0; i < PROBES && !err; i += BATCH)
		err = crowd_batch(container, memory, i, &map, &unmap);
	dma_unmap(container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL);
	values[0] = (double)map / BATCH;
	values[1] = (double)unmap / BATCH;
	return err;
}

const struct measurement dma_measurements[] = {
	{ small_pages, 1, {
		{ "map_4k", "map, 4 KiB pages, per page", "ns", 0.6, 0 },
		{ "unmap_4k", "unmap, 4 KiB pages, per page", "ns", 0.6, 0 } } },
	{ transparent_pages, 1, {
		{ "map_thp", "map, THP, per 2 MiB", "ns", 0.3, 0 },
		{ "unmap_thp", "unmap, THP, per 2 MiB", "ns", 0.1, 0 } } },
	{ huge_pages, 1, {
		{ "map_huge", "map, 2 MiB huge pages, per 2 MiB", "ns", 0.3, 0 },
		{ "unmap_huge", "unmap, 2 MiB huge pages, per 2 MiB", "ns", 0.1, 0 } } },
	{ crowd, 1, {
		{ "map_crowd", "one 4 KiB map among 32,768", "ns", 0.8, 0 },
		{ "unmap_crowd", "one 4 KiB unmap among 32,768", "ns", 0.8, 0 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
