// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bookkeeping of a mapping costs in memory, at its worst: 4 KiB pages of which no two
 * neighbours are physically contiguous. The page tables of the IOMMU (SecPageTables) are not
 * bookkeeping and are taken off.
 */
#include "bench.h"

#include <errno.h>
#include <sys/mman.h>

#define IOVA		(1ull << 32)
#define SIZE		(1ul << 30)
#define STRIDE		19	/* pages from one touch to the next; odd, so that it visits all */

/* Free pages that CPUs keep for themselves, which MemFree leaves out. */
static long percpu_kib(void)
{
	FILE *zones = fopen("/proc/zoneinfo", "r");
	long pages = 0, count;
	char line[256];

	while (zones && fgets(line, sizeof(line), zones))
		if (sscanf(line, " count: %ld", &count) == 1)
			pages += count;
	if (zones)
		fclose(zones);
	return pages * (long)(PAGE_SIZE / 1024);
}

static long used_kib(void)
{
	const char *info = "/proc/meminfo";

	return -file_number(info, "MemFree") - percpu_kib() - file_number(info, "SecPageTables");
}

/* Physical pages come off the free lists in order of touching: touch so that they end up apart. */
static void *scattered(void)
{
	char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint64_t pages = SIZE / PAGE_SIZE;

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, SIZE, MADV_NOHUGEPAGE);
	for (uint64_t i = 0; i < pages; i++)
		memory[i * STRIDE % pages * PAGE_SIZE] = 1;
	return memory;
}

/*
 * The first round only warms up: it moves pages between free lists and caches by more than the
 * bookkeeping weighs. Of the others the worst counts.
 */
static int scattered_cost(struct bench *b, double *values)
{
	long worst = 0;
	int err;

	if (!b->scattered)
		b->scattered = scattered();
	err = b->scattered ? 0 : -ENOMEM;
	for (int round = 0; round < 3 && !err; round++) {
		long before = used_kib(), growth;

		err = dma_map(b->nic.container, b->scattered, IOVA, SIZE, RW);
		growth = used_kib() - before;
		if (round > 0 && growth > worst)
			worst = growth;
		if (!err)
			err = dma_unmap(b->nic.container, IOVA, SIZE, 0, NULL);
	}
	values[0] = worst * 1024.0 / (SIZE >> 20);
	return err;
}

const struct measurement memory_measurements[] = {
	{ scattered_cost, 1, {
		{ "bookkeeping", "bookkeeping, scattered pages, per MiB", "bytes",
		  0, 1048.576 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
