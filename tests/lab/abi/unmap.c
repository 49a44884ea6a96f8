// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_UNMAP_DMA: ranges, what it reports, that v2 never splits a mapping, and what v1 does
 * in its place.
 */
#include "type1.h"

#include <string.h>
#include <sys/mman.h>

/* Unmaps a range that must succeed; what was reported as unmapped. */
static uint64_t unmap(uint64_t iova, uint64_t size)
{
	uint64_t unmapped = ~0ull;

	EXPECT(dma_unmap(space(), iova, size, 0, &unmapped), 0);
	return unmapped;
}

static int refused(uint64_t iova, uint64_t size)
{
	return dma_unmap(space(), iova, size, 0, NULL);
}

static void exact_body(void)
{
	REQUIRE(map(memory, IOVA, 4 * PAGE_SIZE), 0);
	EXPECT(unmap(IOVA, 4 * PAGE_SIZE), 4 * PAGE_SIZE);
	EXPECT(unmap(IOVA, 4 * PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA, 4 * PAGE_SIZE), 0);
}

static void nothing_body(void)
{
	EXPECT(unmap(IOVA, PAGE_SIZE), 0);
	EXPECT(unmap(0, PAGE_SIZE), 0);
	EXPECT(unmap(~0ull - PAGE_SIZE + 1, PAGE_SIZE), 0);
}

