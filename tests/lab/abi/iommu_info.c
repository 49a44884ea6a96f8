// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_GET_INFO: the fixed part, the capability chain at every argsz, and that the kernel
 * writes what it says and not a byte more.
 */
#include "type1.h"

#include <stdlib.h>
#include <string.h>

#define POISON		0xa5
#define BUFFER		4096
#define FIXED_OLD	16		/* up to iova_pgsizes: callers before capabilities */
#define FIXED		24		/* with cap_offset and padding */

static unsigned char buffer[BUFFER];

/* GET_INFO into a poisoned buffer; the argsz that came back. */
static uint32_t ask(uint32_t argsz)
{
	struct vfio_iommu_type1_info *info = (void *)buffer;

	memset(buffer, POISON, sizeof(buffer));
	info->argsz = argsz;
	info->flags = 0;
	EXPECT(vf_ioctl(space(), VFIO_IOMMU_GET_INFO, buffer), 0);
	return info->argsz;
}

/* What the whole answer takes, as a caller without room for the chain is told. */
static uint32_t whole_size(void)
{
	uint32_t whole = ask(FIXED);

	return ask(whole) == whole && whole < sizeof(buffer) ? whole : 0;
}

static bool untouched_from(size_t offset)
{
	for (size_t i = offset; i < sizeof(buffer); i++)
		if (buffer[i] != POISON)
			return false;
	return true;
}

static const void *capability(uint16_t id)
{
	const struct vfio_iommu_type1_info *info = (void *)buffer;
	uint32_t at = info->flags & VFIO_IOMMU_INFO_CAPS ? info->cap_offset : 0;

	for (int steps = 0; at && at + 8 <= info->argsz && steps < 16; steps++) {
		const struct vfio_info_cap_header *header = (void *)(buffer + at);

		if (header->id == id)
			return header;
		at = header->next;
	}
	return NULL;
}

