// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/
/*
 * Dirty reports against a plain array of pages: none is left out, and none is added.
 */
#include <stdlib.h>

#include "test_ioas.h"

#define PAGES 20000
#define BITMAP_BYTES (ALIGN(PAGES, 64) / 8)

static bool dirty[PAGES];

static bool bit(const u64 *bitmap, unsigned int i)
{
	return bitmap[i / 64] >> (i % 64) & 1;
}

static u64 *fresh_bitmap(size_t bytes)
{
	u64 *bitmap = shim_user_alloc(bytes);

	memset(shim_user_body(bitmap), 0, bytes);
	return bitmap;
}

static int read_range(struct rig *r, u64 first, u64 n, u64 *bitmap)
{
	const struct ioas_range range = { .start = first << PAGE_SHIFT,
					  .last = ((first + n) << PAGE_SHIFT) - 1 };

	return ioas_dirty_read(r->ioas, &range, bitmap);
}

/* Mappings of random size with random gaps, some that devices can only read. */
static void lay_out(struct rig *r)
{
	unsigned int at = 0, n;

	memset(dirty, 0, sizeof(dirty));
	shim_map(VADDR, 6000, SHIM_RW, SHIM_CONTIGUOUS);
	for (; at < PAGES; at += n + random() % 5 * (random() % 300)) {
		bool write = random() % 4;

		n = 1 + random() % (random() % 3 ? 20 : 6000);
		n = min(n, PAGES - at);
		CHECK_EQ(ioas_map(r->ioas, (u64)at << PAGE_SHIFT, VADDR, (u64)n << PAGE_SHIFT,
				  write ? RW : IOAS_READ), 0);
		for (unsigned int i = 0; i < n; i++)
			dirty[at + i] = write;
	}
}

static void check_bitmap(u64 *user, unsigned int first, unsigned int n)
{
	const u64 *bitmap = shim_user_body(user);
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < n; i++)
		wrong += bit(bitmap, i) != dirty[first + i];
	for (unsigned int i = n; i < ALIGN(n, 64); i++)
		wrong += bit(bitmap, i);
	CHECK_EQ(wrong, 0);
}

static void any_range(void)
{
	struct rig r;

	for (int seed = 0; seed < 12; seed++) {
		rig_up(&r);
		srandom(seed);
		lay_out(&r);
		ioas_dirty_track(r.ioas, true);
		for (int i = 0; i < 20; i++) {
			unsigned int first = random() % PAGES, n = 1 + random() % (PAGES - first);
			u64 *bitmap;

			if (!i)
				n = PAGES - (first = 0);
			bitmap = fresh_bitmap(ALIGN(n, 64) / 8);
			CHECK_EQ(read_range(&r, first, n, bitmap), 0);
			check_bitmap(bitmap, first, n);
			shim_user_free(bitmap);
		}
		rig_down(&r);
		shim_task_reset();
	}
}

/* A device may have written again since the last report. */
static void reports_do_not_clear(void)
{
	u64 *bitmap = fresh_bitmap(BITMAP_BYTES);
	struct rig r;

	rig_up(&r);
	srandom(3);
	lay_out(&r);
	ioas_dirty_track(r.ioas, true);
	for (int i = 0; i < 2; i++) {
		memset(shim_user_body(bitmap), 0, BITMAP_BYTES);
		CHECK_EQ(read_range(&r, 0, PAGES, bitmap), 0);
		check_bitmap(bitmap, 0, PAGES);
	}
	rig_down(&r);
}

static void with_an_unmap(void)
{
	const struct ioas_range all = { .start = 0, .last = ((u64)PAGES << PAGE_SHIFT) - 1 };
	u64 *bitmap = fresh_bitmap(BITMAP_BYTES), done;
	struct rig r;

	rig_up(&r);
	srandom(5);
	lay_out(&r);
	CHECK_EQ(ioas_unmap(r.ioas, &all, IOAS_WHOLE, bitmap, &done), -EINVAL);
	ioas_dirty_track(r.ioas, true);
	CHECK_EQ(ioas_unmap(r.ioas, &all, IOAS_WHOLE, bitmap, &done), 0);
	check_bitmap(bitmap, 0, PAGES);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	rig_down(&r);
}

static void unmap_that_cannot_report_does_nothing(void)
{
	const struct ioas_range range = { .start = 0x1000, .last = 0x4fff };
	struct rig r;
	u64 done;

	rig_up(&r);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, 0x1000, VADDR, 4), 0);
	ioas_dirty_track(r.ioas, true);
	CHECK_EQ(ioas_unmap(r.ioas, &range, IOAS_WHOLE, SHIM_USER_WILD, &done), -EFAULT);
	CHECK(reaches(&r, 0x1000, VADDR, 4, true));
	CHECK_EQ(unmap(&r, 0x1000, 4), 4 * PAGE_SIZE);
	rig_down(&r);
}

static void only_while_tracked(void)
{
	u64 *bitmap = fresh_bitmap(8);
	struct rig r;

	rig_up(&r);
	CHECK_EQ(read_range(&r, 0, 64, bitmap), -EINVAL);
	ioas_dirty_track(r.ioas, true);
	ioas_dirty_track(r.ioas, true);
	CHECK_EQ(read_range(&r, 0, 64, bitmap), 0);
	ioas_dirty_track(r.ioas, false);
	CHECK_EQ(read_range(&r, 0, 64, bitmap), -EINVAL);
	rig_down(&r);
}

/* The end of the address space, and words that are not there to be written. */
static void last_page_and_exact_room(void)
{
	u64 *bitmap = fresh_bitmap(8);
	struct rig r;

	rig_up_wide(&r);
	shim_map(VADDR, 2, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&r, -2 * PAGE_SIZE, VADDR, 2), 0);
	ioas_dirty_track(r.ioas, true);
	CHECK_EQ(read_range(&r, (1ULL << 52) - 64, 64, bitmap), 0);
	CHECK_EQ(*(u64 *)shim_user_body(bitmap), 3ULL << 62);
	rig_down(&r);
}

static void copy_fails_everywhere(void)
{
	SHIM_SWEEP() {
		u64 *bitmap;
		struct rig r;
		int ret;

		rig_up(&r);
		shim_fail_pause();
		srandom(9);
		lay_out(&r);
		ioas_dirty_track(r.ioas, true);
		bitmap = fresh_bitmap(BITMAP_BYTES);
		shim_fail_resume();
		ret = read_range(&r, 0, PAGES, bitmap);
		CHECK(ret == 0 || (ret == -EFAULT && shim_failed()));
		shim_user_free(bitmap);
		rig_down(&r);
		shim_fail_pause();
		shim_task_reset();
		shim_fail_resume();
	}
}

UNIT_TESTS(ioas_dirty,
	{ "any range", any_range },
	{ "reports do not clear", reports_do_not_clear },
	{ "with an unmap", with_an_unmap },
	{ "an unmap that cannot report does nothing", unmap_that_cannot_report_does_nothing },
	{ "only while tracked", only_while_tracked },
	{ "the last page, and exact room", last_page_and_exact_room },
	{ "failure of each copy", copy_fails_everywhere })
