// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ tests/unit/machine.c
/*
 * The container ABI with the engine behind it: what devices reach, who pays, what is left.
 * Pages that are unpinned while a device can reach them abort in the shim.
 */
#include <linux/capability.h>
#include <shim/task.h>

#include "test_type1.h"

static void devices_reach_what_is_mapped(void)
{
	up(V2);
	shim_map(VA, 16, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(user_map(container, 0x10000, VA, 8 * K4, RW), 0);
	for (u64 at = 0; at < 8; at++)
		CHECK_EQ(shim_dma(a.group, 0x10000 + at * K4, true), shim_pfn_at(VA + at * K4));
	CHECK_EQ(shim_dma(a.group, 0x10000 - 1, false), 0);
	CHECK_EQ(shim_dma(a.group, 0x10000 + 8 * K4, false), 0);
	CHECK_EQ(shim_pins_at(VA), 1);
	CHECK_EQ(shim_pins_at(VA + 8 * K4), 0);
	CHECK_EQ(current->mm->locked_vm, 8);
	CHECK_EQ(user_unmap(container, 0x10000, 8 * K4, 0, NULL), 0);
	CHECK_EQ(shim_dma(a.group, 0x10000, false), 0);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(current->mm->locked_vm, 0);
	down();
}

static void permissions(void)
{
	up(V2);
	shim_map(VA, 4, SHIM_RW, SHIM_CONTIGUOUS);
	shim_map(VA + SZ_1M, 4, SHIM_RO, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 0, VA, K4, RD), 0);
	CHECK(shim_dma(a.group, 0, false));
	CHECK(!shim_dma(a.group, 0, true));
	CHECK_EQ(user_map(container, K4, VA, K4, WR), 0);
	CHECK(!shim_dma(a.group, K4, false));
	CHECK(shim_dma(a.group, K4, true));
	/* the same page twice is pinned and paid for twice */
	CHECK_EQ(shim_pins_at(VA), 2);
	CHECK_EQ(current->mm->locked_vm, 2);
	CHECK_EQ(user_map(container, SZ_1M, VA + SZ_1M, K4, RD), 0);
	CHECK_EQ(user_map(container, SZ_1M + K4, VA + SZ_1M, K4, RW), -EFAULT);
	down();
}

static const struct {
	const char *what;
	u64 iova, vaddr, size;
	u32 flags;
	int ret;
} bad_maps[] = {
	{ "size 0", 0, VA, 0, RW, -EINVAL },
	{ "no flags", 0, VA, K4, 0, -EINVAL },
	{ "unknown flag", 0, VA, K4, RW | 8, -EINVAL },
	{ "highest flag", 0, VA, K4, RW | 1u << 31, -EINVAL },
	{ "a new address for no mapping", 0, VA, K4, VFIO_DMA_MAP_FLAG_VADDR, -ENOENT },
	{ "a new address with access", 0, VA, K4, VFIO_DMA_MAP_FLAG_VADDR | RW, -EINVAL },
	{ "iova misaligned", 1, VA, K4, RW, -EINVAL },
	{ "vaddr misaligned", 0, VA + 1, K4, RW, -EINVAL },
	{ "size misaligned", 0, VA, K4 + 1, RW, -EINVAL },
	{ "iova wraps", ~0UL - K4 + 1, VA, 2 * K4, RW, -EINVAL },
	{ "vaddr wraps", 0, ~0UL - K4 + 1, 2 * K4, RW, -EINVAL },
	{ "all of 64 bits", 0, 0, ~0UL & ~(K4 - 1), RW, -EINVAL },
	{ "beyond the aperture", 1UL << 48, VA, K4, RW, -EINVAL },
	{ "across the aperture's end", (1UL << 48) - K4, VA, 2 * K4, RW, -EINVAL },
	{ "no memory there", 0, VA + 64 * SZ_1M, K4, RW, -EFAULT },
	{ "memory ends too early", 0, VA + 12 * K4, 8 * K4, RW, -EFAULT },
	{ "reserved", 0xfee00000, VA, K4, RW, -EINVAL },
	{ "reaches into reserved", 0xfedff000, VA, 2 * K4, RW, -EINVAL },
	{ "kernel's half", 0, 0xffff800000000000UL, K4, RW, -EFAULT },
};