bool space_info(struct space_info *info)
{
	const struct vfio_iommu_type1_info *fixed = (void *)buffer;
	const struct vfio_iommu_type1_info_cap_iova_range *range;
	const struct vfio_iommu_type1_info_cap_migration *migration;
	const struct vfio_iommu_type1_info_dma_avail *avail;

	memset(info, 0, sizeof(*info));
	ask(sizeof(buffer));
	range = capability(VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	migration = capability(VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION);
	avail = capability(VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL);
	if (!EXPECT_TRUE(range) || !EXPECT_TRUE(migration) || !EXPECT_TRUE(avail) ||
	    !EXPECT_TRUE(range->nr_iovas <= 16))
		return false;
	info->pgsizes = fixed->iova_pgsizes;
	info->avail = avail->avail;
	info->dirty_pgsizes = migration->pgsize_bitmap;
	info->dirty_max = migration->max_dirty_bitmap_size;
	info->nr_ranges = range->nr_iovas;
	memcpy(info->ranges, range->iova_ranges, range->nr_iovas * sizeof(info->ranges[0]));
	return true;
}

static void old_caller(void)
{
	struct vfio_iommu_type1_info *info = (void *)buffer;

	ask(FIXED_OLD);
	EXPECT_TRUE(info->flags & VFIO_IOMMU_INFO_PGSIZES);
	EXPECT_TRUE(info->iova_pgsizes & PAGE_SIZE);
	EXPECT_TRUE(untouched_from(FIXED_OLD));
}

/* No room for the chain: the flag stands, the offset is 0, argsz tells what it takes. */
static void chain_does_not_fit(void)
{
	struct vfio_iommu_type1_info *info = (void *)buffer;
	uint32_t whole = whole_size();

	REQUIRE_TRUE(whole > FIXED);
	for (uint32_t argsz = FIXED; argsz < whole; argsz++) {
		if (!EXPECT(ask(argsz), whole) ||
		    !EXPECT_TRUE(info->flags & VFIO_IOMMU_INFO_CAPS) ||
		    !EXPECT(info->cap_offset, 0) || !EXPECT_TRUE(untouched_from(FIXED)))
			return;
	}
	EXPECT(ask(whole), whole);
	EXPECT_TRUE(info->cap_offset != 0);
	EXPECT_TRUE(untouched_from(whole));
}

/* Between the two fixed sizes the caller knows of no chain. */
static void between_fixed_sizes(void)
{
	for (uint32_t argsz = FIXED_OLD; argsz < FIXED; argsz++) {
		ask(argsz);
		if (!EXPECT_TRUE(untouched_from(argsz)))
			return;
	}
}

/* Every byte of the answer is written: none of it is poison that could be stack or heap. */
static void chain_initialised(void)
{
	static unsigned char first[BUFFER];
	const struct vfio_iommu_type1_info_cap_migration *migration;
	const struct vfio_iommu_type1_info_cap_iova_range *range;
	const struct vfio_iommu_type1_info *info = (void *)buffer;
	uint32_t whole = whole_size();

	REQUIRE_TRUE(whole > FIXED);
	EXPECT(info->pad, 0);
	EXPECT_TRUE(untouched_from(whole));
	range = capability(VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	migration = capability(VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION);
	REQUIRE_TRUE(range && migration);
	EXPECT(range->reserved, 0);
	EXPECT(migration->flags, 0);
	memcpy(first, buffer, sizeof(first));
	ask(whole);
	EXPECT(memcmp(first, buffer, whole), 0);
}

static void chain_is_sound(void)
{
	const struct vfio_iommu_type1_info *info = (void *)buffer;
	uint32_t whole = whole_size();
	uint32_t at = info->cap_offset, last = FIXED - 1;
	int count = 0;

	REQUIRE_TRUE(whole > FIXED);
	while (at && count < 16) {
		const struct vfio_info_cap_header *header = (void *)(buffer + at);

		if (!EXPECT_TRUE(at > last) || !EXPECT_TRUE(at % 8 == 0) ||
		    !EXPECT_TRUE(at + sizeof(*header) <= whole))
			return;
		EXPECT(header->version, 1);
		last = at;
		at = header->next;
		count++;
	}
	EXPECT_TRUE(count >= 3);
}

static void ranges(void)
{
	struct space_info info;

	REQUIRE_TRUE(space_info(&info));
	REQUIRE_TRUE(info.nr_ranges >= 2);
	EXPECT(info.ranges[0].start, 0);
	EXPECT(info.ranges[0].end, 0xfedfffff);
	EXPECT(info.ranges[1].start, 0xfef00000);
	for (uint32_t i = 1; i < info.nr_ranges; i++)
		EXPECT_TRUE(info.ranges[i].start > info.ranges[i - 1].end);
	for (uint32_t i = 0; i < info.nr_ranges; i++) {
		EXPECT_TRUE(info.ranges[i].end > info.ranges[i].start);
		EXPECT(info.ranges[i].end & (PAGE_SIZE - 1), PAGE_SIZE - 1);
	}
}

static void page_sizes(void)
{
	struct space_info info;

	REQUIRE_TRUE(space_info(&info));
	EXPECT_TRUE(info.pgsizes & PAGE_SIZE);
	EXPECT(info.pgsizes & (PAGE_SIZE - 1), 0);
	EXPECT(info.dirty_pgsizes, PAGE_SIZE);
	EXPECT(info.dirty_max, (1ull << 31) / 8);
}

static void avail_counts(void)
{
	void *memory = memory_small(2 * PAGE_SIZE);
	struct space_info info;
	uint32_t all;

	REQUIRE_TRUE(space_info(&info));
	all = info.avail;
	EXPECT(all, 65535);
	EXPECT(map(memory, IOVA, PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA + PAGE_SIZE, 2 * PAGE_SIZE), 0);
	EXPECT(map(memory, IOVA, PAGE_SIZE), -EEXIST);
	EXPECT_TRUE(space_info(&info) && info.avail == all - 2);
	EXPECT(dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), 0);
	EXPECT_TRUE(space_info(&info) && info.avail == all);
}

CU_TestInfo iommu_info_tests[] = {
	{ "a caller before capabilities", old_caller },
	{ "a chain that does not fit", chain_does_not_fit },
	{ "argsz between the fixed sizes", between_fixed_sizes },
	{ "every byte is initialised", chain_initialised },
	{ "the chain is sound", chain_is_sound },
	{ "IOVA ranges leave out the MSI window", ranges },
	{ "page sizes and bitmap limit", page_sizes },
	{ "available mappings are counted", avail_counts },
	CU_TEST_INFO_NULL,
};
