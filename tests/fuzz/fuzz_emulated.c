// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/
/*
 * Two devices with an emulated IOMMU and a group with a real one in a space, against a model that
 * knows of each page of I/O address space what is there, who has pinned it and whether it is dirty.
 */
#include <linux/mm.h>
#include <shim/iommu.h>
#include <shim/mm.h>

#include "../../vfio/ioas/ioas.h"
#include "unit.h"
#include "fuzz.h"

#define PAGES	64
#define VPAGES	32
#define DEVICES	2

static struct page_model {
	unsigned int id;		/* of the mapping, 0 for none */
	unsigned int from;		/* page of user memory */
	unsigned int prot;
	unsigned int pins[DEVICES];
	bool dirty;
} model[PAGES];

static struct ioas *ioas;
static struct ioas_device devs[DEVICES];
static struct iommu_group *group;
static u64 memory;
static u8 content[VPAGES];		/* first byte of each page */
static unsigned int next_id, orphans;
static bool attached, tracked, deaf;

static unsigned int pins_of(const struct page_model *p)
{
	return p->pins[0] + p->pins[1];
}

/* What a device has pinned goes when its mapping does */
static void unmap_heard(struct ioas_device *dev, u64 iova, u64 length)
{
	unsigned int d = dev - devs;

	for (u64 i = iova / PAGE_SIZE; !deaf && i < (iova + length) / PAGE_SIZE; i++)
		while (model[i].pins[d]) {
			CHECK_EQ(ioas_unpin(dev, i * PAGE_SIZE, 1), 1);
			model[i].pins[d]--;
		}
}

static void map(struct fuzz_input *in)
{
	unsigned int at = fuzz_take(in, 1) % PAGES, from = fuzz_take(in, 1) % VPAGES;
	unsigned int n = fuzz_take(in, 1) % 12 + 1, prot = fuzz_take(in, 1) % 3 + 1;
	int want = 0;

	n = min3(n, PAGES - at, VPAGES - from);
	for (unsigned int i = at; i < at + n; i++)
		if (model[i].id)
			want = -EEXIST;
	CHECK_EQ(ioas_map(ioas, at * PAGE_SIZE, memory + from * PAGE_SIZE, n * PAGE_SIZE, prot),
		 want);
	if (want)
		return;
	next_id++;
	for (unsigned int i = 0; i < n; i++)
		model[at + i] = (struct page_model){ .id = next_id, .from = from + i,
						     .prot = prot };
}

static bool cuts(unsigned int at, unsigned int n)
{
	return (at && model[at].id && model[at - 1].id == model[at].id) ||
	       (at + n < PAGES && model[at + n].id && model[at + n].id == model[at + n - 1].id);
}

static void unmap(struct fuzz_input *in)
{
	unsigned int at = fuzz_take(in, 1) % PAGES, n = fuzz_take(in, 1) % PAGES + 1;
	struct ioas_range range;
	u64 size;
	int want;

	n = min(n, PAGES - at);
	range = (struct ioas_range){ at * PAGE_SIZE, (at + n) * PAGE_SIZE - 1 };
	want = cuts(at, n) ? -EINVAL : 0;
	deaf = fuzz_take(in, 1) >= 240;
	CHECK_EQ(ioas_unmap(ioas, &range, IOAS_WHOLE, NULL, &size), want);
	for (unsigned int i = at; !want && i < at + n; i++) {
		CHECK(deaf || !pins_of(&model[i]));
		orphans += !!pins_of(&model[i]);
		model[i] = (struct page_model){ 0 };
	}
}

/* Is every page there, and does it allow that? */
static int expect_access(unsigned int at, unsigned int n, unsigned int prot)
{
	for (unsigned int i = at; i < at + n; i++) {
		if (i >= PAGES || !model[i].id)
			return -EINVAL;
		if (prot & ~model[i].prot)
			return -EPERM;
	}
	return 0;
}

static void pin(struct fuzz_input *in)
{
	unsigned int d = fuzz_take(in, 1) % DEVICES, at = fuzz_take(in, 1) % PAGES;
	unsigned int n = fuzz_take(in, 1) % 12 + 1, prot = fuzz_take(in, 1) % 3 + 1;
	int want = expect_access(at, n, prot);
	struct page *pages[12];

	CHECK_EQ(ioas_pin(&devs[d], at * PAGE_SIZE + prot, n, prot, pages), want);
	for (unsigned int i = 0; i < n && !expect_access(at + i, 1, prot); i++) {
		if (want) {	/* it was pinned for a moment */
			model[at + i].dirty |= tracked && !pins_of(&model[at + i]);
			continue;
		}
		CHECK_EQ(page_to_pfn(pages[i]),
			 shim_pfn_at(memory + model[at + i].from * PAGE_SIZE));
		model[at + i].pins[d]++;
	}
}

static void unpin(struct fuzz_input *in)
{
	unsigned int d = fuzz_take(in, 1) % DEVICES, at = fuzz_take(in, 1) % PAGES;

	if (!model[at].pins[d])
		return;
	CHECK_EQ(ioas_unpin(&devs[d], at * PAGE_SIZE, 1), 1);
	model[at].pins[d]--;
	if (!pins_of(&model[at]) && tracked)
		model[at].dirty = true;
}