static void map_refuses(void)
{
	struct vfio_iommu_type1_dma_map map = { .argsz = sizeof(map) - 1, .flags = RW,
						.vaddr = VA, .size = K4 };

	hw = (struct shim_iommu)SHIM_VTD;
	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(machine_add(&a, &hw, "a"), 0);
	shim_group_reserve(a.group, 0xfee00000, 0x100000, IOMMU_RESV_MSI);
	container = shim_open("vfio/vfio");
	user_join(container, a.path);
	CHECK_EQ(user_set_iommu(container, V2), 0);
	shim_map(VA, 16, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_MAP_DMA, SHIM_USER(&map)), -EINVAL);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_MAP_DMA, SHIM_USER_WILD), -EFAULT);
	for (size_t i = 0; i < ARRAY_SIZE(bad_maps); i++) {
		long ret = user_map(container, bad_maps[i].iova, bad_maps[i].vaddr,
				    bad_maps[i].size, bad_maps[i].flags);

		unit_check(ret == bad_maps[i].ret, __FILE__, __LINE__, "%s: %ld, not %d",
			   bad_maps[i].what, ret, bad_maps[i].ret);
		CHECK_EQ(shim_live(SHIM_PIN) + shim_live(SHIM_LOCKED_VM) +
			 shim_live(SHIM_IOPAGE) + shim_live(SHIM_MM_REF), 0);
	}
	down();
}

/* Bytes, or -errno */
static long long unmapped(u64 iova, u64 size, u32 flags)
{
	u64 done = 0;
	long ret = user_unmap(container, iova, size, flags, &done);

	return ret ?: (long long)done;
}

static void mappings_do_not_overlap(void)
{
	up(V2);
	shim_map(VA, 16, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 4 * K4, VA, 4 * K4, RW), 0);
	CHECK_EQ(user_map(container, 4 * K4, VA, 4 * K4, RW), -EEXIST);
	CHECK_EQ(user_map(container, 0, VA, 5 * K4, RW), -EEXIST);
	CHECK_EQ(user_map(container, 7 * K4, VA, K4, RW), -EEXIST);
	CHECK_EQ(user_map(container, 0, VA, 16 * K4, RW), -EEXIST);
	CHECK_EQ(user_map(container, 0, VA, 4 * K4, RW), 0);
	CHECK_EQ(user_map(container, 8 * K4, VA, K4, RW), 0);
	CHECK_EQ(current->mm->locked_vm, 9);
	down();
}

static void the_last_page_works(void)
{
	u64 last = (1UL << 48) - K4;

	up(V2);
	shim_map(VA, 1, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, last, VA, K4, RW), 0);
	CHECK(shim_dma(a.group, last + K4 - 1, true));
	CHECK_EQ(unmapped(last, ~0UL - last + 1, 0), K4);
	CHECK_EQ(user_map(container, 0, VA, K4, RW), 0);
	CHECK_EQ(unmapped(0, 0, VFIO_DMA_UNMAP_FLAG_ALL), K4);
	down();
}

static const struct {
	u64 iova, size;
	u32 flags;
} bad_unmaps[] = {
	/* with mappings at 0 to 3, 4 to 7 and 16 to 19 */
	{ 0, 3 * K4 },
	{ K4, 3 * K4 },
	{ 0, 5 * K4 },
	{ K4, K4 },
	{ 0, 0 },
	{ 0, K4 - 1 },
	{ 1, K4 },
	{ ~0UL - K4 + 1, 2 * K4 },
	{ 0, K4, 1u << 31 },
	{ 0, K4, VFIO_DMA_UNMAP_FLAG_ALL },
};

static void v2_unmap_splits_nothing(void)
{
	up(V2);
	shim_map(VA, 16, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 0, VA, 4 * K4, RW), 0);
	CHECK_EQ(user_map(container, 4 * K4, VA + 4 * K4, 4 * K4, RW), 0);
	CHECK_EQ(user_map(container, 16 * K4, VA, 4 * K4, RW), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad_unmaps); i++) {
		long long ret = unmapped(bad_unmaps[i].iova, bad_unmaps[i].size,
					 bad_unmaps[i].flags);

		unit_check(ret == -EINVAL, __FILE__, __LINE__, "row %zu: %lld", i, ret);
		CHECK_EQ(current->mm->locked_vm, 12);
	}
	CHECK_EQ(unmapped(8 * K4, 4 * K4, 0), 0);
	CHECK_EQ(unmapped(0, 12 * K4, 0), 8 * K4);
	CHECK_EQ(current->mm->locked_vm, 4);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_UNMAP_DMA, SHIM_USER_WILD), -EFAULT);
	down();
}

static void v1_unmap_ends_what_begins(void)
{
	up(TYPE1);
	shim_map(VA, 16, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 0, VA, 4 * K4, RW), 0);
	CHECK_EQ(user_map(container, 4 * K4, VA, 4 * K4, RW), 0);
	CHECK_EQ(unmapped(K4, K4, 0), 0);
	CHECK_EQ(unmapped(K4, 4 * K4, 0), 0);
	CHECK_EQ(unmapped(4 * K4, K4, 0), 4 * K4);
	CHECK_EQ(current->mm->locked_vm, 4);
	down();
}

