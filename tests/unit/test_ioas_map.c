// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/
/*
 * Mapping and unmapping: what devices reach, what is pinned, who pays, and that a failure at
 * any place leaves all as it was.
 */
#include <stdlib.h>

#include <linux/capability.h>
#include <linux/resource.h>

#include "test_ioas.h"

static void memory_of_each_layout(void)
{
	static const enum shim_layout layouts[] = {
		SHIM_CONTIGUOUS, SHIM_SCATTERED, SHIM_HUGE, SHIM_HUGE_RUN, SHIM_ONE_PAGE,
	};
	static const unsigned long sizes[] = { 1, 2, 15, 16, 17, 511, 512, 513, 2000 };
	struct rig r;

	rig_up(&r);
	for (unsigned int l = 0; l < ARRAY_SIZE(layouts); l++) {
		for (unsigned int s = 0; s < ARRAY_SIZE(sizes); s++) {
			unsigned long n = sizes[s];
			struct vm_area_struct *vma = shim_map(VADDR, n, SHIM_RW, layouts[l]);

			CHECK_EQ(map(&r, 0x10000000, VADDR, n), 0);
			CHECK_EQ(current->mm->locked_vm, n);
			CHECK_EQ(shim_live(SHIM_PIN), n);
			CHECK(reaches(&r, 0x10000000, VADDR, n, true));
			CHECK(reaches_nothing(&r, 0x10000000 - PAGE_SIZE, 1));
			CHECK(reaches_nothing(&r, 0x10000000 + n * PAGE_SIZE, 1));
			CHECK_EQ(unmap(&r, 0x10000000, n), n << PAGE_SHIFT);
			CHECK_EQ(current->mm->locked_vm, 0);
			CHECK_EQ(shim_live(SHIM_PIN), 0);
			CHECK(reaches_nothing(&r, 0x10000000, n));
			shim_unmap(vma);
		}
	}
	rig_down(&r);
}

/* A huge page is one pin call, one map call of one entry, one unpin call; one flush for all. */
static void cost_follows_extents(void)
{
	struct shim_iommu_counts before;
	unsigned long pins, unpins;
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 4 * HUGE_NPAGES, SHIM_RW, SHIM_HUGE);
	before = shim_iommu_counts;
	pins = shim_pin_calls();
	unpins = shim_unpin_calls();
	CHECK_EQ(map(&r, 0x40000000, VADDR, 4 * HUGE_NPAGES), 0);
	CHECK_EQ(shim_pin_calls() - pins, 4);
	CHECK_EQ(shim_iommu_counts.maps - before.maps, 4);
	CHECK_EQ(shim_iommu_counts.entries - before.entries, 4);
	unmap(&r, 0x40000000, 4 * HUGE_NPAGES);
	CHECK_EQ(shim_unpin_calls() - unpins, 4);
	CHECK_EQ(shim_iommu_counts.unmaps - before.unmaps, 1);
	CHECK_EQ(shim_iommu_counts.flushes - before.flushes, 1);
	rig_down(&r);
}

/* Huge pages in a row are one extent, as far as the IOMMU is concerned. */
static void huge_pages_in_a_row(void)
{
	struct shim_iommu_counts before;
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 4 * HUGE_NPAGES, SHIM_RW, SHIM_HUGE_RUN);
	before = shim_iommu_counts;
	CHECK_EQ(map(&r, 0x40000000, VADDR, 4 * HUGE_NPAGES), 0);
	CHECK_EQ(shim_iommu_counts.maps - before.maps, 1);
	CHECK(reaches(&r, 0x40000000, VADDR, 4 * HUGE_NPAGES, true));
	rig_down(&r);
}

static void small_pages_on_demand(void)
{
	struct shim_iommu_counts before = shim_iommu_counts;
	struct rig r;

	rig_group(&r);
	r.ioas = ioas_create(10, true);
	CHECK_EQ(ioas_attach(r.ioas, r.group), 0);
	shim_map(VADDR, HUGE_NPAGES, SHIM_RW, SHIM_HUGE);
	CHECK_EQ(map(&r, 0x40000000, VADDR, HUGE_NPAGES), 0);
	CHECK_EQ(shim_iommu_counts.entries - before.entries, HUGE_NPAGES);
	rig_down(&r);
}

