// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ tests/unit/machine.c
/*
 * Maps and unmaps against a model that is an array: for each page of I/O address space, the
 * frame that a device reaches there and the mapping that it belongs to.
 */
#include <linux/mm.h>

#include "machine.h"
#include "unit.h"
#include "fuzz.h"

#define PAGES 64
#define VA 0x7f0000000000UL
/* Pages that are mapped: 0 to 15 scattered, 16 to 31 contiguous, 32 to 39 read only */
#define VPAGES 48

static struct page_model { unsigned long pfn; unsigned int id; bool write; } model[PAGES];
static unsigned int next_id;
static struct shim_iommu hw;
static struct machine_device devs[2];
static int container, groups[2];

static int expect_map(unsigned int at, unsigned int from, unsigned int n, u32 flags)
{
	if (!n || !flags)
		return -EINVAL;
	for (unsigned int i = 0; i < n && at + i < PAGES; i++)
		if (model[at + i].id)
			return -EEXIST;
	for (unsigned int i = 0; i < n; i++)
		if (from + i >= 40 || (from + i >= 32 && flags & WR))
			return -EFAULT;
	return 0;
}

static void map(struct fuzz_input *in)
{
	unsigned int at = fuzz_take(in, 1) % PAGES, from = fuzz_take(in, 1) % VPAGES;
	unsigned int n = fuzz_take(in, 1) % 20;
	u32 flags = fuzz_take(in, 1) & RW;
	long want, ret;

	if (at + n > PAGES)
		n = PAGES - at;
	want = expect_map(at, from, n, flags);
	ret = user_map(container, at * PAGE_SIZE, VA + from * PAGE_SIZE, n * PAGE_SIZE, flags);
	CHECK_EQ(ret, want);
	if (ret)
		return;
	next_id++;
	for (unsigned int i = 0; i < n; i++)
		model[at + i] = (struct page_model){ shim_pfn_at(VA + (from + i) * PAGE_SIZE),
						     next_id, flags & WR };
}

static void unmap(struct fuzz_input *in)
{
	unsigned int at = fuzz_take(in, 1) % PAGES, n = fuzz_take(in, 1) % (PAGES + 1), gone = 0;
	u64 size;
	long ret;
	bool cuts;

	if (at + n > PAGES)
		n = PAGES - at;
	cuts = n && ((at && model[at].id && model[at - 1].id == model[at].id) ||
		     (at + n < PAGES && model[at + n].id &&
		      model[at + n].id == model[at + n - 1].id));
	ret = user_unmap(container, at * PAGE_SIZE, n * PAGE_SIZE, 0, &size);
	CHECK_EQ(ret, !n || cuts ? -EINVAL : 0);
	if (ret)
		return;
	for (unsigned int i = at; i < at + n; i++) {
		gone += !!model[i].id;
		model[i] = (struct page_model){ 0 };
	}
	CHECK_EQ(size, gone * PAGE_SIZE);
}

static void agree(void)
{
	unsigned long used = 0;

	for (unsigned int i = 0; i < PAGES; i++) {
		used += !!model[i].id;
		for (unsigned int d = 0; d < 2; d++) {
			if (groups[d] < 0)
				continue;
			if (model[i].write || !model[i].id)
				CHECK_EQ(shim_dma(devs[d].group, i * PAGE_SIZE, true),
					 model[i].pfn);
			else
				CHECK(!shim_dma(devs[d].group, i * PAGE_SIZE, true));
		}
	}
	CHECK_EQ(current->mm->locked_vm, used);
	CHECK_EQ(shim_live(SHIM_PIN), used);
}

static void change_group(unsigned int d)
{
	if (groups[d] < 0) {
		groups[d] = user_join(container, devs[d].path);
		CHECK(groups[d] >= 0);
	} else if (groups[!d] >= 0) {	/* with the last one the space would end */
		shim_close(groups[d]);
		groups[d] = -1;
	}
}

void fuzz_one(struct fuzz_input *in)
{
	struct shim_iommu second = SHIM_VTD;
	u8 options = fuzz_take(in, 1);

	memset(model, 0, sizeof(model));
	hw = (struct shim_iommu)SHIM_VTD;
	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(machine_add(&devs[0], &hw, "a"), 0);
	CHECK_EQ(machine_add(&devs[1], options & 1 ? &second : &hw, "b"), 0);
	shim_map(VA, 16, SHIM_RW, SHIM_SCATTERED);
	shim_map(VA + 16 * PAGE_SIZE, 16, SHIM_RW, SHIM_CONTIGUOUS);
	shim_map(VA + 32 * PAGE_SIZE, 8, SHIM_RO, SHIM_CONTIGUOUS);
	shim_pin_at_most(options >> 4);
	container = shim_open("vfio/vfio");
	groups[0] = user_join(container, devs[0].path);
	groups[1] = -1;
	CHECK_EQ(user_set_iommu(container, VFIO_TYPE1v2_IOMMU), 0);

	for (unsigned int round = 0; in->left && round < 200; round++) {
		u8 what = fuzz_take(in, 1);

		if (what < 140)
			map(in);
		else if (what < 230)
			unmap(in);
		else
			change_group(what & 1);
		agree();
	}
	shim_pin_at_most(0);
	shim_task_reset();
	machine_remove(&devs[0]);
	machine_remove(&devs[1]);
	machine_unload();
}
