/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BITMAP_H
#define SHIM_LINUX_BITMAP_H

#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/slab.h>

#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

void bitmap_set(unsigned long *map, unsigned int start, unsigned int n);
void bitmap_clear(unsigned long *map, unsigned int start, unsigned int n);
unsigned int bitmap_weight(const unsigned long *map, unsigned int n);
void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b, unsigned int n);
bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int n);
bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int n);
/* dst = src moved up by @shift, within @n bits. */
void bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift,
		       unsigned int n);
unsigned long *bitmap_alloc(unsigned int n, gfp_t flags);
unsigned long *bitmap_zalloc(unsigned int n, gfp_t flags);
void bitmap_free(const unsigned long *map);
unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
					 unsigned long start, unsigned int n,
					 unsigned long align_mask);

#define bitmap_size(n) (BITS_TO_LONGS(n) * sizeof(unsigned long))
#define bitmap_zero(map, n) ((void)memset(map, 0, bitmap_size(n)))
#define bitmap_fill(map, n) ((void)memset(map, 0xff, bitmap_size(n)))
#define bitmap_copy(dst, src, n) ((void)memcpy(dst, src, bitmap_size(n)))
#define bitmap_empty(map, n) (find_next_bit(map, n, 0) >= (n))
#define bitmap_full(map, n) (find_next_zero_bit(map, n, 0) >= (n))
#define bitmap_equal(a, b, n) (!shim_bitmap_differs(a, b, n))
bool shim_bitmap_differs(const unsigned long *a, const unsigned long *b, unsigned int n);

#endif
