// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty pages, without help of the IOMMU.
 *
 * Nothing tells which of its pages a device behind an IOMMU has written, so that every page that it
 * can write is dirty, always: as soon as a report has been read, it may have written again. So for
 * those nothing needs to be recorded, and the report is made from the mappings as they are. Of what
 * emulated devices write there is a record, see touched.c: where no IOMMU is, that is the report,
 * and reading it makes pages clean that are not pinned. A mapping that is being made or ended
 * while a report is read is in it.
 *
 * A report is a bitmap with one bit a page of the least page size, from the first address of
 * a range on. User space gives it zeroed; words without a dirty page are not written.
 */
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "priv.h"

#define BUFFER_WORDS	64
#define BUFFER_BITS	(BUFFER_WORDS * 64ULL)

/**
 * struct dirty_writer - writes runs of bits, in ascending order, to a user's bitmap
 * @to: bitmap
 * @at: first bit in @buffer, a multiple of BUFFER_BITS
 * @from: first word of @buffer that has a bit, if @end is not 0
 * @end: one past the last
 * @buffer: bits that are not written yet
 */
struct dirty_writer {
	u64 __user *to;
	u64 at;
	unsigned int from;
	unsigned int end;
	u64 buffer[BUFFER_WORDS];
};

static int writer_flush(struct dirty_writer *w)
{
	u64 __user *to = w->to + w->at / 64 + w->from;
	unsigned int n = w->end - w->from;

	if (n && copy_to_user(to, w->buffer + w->from, n * sizeof(u64)))
		return -EFAULT;
	memset(w->buffer, 0, sizeof(w->buffer));
	w->from = 0;
	w->end = 0;
	return 0;
}

/* Set bits of the buffer, @bit and @n within it */
static void writer_set(struct dirty_writer *w, unsigned int bit, unsigned int n)
{
	if (!w->end)
		w->from = bit / 64;
	w->end = (bit + n - 1) / 64 + 1;
	while (n) {
		unsigned int in_word = bit % 64, part = min(n, 64 - in_word);

		w->buffer[bit / 64] |= GENMASK_ULL(in_word + part - 1, in_word);
		bit += part;
		n -= part;
	}
}

static int writer_run(struct dirty_writer *w, u64 bit, u64 n)
{
	while (n) {
		u64 in_buffer = bit % BUFFER_BITS;
		u64 part = min(n, BUFFER_BITS - in_buffer);
		int ret;

		if (bit - in_buffer != w->at) {
			ret = writer_flush(w);
			if (ret)
				return ret;
			w->at = bit - in_buffer;
		}
		writer_set(w, in_buffer, part);
		bit += part;
		n -= part;
	}
	return 0;
}

static bool is_dirty(const struct dma_mapping *m)
{
	return m->prot & IOAS_WRITE;
}

static bool ioas_goes_by_page(const struct ioas *ioas)
{
	return list_empty(&ioas->domains);
}

/*
 * The first addresses of a mapping in a range that emulated devices have made dirty. They are
 * clean then, but what is a part of a mapping that is dirty as a whole.
 */
static bool take_touched(struct ioas *ioas, struct dma_mapping *m, const struct ioas_range *in,
			 struct ioas_range *found)
{
	u64 start = max(m->iova, in->start), last = min(m->last, in->last);
	unsigned long first = (start - m->iova) >> PAGE_SHIFT;
	unsigned long end = (last - m->iova) >> PAGE_SHIFT;

	lockdep_assert_held(&ioas->pins_lock);
	if (!is_dirty(m))
		return false;
	if (m->all_dirty) {
		*found = (struct ioas_range){ .start = start, .last = last };
		if (start == m->iova && last == m->last)
			touched_clean(m);
		return true;
	}
	if (!touched_next_dirty(m, &first, &end))
		return false;
	found->start = m->iova + ((u64)first << PAGE_SHIFT);
	found->last = m->iova + ((u64)end << PAGE_SHIFT) + (PAGE_SIZE - 1);
	return true;
}

/* As take_touched(), in all mappings */
static bool next_touched(struct ioas *ioas, const struct ioas_range *in, struct ioas_range *found)
{
	struct dma_mapping *m;

	guard(mutex)(&ioas->pins_lock);
	guard(mutex)(&ioas->lock);
	for (m = dma_tree_from(&ioas->mappings, in->start); m && m->iova <= in->last;
	     m = dma_tree_next(m))
		if (take_touched(ioas, m, in, found))
			return true;
	return false;
}