static void huge_pages_are_one_entry(void)
{
	struct shim_iommu_counts before;
	unsigned long unpins, pages = 4 * SZ_2M / K4;

	up(V2);
	shim_map(VA, pages, SHIM_RW, SHIM_HUGE);
	before = shim_iommu_counts;
	CHECK_EQ(user_map(container, SZ_1G, VA, 4 * SZ_2M, RW), 0);
	CHECK_EQ(shim_iommu_counts.maps - before.maps, 4);
	CHECK_EQ(shim_iommu_counts.entries - before.entries, 4);
	CHECK_EQ(current->mm->locked_vm, pages);
	before = shim_iommu_counts;
	unpins = shim_unpin_calls();
	CHECK_EQ(user_unmap(container, SZ_1G, 4 * SZ_2M, 0, NULL), 0);
	CHECK_EQ(shim_iommu_counts.flushes - before.flushes, 1);
	CHECK_EQ(shim_unpin_calls() - unpins, 4);
	/* not aligned alike: small entries, the same memory */
	CHECK_EQ(user_map(container, K4, VA, SZ_2M, RW), 0);
	CHECK_EQ(shim_dma(a.group, K4 + 5 * K4, true), shim_pfn_at(VA + 5 * K4));
	CHECK_EQ(user_unmap(container, K4, SZ_2M, 0, NULL), 0);
	down();
}

static void one_flush_for_many_mappings(void)
{
	struct shim_iommu_counts before;

	up(V2);
	shim_map(VA, 256, SHIM_RW, SHIM_SCATTERED);
	for (u64 i = 0; i < 256; i++)
		CHECK_EQ(user_map(container, i * K4, VA + i * K4, K4, RW), 0);
	before = shim_iommu_counts;
	CHECK_EQ(unmapped(0, 256 * K4, 0), 256 * K4);
	CHECK_EQ(shim_iommu_counts.flushes - before.flushes, 1);
	/* apart from each other, each is flushed before the next one's tables go */
	CHECK_EQ(user_map(container, 0, VA, K4, RW), 0);
	CHECK_EQ(user_map(container, SZ_2M, VA, K4, RW), 0);
	before = shim_iommu_counts;
	CHECK_EQ(unmapped(0, 2 * SZ_2M, 0), 2 * K4);
	CHECK_EQ(shim_iommu_counts.flushes - before.flushes, 2);
	down();
}

static void odd_memory(void)
{
	struct vm_area_struct *first;

	up(V2);
	shim_next_pfn(0x7ffffff0);	/* over the end of a window of the engine's words */
	first = shim_map(VA, 64, SHIM_RW, SHIM_CONTIGUOUS);
	shim_map(VA + SZ_1M, 64, SHIM_RW, SHIM_ONE_PAGE);
	shim_map_again(VA + 2 * SZ_1M, first, SHIM_RW);
	shim_map_device(VA + 3 * SZ_1M, 16, SHIM_RW | VM_SHARED, 0xe0000);
	CHECK_EQ(user_map(container, 0, VA, 64 * K4, RW), 0);
	CHECK_EQ(user_map(container, SZ_1M, VA + SZ_1M, 64 * K4, RW), 0);
	CHECK_EQ(shim_pins_at(VA + SZ_1M), 64);
	CHECK_EQ(user_map(container, 2 * SZ_1M, VA + 2 * SZ_1M, 64 * K4, RW), 0);
	CHECK_EQ(shim_dma(a.group, 2 * SZ_1M + 40 * K4, true), shim_pfn_at(VA + 40 * K4));
	CHECK_EQ(current->mm->locked_vm, 192);
	/* registers of a device are neither pinned nor paid for */
	CHECK_EQ(user_map(container, 3 * SZ_1M, VA + 3 * SZ_1M, 16 * K4, RW), 0);
	CHECK_EQ(shim_dma(a.group, 3 * SZ_1M + 3 * K4, true), 0xe0003);
	CHECK_EQ(current->mm->locked_vm, 192);
	/* unpinned in any order, also one mapping of memory that is mapped twice */
	CHECK_EQ(user_unmap(container, 0, 64 * K4, 0, NULL), 0);
	CHECK_EQ(shim_pins_at(VA), 1);
	CHECK_EQ(user_unmap(container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), 0);
	shim_next_pfn(0x100000);
	down();
}

