// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty page logging of the container. A device that pins all it may write to is taken to write
 * all of it: every mapped page is dirty, in every report.
 */
#include "type1.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define START	VFIO_IOMMU_DIRTY_PAGES_FLAG_START
#define STOP	VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP
#define GET	VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP

static int dirty(uint32_t flags)
{
	struct vfio_iommu_type1_dirty_bitmap call = { .argsz = sizeof(call), .flags = flags };

	return vf_ioctl(space(), VFIO_IOMMU_DIRTY_PAGES, &call);
}

static int dirty_get(uint64_t iova, uint64_t size, uint64_t pgsize, uint64_t bytes, void *bits)
{
	struct {
		struct vfio_iommu_type1_dirty_bitmap call;
		struct vfio_iommu_type1_dirty_bitmap_get get;
	} argument = {
		.call = { .argsz = sizeof(argument), .flags = GET },
		.get = { .iova = iova, .size = size,
			 .bitmap = { .pgsize = pgsize, .size = bytes, .data = bits } },
	};

	return vf_ioctl(space(), VFIO_IOMMU_DIRTY_PAGES, &argument);
}

static void flags_body(void)
{
	EXPECT(dirty(0), -EINVAL);
	EXPECT(dirty(START | STOP), -EINVAL);
	EXPECT(dirty(START | GET), -EINVAL);
	EXPECT(dirty(START | STOP | GET), -EINVAL);
	EXPECT(dirty(1u << 3), -EINVAL);
	EXPECT(dirty(START | 1u << 31), -EINVAL);
}

static void start_stop_body(void)
{
	EXPECT(dirty(STOP), 0);
	EXPECT(dirty(START), 0);
	EXPECT(dirty(START), 0);
	EXPECT(map(memory, IOVA, 4 * PAGE_SIZE), 0);
	EXPECT(dirty(STOP), 0);
	EXPECT(dirty(STOP), 0);
	EXPECT(dirty(START), 0);
	EXPECT(dma_unmap(space(), IOVA, 4 * PAGE_SIZE, 0, NULL), 0);
}

static void get_without_start_body(void)
{
	uint64_t bits = 0;

	REQUIRE(map(memory, IOVA, 4 * PAGE_SIZE), 0);
	EXPECT(dirty_get(IOVA, 4 * PAGE_SIZE, PAGE_SIZE, 8, &bits), -EINVAL);
	EXPECT(bits, 0);
}

static void get_body(void)
{
	uint64_t bits[2] = { 0, 0 };

	REQUIRE(map(memory, IOVA, 4 * PAGE_SIZE), 0);
	REQUIRE(dirty(START), 0);
	EXPECT(dirty_get(IOVA, 4 * PAGE_SIZE, PAGE_SIZE, 8, bits), 0);
	EXPECT(bits[0], 0xf);
	EXPECT(bits[1], 0);
	/* logging goes on, and the pages stay pinned: they are dirty again */
	bits[0] = 0;
	EXPECT(dirty_get(IOVA, 4 * PAGE_SIZE, PAGE_SIZE, 8, bits), 0);
	EXPECT(bits[0], 0xf);
	/* a mapping made while logging is logged as well */
	REQUIRE(map(memory, IOVA + 64 * PAGE_SIZE, 70 * PAGE_SIZE), 0);
	memset(bits, 0, sizeof(bits));
	EXPECT(dirty_get(IOVA + 64 * PAGE_SIZE, 70 * PAGE_SIZE, PAGE_SIZE, 16, bits), 0);
	EXPECT(bits[0], ~0ull);
	EXPECT(bits[1], 0x3f);
}

/* A report over two mappings and the gap between them; bits are relative to its start. */
static void get_several_body(void)
{
	uint64_t bits = 0;

	REQUIRE(map(memory, IOVA, 2 * PAGE_SIZE), 0);
	REQUIRE(map(memory, IOVA + 5 * PAGE_SIZE, 3 * PAGE_SIZE), 0);
	REQUIRE(dirty(START), 0);
	EXPECT(dirty_get(IOVA, 8 * PAGE_SIZE, PAGE_SIZE, 8, &bits), 0);
	EXPECT(bits, 0xe3);
	/* where nothing is mapped nothing is dirty */
	bits = 0;
	EXPECT(dirty_get(IOVA + HUGE_SIZE, 8 * PAGE_SIZE, PAGE_SIZE, 8, &bits), 0);
	EXPECT(bits, 0);
}

