// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which IOVAs can be mapped: what every domain can translate, without what a device reserves.
 *
 * The result is kept in ioas->ranges, ascending and apart from each other. Each reserved
 * region can split one range in two, and nothing else makes more of them; so one more range
 * than there are reserved regions is always room enough, and when a group goes the ranges
 * are made anew in the room they have.
 */
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "priv.h"

/**
 * struct range_set - ranges in the making
 * @v: ranges, with room for one more than there are reserved regions
 * @n: how many
 */
struct range_set {
	struct ioas_range *v;
	unsigned int n;
};

/* Leave only what lies in [start, last] */
static void set_clip(struct range_set *set, u64 start, u64 last)
{
	unsigned int i, kept = 0;

	for (i = 0; i < set->n; i++) {
		struct ioas_range r = {
			.start = max(set->v[i].start, start),
			.last = min(set->v[i].last, last),
		};

		if (r.start <= r.last)
			set->v[kept++] = r;
	}
	set->n = kept;
}

static void set_delete(struct range_set *set, unsigned int i)
{
	set->n--;
	memmove(set->v + i, set->v + i + 1, (set->n - i) * sizeof(*set->v));
}

/* Take [hole->start, hole->last] out */
static void set_punch(struct range_set *set, const struct ioas_range *hole)
{
	unsigned int i = 0;

	while (i < set->n) {
		struct ioas_range *r = &set->v[i];
		bool head = r->start < hole->start, tail = r->last > hole->last;

		if (r->last < hole->start || r->start > hole->last) {
			i++;
		} else if (head && tail) {
			memmove(r + 1, r, (set->n - i) * sizeof(*r));
			set->n++;
			r[0].last = hole->start - 1;
			r[1].start = hole->last + 1;
			i += 2;
		} else if (head) {
			r->last = hole->start - 1;
			i++;
		} else if (tail) {
			r->start = hole->last + 1;
			i++;
		} else {
			set_delete(set, i);
		}
	}
}

static void set_compute(struct range_set *set, const struct ioas *ioas)
{
	const struct ioas_domain *d;
	const struct ioas_group *g;
	unsigned int i;

	set->v[0] = (struct ioas_range){ .start = 0, .last = U64_MAX };
	set->n = 1;
	list_for_each_entry(d, &ioas->domains, node) {
		const struct iommu_domain_geometry *geo = &d->domain->geometry;

		set_clip(set, geo->aperture_start, geo->aperture_end);
		list_for_each_entry(g, &d->groups, node)
			for (i = 0; i < g->nreserved; i++)
				set_punch(set, &g->reserved[i]);
	}
}

static unsigned int room_needed(const struct ioas *ioas)
{
	const struct ioas_domain *d;
	const struct ioas_group *g;
	unsigned int room = 1;

	list_for_each_entry(d, &ioas->domains, node)
		list_for_each_entry(g, &d->groups, node)
			room += g->nreserved;
	return room;
}

static bool set_has(const struct range_set *set, u64 start, u64 last)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (start >= set->v[i].start && last <= set->v[i].last)
			return true;
	return false;
}

static bool set_has_all_mappings(const struct range_set *set, const struct ioas *ioas)
{
	const struct dma_mapping *m;

	for (m = dma_tree_from(&ioas->mappings, 0); m; m = dma_tree_next(m))
		if (!set_has(set, m->iova, m->last))
			return false;
	return true;
}

/**
 * ranges_narrow() - take account of a group that was added
 * @ioas: space, with the group in one of its domains, or in none if its IOMMU is emulated
 *
 * Return: 0; -EINVAL if a mapping lies where none can be now; -ENOMEM. Then the ranges are as
 * they were.
 */
int ranges_narrow(struct ioas *ioas)
{
	struct range_set set;

	set.v = kmalloc_array(room_needed(ioas), sizeof(*set.v), GFP_KERNEL_ACCOUNT);
	if (!set.v)
		return -ENOMEM;
	set_compute(&set, ioas);
	if (!set_has_all_mappings(&set, ioas)) {
		kfree(set.v);
		return -EINVAL;
	}
	kfree(ioas->ranges);
	ioas->ranges = set.v;
	ioas->nranges = set.n;
	return 0;
}

/**
 * ranges_widen() - take account of a group that was removed
 * @ioas: space, without the group; with none at all, nothing can be mapped
 */
void ranges_widen(struct ioas *ioas)
{
	struct range_set set = { .v = ioas->ranges };

	if (!list_empty(&ioas->domains) || ioas->emulated)
		set_compute(&set, ioas);
	ioas->nranges = set.n;
}

/**
 * ranges_have() - can [start, last] be mapped?
 * @ioas: space
 * @start: first address
 * @last: last address
 */
bool ranges_have(const struct ioas *ioas, u64 start, u64 last)
{
	const struct range_set set = { .v = ioas->ranges, .n = ioas->nranges };

	return set_has(&set, start, last);
}

/**
 * ioas_ranges() - the addresses that can be mapped
 * @ioas: space
 * @ranges: set to them, in ascending order; they stay while no group comes or goes
 *
 * Return: how many.
 */
unsigned int ioas_ranges(const struct ioas *ioas, const struct ioas_range **ranges)
{
	*ranges = ioas->ranges;
	return ioas->nranges;
}