static void memory_beside_registers(void)
{
	up(V2);
	shim_map(VA, 4, SHIM_RW, SHIM_CONTIGUOUS);
	shim_map_device(VA + 4 * K4, 4, SHIM_RW | VM_SHARED, 0xe0000);
	shim_map(VA + 8 * K4, 4, SHIM_RW, SHIM_SCATTERED);
	shim_map_device(VA + 12 * K4, 1, SHIM_RO | VM_SHARED, 0xe0008);
	CHECK_EQ(user_map(container, 0, VA, 12 * K4, RW), 0);
	CHECK_EQ(current->mm->locked_vm, 8);
	CHECK_EQ(shim_dma(a.group, 4 * K4, true), 0xe0000);
	CHECK_EQ(user_map(container, SZ_1M, VA + 12 * K4, K4, RW), -EFAULT);
	CHECK_EQ(user_map(container, SZ_1M, VA + 12 * K4, K4, RD), 0);
	down();
}

/* Kernel memory behind a VM_PFNMAP area could be freed under the device. */
static void kernel_memory_is_refused(void)
{
	struct page *page;

	up(V2);
	page = alloc_page(GFP_KERNEL);
	shim_map_device(VA, 1, SHIM_RW | VM_SHARED, page_to_pfn(page));
	CHECK_EQ(user_map(container, 0, VA, K4, RW), -EFAULT);
	__free_page(page);
	down();
}

static void pinning_comes_in_pieces(void)
{
	up(V2);
	shim_map(VA, 1500, SHIM_RW, SHIM_SCATTERED);
	shim_pin_at_most(7);
	CHECK_EQ(user_map(container, 0, VA, 1500 * K4, RW), 0);
	shim_pin_at_most(0);
	CHECK_EQ(shim_dma(a.group, 1499 * K4, true), shim_pfn_at(VA + 1499 * K4));
	CHECK_EQ(current->mm->locked_vm, 1500);
	down();
}

static void memlock_limit(void)
{
	up(V2);
	shim_map(VA, 2048, SHIM_RW, SHIM_SCATTERED);
	current->rlimits[RLIMIT_MEMLOCK] = 600 * K4 + 5;
	CHECK_EQ(user_map(container, 0, VA, 601 * K4, RW), -ENOMEM);
	CHECK_EQ(user_map(container, 0, VA, 2048 * K4, RW), -ENOMEM);
	CHECK_EQ(current->mm->locked_vm, 0);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(user_map(container, 0, VA, 600 * K4, RW), 0);
	CHECK_EQ(user_map(container, SZ_1G, VA, K4, RW), -ENOMEM);
	CHECK_EQ(user_unmap(container, 0, 600 * K4, 0, NULL), 0);
	CHECK_EQ(user_map(container, SZ_1G, VA, K4, RW), 0);
	current->caps |= 1ULL << CAP_IPC_LOCK;
	CHECK_EQ(user_map(container, 0, VA, 2048 * K4, RW), 0);
	down();
}

static void entry_limit(void)
{
	u64 n;

	up(V2);
	shim_map(VA, 1, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(avail(), U16_MAX);
	for (n = 0; n < U16_MAX; n++)
		if (user_map(container, n * K4, VA, K4, RW))
			break;
	CHECK_EQ(n, U16_MAX);
	CHECK_EQ(avail(), 0);
	CHECK_EQ(user_map(container, n * K4, VA, K4, RW), -ENOSPC);
	CHECK_EQ(user_unmap(container, 0, K4, 0, NULL), 0);
	CHECK_EQ(avail(), 1);
	CHECK_EQ(user_map(container, n * K4, VA, K4, RW), 0);
	CHECK_EQ(shim_pins_at(VA), U16_MAX);
	down();
}

static void info(void)
{
	struct vfio_iommu_type1_info short_one = { .argsz = offsetofend(typeof(short_one),
									iova_pgsizes) }, *out;
	struct vfio_iommu_type1_info_cap_iova_range *ranges = NULL;
	struct vfio_info_cap_header *cap;
	u8 *user = shim_user_alloc(4096), *body = shim_user_body(user);
	unsigned int seen = 0;

	up(V2);
	short_one.argsz--;
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_GET_INFO, SHIM_USER(&short_one)), -EINVAL);
	short_one.argsz++;
	memcpy(body, &short_one, short_one.argsz);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_GET_INFO, user), 0);
	out = (void *)body;
	CHECK(out->flags & VFIO_IOMMU_INFO_CAPS && out->argsz > sizeof(*out));
	CHECK_EQ(out->iova_pgsizes, hw.pgsizes);
	CHECK_EQ(body[short_one.argsz], 0xa5);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_GET_INFO, user), 0);
	CHECK_OR_STOP(out->cap_offset);
	for (u32 at = out->cap_offset; at && seen < 9; at = cap->next, seen++) {
		cap = (void *)body + at;
		CHECK_EQ(cap->version, 1);
		if (cap->id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
			ranges = (void *)cap;
	}
	CHECK_EQ(seen, 3);
	CHECK_OR_STOP(ranges);
	CHECK_EQ(ranges->nr_iovas, 1);
	CHECK_EQ(ranges->iova_ranges[0].start, 0);
	CHECK_EQ(ranges->iova_ranges[0].end, hw.aperture_last);
	CHECK_EQ(shim_ioctl(container, VFIO_CHECK_EXTENSION, (void *)VFIO_DMA_CC_IOMMU), 1);
	CHECK_EQ(shim_ioctl(container, VFIO_CHECK_EXTENSION, (void *)VFIO_UNMAP_ALL), 1);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_ENABLE, NULL), -ENOTTY);
	down();
}

