// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packed extents: what is read is what was written, in as many words as were promised.
 */
#include <stdlib.h>

#include "unit.h"
#include "../../vfio/ioas/extents.c"

#define RUNS 20000

static struct extent model[RUNS];
static unsigned int nmodel;

/* The model merges what follows, as a writer does; lengths are 64 bits wide. */
static int append(struct extents_writer *w, u64 pfn, u64 npages, bool mmio)
{
	struct extent *last = nmodel ? &model[nmodel - 1] : NULL;
	int ret = extents_write(w, pfn, npages, mmio);

	if (ret)
		return ret;
	if (last && last->pfn + last->npages == pfn && last->mmio == mmio)
		last->npages += npages;
	else
		model[nmodel++] = (struct extent){ .pfn = pfn, .npages = npages, .mmio = mmio };
	return 0;
}

/* A reader may see one extent in pieces, when it is longer than a word can say. */
static void check_all(const struct extents *ext)
{
	struct extents_cursor c;
	struct extent e;
	unsigned int i = 0;
	u64 in = 0;

	extents_first(&c, ext);
	while (extents_next(&c, &e)) {
		if (i >= nmodel || e.pfn != model[i].pfn + in || e.mmio != model[i].mmio ||
		    !e.npages || in + e.npages > model[i].npages) {
			CHECK(!"an extent differs");
			return;
		}
		in += e.npages;
		if (in == model[i].npages) {
			in = 0;
			i++;
		}
	}
	CHECK_EQ(i, nmodel);
	CHECK_EQ(in, 0);
}

static void begin(struct extents_writer *w, struct extents *ext, u64 npages)
{
	nmodel = 0;
	*ext = (struct extents){};
	extents_write_begin(w, ext, npages);
}

/* What the allocator gives for the list. */
static size_t bytes_of(const struct extents *ext)
{
	const struct extent_block *block;
	size_t bytes = 0;

	for (block = ext->chained ? ext->blocks : NULL; block; block = block->next)
		bytes += kmalloc_size_roundup(ksize(block));
	return bytes;
}

static u64 random64(void)
{
	return (u64)random() << 42 ^ (u64)random() << 21 ^ random();
}

static void empty_list(void)
{
	struct extents_writer w;
	struct extents ext;

	begin(&w, &ext, 0);
	CHECK_EQ(extents_write_end(&w), 0);
	check_all(&ext);
	extents_free(&ext);
}

static void few_need_no_memory(void)
{
	struct extents_writer w;
	struct extents ext;
	long slab = shim_live(SHIM_SLAB);

	begin(&w, &ext, 1024);
	append(&w, 0x100000, 512, false);
	append(&w, 0x200000, 512, false);
	CHECK_EQ(extents_write_end(&w), 0);
	CHECK_EQ(shim_live(SHIM_SLAB), slab);
	check_all(&ext);
	extents_free(&ext);
}

static void random_runs(void)
{
	for (int seed = 0; seed < 60; seed++) {
		unsigned int runs = seed < 10 ? seed : random() % (seed < 30 ? 40 : 6000);
		struct extents_writer w;
		struct extents ext;

		srandom(seed);
		begin(&w, &ext, random() % 2 ? runs : 0);
		for (unsigned int i = 0; i < runs; i++) {
			unsigned int kind = random() % 8;
			u64 pfn = kind == 0 ? random64() >> 24 : random64() >> 40;
			u64 n = kind < 5 ? 1 : kind == 5 ? 512 : 1 + random() % 100000;

			if (kind == 7 && nmodel) {
				pfn = model[nmodel - 1].pfn + model[nmodel - 1].npages;
				n = 1;
			}
			CHECK_EQ(append(&w, pfn, n, !(random() % 50)), 0);
		}
		CHECK_EQ(extents_write_end(&w), 0);
		check_all(&ext);
		extents_free(&ext);
	}
}

static void edges_of_the_encoding(void)
{
	static const struct extent edges[] = {
		{ 0, 1 }, { 0x7fffffff, 1 }, { 0x7ffffffe, 5 }, { 0x80000000, 1, true },
		{ 0x7fffffff, 1ULL << 32 }, { 5, (1ULL << 30) - 1 }, { 7, 1ULL << 30 },
		{ 9, (1ULL << 31) + 3, true }, { (1ULL << 52) - 1, 1 }, { (1ULL << 52) - 9, 4 },
	};
	struct extents_writer w;
	struct extents ext;

	begin(&w, &ext, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++)
		append(&w, edges[i].pfn, edges[i].npages, edges[i].mmio);
	CHECK_EQ(extents_write_end(&w), 0);
	check_all(&ext);
	extents_free(&ext);
}

/* A device's registers that follow memory are an extent of their own. */
static void kinds_do_not_merge(void)
{
	struct extents_writer w;
	struct extents ext;

	begin(&w, &ext, 3);
	append(&w, 100, 1, false);
	append(&w, 101, 1, true);
	append(&w, 102, 1, false);
	CHECK_EQ(extents_write_end(&w), 0);
	CHECK_EQ(nmodel, 3);
	check_all(&ext);
	extents_free(&ext);
}

/* Scattered single pages below 8 TiB: a word each, and 1/1000 of the memory with all around. */
static void bookkeeping_is_bounded(void)
{
	const unsigned int npages = 16384;
	struct extents_writer w;
	struct extents ext;
	u64 bytes;

	begin(&w, &ext, npages);
	for (unsigned int i = 0; i < npages; i++)
		append(&w, (i * 7919ULL * 3) % 0x7fffffff, 1, false);
	CHECK_EQ(extents_write_end(&w), 0);
	bytes = bytes_of(&ext);
	CHECK(bytes <= (u64)npages * 4096 / 1000);
	CHECK(bytes >= npages * 4);
	check_all(&ext);
	extents_free(&ext);
}

/* Room was made for scattered pages, and there was one run: it does not stay. */
static void unused_room_is_given_back(void)
{
	struct extents_writer w;
	struct extents ext;

	begin(&w, &ext, 512);
	for (unsigned int i = 0; i < 5; i++)
		append(&w, i * 1000, 100, false);
	CHECK_EQ(extents_write_end(&w), 0);
	CHECK(bytes_of(&ext) <= 64);
	check_all(&ext);
	extents_free(&ext);
}

static void no_memory(void)
{
	SHIM_SWEEP() {
		struct extents_writer w;
		struct extents ext;
		int ret = 0;

		begin(&w, &ext, 3000);
		for (unsigned int i = 0; i < 3000 && !ret; i++)
			ret = append(&w, i * 17, 1, false);
		if (!ret)
			ret = extents_write_end(&w);
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		if (!ret)
			check_all(&ext);
		else
			CHECK_EQ(ret, -ENOMEM);
		/* What could not be stored is still in the writer: nothing is lost */
		if (ret) {
			u64 seen = w.run.npages;
			struct extents_cursor c;
			struct extent e;

			extents_first(&c, &ext);
			while (extents_next(&c, &e))
				seen += e.npages;
			CHECK_EQ(seen, nmodel);
		}
		extents_free(&ext);
	}
}

UNIT_TESTS(ioas_extents,
	{ "an empty list", empty_list },
	{ "few extents need no memory", few_need_no_memory },
	{ "random runs against a model", random_runs },
	{ "edges of the encoding", edges_of_the_encoding },
	{ "memory and registers do not merge", kinds_do_not_merge },
	{ "bookkeeping is at most 1/1000", bookkeeping_is_bounded },
	{ "unused room is given back", unused_room_is_given_back },
	{ "failure at each allocation", no_memory })