/* One call may pin less than was asked for: go on from there. */
static void pinning_in_pieces(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 700, SHIM_RW, SHIM_CONTIGUOUS);
	shim_pin_at_most(3);
	CHECK_EQ(map(&r, 0x10000000, VADDR, 700), 0);
	shim_pin_at_most(0);
	CHECK(reaches(&r, 0x10000000, VADDR, 700, true));
	CHECK_EQ(unmap(&r, 0x10000000, 700), 700 << PAGE_SHIFT);
	rig_down(&r);
}

static void bad_ranges(void)
{
	const u64 top = 1ULL << 48;
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, VADDR, 0, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, 0x1001, VADDR, PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, VADDR + 8, PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, VADDR, PAGE_SIZE + 1, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, VADDR, -PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, -PAGE_SIZE, VADDR, 2 * PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, -PAGE_SIZE, 2 * PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, -PAGE_SIZE, PAGE_SIZE, RW), -EFAULT);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, 1UL << 63, PAGE_SIZE, RW), -EFAULT);
	CHECK_EQ(ioas_map(r.ioas, top, VADDR, PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, top - PAGE_SIZE, VADDR, 2 * PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, -PAGE_SIZE, VADDR, PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_map(r.ioas, top - PAGE_SIZE, VADDR, PAGE_SIZE, RW), 0);
	CHECK_EQ(unmap(&r, top - PAGE_SIZE, 1), PAGE_SIZE);
	rig_down(&r);
}

/* With 64 bits of IOVA, the last page has the last address of all. */
static void last_page_of_64_bits(void)
{
	struct rig r;

	rig_up_wide(&r);
	shim_map(VADDR, 2, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, -PAGE_SIZE, VADDR, 1), 0);
	CHECK_EQ(map(&r, -2 * PAGE_SIZE, VADDR, 2), -EEXIST);
	CHECK(reaches(&r, -PAGE_SIZE, VADDR, 1, true));
	CHECK_EQ(unmap(&r, -PAGE_SIZE, 1), PAGE_SIZE);
	CHECK_EQ(map(&r, -2 * PAGE_SIZE, VADDR, 2), 0);
	CHECK_EQ(unmap_all(&r), 2 * PAGE_SIZE);
	rig_down(&r);
}

static void overlaps_are_refused(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 8, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x10000, VADDR, 4), 0);
	CHECK_EQ(map(&r, 0x10000, VADDR, 4), -EEXIST);
	CHECK_EQ(map(&r, 0xf000, VADDR, 2), -EEXIST);
	CHECK_EQ(map(&r, 0x13000, VADDR, 2), -EEXIST);
	CHECK_EQ(map(&r, 0x11000, VADDR, 1), -EEXIST);
	CHECK_EQ(map(&r, 0xf000, VADDR, 8), -EEXIST);
	CHECK_EQ(map(&r, 0xf000, VADDR, 1), 0);
	CHECK_EQ(map(&r, 0x14000, VADDR, 1), 0);
	CHECK_EQ(current->mm->locked_vm, 6);
	CHECK_EQ(unmap_all(&r), 6 * PAGE_SIZE);
	rig_down(&r);
}

/* An unmap never splits, and finds all mappings of its range. */
static void unmap_by_range(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 16, SHIM_RW, SHIM_SCATTERED);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(map(&r, 0x10000 + i * 0x8000, VADDR + i * 0x4000, 4), 0);
	CHECK_EQ(unmap(&r, 0x11000, 1), -EINVAL);
	CHECK_EQ(unmap(&r, 0x10000, 2), -EINVAL);
	CHECK_EQ(unmap(&r, 0x12000, 16), -EINVAL);
	CHECK_EQ(unmap(&r, 0x10000, 10), -EINVAL);
	CHECK_EQ(shim_live(SHIM_PIN), 16);
	CHECK_EQ(unmap(&r, 0x14000, 4), 0);
	CHECK_EQ(unmap(&r, 0x100000000, 1000), 0);
	CHECK_EQ(unmap(&r, 0xf000, 16), 2 * 4 * PAGE_SIZE);
	CHECK(reaches(&r, 0x20000, VADDR + 0x8000, 4, true));
	CHECK_EQ(unmap_all(&r), 2 * 4 * PAGE_SIZE);
	CHECK_EQ(unmap_all(&r), 0);
	rig_down(&r);
}