static void groups_come_and_go(void)
{
	struct shim_iommu incoherent = SHIM_VTD;
	struct machine_device b, c;
	int second, third;

	up(V2);
	incoherent.caps = 1UL << IOMMU_CAP_CACHE_COHERENCY;
	CHECK_EQ(machine_add(&b, &hw, "b"), 0);
	CHECK_EQ(machine_add(&c, &incoherent, "c"), 0);
	shim_map(VA, 1024, SHIM_RW, SHIM_HUGE);
	shim_map(VA + SZ_1G, 100, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(user_map(container, 0, VA, 1024 * K4, RW), 0);
	CHECK_EQ(user_map(container, SZ_1G, VA + SZ_1G, 100 * K4, RD), 0);
	/* one domain where the IOMMU allows it, and a second one with the same mappings */
	second = user_join(container, b.path);
	CHECK(second >= 0);
	CHECK(shim_group_domain(a.group) == shim_group_domain(b.group));
	third = user_join(container, c.path);
	CHECK(third >= 0);
	CHECK(shim_group_domain(a.group) != shim_group_domain(c.group));
	CHECK_EQ(shim_dma(c.group, SZ_1G + 77 * K4, false), shim_pfn_at(VA + SZ_1G + 77 * K4));
	CHECK_EQ(shim_dma(c.group, SZ_2M + K4, true), shim_pfn_at(VA + SZ_2M + K4));
	CHECK_EQ(shim_ioctl(container, VFIO_CHECK_EXTENSION, (void *)VFIO_DMA_CC_IOMMU), 0);
	CHECK_EQ(current->mm->locked_vm, 1124);
	CHECK_EQ(shim_pins_at(VA), 1);
	CHECK_EQ(user_map(container, SZ_2M * 8, VA, K4, RW), 0);
	CHECK(shim_dma(c.group, SZ_2M * 8, true) && shim_dma(a.group, SZ_2M * 8, true));
	CHECK_EQ(user_unmap(container, SZ_2M * 8, K4, 0, NULL), 0);
	/* the first two go: mappings stay with the third */
	shim_close(group);
	shim_close(second);
	CHECK_EQ(shim_live(SHIM_DOMAIN), 1);
	CHECK(!shim_group_domain(a.group));
	CHECK_EQ(shim_dma(c.group, 0, true), shim_pfn_at(VA));
	CHECK_EQ(user_unmap(container, 0, 1024 * K4, 0, NULL), 0);
	shim_close(third);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	machine_remove(&b);
	machine_remove(&c);
	down();
}

static void a_group_that_does_not_fit(void)
{
	struct shim_iommu narrow = SHIM_VTD;
	struct machine_device b, c;

	up(V2);
	narrow.aperture_last = SZ_4G - 1;
	CHECK_EQ(machine_add(&b, &narrow, "b"), 0);
	CHECK_EQ(machine_add(&c, &hw, "c"), 0);
	shim_group_reserve(c.group, SZ_1M, SZ_1M, IOMMU_RESV_RESERVED);
	shim_map(VA, 512, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 2 * SZ_4G, VA, K4, RW), 0);
	CHECK_EQ(user_join(container, b.path), -EINVAL);
	CHECK_EQ(user_unmap(container, 2 * SZ_4G, K4, 0, NULL), 0);
	CHECK_EQ(user_map(container, SZ_1M, VA, SZ_1M, RW), 0);
	CHECK_EQ(user_join(container, c.path), -EINVAL);
	CHECK_EQ(user_unmap(container, SZ_1M, SZ_1M, 0, NULL), 0);
	group = user_join(container, c.path);
	CHECK(group >= 0);
	CHECK_EQ(user_map(container, SZ_1M, VA, SZ_1M, RW), -EINVAL);
	CHECK_EQ(user_map(container, SZ_2M - K4, VA, K4, RW), -EINVAL);
	CHECK_EQ(user_map(container, SZ_2M, VA, K4, RW), 0);
	shim_close(group);
	CHECK_EQ(user_map(container, SZ_1M, VA, SZ_1M, RW), 0);
	/* two apertures: the smaller one counts */
	CHECK(user_join(container, b.path) >= 0);
	CHECK_EQ(user_map(container, SZ_4G, VA, K4, RW), -EINVAL);
	shim_task_reset();
	machine_remove(&b);
	machine_remove(&c);
	down();
}

