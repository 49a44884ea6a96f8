// SPDX-License-Identifier: GPL-2.0-only
/* Bitmaps, a bit at a time: slow, and simple enough to be right. */
#include <linux/bitmap.h>
#include <linux/minmax.h>

unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	for (; from < size; from++) {
		unsigned long word = map[BIT_WORD(from)] >> (from % BITS_PER_LONG);

		if (word)
			return min(size, from + __ffs(word));
		from |= BITS_PER_LONG - 1;
	}
	return size;
}

unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	for (; from < size; from++)
		if (!test_bit(from, map))
			return from;
	return size;
}

unsigned long find_last_bit(const unsigned long *map, unsigned long size)
{
	for (unsigned long bit = size; bit-- > 0; )
		if (test_bit(bit, map))
			return bit;
	return size;
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int n)
{
	while (n--)
		__set_bit(start++, map);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int n)
{
	while (n--)
		__clear_bit(start++, map);
}

unsigned int bitmap_weight(const unsigned long *map, unsigned int n)
{
	unsigned int weight = 0;

	while (n--)
		weight += test_bit(n, map);
	return weight;
}

void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b, unsigned int n)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(n); i++)
		dst[i] = a[i] | b[i];
}

bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int n)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(n); i++)
		dst[i] = a[i] & b[i];
	return !bitmap_empty(dst, n);
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int n)
{
	while (n--)
		if (test_bit(n, a) && test_bit(n, b))
			return true;
	return false;
}

bool shim_bitmap_differs(const unsigned long *a, const unsigned long *b, unsigned int n)
{
	while (n--)
		if (test_bit(n, a) != test_bit(n, b))
			return true;
	return false;
}

void bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift,
		       unsigned int n)
{
	for (unsigned int bit = n; bit-- > 0; )
		__assign_bit(bit, dst, bit >= shift && test_bit(bit - shift, src));
}

unsigned long *bitmap_alloc(unsigned int n, gfp_t flags)
{
	return kmalloc_array(BITS_TO_LONGS(n), sizeof(unsigned long), flags);
}

unsigned long *bitmap_zalloc(unsigned int n, gfp_t flags)
{
	return bitmap_alloc(n, flags | __GFP_ZERO);
}

void bitmap_free(const unsigned long *map)
{
	kfree(map);
}

unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
					 unsigned long start, unsigned int n,
					 unsigned long align_mask)
{
	for (;; start++) {
		start = (start + align_mask) & ~align_mask;
		if (start + n > size)
			return size + 1;
		if (find_next_bit(map, start + n, start) >= start + n)
			return start;
	}
}