/* The old way: all that begins in the range, whole. */
static void unmap_by_start(void)
{
	struct ioas_range range = { .start = 0x11000, .last = 0x18fff };
	struct rig r;
	u64 done;

	rig_up(&r);
	shim_map(VADDR, 8, SHIM_RW, SHIM_SCATTERED);
	map(&r, 0x10000, VADDR, 4);
	map(&r, 0x18000, VADDR, 4);
	CHECK_EQ(ioas_unmap(r.ioas, &range, IOAS_STARTING, NULL, &done), 0);
	CHECK_EQ(done, 0);
	range.start = 0x14000;
	CHECK_EQ(ioas_unmap(r.ioas, &range, IOAS_STARTING, NULL, &done), 0);
	CHECK_EQ(done, 4 * PAGE_SIZE);
	CHECK(reaches(&r, 0x10000, VADDR, 4, true));
	CHECK(reaches_nothing(&r, 0x18000, 4));
	rig_down(&r);
}

static void permissions(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 2, SHIM_RO, SHIM_CONTIGUOUS);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, VADDR, 2 * PAGE_SIZE, RW), -EFAULT);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, VADDR, 2 * PAGE_SIZE, IOAS_WRITE), -EFAULT);
	CHECK_EQ(ioas_map(r.ioas, 0x1000, VADDR, 2 * PAGE_SIZE, IOAS_READ), 0);
	CHECK(reaches(&r, 0x1000, VADDR, 2, false));
	CHECK_EQ(shim_dma(r.group, 0x1000, true), 0);
	CHECK_EQ(unmap(&r, 0x1000, 2), 2 * PAGE_SIZE);
	CHECK(!pfn_to_page(shim_pfn_at(VADDR))->dirty);
	rig_down(&r);
}

static void what_devices_write_is_dirty(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 2, SHIM_RW, SHIM_CONTIGUOUS);
	map(&r, 0x1000, VADDR, 2);
	unmap(&r, 0x1000, 2);
	CHECK(pfn_to_page(shim_pfn_at(VADDR))->dirty);
	CHECK(pfn_to_page(shim_pfn_at(VADDR + PAGE_SIZE))->dirty);
	rig_down(&r);
}

/* A hole at any page: nothing stays. */
static void holes(void)
{
	static const unsigned long at[] = { 1, 15, 16, 511, 512, 600, 1023 };
	struct rig r;

	rig_up(&r);
	for (unsigned int i = 0; i < ARRAY_SIZE(at); i++) {
		struct vm_area_struct *vma = shim_map(VADDR, at[i], SHIM_RW, SHIM_SCATTERED);

		CHECK_EQ(map(&r, 0x10000000, VADDR, 1024), -EFAULT);
		CHECK_EQ(shim_live(SHIM_PIN), 0);
		CHECK_EQ(current->mm->locked_vm, 0);
		CHECK(reaches_nothing(&r, 0x10000000, 1024));
		shim_unmap(vma);
	}
	CHECK_EQ(ioas_entries_left(r.ioas), 65535);
	rig_down(&r);
}

static void entry_limit(void)
{
	struct rig r;

	rig_group(&r);
	rig_space(&r, 2);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x1000, VADDR, 1), 0);
	CHECK_EQ(map(&r, 0x2000, VADDR, 1), 0);
	CHECK_EQ(ioas_entries_left(r.ioas), 0);
	CHECK_EQ(map(&r, 0x3000, VADDR, 1), -ENOSPC);
	CHECK_EQ(unmap(&r, 0x1000, 1), PAGE_SIZE);
	CHECK_EQ(map(&r, 0x1000, VADDR + 64 * PAGE_SIZE, 1), -EFAULT);
	CHECK_EQ(ioas_entries_left(r.ioas), 1);
	CHECK_EQ(map(&r, 0x3000, VADDR, 1), 0);
	rig_down(&r);
}