static void unsafe_interrupts(void)
{
	hw = (struct shim_iommu)SHIM_VTD;
	hw.isolated_msi = false;
	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(machine_add(&a, &hw, "a"), 0);
	container = shim_open("vfio/vfio");
	group = user_join(container, a.path);
	CHECK_EQ(user_set_iommu(container, V2), -EPERM);
	CHECK(shim_log_has("allow_unsafe_interrupts"));
	down();
}

/* What an IOMMU driver does not unmap stays pinned for ever, rather than be reachable. */
static void an_iommu_that_does_not_unmap(void)
{
	up(V2);
	shim_map(VA, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 0, VA, 4 * K4, RW), 0);
	hw.refuse_unmaps = 1;
	CHECK_EQ(user_unmap(container, 0, 4 * K4, 0, NULL), 0);
	CHECK_EQ(shim_pins_at(VA), 4 / 4);
	CHECK_EQ(current->mm->locked_vm, 0);
	shim_live_add(SHIM_PIN, -4);
	down();
}

/* Charges follow the mm, not the process that unmaps; exec and fork change nothing. */
static void another_process_unmaps(void)
{
	struct mm_struct *mm = current->mm, *fresh;
	struct task_struct *other;
	int there;

	up(V2);
	shim_map(VA, 8, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(user_map(container, 0, VA, 8 * K4, RW), 0);
	other = shim_task_new("child");
	there = shim_dup(container, other);
	shim_become(other);
	shim_map(VA, 8, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(user_map(there, SZ_1M, VA, 2 * K4, RW), 0);
	CHECK_EQ(current->mm->locked_vm, 2);
	CHECK_EQ(mm->locked_vm, 8);
	CHECK_EQ(user_unmap(there, 0, 8 * K4, 0, NULL), 0);
	CHECK_EQ(mm->locked_vm, 0);
	CHECK_EQ(other->mm->locked_vm, 2);
	shim_become(NULL);
	shim_task_exit(other);
	/* the child has gone, its mapping has not; the mm is kept for it */
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 2);
	/* exec: the files stay, the mm is another */
	CHECK_EQ(user_map(container, 0, VA, 8 * K4, RW), 0);
	fresh = shim_mm_new();
	shim_mm_exit(current->mm);
	current->mm = fresh;
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 10);
	CHECK_EQ(user_unmap(container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), 0);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 0);
	CHECK_EQ(fresh->locked_vm, 0);
	down();
}

static void new_user_addresses(void)
{
	const u32 vaddr = VFIO_DMA_UNMAP_FLAG_VADDR;
	struct machine_device b;
	struct mm_struct *fresh;

	up(V2);
	CHECK_EQ(machine_add(&b, &hw, "b"), 0);
	shim_map(VA, 8, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 0, VA, 4 * K4, RW), 0);
	CHECK_EQ(user_map(container, SZ_1M, VA, 4 * K4, RW), 0);
	CHECK_EQ(user_map(container, 0, VA, 4 * K4, VFIO_DMA_MAP_FLAG_VADDR), -EINVAL);
	CHECK_EQ(unmapped(0, 4 * K4, vaddr), 4 * K4);
	CHECK_EQ(unmapped(0, 4 * K4, vaddr), -EINVAL);
	CHECK(shim_dma(a.group, 0, true));
	CHECK_EQ(user_join(container, b.path), -EBUSY);
	CHECK_EQ(user_map(container, K4, VA, K4, VFIO_DMA_MAP_FLAG_VADDR), -EINVAL);
	CHECK_EQ(user_map(container, 64 * K4, VA, K4, VFIO_DMA_MAP_FLAG_VADDR), -ENOENT);
	fresh = shim_mm_new();
	shim_mm_exit(current->mm);
	current->mm = fresh;
	CHECK_EQ(user_map(container, 0, VA, 4 * K4, VFIO_DMA_MAP_FLAG_VADDR), 0);
	CHECK_EQ(fresh->locked_vm, 4);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 8);
	CHECK(user_join(container, b.path) >= 0);
	shim_task_reset();
	machine_remove(&b);
	down();
}

