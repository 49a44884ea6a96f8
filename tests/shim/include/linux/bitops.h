/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BITOPS_H
#define SHIM_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

/* Atomic, as the kernel's; the forms with two underscores may be torn. */
#define set_bit(n, p) ((void)__atomic_fetch_or((p) + BIT_WORD(n), BIT_MASK(n), __ATOMIC_SEQ_CST))
#define clear_bit(n, p) \
	((void)__atomic_fetch_and((p) + BIT_WORD(n), ~BIT_MASK(n), __ATOMIC_SEQ_CST))
#define change_bit(n, p) \
	((void)__atomic_fetch_xor((p) + BIT_WORD(n), BIT_MASK(n), __ATOMIC_SEQ_CST))
#define clear_bit_unlock(n, p) clear_bit(n, p)

static inline bool test_bit(unsigned long n, const volatile unsigned long *p)
{
	return p[BIT_WORD(n)] & BIT_MASK(n);
}

static inline bool test_and_set_bit(unsigned long n, volatile unsigned long *p)
{
	return __atomic_fetch_or(p + BIT_WORD(n), BIT_MASK(n), __ATOMIC_SEQ_CST) & BIT_MASK(n);
}

static inline bool test_and_clear_bit(unsigned long n, volatile unsigned long *p)
{
	return __atomic_fetch_and(p + BIT_WORD(n), ~BIT_MASK(n), __ATOMIC_SEQ_CST) & BIT_MASK(n);
}

#define test_and_set_bit_lock(n, p) test_and_set_bit(n, p)

static inline void __set_bit(unsigned long n, volatile unsigned long *p)
{
	p[BIT_WORD(n)] |= BIT_MASK(n);
}

static inline void __clear_bit(unsigned long n, volatile unsigned long *p)
{
	p[BIT_WORD(n)] &= ~BIT_MASK(n);
}

static inline bool __test_and_set_bit(unsigned long n, volatile unsigned long *p)
{
	bool was = test_bit(n, p);

	__set_bit(n, p);
	return was;
}

static inline bool __test_and_clear_bit(unsigned long n, volatile unsigned long *p)
{
	bool was = test_bit(n, p);

	__clear_bit(n, p);
	return was;
}

#define __assign_bit(n, p, value) ((value) ? __set_bit(n, p) : __clear_bit(n, p))
#define assign_bit(n, p, value) do { if (value) set_bit(n, p); else clear_bit(n, p); } while (0)

#define __ffs(x) ((unsigned long)__builtin_ctzl(x))
#define __ffs64(x) ((unsigned long)__builtin_ctzll(x))
#define ffz(x) __ffs(~(x))
#define __fls(x) ((unsigned long)(63 - __builtin_clzl(x)))
#define fls(x) ((x) ? 32 - __builtin_clz(x) : 0)
#define fls64(x) ((x) ? 64 - __builtin_clzll(x) : 0)
#define fls_long(x) fls64((u64)(x))
#define hweight8(x) ((unsigned int)__builtin_popcount((u8)(x)))
#define hweight16(x) ((unsigned int)__builtin_popcount((u16)(x)))
#define hweight32(x) ((unsigned int)__builtin_popcount((u32)(x)))
#define hweight64(x) ((unsigned long)__builtin_popcountll(x))
#define hweight_long(x) hweight64(x)

static inline u32 rol32(u32 x, unsigned int n) { return x << (n & 31) | x >> (-n & 31); }
static inline s64 sign_extend64(u64 x, int bit) { return (s64)(x << (63 - bit)) >> (63 - bit); }

#include <linux/find.h>

#endif
