// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_MAP_DMA: what is refused, with which errno, and that a refusal changes nothing.
 */
#include "type1.h"

#include <string.h>
#include <sys/mman.h>

#define LAST_PAGE	(~0ull - PAGE_SIZE + 1)

static void size_body(void)
{
	EXPECT(map(memory, IOVA, 0), -EINVAL);
	EXPECT(map(memory, IOVA, 1), -EINVAL);
	EXPECT(map(memory, IOVA, PAGE_SIZE - 1), -EINVAL);
	EXPECT(map(memory, IOVA, PAGE_SIZE + 1), -EINVAL);
	EXPECT(map(memory, IOVA, ~0ull), -EINVAL);
	EXPECT(map(memory, IOVA, ~0ull & ~(PAGE_SIZE - 1)), -EINVAL);
}

static void alignment_body(void)
{
	static const unsigned int offsets[] = { 1, 7, 8, 512, PAGE_SIZE / 2, PAGE_SIZE - 1 };

	for (unsigned int i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		EXPECT(map(memory, IOVA + offsets[i], PAGE_SIZE), -EINVAL);
		EXPECT(map(memory + offsets[i], IOVA, PAGE_SIZE), -EINVAL);
	}
}

/* iova + size - 1 may reach the last byte of the space, and not wrap. */
static void overflow_body(void)
{
	EXPECT(map(memory, LAST_PAGE, 2 * PAGE_SIZE), -EINVAL);
	EXPECT(map(memory, LAST_PAGE - PAGE_SIZE, 3 * PAGE_SIZE), -EINVAL);
	EXPECT(map(memory, 1ull << 63, 1ull << 63), -EINVAL);
	EXPECT(map((void *)(uintptr_t)LAST_PAGE, IOVA, 2 * PAGE_SIZE), -EINVAL);
	/* no wrap, but above what the IOMMU addresses */
	EXPECT(map(memory, LAST_PAGE, PAGE_SIZE), -EINVAL);
}

