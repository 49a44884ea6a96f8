// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/dma_tree.c
/*
 * The tree of mappings against a plain array.
 */
#include <stdlib.h>

#include "unit.h"
#include "../../vfio/ioas/priv.h"

#define SLOTS 200

static struct dma_mapping maps[SLOTS];
static bool used[SLOTS];
static struct rb_root root;

static void reset(void)
{
	memset(used, 0, sizeof(used));
	root = RB_ROOT;
}

static bool overlaps(u64 iova, u64 last)
{
	for (int i = 0; i < SLOTS; i++)
		if (used[i] && maps[i].iova <= last && iova <= maps[i].last)
			return true;
	return false;
}

static struct dma_mapping *naive_from(u64 iova)
{
	struct dma_mapping *best = NULL;

	for (int i = 0; i < SLOTS; i++)
		if (used[i] && maps[i].last >= iova && (!best || maps[i].iova < best->iova))
			best = &maps[i];
	return best;
}

static int insert(int slot, u64 iova, u64 last)
{
	int ret;

	maps[slot].iova = iova;
	maps[slot].last = last;
	ret = dma_tree_insert(&root, &maps[slot]);
	used[slot] = !ret;
	return ret;
}

static void random_operations(void)
{
	reset();
	srandom(7);
	for (int step = 0; step < 40000; step++) {
		int slot = random() % SLOTS;
		u64 iova = random() % 5000, last = iova + random() % 40;

		if (used[slot]) {
			rb_erase(&maps[slot].node, &root);
			used[slot] = false;
		} else {
			bool taken = overlaps(iova, last);

			CHECK_EQ(insert(slot, iova, last), taken ? -EEXIST : 0);
		}
		iova = random() % 5100;
		CHECK(dma_tree_from(&root, iova) == naive_from(iova));
	}
}

static void in_order(void)
{
	const struct dma_mapping *m;
	u64 before = 0;
	int n = 0;

	reset();
	for (int i = 0; i < SLOTS; i++)
		insert(i, 100 + (i * 77 % SLOTS) * 10, 100 + (i * 77 % SLOTS) * 10 + 9);
	for (m = dma_tree_from(&root, 0); m; m = dma_tree_next(m), n++) {
		CHECK(m->iova > before);
		before = m->last;
	}
	CHECK_EQ(n, SLOTS);
}

static void both_ends_of_the_space(void)
{
	reset();
	CHECK_EQ(insert(0, 0, 0xfff), 0);
	CHECK_EQ(insert(1, U64_MAX - 0xfff, U64_MAX), 0);
	CHECK_EQ(insert(2, U64_MAX, U64_MAX), -EEXIST);
	CHECK_EQ(insert(2, 0, U64_MAX), -EEXIST);
	CHECK(dma_tree_from(&root, U64_MAX) == &maps[1]);
	CHECK(dma_tree_from(&root, 0x1000) == &maps[1]);
	CHECK(dma_tree_from(&root, 0xfff) == &maps[0]);
	CHECK(!dma_tree_next(&maps[1]));
}

UNIT_TESTS(ioas_tree,
	{ "random operations against an array", random_operations },
	{ "walks are in order", in_order },
	{ "both ends of the address space", both_ends_of_the_space })
