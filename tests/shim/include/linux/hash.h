/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_HASH_H
#define SHIM_LINUX_HASH_H

#include <linux/types.h>

/* Multiplication by 2^64 divided by the golden ratio spreads small and regular numbers, too. */
static inline u32 hash_ptr(const void *p, unsigned int bits)
{
	return (u64)(unsigned long)p * 0x9e3779b97f4a7c15ULL >> (64 - bits);
}

#endif
