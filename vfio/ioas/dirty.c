// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty pages, without help of the IOMMU.
 *
 * Nothing tells which of its pages a device has written, so that every page that it can write
 * is dirty, always: as soon as a report has been read, a device may have written again. So
 * nothing needs to be recorded, and the report is made from the mappings as they are. A
 * mapping that is being made or ended while a report is read is in it.
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

/**
 * dirty_report() - report the dirty pages of mappings that the caller keeps
 * @ioas: space
 * @list: mappings, linked by next, in ascending order, none before @iova
 * @iova: address that the first bit stands for
 * @bitmap: user memory
 *
 * Return: 0 or -EFAULT.
 */
int dirty_report(const struct ioas *ioas, const struct dma_mapping *list, u64 iova,
		 u64 __user *bitmap)
{
	unsigned int shift = __ffs64(ioas->pgsizes);
	struct dirty_writer w = { .to = bitmap };
	const struct dma_mapping *m;
	int ret = 0;

	for (m = list; m && !ret; m = m->next)
		if (is_dirty(m))
			ret = writer_run(&w, (m->iova - iova) >> shift, mapping_size(m) >> shift);
	return ret ?: writer_flush(&w);
}

/* The first addresses from @start on that are dirty; false if there are none */
static bool next_dirty(struct ioas *ioas, u64 start, struct ioas_range *found)
{
	const struct dma_mapping *m;

	guard(mutex)(&ioas->lock);
	m = dma_tree_from(&ioas->mappings, start);
	while (m && !is_dirty(m))
		m = dma_tree_next(m);
	if (!m)
		return false;
	found->start = max(m->iova, start);
	found->last = m->last;
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
	unsigned int shift = __ffs64(ioas->pgsizes);
	struct dirty_writer w = { .to = bitmap };
	struct ioas_range r = { .last = range->start - 1 };
	int ret = 0;

	if (!ioas_dirty_tracked(ioas))
		return -EINVAL;
	while (!ret && r.last != range->last && next_dirty(ioas, r.last + 1, &r) &&
	       r.start <= range->last) {
		r.last = min(r.last, range->last);
		ret = writer_run(&w, (r.start - range->start) >> shift,
				 ((r.last - r.start) >> shift) + 1);
		cond_resched();
		if (fatal_signal_pending(current))
			ret = -EINTR;
	}
	return ret ?: writer_flush(&w);
}

/**
 * ioas_dirty_track() - start or stop to track dirty pages
 * @ioas: space
 * @on: start
 *
 * Does nothing if that is how it is.
 */
void ioas_dirty_track(struct ioas *ioas, bool on)
{
	guard(mutex)(&ioas->lock);
	ioas->dirty_tracking = on;
}
