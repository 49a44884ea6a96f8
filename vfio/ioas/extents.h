/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory behind a mapping: a packed list of extents. See extents.c.
 */
#ifndef VFIO_IOAS_EXTENTS_H
#define VFIO_IOAS_EXTENTS_H

#include <linux/types.h>

struct extent_block;

/**
 * struct extent - a run of physically contiguous pages
 * @pfn: first page frame
 * @npages: pages of PAGE_SIZE, above 0 unless the extent is none
 * @mmio: a device's registers: not pinned, not charged, never unpinned
 */
struct extent {
	u64 pfn;
	u64 npages;
	bool mmio;
};

#define EXTENTS_FEW 4

/**
 * struct extents - packed extents, in the order of their IOVA
 * @few_words: words in @few; meaningless if @chained
 * @chained: the words are in @blocks
 * @few: the words, if they are few
 * @blocks: else a chain of blocks
 */
struct extents {
	u8 few_words;
	bool chained;
	union {
		u32 few[EXTENTS_FEW];
		struct extent_block *blocks;
	};
};

/**
 * struct extents_writer - fills a struct extents
 * @ext: what is filled
 * @run: the extent that can still grow
 * @window: window in force after the last word, as the WINDOW word encodes it
 * @room: words left in the block that @link points to
 * @hint: pages still to come, to size blocks by
 * @link: what points to the last block
 */
struct extents_writer {
	struct extents *ext;
	struct extent run;
	u32 window;
	u32 room;
	u64 hint;
	struct extent_block **link;
};

/**
 * struct extents_cursor - a place in a list of extents
 * @word: the next word
 * @end: one past the last of this block
 * @next: the block behind it, or NULL
 * @window: window in force, as in struct extents_writer
 */
struct extents_cursor {
	const u32 *word;
	const u32 *end;
	const struct extent_block *next;
	u32 window;
};

void extents_write_begin(struct extents_writer *w, struct extents *ext, u64 npages);
int extents_write_out(struct extents_writer *w);
int extents_write_end(struct extents_writer *w);
void extents_free(struct extents *ext);

void extents_first(struct extents_cursor *c, const struct extents *ext);
bool extents_next(struct extents_cursor *c, struct extent *e);

/**
 * extents_write() - append pages
 * @w: writer
 * @pfn: first page frame
 * @npages: how many, above 0
 * @mmio: see struct extent
 *
 * Return: 0, or -ENOMEM, and then nothing was appended.
 */
static inline int extents_write(struct extents_writer *w, u64 pfn, u64 npages, bool mmio)
{
	int ret;

	if (pfn == w->run.pfn + w->run.npages && mmio == w->run.mmio && w->run.npages) {
		w->run.npages += npages;
		return 0;
	}
	ret = extents_write_out(w);
	if (ret)
		return ret;
	w->run = (struct extent){ .pfn = pfn, .npages = npages, .mmio = mmio };
	return 0;
}

#endif