/* The first byte of a page, and what is before it in the page before */
static void access(struct fuzz_input *in)
{
	unsigned int at = fuzz_take(in, 1) % PAGES, before = fuzz_take(in, 1) & 1;
	bool write = fuzz_take(in, 1) & 1;
	u8 data[2] = {}, *first;
	int want;

	before = at ? before : 0;
	first = data + before;
	*first = fuzz_take(in, 1);
	want = expect_access(at - before, 1 + before, write ? IOAS_WRITE : IOAS_READ);
	CHECK_EQ(ioas_rw(&devs[0], at * PAGE_SIZE - before, data, 1 + before, write), want);
	for (unsigned int i = at - before; write && i <= at; i++)
		if (expect_access(i, 1, IOAS_WRITE))
			break;
		else if (tracked)
			model[i].dirty = true;
	if (want)
		return;
	if (write)
		content[model[at].from] = *first;
	else
		CHECK_EQ(*first, content[model[at].from]);
}

static void change_group(void)
{
	if (attached) {
		ioas_detach(ioas, group);
		for (unsigned int i = 0; tracked && i < PAGES; i++)
			model[i].dirty = model[i].id;
	} else {
		CHECK_EQ(ioas_attach(ioas, group), 0);
	}
	attached = !attached;
}

static void change_tracking(void)
{
	tracked = !tracked;
	ioas_dirty_track(ioas, tracked);
	for (unsigned int i = 0; i < PAGES; i++)
		model[i].dirty = false;
}

static void report(void)
{
	struct ioas_range all = { 0, PAGES * PAGE_SIZE - 1 };
	u64 *bits = shim_user_alloc(sizeof(*bits)), want = 0;

	*(u64 *)shim_user_body(bits) = 0;
	CHECK_EQ(ioas_dirty_read(ioas, &all, bits), tracked ? 0 : -EINVAL);
	for (unsigned int i = 0; tracked && i < PAGES; i++) {
		struct page_model *p = &model[i];

		if (p->prot & IOAS_WRITE && (attached || pins_of(p) || p->dirty))
			want |= 1ULL << i;
		if (!attached)
			p->dirty = false;
	}
	CHECK_EQ(*(u64 *)shim_user_body(bits), want);
	shim_user_free(bits);
}

static void agree(void)
{
	unsigned long mapped = 0, pinned = 0;

	for (unsigned int i = 0; i < PAGES; i++) {
		const struct page_model *p = &model[i];

		mapped += !!p->id;
		pinned += !!pins_of(p);
		if (attached && p->prot & IOAS_WRITE)
			CHECK_EQ(shim_dma(group, i * PAGE_SIZE, true),
				 shim_pfn_at(memory + p->from * PAGE_SIZE));
	}
	CHECK_EQ(shim_live(SHIM_PIN), orphans + pinned + (attached ? mapped : 0));
	CHECK_EQ(current->mm->locked_vm, orphans + (attached ? mapped : pinned));
}

static void start(struct shim_iommu *hw)
{
	memset(model, 0, sizeof(model));
	memset(content, 0, sizeof(content));
	orphans = 0;
	attached = tracked = deaf = false;
	group = shim_group_new(hw);
	ioas = ioas_create(100, false);
	CHECK_EQ(ioas_attach_emulated(ioas), 0);
	for (unsigned int d = 0; d < DEVICES; d++) {
		devs[d] = (struct ioas_device){ .unmap = unmap_heard };
		ioas_device_open(ioas, &devs[d]);
	}
	memory = (u64)shim_user_alloc(VPAGES * PAGE_SIZE);
	memset(shim_user_body((void *)memory), 0, VPAGES * PAGE_SIZE);
	shim_map(memory, VPAGES / 2, SHIM_RW, SHIM_SCATTERED);
	shim_map(memory + VPAGES / 2 * PAGE_SIZE, VPAGES / 2, SHIM_RW, SHIM_CONTIGUOUS);
}

void fuzz_one(struct fuzz_input *in)
{
	static void (*const without_input[])(void) = { change_group, change_tracking, report };
	static void (*const with_input[])(struct fuzz_input *in) = {
		map, unmap, pin, pin, unpin, unpin, access,
	};
	struct shim_iommu hw = SHIM_VTD;
	struct device *dev;

	shim_pin_at_most(fuzz_take(in, 1) >> 5);
	start(&hw);
	dev = shim_group_device(group, "a");
	CHECK_EQ(iommu_group_claim_dma_owner(group, &hw), 0);
	for (unsigned int round = 0; in->left && round < 200; round++) {
		u8 what = fuzz_take(in, 1) % (ARRAY_SIZE(with_input) + ARRAY_SIZE(without_input));

		if (what < ARRAY_SIZE(with_input))
			with_input[what](in);
		else
			without_input[what - ARRAY_SIZE(with_input)]();
		agree();
	}
	for (unsigned int d = 0; d < DEVICES; d++)
		ioas_device_close(&devs[d]);
	if (attached)
		ioas_detach(ioas, group);
	ioas_detach_emulated(ioas);
	ioas_destroy(ioas);
	shim_pin_at_most(0);
	iommu_group_release_dma_owner(group);
	shim_device_free(dev);
	shim_group_free(group);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 0);
}