static void memlock_limit(void)
{
	struct rig r;

	rig_up(&r);
	current->rlimits[RLIMIT_MEMLOCK] = 10 * PAGE_SIZE + 100;
	shim_map(VADDR, 4000, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(map(&r, 0x1000000, VADDR, 11), -ENOMEM);
	CHECK_EQ(map(&r, 0x1000000, VADDR, 4000), -ENOMEM);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(map(&r, 0x1000000, VADDR, 10), 0);
	CHECK_EQ(map(&r, 0x2000000, VADDR, 1), -ENOMEM);
	CHECK_EQ(current->mm->locked_vm, 10);
	current->rlimits[RLIMIT_MEMLOCK] = 0;
	CHECK_EQ(map(&r, 0x2000000, VADDR, 1), -ENOMEM);
	current->caps = 1ULL << CAP_IPC_LOCK;
	CHECK_EQ(map(&r, 0x2000000, VADDR, 4000), 0);
	CHECK_EQ(current->mm->locked_vm, 4010);
	current->caps = 0;
	CHECK_EQ(unmap_all(&r), 4010 * PAGE_SIZE);
	CHECK_EQ(current->mm->locked_vm, 0);
	rig_down(&r);
}

/* More than the limit is never pinned, even for a moment. */
static void nothing_is_pinned_unpaid(void)
{
	unsigned long pins;
	struct rig r;

	rig_up(&r);
	current->rlimits[RLIMIT_MEMLOCK] = 600 * PAGE_SIZE;
	shim_map(VADDR, 20 * HUGE_NPAGES, SHIM_RW, SHIM_CONTIGUOUS);
	pins = shim_pin_calls();
	CHECK_EQ(map(&r, 0x1000000, VADDR, 20 * HUGE_NPAGES), -ENOMEM);
	CHECK_EQ(shim_pin_calls() - pins, 0);
	rig_down(&r);
}

/* The mm that mapped pays until the end, after its process has gone, and after another unmaps. */
static void the_mapper_pays(void)
{
	struct task_struct *child = shim_task_new("child"), *self;
	struct mm_struct *mm = child->mm;
	struct rig r;

	rig_up(&r);
	mmgrab(mm);
	self = shim_become(child);
	shim_map(VADDR, 5, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x1000, VADDR, 5), 0);
	shim_become(self);
	CHECK_EQ(mm->locked_vm, 5);
	CHECK_EQ(current->mm->locked_vm, 0);
	shim_task_exit(child);
	CHECK_EQ(mm->locked_vm, 5);
	CHECK_EQ(unmap(&r, 0x1000, 5), 5 * PAGE_SIZE);
	CHECK_EQ(mm->locked_vm, 0);
	mmdrop(mm);
	rig_down(&r);
}

static void device_registers(void)
{
	struct rig r;

	rig_up(&r);
	current->rlimits[RLIMIT_MEMLOCK] = 0;
	shim_map_device(VADDR, 600, SHIM_RW, 0xfe000);
	CHECK_EQ(map(&r, 0x10000000, VADDR, 600), 0);
	CHECK_EQ(current->mm->locked_vm, 0);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK(reaches(&r, 0x10000000, VADDR, 600, true));
	CHECK_EQ(unmap(&r, 0x10000000, 600), 600 << PAGE_SHIFT);
	rig_down(&r);
}

static void registers_beside_memory(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 20, SHIM_RW, SHIM_CONTIGUOUS);
	shim_map_device(VADDR + 20 * PAGE_SIZE, 20, SHIM_RW, 0xfe000);
	shim_map(VADDR + 40 * PAGE_SIZE, 20, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x10000000, VADDR, 60), 0);
	CHECK_EQ(current->mm->locked_vm, 40);
	CHECK(reaches(&r, 0x10000000, VADDR, 60, true));
	CHECK_EQ(unmap(&r, 0x10000000, 60), 60 << PAGE_SHIFT);
	CHECK_EQ(current->mm->locked_vm, 0);

	/* What cannot be paid for can have the registers, not the memory */
	current->rlimits[RLIMIT_MEMLOCK] = 0;
	CHECK_EQ(map(&r, 0x10000000, VADDR + 20 * PAGE_SIZE, 21), -ENOMEM);
	CHECK_EQ(map(&r, 0x10000000, VADDR + 20 * PAGE_SIZE, 20), 0);
	rig_down(&r);
}

static void registers_read_only(void)
{
	struct rig r;

	rig_up(&r);
	shim_map_device(VADDR, 2, SHIM_RO, 0xfe000);
	CHECK_EQ(map(&r, 0x10000000, VADDR, 2), -EFAULT);
	CHECK_EQ(ioas_map(r.ioas, 0x10000000, VADDR, 2 * PAGE_SIZE, IOAS_READ), 0);
	rig_down(&r);
}

