// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extents, packed into 32-bit words.
 *
 * An extent is a run of physically contiguous pages. Nothing but its page frame and length is
 * kept, and the worst memory, where no page follows its neighbour, must not cost more than
 * one word for each page (1/1024 of the memory mapped). So:
 *
 *	0 pfn:31		an extent of one page begins, low bits of its page frame
 *	10 npages:30		it has npages pages, not one
 *	11 mmio:1 window:29	from here on: the high bits of each page frame, and its kind
 *
 * The window starts as 0, memory. 31 bits of page frame reach 8 TiB; memory beyond costs a
 * word for each change of window, of which there are few, since allocations stay near each
 * other.
 *
 * Up to EXTENTS_FEW words live in struct extents, more in a chain of blocks of up to a page.
 * The words of one extent never lie in two blocks, so that a reader can look ahead.
 */
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "extents.h"

#define WORD_NOT_PFN	BIT(31)
#define WORD_WINDOW	BIT(30)
#define WORD_MMIO	BIT(29)
#define PFN_BITS	31
#define PFN_MASK	GENMASK(PFN_BITS - 1, 0)
#define NPAGES_MAX	GENMASK(29, 0)
#define HIGH_MASK	GENMASK(28, 0)

/* Words that one extent can need: window, pfn, npages */
#define WORDS_MAX	3

struct extent_block {
	struct extent_block *next;
	u32 used;
	u32 words[];
};

/* Below it, the allocator's sizes are close to each other */
#define BLOCK_EXACT	256

#define BLOCK_WORDS	((PAGE_SIZE - sizeof(struct extent_block)) / sizeof(u32))

static_assert(EXTENTS_FEW >= WORDS_MAX);

static size_t block_size(u32 words)
{
	return sizeof(struct extent_block) + words * sizeof(u32);
}

/* The last block is done: give back what it has too much, if the allocator can take it */
static void block_trim(struct extents_writer *w)
{
	struct extent_block *block = *w->link, *exact;

	if (kmalloc_size_roundup(block_size(block->used)) >= block_size(block->used + w->room))
		return;
	exact = kmemdup(block, block_size(block->used), GFP_KERNEL_ACCOUNT);
	if (!exact)
		return;		/* costs memory, nothing else */
	*w->link = exact;
	kfree(block);
}

/*
 * Words of the next block, if each page to come is an extent. Larger blocks are powers of two
 * as a whole, since that is what the allocator would take for them anyway; what does not fit
 * goes to a smaller one. The first block also takes over the few words that were there.
 */
static u32 block_words(const struct extents_writer *w)
{
	u64 wanted = w->hint + EXTENTS_FEW + WORDS_MAX;
	size_t size = block_size(min_t(u64, wanted, BLOCK_WORDS));

	if (size > BLOCK_EXACT)
		size = rounddown_pow_of_two(size);
	return (size - sizeof(struct extent_block)) / sizeof(u32);
}

static int block_add(struct extents_writer *w)
{
	struct extents *ext = w->ext;
	u32 words = block_words(w);
	struct extent_block *block;

	block = kmalloc(block_size(words), GFP_KERNEL_ACCOUNT);
	if (!block)
		return -ENOMEM;
	block->next = NULL;
	block->used = 0;
	if (ext->chained) {
		w->link = &(*w->link)->next;
		*w->link = block;
	} else {
		memcpy(block->words, ext->few, ext->few_words * sizeof(u32));
		block->used = ext->few_words;
		ext->blocks = block;
		ext->chained = true;
		w->link = &ext->blocks;
	}
	w->room = words - block->used;
	return 0;
}

/* Where the next @n words go; NULL without memory */
static u32 *words_reserve(struct extents_writer *w, unsigned int n)
{
	struct extent_block *block;
	u32 *at;

	if (!w->ext->chained && w->ext->few_words + n <= EXTENTS_FEW) {
		at = w->ext->few + w->ext->few_words;
		w->ext->few_words += n;
		return at;
	}
	if (w->room < n && block_add(w))
		return NULL;
	block = *w->link;
	at = block->words + block->used;
	block->used += n;
	w->room -= n;
	return at;
}