static void aperture_body(void)
{
	struct space_info info;
	uint64_t last;

	REQUIRE_TRUE(space_info(&info));
	last = info.ranges[info.nr_ranges - 1].end;
	EXPECT(map(memory, last + 1 - PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(map(memory, last + 1 - 2 * PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(dma_unmap(space(), last + 1 - 2 * PAGE_SIZE, 2 * PAGE_SIZE, 0, NULL), 0);
	EXPECT(map(memory, last + 1, PAGE_SIZE), -EINVAL);
	EXPECT(map(memory, last + 1 - PAGE_SIZE, 2 * PAGE_SIZE), -EINVAL);
	EXPECT(map(memory, 0, PAGE_SIZE), 0);
}

static void msi_window_body(void)
{
	static const uint64_t inside[] = { 0xfee00000, 0xfee01000, 0xfeeff000 };

	for (unsigned int i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
		EXPECT(map(memory, inside[i], PAGE_SIZE), -EINVAL);
	EXPECT(map(memory, 0xfedff000, 2 * PAGE_SIZE), -EINVAL);
	EXPECT(map(memory, 0xfeeff000, 2 * PAGE_SIZE), -EINVAL);
	EXPECT(map(memory, 0xfedff000, PAGE_SIZE), 0);
	EXPECT(map(memory, 0xfef00000, PAGE_SIZE), 0);
}

static void flags_body(void)
{
	static const uint32_t unknown[] = {
		0, 1u << 3, 1u << 31, RW | 1u << 3, RW | 1u << 31, ~0u,
	};

	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		EXPECT(dma_map(space(), memory, IOVA, PAGE_SIZE, unknown[i]), -EINVAL);
	/* a new address for a mapping whose address nobody invalidated */
	EXPECT(dma_map(space(), memory, IOVA, PAGE_SIZE, RW | VFIO_DMA_MAP_FLAG_VADDR), -EINVAL);
	EXPECT_TRUE(dma_map(space(), memory, IOVA, PAGE_SIZE, VFIO_DMA_MAP_FLAG_VADDR) < 0);
}

static void one_way_body(void)
{
	EXPECT(dma_map(space(), memory, IOVA, PAGE_SIZE, VFIO_DMA_MAP_FLAG_READ), 0);
	EXPECT(dma_map(space(), memory, IOVA + PAGE_SIZE, PAGE_SIZE, VFIO_DMA_MAP_FLAG_WRITE), 0);
}

static void overlap_body(void)
{
	REQUIRE(map(memory, IOVA, 4 * PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA, 4 * PAGE_SIZE), -EEXIST);
	EXPECT(map(memory, IOVA, PAGE_SIZE), -EEXIST);
	EXPECT(map(memory, IOVA + 3 * PAGE_SIZE, PAGE_SIZE), -EEXIST);
	EXPECT(map(memory, IOVA + PAGE_SIZE, PAGE_SIZE), -EEXIST);
	EXPECT(map(memory, IOVA - PAGE_SIZE, 2 * PAGE_SIZE), -EEXIST);
	EXPECT(map(memory, IOVA - PAGE_SIZE, 16 * PAGE_SIZE), -EEXIST);
	EXPECT(map(memory, IOVA - PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA + 4 * PAGE_SIZE, PAGE_SIZE), 0);
	/* the same memory, any number of times */
	EXPECT(map(memory, IOVA + 16 * PAGE_SIZE, 4 * PAGE_SIZE), 0);
}

static void bad_memory_body(void)
{
	char *hole = memory_reserve(HUGE_SIZE);
	struct space_info before, after;

	EXPECT_TRUE(space_info(&before));
	munmap(hole, HUGE_SIZE);
	EXPECT(map(NULL, IOVA, PAGE_SIZE), -EFAULT);
	EXPECT(map(hole, IOVA, PAGE_SIZE), -EFAULT);
	EXPECT(map((void *)0xffff800000000000ul, IOVA, PAGE_SIZE), -EFAULT);
	EXPECT(map((void *)0x7ffffffff000ul, IOVA, PAGE_SIZE), -EFAULT);
	/* good pages first: what was pinned of them goes back, and the IOVAs are free again */
	munmap(memory + HUGE_SIZE / 2, PAGE_SIZE);
	EXPECT(map(memory, IOVA, HUGE_SIZE), -EFAULT);
	EXPECT_TRUE(space_info(&after));
	EXPECT(after.avail, before.avail);
	EXPECT(map(memory, IOVA, HUGE_SIZE / 2), 0);
}

static void read_only_memory_body(void)
{
	EXPECT(mprotect(memory, PAGE_SIZE, PROT_READ), 0);
	EXPECT(map(memory, IOVA, PAGE_SIZE), -EFAULT);
	EXPECT(dma_map(space(), memory, IOVA, PAGE_SIZE, VFIO_DMA_MAP_FLAG_WRITE), -EFAULT);
	EXPECT(dma_map(space(), memory, IOVA, PAGE_SIZE, VFIO_DMA_MAP_FLAG_READ), 0);
	EXPECT(mprotect(memory, HUGE_SIZE, PROT_NONE), 0);
	EXPECT(dma_map(space(), memory, IOVA + PAGE_SIZE, PAGE_SIZE, VFIO_DMA_MAP_FLAG_READ),
	       -EFAULT);
}

static void many_body(void)
{
	for (uint64_t i = 0; i < 512; i++)
		if (!EXPECT(map(memory + i * PAGE_SIZE, IOVA + 2 * i * PAGE_SIZE, PAGE_SIZE), 0))
			return;
	for (uint64_t i = 0; i < 512; i++)
		if (!EXPECT(map(memory, IOVA + 2 * i * PAGE_SIZE, PAGE_SIZE), -EEXIST))
			return;
	for (uint64_t i = 0; i < 512; i += 2)
		if (!EXPECT(dma_unmap(space(), IOVA + 2 * i * PAGE_SIZE, PAGE_SIZE, 0, NULL), 0))
			return;
	for (uint64_t i = 0; i < 512; i++)
		if (!EXPECT(map(memory, IOVA + 2 * i * PAGE_SIZE, PAGE_SIZE), i % 2 ? -EEXIST : 0))
			return;
}

TEST(size)
TEST(alignment)
TEST(overflow)
TEST(aperture)
TEST(msi_window)
TEST(flags)
TEST(one_way)
TEST(overlap)
TEST(bad_memory)
TEST(read_only_memory)
TEST(many)

CU_TestInfo map_tests[] = {
	{ "size 0 and broken pages: EINVAL", size },
	{ "misaligned IOVA or address: EINVAL", alignment },
	{ "wrap-around: EINVAL", overflow },
	{ "first and last page of the space", aperture },
	{ "the MSI window is refused", msi_window },
	{ "no flags, unknown flags: EINVAL", flags },
	{ "one direction only", one_way },
	{ "overlap: EEXIST", overlap },
	{ "no memory there: EFAULT, all undone", bad_memory },
	{ "read-only memory: EFAULT for writing", read_only_memory },
	{ "many mappings", many },
	CU_TEST_INFO_NULL,
};