/* Pages of the kernel that a driver shows through such an area can be freed: not for devices. */
static void kernel_memory_is_refused(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct rig r;

	rig_up(&r);
	shim_map_device(VADDR, 1, SHIM_RW, page_to_pfn(page));
	CHECK_EQ(map(&r, 0x10000000, VADDR, 1), -EFAULT);
	rig_down(&r);
	__free_page(page);
}

static void killed_task_gives_up(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	current->killed = current->signalled = true;
	CHECK_EQ(map(&r, 0x10000000, VADDR, 4), -EINTR);
	current->killed = current->signalled = false;
	CHECK_EQ(ioas_entries_left(r.ioas), 65535);
	rig_down(&r);
}

/* Every mapping left over goes with the space. */
static void destroy_ends_all(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 1000, SHIM_RW, SHIM_SCATTERED);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(map(&r, 0x10000000 + i * 0x20000, VADDR + i * 0xa000, 10), 0);
	rig_down(&r);
	CHECK_EQ(current->mm->locked_vm, 0);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
}

/* An IOMMU that does not unmap: the memory must never be given back. */
static void stuck_memory_stays_pinned(void)
{
	struct rig r;

	shim_quiet(true);
	rig_up(&r);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	map(&r, 0x1000, VADDR, 4);
	r.hw.refuse_unmaps = 1;
	CHECK_EQ(unmap(&r, 0x1000, 4), 4 * PAGE_SIZE);
	CHECK_EQ(shim_live(SHIM_PIN), 4);
	CHECK_EQ(current->mm->locked_vm, 0);
	rig_down(&r);
	shim_live_add(SHIM_PIN, -4);
}

/* Mapped as a whole, or nothing of it is left to a device, nor pinned */
static void map_or_nothing(enum shim_layout layout)
{
	unsigned long n = layout == SHIM_HUGE ? 2 * HUGE_NPAGES + 5 : 600;
	struct vm_area_struct *vma;
	struct rig r;
	int ret;

	rig_up(&r);
	vma = shim_map(VADDR, n, SHIM_RW, layout);
	ret = map(&r, 0x40000000, VADDR, n);
	if (!shim_failed())
		CHECK_EQ(ret, 0);
	if (ret) {
		CHECK(ret == -ENOMEM || ret == -EINTR);
		CHECK_EQ(shim_live(SHIM_PIN), 0);
		CHECK_EQ(shim_live(SHIM_IOPAGE), 0);
		CHECK_EQ(current->mm->locked_vm, 0);
		CHECK_EQ(ioas_entries_left(r.ioas), 65535);
		CHECK_EQ(unmap_all(&r), 0);
	} else {
		CHECK(reaches(&r, 0x40000000, VADDR, n, true));
		CHECK_EQ(unmap(&r, 0x40000000, n), n << PAGE_SHIFT);
	}
	rig_down(&r);
	shim_unmap(vma);
}

static void failure_everywhere(void)
{
	SHIM_SWEEP()
		map_or_nothing(SHIM_SCATTERED);
	SHIM_SWEEP()
		map_or_nothing(SHIM_HUGE);
}

/* One call of the IOMMU that takes several page tables, since the memory lies askew to them */
static void page_tables_run_out(void)
{
	unsigned long n = 2 * HUGE_NPAGES;

	SHIM_SWEEP() {
		struct vm_area_struct *vma;
		struct rig r;
		int ret;

		rig_up(&r);
		vma = shim_map(VADDR, n, SHIM_RW, SHIM_HUGE_RUN);
		ret = map(&r, 0x40000000 + PAGE_SIZE, VADDR, n);
		if (ret) {
			CHECK(reaches_nothing(&r, 0x40000000, n + 2));
			CHECK_EQ(shim_live(SHIM_PIN), 0);
			CHECK_EQ(shim_live(SHIM_IOPAGE), 0);
		}
		rig_down(&r);
		shim_unmap(vma);
	}
}