static void get_arguments_body(void)
{
	uint64_t bits[8] = { 0 };

	REQUIRE(map(memory, IOVA, 64 * PAGE_SIZE), 0);
	REQUIRE(dirty(START), 0);
	/* page size */
	EXPECT(dirty_get(IOVA, PAGE_SIZE, 0, 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, PAGE_SIZE, 1, 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, PAGE_SIZE, PAGE_SIZE / 2, 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, HUGE_SIZE, HUGE_SIZE, 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, PAGE_SIZE, PAGE_SIZE + 1, 8, bits), -EINVAL);
	/* range */
	EXPECT(dirty_get(IOVA, 0, PAGE_SIZE, 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA + 1, PAGE_SIZE, PAGE_SIZE, 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, PAGE_SIZE + 1, PAGE_SIZE, 8, bits), -EINVAL);
	EXPECT(dirty_get(~0ull - PAGE_SIZE + 1, 2 * PAGE_SIZE, PAGE_SIZE, 8, bits), -EINVAL);
	/* size of the bitmap: too small, none, beyond the limit */
	EXPECT(dirty_get(IOVA, 64 * PAGE_SIZE, PAGE_SIZE, 0, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, 64 * PAGE_SIZE, PAGE_SIZE, 4, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, 65 * PAGE_SIZE, PAGE_SIZE, 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, 64 * PAGE_SIZE, PAGE_SIZE, (1ull << 28) + 8, bits), -EINVAL);
	EXPECT(dirty_get(IOVA, 64 * PAGE_SIZE, PAGE_SIZE, ~0ull, bits), -EINVAL);
	/* memory */
	EXPECT(dirty_get(IOVA, 64 * PAGE_SIZE, PAGE_SIZE, 8, NULL), -EFAULT);
	for (int i = 0; i < 8; i++)
		EXPECT(bits[i], 0);
	EXPECT(dirty_get(IOVA, 64 * PAGE_SIZE, PAGE_SIZE, 8, bits), 0);
}

/* A report on part of a mapping: the distribution refuses it, ours may answer, then rightly. */
static void get_part_body(void)
{
	uint64_t bits = 0;
	int err;

	REQUIRE(map(memory, IOVA, 64 * PAGE_SIZE), 0);
	REQUIRE(dirty(START), 0);
	err = dirty_get(IOVA + PAGE_SIZE, 8 * PAGE_SIZE, PAGE_SIZE, 8, &bits);
	if (under_passway() && !err)
		EXPECT(bits, 0xff);
	else
		EXPECT(err, -EINVAL);
	bits = 0;
	err = dirty_get(IOVA, 8 * PAGE_SIZE, PAGE_SIZE, 8, &bits);
	if (under_passway() && !err)
		EXPECT(bits, 0xff);
	else
		EXPECT(err, -EINVAL);
}

/* What the device may only read is not dirtied by it. */
static void read_only_body(void)
{
	uint64_t bits = 0;

	REQUIRE(dma_map(space(), memory, IOVA, 4 * PAGE_SIZE, VFIO_DMA_MAP_FLAG_READ), 0);
	REQUIRE(dirty(START), 0);
	EXPECT(dirty_get(IOVA, 4 * PAGE_SIZE, PAGE_SIZE, 8, &bits), 0);
	EXPECT_TRUE(bits == 0xf || (under_passway() && bits == 0));
}

static int unmap_dirty(uint64_t size, uint64_t pgsize, uint64_t bytes, uint64_t *bits,
		       uint64_t *unmapped)
{
	struct {
		struct vfio_iommu_type1_dma_unmap unmap;
		struct vfio_bitmap bitmap;
	} argument = {
		.unmap = { .argsz = sizeof(argument),
			   .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
			   .iova = IOVA, .size = size },
		.bitmap = { .pgsize = pgsize, .size = bytes, .data = (void *)bits },
	};
	int err = vf_ioctl(space(), VFIO_IOMMU_UNMAP_DMA, &argument);

	*unmapped = argument.unmap.size;
	return err;
}

static void unmap_with_bitmap_body(void)
{
	uint64_t bits = 0, unmapped;

	REQUIRE(map(memory, IOVA, 6 * PAGE_SIZE), 0);
	EXPECT(unmap_dirty(6 * PAGE_SIZE, PAGE_SIZE, 8, &bits, &unmapped), -EINVAL);
	REQUIRE(dirty(START), 0);
	EXPECT(unmap_dirty(6 * PAGE_SIZE, HUGE_SIZE, 8, &bits, &unmapped), -EINVAL);
	EXPECT(unmap_dirty(6 * PAGE_SIZE, PAGE_SIZE, 0, &bits, &unmapped), -EINVAL);
	EXPECT(unmap_dirty(6 * PAGE_SIZE, PAGE_SIZE, ~0ull, &bits, &unmapped), -EINVAL);
	EXPECT(unmap_dirty(5 * PAGE_SIZE, PAGE_SIZE, 8, &bits, &unmapped), -EINVAL);
	EXPECT(bits, 0);
	EXPECT(unmap_dirty(6 * PAGE_SIZE, PAGE_SIZE, 8, &bits, &unmapped), 0);
	EXPECT(unmapped, 6 * PAGE_SIZE);
	EXPECT(bits, 0x3f);
	/* without room for the second half of the argument */
	EXPECT(dma_unmap(space(), IOVA, PAGE_SIZE, VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP, NULL),
	       -EINVAL);
}

TEST(flags)
TEST(start_stop)
TEST(get_without_start)
TEST(get)
TEST(get_several)
TEST(get_arguments)
TEST(get_part)
TEST(read_only)
TEST(unmap_with_bitmap)

CU_TestInfo dirty_tests[] = {
	{ "flags: one of three", flags },
	{ "start and stop, each twice", start_stop },
	{ "GET without START: EINVAL", get_without_start },
	{ "GET: pinned pages are dirty", get },
	{ "GET over several mappings", get_several },
	{ "GET: bad arguments", get_arguments },
	{ "GET over part of a mapping", get_part },
	{ "mappings that the device only reads", read_only },
	{ "UNMAP with a bitmap", unmap_with_bitmap },
	CU_TEST_INFO_NULL,
};
