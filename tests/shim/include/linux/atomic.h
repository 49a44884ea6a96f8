/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <asm/barrier.h>

#define ATOMIC_INIT(n) { (n) }
#define ATOMIC64_INIT(n) { (n) }
#define ATOMIC_LONG_INIT(n) { (n) }

/* One set of functions for each width; all of them fully ordered. */
#define SHIM_ATOMIC(name, type, value)						\
static inline value name##_read(const type *v)					\
{ return __atomic_load_n(&v->counter, __ATOMIC_SEQ_CST); }			\
static inline void name##_set(type *v, value n)					\
{ __atomic_store_n(&v->counter, n, __ATOMIC_SEQ_CST); }				\
static inline value name##_add_return(value n, type *v)				\
{ return __atomic_add_fetch(&v->counter, n, __ATOMIC_SEQ_CST); }		\
static inline value name##_sub_return(value n, type *v)				\
{ return __atomic_sub_fetch(&v->counter, n, __ATOMIC_SEQ_CST); }		\
static inline value name##_fetch_add(value n, type *v)				\
{ return __atomic_fetch_add(&v->counter, n, __ATOMIC_SEQ_CST); }		\
static inline value name##_fetch_or(value n, type *v)				\
{ return __atomic_fetch_or(&v->counter, n, __ATOMIC_SEQ_CST); }			\
static inline void name##_add(value n, type *v) { name##_add_return(n, v); }	\
static inline void name##_sub(value n, type *v) { name##_sub_return(n, v); }	\
static inline void name##_inc(type *v) { name##_add_return(1, v); }		\
static inline void name##_dec(type *v) { name##_sub_return(1, v); }		\
static inline value name##_inc_return(type *v) { return name##_add_return(1, v); } \
static inline value name##_dec_return(type *v) { return name##_sub_return(1, v); } \
static inline bool name##_dec_and_test(type *v) { return !name##_sub_return(1, v); } \
static inline bool name##_sub_and_test(value n, type *v) { return !name##_sub_return(n, v); } \
static inline value name##_xchg(type *v, value n)				\
{ return __atomic_exchange_n(&v->counter, n, __ATOMIC_SEQ_CST); }		\
static inline bool name##_try_cmpxchg(type *v, value *old, value n)		\
{ return __atomic_compare_exchange_n(&v->counter, old, n, false,		\
				     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); }	\
static inline value name##_cmpxchg(type *v, value old, value n)			\
{ name##_try_cmpxchg(v, &old, n); return old; }					\
static inline bool name##_add_unless(type *v, value n, value unless)		\
{										\
	value seen = name##_read(v);						\
										\
	while (seen != unless)							\
		if (name##_try_cmpxchg(v, &seen, seen + n))			\
			return true;						\
	return false;								\
}										\
static inline bool name##_inc_not_zero(type *v) { return name##_add_unless(v, 1, 0); }

SHIM_ATOMIC(atomic, atomic_t, int)
SHIM_ATOMIC(atomic64, atomic64_t, s64)
SHIM_ATOMIC(atomic_long, atomic_long_t, long)

#define cmpxchg(p, old, new) ({ \
	typeof(*(p)) cx_ = (old); \
	__atomic_compare_exchange_n(p, &cx_, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
	cx_; })
#define try_cmpxchg(p, old, new) \
	__atomic_compare_exchange_n(p, old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define xchg(p, new) __atomic_exchange_n(p, new, __ATOMIC_SEQ_CST)

#endif
