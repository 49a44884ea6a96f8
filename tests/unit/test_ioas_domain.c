// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/
/*
 * Groups that come and go: shared and separate domains, replay, ranges of IOVAs, coherency.
 */
#include "test_ioas.h"

struct second {
	struct shim_iommu *hw;
	struct iommu_group *group;
	struct device *dev;
};

static void second_up(struct second *s, struct shim_iommu *hw)
{
	shim_fail_pause();
	s->hw = hw;
	s->group = shim_group_new(hw);
	s->dev = shim_group_device(s->group, "0000:02:00.0");
	iommu_group_claim_dma_owner(s->group, s);
	shim_fail_resume();
}

static void second_down(struct second *s)
{
	iommu_group_release_dma_owner(s->group);
	shim_device_free(s->dev);
	shim_group_free(s->group);
}

static void groups_share_a_domain(void)
{
	struct second s;
	struct rig r;

	rig_up(&r);
	second_up(&s, &r.hw);
	shim_map(VADDR, 20, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(map(&r, 0x1000, VADDR, 10), 0);
	CHECK_EQ(ioas_attach(r.ioas, s.group), 0);
	CHECK_EQ(shim_live(SHIM_DOMAIN), 1);
	CHECK_EQ(shim_live(SHIM_IOPAGE), 10);
	CHECK_EQ(shim_dma(s.group, 0x1000, true), shim_pfn_at(VADDR));
	ioas_detach(r.ioas, s.group);
	CHECK_EQ(shim_dma(s.group, 0x1000, true), 0);
	CHECK(reaches(&r, 0x1000, VADDR, 10, true));
	second_down(&s);
	rig_down(&r);
}

/* Another IOMMU: a domain of its own, with all that was there and all that comes. */
static void domains_apart_have_the_same(void)
{
	struct shim_iommu other = SHIM_VTD;
	struct second s;
	struct rig r;

	rig_up(&r);
	second_up(&s, &other);
	shim_map(VADDR, 2 * HUGE_NPAGES, SHIM_RW, SHIM_HUGE);
	shim_map_device(VADDR + 0x10000000, 4, SHIM_RW, 0xfe000);
	CHECK_EQ(map(&r, 0x40000000, VADDR, HUGE_NPAGES + 7), 0);
	CHECK_EQ(map(&r, 0x1000, VADDR + 0x10000000, 4), 0);
	CHECK_EQ(ioas_map(r.ioas, 0x80000000, VADDR, PAGE_SIZE, IOAS_READ), 0);
	CHECK_EQ(ioas_attach(r.ioas, s.group), 0);
	CHECK_EQ(shim_live(SHIM_DOMAIN), 2);
	CHECK_EQ(map(&r, 0xc0000000, VADDR, 3), 0);

	swap(r.group, s.group);
	CHECK(reaches(&r, 0x40000000, VADDR, HUGE_NPAGES + 7, true));
	CHECK(reaches(&r, 0x1000, VADDR + 0x10000000, 4, true));
	CHECK(reaches(&r, 0xc0000000, VADDR, 3, true));
	CHECK_EQ(shim_dma(r.group, 0x80000000, false), shim_pfn_at(VADDR));
	CHECK_EQ(shim_dma(r.group, 0x80000000, true), 0);
	CHECK_EQ(unmap(&r, 0x40000000, HUGE_NPAGES + 7), (HUGE_NPAGES + 7) << PAGE_SHIFT);
	CHECK(reaches_nothing(&r, 0x40000000, HUGE_NPAGES + 7));
	swap(r.group, s.group);
	CHECK(reaches_nothing(&r, 0x40000000, HUGE_NPAGES + 7));

	/* The first one goes, and the mappings stay where they are in the other */
	ioas_detach(r.ioas, r.group);
	CHECK_EQ(shim_live(SHIM_DOMAIN), 1);
	CHECK_EQ(shim_dma(s.group, 0xc0000000, true), shim_pfn_at(VADDR));
	CHECK_EQ(ioas_attach(r.ioas, r.group), 0);
	CHECK(reaches(&r, 0xc0000000, VADDR, 3, true));
	ioas_detach(r.ioas, s.group);
	second_down(&s);
	rig_down(&r);
}

/* Those apart from each other are not flushed together: see domains_unmap(). */
static void one_flush_for_each_mapping(void)
{
	const struct ioas_range all = { .start = 0, .last = ~0ULL };
	struct shim_iommu other = SHIM_VTD;
	struct shim_iommu_counts before;
	struct second s;
	struct rig r;
	u64 done;

	rig_up(&r);
	second_up(&s, &other);
	ioas_attach(r.ioas, s.group);
	shim_map(VADDR, 100, SHIM_RW, SHIM_SCATTERED);
	for (int i = 0; i < 10; i++)
		map(&r, 0x100000 * i, VADDR + i * 0xa000, 10);
	before = shim_iommu_counts;
	CHECK_EQ(ioas_unmap(r.ioas, &all, IOAS_WHOLE, NULL, &done), 0);
	CHECK_EQ(done, 100 * PAGE_SIZE);
	CHECK_EQ(shim_iommu_counts.flushes - before.flushes, 2 * 10);
	ioas_detach(r.ioas, s.group);
	second_down(&s);
	rig_down(&r);
}

/* A device that can bypass caches is not put where none is thought to. */
static void coherency(void)
{
	struct shim_iommu other = SHIM_VTD;
	struct second s;
	struct rig r;

	other.caps &= ~(1UL << IOMMU_CAP_ENFORCE_CACHE_COHERENCY);
	rig_up(&r);
	second_up(&s, &other);
	CHECK(ioas_coherent(r.ioas));
	CHECK_EQ(ioas_attach(r.ioas, s.group), 0);
	CHECK_EQ(shim_live(SHIM_DOMAIN), 2);
	CHECK(!ioas_coherent(r.ioas));
	ioas_detach(r.ioas, s.group);
	CHECK(ioas_coherent(r.ioas));
	second_down(&s);
	rig_down(&r);
}

static void no_group_no_mapping(void)
{
	struct ioas *ioas = ioas_create(10, false);
	const struct ioas_range *ranges;

	shim_map(VADDR, 1, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(ioas_map(ioas, 0x1000, VADDR, PAGE_SIZE, RW), -EINVAL);
	CHECK_EQ(ioas_ranges(ioas, &ranges), 0);
	CHECK_EQ(ioas_pgsizes(ioas), (u64)PAGE_MASK);
	CHECK(!ioas_coherent(ioas));
	ioas_destroy(ioas);
}

/* Mappings outlive the groups: the last one goes, another comes and has them. */
static void mappings_outlive_groups(void)
{
	struct rig r;

	rig_up(&r);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x1000, VADDR, 4), 0);
	ioas_detach(r.ioas, r.group);
	CHECK_EQ(shim_live(SHIM_PIN), 4);
	CHECK_EQ(map(&r, 0x10000, VADDR, 4), -EINVAL);
	CHECK_EQ(ioas_attach(r.ioas, r.group), 0);
	CHECK(reaches(&r, 0x1000, VADDR, 4, true));
	rig_down(&r);
}

