// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a mapping that emulated devices have pinned or written.
 *
 * They are few beside the pages of a mapping, which can be all memory of a guest; so they are
 * kept by themselves, each as one value in an array that grows where it is used:
 *
 *	bits 0..39	page frame, if the page is pinned
 *	bit 40		devices have written it since it was last reported as dirty
 *	bits 41..61	how often it is pinned
 *
 * A page that is pinned again is the page that was pinned first, even if user space has put
 * another one at its address since: a device and its driver must not see two. There is one
 * pin on the page itself, from the first of ours to the last. A value with neither pins nor
 * the dirty bit does not exist.
 *
 * A page counts as dirty for as long as it is pinned, in a mapping that devices may write. The
 * dirty bit is what remains of that.
 *
 * Callers hold ioas->pins_lock; but for touched_release(), when no device is left.
 */
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "priv.h"

#define VALUE_PFN	GENMASK(39, 0)
#define VALUE_DIRTY	BIT(40)
#define VALUE_PINS	GENMASK(61, 41)
#define VALUE_PIN	BIT(41)

/* Pages that one search for dirty ones looks at, once it has found the first */
#define RUN_MOST	4096

static_assert(BITS_PER_LONG == 64);

static unsigned long value_at(struct dma_mapping *m, unsigned long index)
{
	void *entry = m->touched ? xa_load(&m->touched->pages, index) : NULL;

	return entry ? xa_to_value(entry) : 0;
}

/* Change a value that exists: needs no memory */
static void value_change(struct dma_mapping *m, unsigned long index, unsigned long value)
{
	if (value & (VALUE_PINS | VALUE_DIRTY))
		xa_store(&m->touched->pages, index, xa_mk_value(value), GFP_NOWAIT);
	else
		xa_erase(&m->touched->pages, index);
}

static int value_add(struct dma_mapping *m, unsigned long index, unsigned long value)
{
	if (!m->touched) {
		m->touched = kzalloc(sizeof(*m->touched), GFP_KERNEL_ACCOUNT);
		if (!m->touched)
			return -ENOMEM;
		xa_init_flags(&m->touched->pages, XA_FLAGS_ACCOUNT);
	}
	return xa_err(xa_store(&m->touched->pages, index, xa_mk_value(value),
			       GFP_KERNEL_ACCOUNT));
}

/**
 * touched_pin_again() - pin a page that is pinned
 * @m: mapping
 * @index: page of it
 *
 * Return: the page; NULL if it is not pinned, and then nothing has happened; ERR_PTR(-EOVERFLOW)
 * if it is too often.
 */
struct page *touched_pin_again(struct dma_mapping *m, unsigned long index)
{
	unsigned long value = value_at(m, index);

	if (!(value & VALUE_PINS))
		return NULL;
	if ((value & VALUE_PINS) == VALUE_PINS)
		return ERR_PTR(-EOVERFLOW);
	value_change(m, index, value + VALUE_PIN);
	return pfn_to_page(value & VALUE_PFN);
}

/**
 * touched_pin() - note that a page is pinned
 * @m: mapping
 * @index: page of it that is not pinned so far
 * @page: the page, pinned by the caller
 *
 * Return: 0 or -ENOMEM.
 */
int touched_pin(struct dma_mapping *m, unsigned long index, struct page *page)
{
	unsigned long dirty = value_at(m, index) & VALUE_DIRTY;
	int ret = value_add(m, index, VALUE_PIN | dirty | page_to_pfn(page));

	if (!ret)
		m->touched->pinned++;
	return ret;
}

/**
 * touched_unpin() - take one pin back
 * @m: mapping
 * @index: page of it
 * @dirty: it is to be reported as dirty once it is no longer pinned
 * @page: set to the page if that was the last pin, which the caller then takes off it; else to
 *	NULL
 *
 * Return: was it pinned at all?
 */
bool touched_unpin(struct dma_mapping *m, unsigned long index, bool dirty, struct page **page)
{
	unsigned long value = value_at(m, index);

	*page = NULL;
	if (!(value & VALUE_PINS))
		return false;
	value -= VALUE_PIN;
	if (!(value & VALUE_PINS)) {
		*page = pfn_to_page(value & VALUE_PFN);
		m->touched->pinned--;
		value &= VALUE_DIRTY;
		if (dirty)
			value |= VALUE_DIRTY;
	}
	value_change(m, index, value);
	return true;
}

/**
 * touched_dirty() - devices have written pages
 * @m: mapping
 * @first: first page of it
 * @last: last page of it
 *
 * Without memory to note it, the mapping counts as dirty.
 */
void touched_dirty(struct dma_mapping *m, unsigned long first, unsigned long last)
{
	for (unsigned long i = first; i <= last && !m->all_dirty; i++) {
		unsigned long value = value_at(m, i);

		if (!(value & VALUE_DIRTY) && value_add(m, i, value | VALUE_DIRTY))
			m->all_dirty = true;
	}
}

/**
 * touched_next_dirty() - find dirty pages, which are then clean unless they are pinned
 * @m: mapping
 * @first: page of it to begin with; set to the first one that is dirty
 * @last: last page to look at; set to the last one of those that follow @first and are dirty, or
 *	of as many as are looked at in one go
 *
 * Return: false if there are none.
 */
bool touched_next_dirty(struct dma_mapping *m, unsigned long *first, unsigned long *last)
{
	unsigned long index = *first, value, most;
	void *entry;

	entry = m->touched ? xa_find(&m->touched->pages, &index, *last, XA_PRESENT) : NULL;
	if (!entry)
		return false;
	*first = index;
	most = *last - index < RUN_MOST ? *last : index + (RUN_MOST - 1);
	do {
		value = xa_to_value(entry);
		value_change(m, index, value & ~VALUE_DIRTY);
		*last = index;
		entry = xa_find_after(&m->touched->pages, &index, most, XA_PRESENT);
	} while (entry && index == *last + 1);
	return true;
}

/**
 * touched_clean() - nothing of a mapping is dirty, but for what is pinned
 * @m: mapping
 */
void touched_clean(struct dma_mapping *m)
{
	unsigned long first = 0, last = ULONG_MAX;

	m->all_dirty = false;
	for (; touched_next_dirty(m, &first, &last); first = last + 1, last = ULONG_MAX)
		cond_resched();
}

/**
 * touched_is_pinned() - is a page pinned?
 * @m: mapping
 * @index: page of it
 */
bool touched_is_pinned(struct dma_mapping *m, unsigned long index)
{
	return value_at(m, index) & VALUE_PINS;
}

/**
 * touched_release() - unpin all pages that are still pinned, and forget all about a mapping
 * @m: mapping, which no device uses any more
 */
void touched_release(struct dma_mapping *m)
{
	unsigned long index;
	void *entry;

	if (!m->touched)
		return;
	xa_for_each(&m->touched->pages, index, entry) {
		struct page *page = pfn_to_page(xa_to_value(entry) & VALUE_PFN);

		if (xa_to_value(entry) & VALUE_PINS)
			unpin_user_pages_dirty_lock(&page, 1, m->prot & IOAS_WRITE);
		cond_resched();
	}
	m->touched->pinned = 0;
	touched_free(m);
}

/**
 * touched_free() - forget all about a mapping of which nothing is pinned
 * @m: mapping
 */
void touched_free(struct dma_mapping *m)
{
	if (!m->touched)
		return;
	WARN_ON_ONCE(m->touched->pinned);
	xa_destroy(&m->touched->pages);
	kfree(m->touched);
	m->touched = NULL;
}