static void several_body(void)
{
	REQUIRE(map(memory, IOVA, PAGE_SIZE), 0);
	REQUIRE(map(memory, IOVA + 4 * PAGE_SIZE, 3 * PAGE_SIZE), 0);
	REQUIRE(map(memory, IOVA + 64 * PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(unmap(IOVA - PAGE_SIZE, 16 * PAGE_SIZE), 4 * PAGE_SIZE);
	EXPECT(unmap(IOVA, HUGE_SIZE), PAGE_SIZE);
}

/* A border of the range inside a mapping is refused, and then nothing at all is unmapped. */
static void split_body(void)
{
	REQUIRE(map(memory, IOVA - 2 * PAGE_SIZE, PAGE_SIZE), 0);
	REQUIRE(map(memory, IOVA, 8 * PAGE_SIZE), 0);
	EXPECT(refused(IOVA, PAGE_SIZE), -EINVAL);
	EXPECT(refused(IOVA, 7 * PAGE_SIZE), -EINVAL);
	EXPECT(refused(IOVA + PAGE_SIZE, PAGE_SIZE), -EINVAL);
	EXPECT(refused(IOVA + 7 * PAGE_SIZE, PAGE_SIZE), -EINVAL);
	EXPECT(refused(IOVA + 7 * PAGE_SIZE, 100 * PAGE_SIZE), -EINVAL);
	EXPECT(refused(IOVA - 2 * PAGE_SIZE, 4 * PAGE_SIZE), -EINVAL);
	EXPECT(refused(0, IOVA + PAGE_SIZE), -EINVAL);
	EXPECT(unmap(0, 1ull << 31), 9 * PAGE_SIZE);
}

/* Adjacent mappings are mappings of their own. */
static void adjacent_body(void)
{
	REQUIRE(map(memory, IOVA, PAGE_SIZE), 0);
	REQUIRE(map(memory + PAGE_SIZE, IOVA + PAGE_SIZE, PAGE_SIZE), 0);
	REQUIRE(map(memory + 2 * PAGE_SIZE, IOVA + 2 * PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(unmap(IOVA + PAGE_SIZE, PAGE_SIZE), PAGE_SIZE);
	EXPECT(map(memory, IOVA, PAGE_SIZE), -EEXIST);
	EXPECT(map(memory, IOVA + 2 * PAGE_SIZE, PAGE_SIZE), -EEXIST);
	EXPECT(unmap(IOVA, 3 * PAGE_SIZE), 2 * PAGE_SIZE);
}

static void arguments_body(void)
{
	static const uint32_t unknown[] = { 1u << 3, 1u << 31, ~0u };

	REQUIRE(map(memory, IOVA, PAGE_SIZE), 0);
	EXPECT(refused(IOVA, 0), -EINVAL);
	EXPECT(refused(IOVA, 1), -EINVAL);
	EXPECT(refused(IOVA, PAGE_SIZE - 1), -EINVAL);
	EXPECT(refused(IOVA, PAGE_SIZE + 1), -EINVAL);
	EXPECT(refused(IOVA + 1, PAGE_SIZE), -EINVAL);
	EXPECT(refused(IOVA, ~0ull), -EINVAL);
	EXPECT(refused(~0ull - PAGE_SIZE + 1, 2 * PAGE_SIZE), -EINVAL);
	EXPECT(refused(1ull << 63, (1ull << 63) + PAGE_SIZE), -EINVAL);
	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		EXPECT(dma_unmap(space(), IOVA, PAGE_SIZE, unknown[i], NULL), -EINVAL);
	EXPECT(unmap(IOVA, PAGE_SIZE), PAGE_SIZE);
}

/*
 * A range up to and including the last byte of the space. Kernels before 6.18 compute its end as
 * 0 and find nothing in it; ours must find the mapping.
 */
static void to_the_end_body(void)
{
	REQUIRE(map(memory, IOVA, PAGE_SIZE), 0);
	EXPECT(unmap(PAGE_SIZE, 0ull - PAGE_SIZE), under_passway() ? PAGE_SIZE : 0);
	EXPECT(unmap(1ull << 63, 1ull << 63), 0);
}

static void all_body(void)
{
	uint64_t unmapped;

	REQUIRE(map(memory, IOVA, PAGE_SIZE), 0);
	REQUIRE(map(memory, 1ull << 33, 4 * PAGE_SIZE), 0);
	EXPECT(dma_unmap(space(), IOVA, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), -EINVAL);
	EXPECT(dma_unmap(space(), 0, PAGE_SIZE, VFIO_DMA_UNMAP_FLAG_ALL, NULL), -EINVAL);
	EXPECT(dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL |
			 VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP, NULL), -EINVAL);
	EXPECT(dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, &unmapped), 0);
	EXPECT(unmapped, 5 * PAGE_SIZE);
	EXPECT(dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, &unmapped), 0);
	EXPECT(unmapped, 0);
}

/* After unmap the device reaches other memory through the same IOVA, at once. */
static void flushed_body(void)
{
	REQUIRE(map(memory, IOVA, PAGE_SIZE), 0);
	memset(memory, 0x11, PAGE_SIZE);
	memset(memory + PAGE_SIZE, 0x22, PAGE_SIZE);
	EXPECT(edu_store(&edu, IOVA, 0, 16), 0);
	EXPECT(unmap(IOVA, PAGE_SIZE), PAGE_SIZE);
	REQUIRE(map(memory + PAGE_SIZE, IOVA, PAGE_SIZE), 0);
	EXPECT(edu_store(&edu, IOVA, 0, 16), 0);
	EXPECT(edu_load(&edu, IOVA + 64, 0, 16), 0);
	EXPECT(memory[PAGE_SIZE + 64], 0x22);
	EXPECT(memory[64], 0x11);
}

TEST(exact)
TEST(nothing)
TEST(several)
TEST(split)
TEST(adjacent)
TEST(arguments)
TEST(to_the_end)
TEST(all)
TEST(flushed)

CU_TestInfo unmap_tests[] = {
	{ "exact", exact },
	{ "nothing there: size 0", nothing },
	{ "several mappings in a larger range", several },
	{ "never splits a mapping: EINVAL", split },
	{ "adjacent mappings stay apart", adjacent },
	{ "bad ranges and flags: EINVAL", arguments },
	{ "to the last byte of the space", to_the_end },
	{ "ALL", all },
	{ "nothing stale is left in the IOMMU", flushed },
	CU_TEST_INFO_NULL,
};

void v1_setup(void)
{
	struct pci_dev dev;
	struct session *s = &edu_session;

	*s = (struct session){ .container = -1, .group = -1, .device = -1 };
	if (!EXPECT(find_bound(EDU_ID, 0, &dev), 0))
		return;
	s->dev = dev;
	s->container = container_open();
	s->group = group_open(dev.group);
	EXPECT(group_attach(s->group, s->container), 0);
	EXPECT(vf_ioctl_number(s->container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), 0);
	EXPECT(session_reopen_device(s), 0);
	EXPECT(edu_start(&edu, s->device), 0);
}

/* v1 takes a range that ends inside a mapping, and unmaps that mapping as a whole. */
static void v1_whole_body(void)
{
	REQUIRE(map(memory, IOVA, 8 * PAGE_SIZE), 0);
	EXPECT(unmap(IOVA, PAGE_SIZE), 8 * PAGE_SIZE);
	REQUIRE(map(memory, IOVA, 8 * PAGE_SIZE), 0);
	REQUIRE(map(memory, IOVA + 8 * PAGE_SIZE, 8 * PAGE_SIZE), 0);
	EXPECT(unmap(IOVA, 9 * PAGE_SIZE), 16 * PAGE_SIZE);
}

/* A range that begins inside a mapping finds nothing to begin with: it is left alone. */
static void v1_inside_body(void)
{
	REQUIRE(map(memory, IOVA, 8 * PAGE_SIZE), 0);
	EXPECT(unmap(IOVA + PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA, PAGE_SIZE), -EEXIST);
	EXPECT(unmap(IOVA, 8 * PAGE_SIZE), 8 * PAGE_SIZE);
}

static void v1_exact_body(void)
{
	REQUIRE(map(memory, IOVA, 8 * PAGE_SIZE), 0);
	EXPECT(edu_store(&edu, IOVA, 0, 16), 0);
	EXPECT(unmap(IOVA, 8 * PAGE_SIZE), 8 * PAGE_SIZE);
	EXPECT(unmap(IOVA, 8 * PAGE_SIZE), 0);
}

TEST(v1_whole)
TEST(v1_inside)
TEST(v1_exact)

CU_TestInfo v1_tests[] = {
	{ "exact", v1_exact },
	{ "a part unmaps the whole", v1_whole },
	{ "a range that begins inside is left alone", v1_inside },
	CU_TEST_INFO_NULL,
};