/* One mapping of small pages, which the IOMMU's driver unmaps in calls of different sizes */
static void page_tables_outlive_flush(void)
{
	static const struct {
		u64 iova;
		unsigned long npages;
	} ranges[] = {
		/* behind a head, before a tail, between them */
		{ 0x40000000 - PAGE_SIZE, HUGE_NPAGES + 1 },
		{ 0x40000000, HUGE_NPAGES + 1 },
		{ 0x40200000 - PAGE_SIZE, HUGE_NPAGES + 2 },
		/* across the end of a slice: as much behind it, less, more */
		{ 0x80000000 - 0x200000, 2 * HUGE_NPAGES },
		{ 0x80000000 - 0x400000, 3 * HUGE_NPAGES },
		{ 0x80000000 - 0x200000, 3 * HUGE_NPAGES },
		{ 0x80000000 - 0x201000, 3 * HUGE_NPAGES + 2 },
	};
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 4 * HUGE_NPAGES, SHIM_RW, SHIM_SCATTERED);
	for (unsigned int i = 0; i < ARRAY_SIZE(ranges); i++) {
		CHECK_EQ(map(&r, ranges[i].iova, VADDR, ranges[i].npages), 0);
		CHECK_EQ(unmap_all(&r), ranges[i].npages << PAGE_SHIFT);
		CHECK(reaches_nothing(&r, ranges[i].iova, ranges[i].npages));
	}
	rig_down(&r);
}

static void killed_everywhere(void)
{
	SHIM_SWEEP_KILLS()
		map_or_nothing(SHIM_SCATTERED);
	SHIM_SWEEP_KILLS()
		map_or_nothing(SHIM_HUGE);
}

/* Random maps and unmaps against an array of pages. */
static void random_operations(void)
{
	enum { PAGES = 256 };
	int owner[PAGES] = {}, serial = 0;
	struct rig r;

	rig_up(&r);
	srandom(11);
	shim_map(VADDR, PAGES, SHIM_RW, SHIM_SCATTERED);
	for (int step = 0; step < 6000; step++) {
		int first = random() % PAGES, n = 1 + random() % 12, taken = 0, cut = 0, hit = 0;
		long long ret;

		n = min(n, PAGES - first);
		for (int i = 0; i < n; i++) {
			taken |= owner[first + i];
			hit += !!owner[first + i];
		}
		if (random() % 2) {
			ret = map(&r, first * PAGE_SIZE, VADDR + first * PAGE_SIZE, n);
			CHECK_EQ(ret, taken ? -EEXIST : 0);
			serial++;
			for (int i = 0; i < n && !ret; i++)
				owner[first + i] = serial;
			continue;
		}
		cut |= first && owner[first] && owner[first] == owner[first - 1];
		cut |= first + n < PAGES && owner[first + n] &&
		       owner[first + n] == owner[first + n - 1];
		ret = unmap(&r, first * PAGE_SIZE, n);
		CHECK_EQ(ret, cut ? -EINVAL : hit * PAGE_SIZE);
		for (int i = 0; i < n && !cut; i++)
			owner[first + i] = 0;
	}
	for (int i = 0; i < PAGES; i++)
		CHECK_EQ(shim_dma(r.group, i * PAGE_SIZE, true),
			 owner[i] ? shim_pfn_at(VADDR + i * PAGE_SIZE) : 0);
	rig_down(&r);
}

UNIT_TESTS(ioas_map,
	{ "memory of each layout", memory_of_each_layout },
	{ "cost follows extents", cost_follows_extents },
	{ "huge pages in a row are one extent", huge_pages_in_a_row },
	{ "small pages on demand", small_pages_on_demand },
	{ "pinning in pieces", pinning_in_pieces },
	{ "bad ranges", bad_ranges },
	{ "the last page of 64 bits", last_page_of_64_bits },
	{ "overlaps are refused", overlaps_are_refused },
	{ "unmap by range", unmap_by_range },
	{ "unmap by start", unmap_by_start },
	{ "permissions", permissions },
	{ "what devices write is dirty", what_devices_write_is_dirty },
	{ "holes in memory", holes },
	{ "the entry limit", entry_limit },
	{ "the memlock limit", memlock_limit },
	{ "nothing is pinned unpaid", nothing_is_pinned_unpaid },
	{ "the mapper pays", the_mapper_pays },
	{ "device registers", device_registers },
	{ "registers beside memory", registers_beside_memory },
	{ "registers read-only", registers_read_only },
	{ "kernel memory is refused", kernel_memory_is_refused },
	{ "a killed task gives up", killed_task_gives_up },
	{ "destroy ends all mappings", destroy_ends_all },
	{ "stuck memory stays pinned", stuck_memory_stays_pinned },
	{ "failure everywhere", failure_everywhere },
	{ "page tables run out", page_tables_run_out },
	{ "page tables outlive their flush", page_tables_outlive_flush },
	{ "killed everywhere", killed_everywhere },
	{ "random operations against an array", random_operations })