static int report_touched(struct ioas *ioas, struct dirty_writer *w, struct dma_mapping *m,
			  u64 iova)
{
	struct ioas_range in = { .start = m->iova, .last = m->last }, r;
	unsigned int shift = __ffs64(ioas->pgsizes);
	bool more;
	int ret;

	for (;;) {
		mutex_lock(&ioas->pins_lock);
		more = take_touched(ioas, m, &in, &r);
		mutex_unlock(&ioas->pins_lock);
		if (!more)
			return 0;
		ret = writer_run(w, (r.start - iova) >> shift, ((r.last - r.start) >> shift) + 1);
		if (ret || r.last == in.last)
			return ret;
		in.start = r.last + 1;
	}
}

/**
 * dirty_all() - from now on to the next report, all that devices can write is dirty
 * @ioas: space
 */
void dirty_all(struct ioas *ioas)
{
	struct dma_mapping *m;

	guard(mutex)(&ioas->pins_lock);
	guard(mutex)(&ioas->lock);
	if (!ioas->dirty_tracking)
		return;
	for (m = dma_tree_from(&ioas->mappings, 0); m; m = dma_tree_next(m))
		m->all_dirty = true;
}

/**
 * dirty_report() - report the dirty pages of mappings that the caller keeps
 * @ioas: space
 * @list: mappings, linked by next, in ascending order, none before @iova
 * @iova: address that the first bit stands for
 * @bitmap: user memory
 *
 * Return: 0 or -EFAULT.
 */
int dirty_report(struct ioas *ioas, struct dma_mapping *list, u64 iova, u64 __user *bitmap)
{
	unsigned int shift = __ffs64(ioas->pgsizes);
	struct dirty_writer w = { .to = bitmap };
	bool by_page = ioas_goes_by_page(ioas);
	struct dma_mapping *m;
	int ret = 0;

	for (m = list; m && !ret; m = m->next)
		if (by_page)
			ret = report_touched(ioas, &w, m, iova);
		else if (is_dirty(m))
			ret = writer_run(&w, (m->iova - iova) >> shift, mapping_size(m) >> shift);
	ret = ret ?: writer_flush(&w);
	if (ret && by_page)
		dirty_all(ioas);
	return ret;
}

/* The first addresses of a range that are in a mapping that devices can write */
static bool next_writable(struct ioas *ioas, const struct ioas_range *in, struct ioas_range *found)
{
	const struct dma_mapping *m;

	guard(mutex)(&ioas->lock);
	m = dma_tree_from(&ioas->mappings, in->start);
	while (m && !is_dirty(m))
		m = dma_tree_next(m);
	if (!m || m->iova > in->last)
		return false;
	found->start = max(m->iova, in->start);
	found->last = min(m->last, in->last);
	return true;
}

/**
 * ioas_dirty_tracked() - are dirty pages being tracked?
 * @ioas: space
 */
bool ioas_dirty_tracked(struct ioas *ioas)
{
	guard(mutex)(&ioas->lock);
	return ioas->dirty_tracking;
}

/**
 * ioas_dirty_read() - report the dirty pages of a range
 * @ioas: space
 * @range: addresses, multiples of the least page size
 * @bitmap: user memory, zeroed, with a bit for each page of the range in whole u64s
 *
 * Return: 0; -EINVAL while dirty pages are not tracked; -EFAULT; -EINTR when the task is being
 * killed.
 */
int ioas_dirty_read(struct ioas *ioas, const struct ioas_range *range, u64 __user *bitmap)
{
	bool by_page = ioas_goes_by_page(ioas);
	unsigned int shift = __ffs64(ioas->pgsizes);
	struct dirty_writer w = { .to = bitmap };
	struct ioas_range in = *range, r;
	int ret = 0;

	if (!ioas_dirty_tracked(ioas))
		return -EINVAL;
	while (!ret && (by_page ? next_touched : next_writable)(ioas, &in, &r)) {
		ret = writer_run(&w, (r.start - range->start) >> shift,
				 ((r.last - r.start) >> shift) + 1);
		if (r.last == in.last)
			break;
		in.start = r.last + 1;
		cond_resched();
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
	}
	ret = ret ?: writer_flush(&w);
	if (ret && by_page)
		dirty_all(ioas);
	return ret;
}

/**
 * ioas_dirty_track() - start or stop to track dirty pages
 * @ioas: space
 * @on: start
 *
 * Does nothing if that is how it is. What devices have done before the start is not dirty, but
 * what they still have pinned.
 */
void ioas_dirty_track(struct ioas *ioas, bool on)
{
	struct dma_mapping *m;

	guard(mutex)(&ioas->pins_lock);
	guard(mutex)(&ioas->lock);
	if (ioas->dirty_tracking == on)
		return;
	ioas->dirty_tracking = on;
	if (!ioas->emulated)
		return;
	for (m = dma_tree_from(&ioas->mappings, 0); m; m = dma_tree_next(m))
		touched_clean(m);
}