static void check_ranges(struct rig *r, const struct ioas_range *want, unsigned int n)
{
	const struct ioas_range *have;

	CHECK_EQ(ioas_ranges(r->ioas, &have), n);
	for (unsigned int i = 0; i < n; i++) {
		CHECK_EQ(have[i].start, want[i].start);
		CHECK_EQ(have[i].last, want[i].last);
	}
}

#define CHECK_RANGES(r, ...) do {						\
	static const struct ioas_range want_[] = { __VA_ARGS__ };		\
	check_ranges(r, want_, ARRAY_SIZE(want_));				\
} while (0)

/* What the regions that a group reserves leave */
static const struct reserving {
	struct region {
		u64 start, length;
		enum iommu_resv_type type;
	} regions[7];			/* up to one without a length */
	struct ioas_range left[3];	/* up to one that ends at 0 */
	u64 msi_cookie;
} several_kinds = {
	.regions = {
		{ 0xfee00000, 0x100000, IOMMU_RESV_MSI },
		{ 0, 0x1000, IOMMU_RESV_DIRECT },
		{ 0x10000000, 0x1000, IOMMU_RESV_DIRECT_RELAXABLE },
		{ 0xfff000000000, 0x1000000000, IOMMU_RESV_RESERVED },
	},
	.left = { { 0x1000, 0xfedfffff }, { 0xfef00000, 0xffefffffffff } },
}, overlapping = {
	.regions = {
		{ 0x2000, 0x4000, IOMMU_RESV_RESERVED },
		{ 0x1000, 0x2000, IOMMU_RESV_RESERVED },
		{ 0x3000, 0x1000, IOMMU_RESV_RESERVED },
		{ 0x5000, 0x3000, IOMMU_RESV_RESERVED },
		{ 0x20000, 0x1000, IOMMU_RESV_RESERVED },
		{ 0x1f000, 0x3000, IOMMU_RESV_RESERVED },
	},
	.left = { { 0, 0xfff }, { 0x8000, 0x1efff }, { 0x22000, 0xffffffffffff } },
}, window = {
	.regions = { { 0x8000000, 0x100000, IOMMU_RESV_SW_MSI } },
	.left = { { 0, 0x7ffffff }, { 0x8100000, 0xffffffffffff } },
	.msi_cookie = 0x8000000,
};