struct get_bitmap {
	struct vfio_iommu_type1_dirty_bitmap args;
	struct vfio_iommu_type1_dirty_bitmap_get get;
};

static long dirty(u32 flags, u64 iova, u64 size, u64 pgsize, u64 bytes, void *data)
{
	struct get_bitmap get = {
		.args = { .argsz = sizeof(get), .flags = flags },
		.get = { .iova = iova, .size = size,
			 .bitmap = { .pgsize = pgsize, .size = bytes, .data = data } },
	};

	return shim_ioctl(container, VFIO_IOMMU_DIRTY_PAGES, SHIM_USER(&get));
}

static void dirty_pages(void)
{
	const u32 start = VFIO_IOMMU_DIRTY_PAGES_FLAG_START;
	const u32 stop = VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP;
	const u32 bits = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP;
	u64 *user = shim_user_alloc(32), *map = shim_user_body(user);

	up(V2);
	memset(map, 0, 32);
	shim_map(VA, 256, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, 0, VA, 10 * K4, RW), 0);
	CHECK_EQ(user_map(container, 60 * K4, VA, 10 * K4, WR), 0);
	CHECK_EQ(user_map(container, 100 * K4, VA, 10 * K4, RD), 0);
	CHECK_EQ(dirty(bits, 0, 256 * K4, K4, 32, user), -EINVAL);
	CHECK_EQ(dirty(start, 0, 0, 0, 0, NULL), 0);
	CHECK_EQ(dirty(start | stop, 0, 0, 0, 0, NULL), -EINVAL);
	CHECK_EQ(dirty(0, 0, 0, 0, 0, NULL), -EINVAL);
	CHECK_EQ(dirty(8, 0, 0, 0, 0, NULL), -EINVAL);
	CHECK_EQ(dirty(bits, 0, 256 * K4, 2 * K4, 32, user), -EINVAL);
	CHECK_EQ(dirty(bits, 0, 257 * K4, K4, 32, user), -EINVAL);
	CHECK_EQ(dirty(bits, 0, 0, K4, 32, user), -EINVAL);
	CHECK_EQ(dirty(bits, 1, 256 * K4, K4, 32, user), -EINVAL);
	CHECK_EQ(dirty(bits, ~0UL - K4 + 1, 2 * K4, K4, 32, user), -EINVAL);
	CHECK_EQ(dirty(bits, 0, 256 * K4, K4, 32, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(dirty(bits, 0, 256 * K4, K4, 32, user), 0);
	CHECK_EQ(map[0], 0xf0000000000003ffULL);
	CHECK_EQ(map[1], 0x3f);
	CHECK_EQ(map[2] | map[3], 0);
	CHECK_EQ(dirty(stop, 0, 0, 0, 0, NULL), 0);
	CHECK_EQ(dirty(bits, 0, 256 * K4, K4, 32, user), -EINVAL);
	down();
}

static void a_killed_task_gives_up(void)
{
	up(V2);
	shim_map(VA, 2048, SHIM_RW, SHIM_SCATTERED);
	current->killed = true;
	CHECK_EQ(user_map(container, 0, VA, 2048 * K4, RW), -EINTR);
	current->killed = false;
	CHECK_EQ(shim_live(SHIM_PIN) + shim_live(SHIM_LOCKED_VM) + shim_live(SHIM_IOPAGE), 0);
	CHECK_EQ(user_map(container, 0, VA, 2048 * K4, RW), 0);
	current->killed = true;
	down();
}

static void map_under_failure(void)
{
	up(V2);
	shim_map(VA, 1200, SHIM_RW, SHIM_SCATTERED);
	shim_map(VA + SZ_1G, 4 * 512, SHIM_RW, SHIM_HUGE);
	shim_map_device(VA + 2 * (u64)SZ_1G, 3, SHIM_RW | VM_SHARED, 0xe0000);
	CHECK_EQ(user_map(container, 0x40000000000, VA, K4, RW), 0);
	SHIM_SWEEP() {
		long ret = user_map(container, 0, VA, 40 * K4, RW) ?:
			   user_map(container, SZ_1G, VA + SZ_1G, 4 * SZ_2M, RW) ?:
			   user_map(container, 2UL * SZ_1G, VA + 2 * (u64)SZ_1G, 3 * K4, RW);

		/* a lack of memory for a better way may go unnoticed */
		CHECK(!ret || shim_failed());
		/* with the arguments in reach, what was mapped can always be unmapped */
		shim_fail_pause();
		CHECK_EQ(user_unmap(container, 0, 0x3fffffff000, 0, NULL), 0);
		CHECK_EQ(current->mm->locked_vm, 1);
		shim_fail_resume();
	}
	down();
}

static void unmap_needs_no_memory(void)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap), .size = 512 * K4 };
	unsigned long sites;

	up(V2);
	shim_map(VA, 512, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(user_map(container, 0, VA, 512 * K4, RW), 0);
	shim_fail_at(0);
	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_UNMAP_DMA, SHIM_USER(&unmap)), 0);
	sites = shim_fail_count();
	CHECK_EQ(sites, 2);	/* arguments in, size out */
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	down();
}

