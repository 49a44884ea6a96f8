/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_FIND_H
#define SHIM_LINUX_FIND_H

/* All return @size when there is no such bit. */
unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long from);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long from);
unsigned long find_last_bit(const unsigned long *map, unsigned long size);
#define find_first_bit(map, size) find_next_bit(map, size, 0)
#define find_first_zero_bit(map, size) find_next_zero_bit(map, size, 0)

#define for_each_set_bit_from(bit, map, size) \
	for ((bit) = find_next_bit(map, size, bit); (bit) < (size); \
	     (bit) = find_next_bit(map, size, (bit) + 1))
#define for_each_set_bit(bit, map, size) \
	for ((bit) = find_first_bit(map, size); (bit) < (size); \
	     (bit) = find_next_bit(map, size, (bit) + 1))
#define for_each_clear_bit(bit, map, size) \
	for ((bit) = find_first_zero_bit(map, size); (bit) < (size); \
	     (bit) = find_next_zero_bit(map, size, (bit) + 1))
/* Runs of ones, as [start, end). */
#define for_each_set_bitrange(start, end, map, size) \
	for ((start) = find_first_bit(map, size), (end) = 0; \
	     (start) < (size) && \
	     ((end) = find_next_zero_bit(map, size, (start) + 1), true); \
	     (start) = find_next_bit(map, size, (end)))
#define for_each_clear_bitrange(start, end, map, size) \
	for ((start) = find_first_zero_bit(map, size), (end) = 0; \
	     (start) < (size) && \
	     ((end) = find_next_bit(map, size, (start) + 1), true); \
	     (start) = find_next_zero_bit(map, size, (end)))

#endif