static void rig_up_reserving(struct rig *r, const struct reserving *what)
{
	unsigned int n = 0;

	rig_group(r);
	for (const struct region *region = what->regions; region->length; region++)
		shim_group_reserve(r->group, region->start, region->length, region->type);
	rig_space(r, 10);
	while (n < ARRAY_SIZE(what->left) && what->left[n].last)
		n++;
	check_ranges(r, what->left, n);
	CHECK_EQ(shim_group_domain(r->group)->msi_cookie, what->msi_cookie);
}

static void reserved_regions(void)
{
	struct rig r;

	rig_up_reserving(&r, &several_kinds);
	shim_map(VADDR, 2, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0, VADDR, 1), -EINVAL);
	CHECK_EQ(map(&r, 0xfedff000, VADDR, 2), -EINVAL);
	CHECK_EQ(map(&r, 0xfee00000, VADDR, 1), -EINVAL);
	CHECK_EQ(map(&r, 0xfedff000, VADDR, 1), 0);
	CHECK_EQ(map(&r, 0x10000000, VADDR, 1), 0);
	rig_down(&r);
}

static void overlapping_regions(void)
{
	struct rig r;

	rig_up_reserving(&r, &overlapping);
	rig_down(&r);
}

static void msi_window(void)
{
	struct rig r;

	rig_up_reserving(&r, &window);
	rig_down(&r);
}

/* A group narrows the ranges while it is there, and is refused where a mapping lies. */
static void ranges_follow_groups(void)
{
	struct shim_iommu narrow = SHIM_VTD;
	struct second s;
	struct rig r;

	narrow.aperture_first = 0x1000;
	narrow.aperture_last = (1ULL << 39) - 1;
	rig_up(&r);
	second_up(&s, &narrow);
	shim_group_reserve(s.group, 0x100000, 0x1000, IOMMU_RESV_RESERVED);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_RANGES(&r, { 0, 0xffffffffffff });

	CHECK_EQ(map(&r, 1ULL << 40, VADDR, 1), 0);
	CHECK_EQ(ioas_attach(r.ioas, s.group), -EINVAL);
	CHECK_RANGES(&r, { 0, 0xffffffffffff });
	CHECK_EQ(shim_live(SHIM_DOMAIN), 1);
	CHECK_EQ(unmap_all(&r), PAGE_SIZE);

	CHECK_EQ(map(&r, 0xff000, VADDR, 2), 0);
	CHECK_EQ(ioas_attach(r.ioas, s.group), -EINVAL);
	CHECK_EQ(unmap_all(&r), 2 * PAGE_SIZE);

	CHECK_EQ(ioas_attach(r.ioas, s.group), 0);
	CHECK_RANGES(&r, { 0x1000, 0xfffff }, { 0x101000, 0x7fffffffff });
	CHECK_EQ(map(&r, 1ULL << 40, VADDR, 1), -EINVAL);
	CHECK_EQ(map(&r, 0xff000, VADDR, 1), 0);
	ioas_detach(r.ioas, s.group);
	CHECK_RANGES(&r, { 0, 0xffffffffffff });
	CHECK_EQ(map(&r, 1ULL << 40, VADDR, 1), 0);
	second_down(&s);
	rig_down(&r);
}

static void page_sizes(void)
{
	struct shim_iommu small = SHIM_VTD, large = SHIM_VTD;
	struct second s;
	struct rig r;

	small.pgsizes = 0x1000;
	rig_up(&r);
	CHECK_EQ(ioas_pgsizes(r.ioas), 0x40201000);
	second_up(&s, &small);
	CHECK_EQ(ioas_attach(r.ioas, s.group), 0);
	CHECK_EQ(ioas_pgsizes(r.ioas), 0x1000);
	ioas_detach(r.ioas, s.group);
	CHECK_EQ(ioas_pgsizes(r.ioas), 0x40201000);
	second_down(&s);

	/* Pages of 64 KiB only: mappings must be aligned to them, and those there must have been */
	large.pgsizes = 0x10000;
	second_up(&s, &large);
	shim_map(VADDR, 32, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x1000, VADDR, 1), 0);
	CHECK_EQ(ioas_attach(r.ioas, s.group), -EINVAL);
	CHECK_EQ(unmap_all(&r), PAGE_SIZE);
	CHECK_EQ(ioas_attach(r.ioas, s.group), 0);
	CHECK_EQ(ioas_page_mask(r.ioas), 0xffff);
	CHECK_EQ(map(&r, 0x1000, VADDR, 1), -EINVAL);
	ioas_detach(r.ioas, s.group);
	second_down(&s);
	rig_down(&r);

	/* An IOMMU with 512-byte pages does pages of the CPU all the same */
	rig_group(&r);
	r.hw.pgsizes = 0x200 | 0x200000;
	rig_space(&r, 10);
	CHECK_EQ(ioas_pgsizes(r.ioas), 0x201000);
	rig_down(&r);
}