static void attach_under_failure(void)
{
	struct shim_iommu other = SHIM_VTD;
	struct machine_device b;

	up(V2);
	CHECK_EQ(machine_add(&b, &other, "b"), 0);
	shim_group_reserve(b.group, 0xfee00000, 0x100000, IOMMU_RESV_MSI);
	shim_map(VA, 64, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(user_map(container, 0, VA, 20 * K4, RW), 0);
	CHECK_EQ(user_map(container, SZ_1G, VA + 20 * K4, 20 * K4, RW), 0);
	SHIM_SWEEP() {
		int fd = user_join(container, b.path);

		CHECK_EQ(fd >= 0, !shim_failed());
		if (fd >= 0)
			CHECK_EQ(shim_dma(b.group, SZ_1G, true), shim_pfn_at(VA + 20 * K4));
		shim_close(fd);
		CHECK_EQ(shim_live(SHIM_DOMAIN), 1);
		/* ranges are as before: what b reserves can be mapped */
		shim_fail_pause();
		CHECK_EQ(user_map(container, 0xfee00000, VA, K4, RW), 0);
		CHECK_EQ(user_unmap(container, 0xfee00000, K4, 0, NULL), 0);
		shim_fail_resume();
	}
	machine_remove(&b);
	down();
}

static void load_to_unload_under_failure(void)
{
	SHIM_SWEEP() {
		int ret;

		hw = (struct shim_iommu)SHIM_VTD;
		shim_fail_pause();
		shim_map(VA, 16, SHIM_RW, SHIM_CONTIGUOUS);
		shim_fail_resume();
		ret = machine_load();
		if (!ret) {
			ret = machine_add(&a, &hw, "a");
			if (!ret) {
				container = shim_open("vfio/vfio");
				group = user_join(container, a.path);
				ret = group < 0 ? group : user_set_iommu(container, V2);
				if (!ret)
					ret = user_map(container, 0, VA, 16 * K4, RW);
				CHECK(!ret || shim_failed());
				shim_task_reset();
				machine_remove(&a);
			}
			machine_unload();
		}
		shim_task_reset();
		shim_user_free_all();
	}
}

UNIT_TESTS(type1,
	{ "devices reach what is mapped", devices_reach_what_is_mapped },
	{ "permissions", permissions },
	{ "what MAP_DMA refuses", map_refuses },
	{ "mappings do not overlap", mappings_do_not_overlap },
	{ "the last page works", the_last_page_works },
	{ "v2 unmap splits nothing", v2_unmap_splits_nothing },
	{ "v1 unmap ends what begins in the range", v1_unmap_ends_what_begins },
	{ "a huge page is one entry", huge_pages_are_one_entry },
	{ "one flush for many mappings", one_flush_for_many_mappings },
	{ "odd memory", odd_memory },
	{ "memory beside registers", memory_beside_registers },
	{ "kernel memory is refused", kernel_memory_is_refused },
	{ "pinning comes in pieces", pinning_comes_in_pieces },
	{ "RLIMIT_MEMLOCK", memlock_limit },
	{ "the entry limit", entry_limit },
	{ "GET_INFO", info },
	{ "groups come and go", groups_come_and_go },
	{ "a group that does not fit", a_group_that_does_not_fit },
	{ "unsafe interrupts", unsafe_interrupts },
	{ "an IOMMU that does not unmap", an_iommu_that_does_not_unmap },
	{ "another process unmaps", another_process_unmaps },
	{ "new user addresses", new_user_addresses },
	{ "dirty pages", dirty_pages },
	{ "a killed task gives up", a_killed_task_gives_up },
	{ "map under failure", map_under_failure },
	{ "unmap needs no memory", unmap_needs_no_memory },
	{ "attach under failure", attach_under_failure },
	{ "load to unload under failure", load_to_unload_under_failure })