static u32 window_of(const struct extent *e)
{
	return ((e->pfn >> PFN_BITS) & HIGH_MASK) | (e->mmio ? WORD_MMIO : 0);
}

/* The bulk of scattered memory: one page, in the window, with room in the block */
static bool write_single(struct extents_writer *w)
{
	struct extent_block *block;

	if (w->run.npages != 1 || !w->ext->chained || !w->room || window_of(&w->run) != w->window)
		return false;
	block = *w->link;
	block->words[block->used++] = w->run.pfn & PFN_MASK;
	w->run.npages = 0;
	w->room--;
	w->hint -= !!w->hint;
	return true;
}

/**
 * extents_write_out() - store the extent that was being appended to
 * @w: writer
 *
 * Return: 0, or -ENOMEM; then @w->run still holds what could not be stored.
 */
int extents_write_out(struct extents_writer *w)
{
	if (write_single(w))
		return 0;
	while (w->run.npages) {
		u64 to_window_end = (PFN_MASK - (w->run.pfn & PFN_MASK)) + 1;
		u32 n = min3(w->run.npages, to_window_end, (u64)NPAGES_MAX);
		u32 window = window_of(&w->run);
		bool moves = window != w->window;
		u32 *at = words_reserve(w, 1 + moves + (n > 1));

		if (!at)
			return -ENOMEM;
		if (moves)
			*at++ = WORD_NOT_PFN | WORD_WINDOW | window;
		*at++ = w->run.pfn & PFN_MASK;
		if (n > 1)
			*at = WORD_NOT_PFN | n;
		w->window = window;
		w->run.pfn += n;
		w->run.npages -= n;
		w->hint -= min_t(u64, w->hint, n);
	}
	return 0;
}

/**
 * extents_write_begin() - start to fill a list
 * @w: writer
 * @ext: empty list (all zero)
 * @npages: pages to come, as far as known
 */
void extents_write_begin(struct extents_writer *w, struct extents *ext, u64 npages)
{
	*w = (struct extents_writer){ .ext = ext, .hint = npages };
}

/**
 * extents_write_end() - store what is not yet stored
 * @w: writer
 *
 * Return: 0, or -ENOMEM; then @w->run still holds what could not be stored.
 */
int extents_write_end(struct extents_writer *w)
{
	int ret = extents_write_out(w);

	if (!ret && w->ext->chained)
		block_trim(w);
	return ret;
}

/**
 * extents_free() - free a list, which is empty afterwards
 * @ext: list
 */
void extents_free(struct extents *ext)
{
	struct extent_block *block, *next;

	if (ext->chained) {
		for (block = ext->blocks; block; block = next) {
			next = block->next;
			kfree(block);
			cond_resched();
		}
	}
	*ext = (struct extents){};
}

/**
 * extents_first() - place a cursor before the first extent
 * @c: cursor
 * @ext: list, whose writer may still be at work: then without its last extent
 */
void extents_first(struct extents_cursor *c, const struct extents *ext)
{
	*c = (struct extents_cursor){};
	if (ext->chained) {
		c->next = ext->blocks;
	} else {
		c->word = ext->few;
		c->end = ext->few + ext->few_words;
	}
}

static bool cursor_has_word(struct extents_cursor *c)
{
	if (c->word == c->end && c->next) {
		c->word = c->next->words;
		c->end = c->word + c->next->used;
		c->next = c->next->next;
	}
	return c->word != c->end;
}

/**
 * extents_next() - read the next extent
 * @c: cursor
 * @e: filled in
 *
 * Return: false at the end.
 */
bool extents_next(struct extents_cursor *c, struct extent *e)
{
	if (unlikely(c->word == c->end) && !cursor_has_word(c))
		return false;
	if (*c->word & WORD_NOT_PFN)
		c->window = *c->word++ & (WORD_MMIO | HIGH_MASK);

	e->pfn = (u64)(c->window & HIGH_MASK) << PFN_BITS | *c->word++;
	e->mmio = c->window & WORD_MMIO;
	e->npages = 1;
	if (c->word != c->end && (*c->word & (WORD_NOT_PFN | WORD_WINDOW)) == WORD_NOT_PFN)
		e->npages = *c->word++ & NPAGES_MAX;
	return true;
}