static void refused_by_the_iommu(void)
{
	struct shim_iommu other = SHIM_VTD;
	struct second s;
	struct rig r;

	other.refuse_attach = -EBUSY;
	rig_up(&r);
	second_up(&s, &other);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x1000, VADDR, 4), 0);
	CHECK_EQ(ioas_attach(r.ioas, s.group), -EBUSY);
	CHECK(reaches(&r, 0x1000, VADDR, 4, true));
	CHECK_RANGES(&r, { 0, 0xffffffffffff });
	second_down(&s);
	rig_down(&r);
}

static void group_without_devices(void)
{
	struct shim_iommu hw = SHIM_VTD;
	struct iommu_group *group = shim_group_new(&hw);
	struct ioas *ioas = ioas_create(1, false);

	CHECK_EQ(ioas_attach(ioas, group), -ENODEV);
	ioas_destroy(ioas);
	shim_group_free(group);
}

/* For sweeps: a space, a group of another IOMMU, and memory to map */
struct sweep {
	struct shim_iommu other;
	struct second s;
	struct rig r;
	struct vm_area_struct *vma;
};

static void sweep_up(struct sweep *w, unsigned long npages)
{
	w->other = (struct shim_iommu)SHIM_VTD;
	rig_up(&w->r);
	second_up(&w->s, &w->other);
	shim_fail_pause();
	w->vma = shim_map(VADDR, npages, SHIM_RW, SHIM_SCATTERED);
	shim_fail_resume();
}

static void sweep_down(struct sweep *w)
{
	rig_down(&w->r);
	second_down(&w->s);
	shim_unmap(w->vma);
}

static void attach_fails_everywhere(void)
{
	SHIM_SWEEP() {
		const struct ioas_range *ranges;
		struct sweep w;
		int ret;

		sweep_up(&w, 40);
		shim_fail_pause();
		shim_group_reserve(w.s.group, 0x8000000, 0x100000, IOMMU_RESV_SW_MSI);
		CHECK_EQ(map(&w.r, 0x1000, VADDR, 20), 0);
		CHECK_EQ(map(&w.r, 0x100000, VADDR, 20), 0);
		shim_fail_resume();

		ret = ioas_attach(w.r.ioas, w.s.group);
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		CHECK_EQ(shim_live(SHIM_DOMAIN), ret ? 1 : 2);
		CHECK_EQ(ioas_ranges(w.r.ioas, &ranges), ret ? 1 : 2);
		CHECK(reaches(&w.r, 0x1000, VADDR, 20, true));
		if (!ret)
			ioas_detach(w.r.ioas, w.s.group);
		sweep_down(&w);
	}
}

static void map_fails_in_the_second_domain(void)
{
	SHIM_SWEEP() {
		struct sweep w;
		int ret;

		sweep_up(&w, 20);
		shim_fail_pause();
		CHECK_EQ(ioas_attach(w.r.ioas, w.s.group), 0);
		shim_fail_resume();
		ret = map(&w.r, 0x1000, VADDR, 20);
		if (ret) {
			CHECK(shim_failed());
			CHECK_EQ(shim_live(SHIM_IOPAGE), 0);
			CHECK_EQ(shim_live(SHIM_PIN), 0);
		} else {
			CHECK_EQ(shim_live(SHIM_IOPAGE), 40);
		}
		ioas_detach(w.r.ioas, w.s.group);
		sweep_down(&w);
	}
}

UNIT_TESTS(ioas_domain,
	{ "groups share a domain", groups_share_a_domain },
	{ "domains apart have the same mappings", domains_apart_have_the_same },
	{ "one flush for each mapping", one_flush_for_each_mapping },
	{ "coherency", coherency },
	{ "no group, no mapping", no_group_no_mapping },
	{ "mappings outlive groups", mappings_outlive_groups },
	{ "reserved regions", reserved_regions },
	{ "overlapping regions", overlapping_regions },
	{ "ranges follow groups", ranges_follow_groups },
	{ "page sizes", page_sizes },
	{ "the MSI window", msi_window },
	{ "refused by the IOMMU", refused_by_the_iommu },
	{ "a group without devices", group_without_devices },
	{ "attach fails everywhere", attach_fails_everywhere },
	{ "map fails in the second domain", map_fails_in_the_second_domain })
