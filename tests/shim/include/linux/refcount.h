/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_REFCOUNT_H
#define SHIM_LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

/* Counts that die where the kernel's would saturate and warn. */
typedef struct refcount_struct { atomic_t refs; } refcount_t;

#define REFCOUNT_INIT(n) { .refs = ATOMIC_INIT(n) }
#define refcount_set(r, n) atomic_set(&(r)->refs, n)
#define refcount_read(r) ((unsigned int)atomic_read(&(r)->refs))

static inline void refcount_inc(refcount_t *r)
{
	if (atomic_fetch_add(1, &r->refs) <= 0)
		shim_die("refcount_inc: taken from an object that is gone");
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	return atomic_inc_not_zero(&r->refs);
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	int left = atomic_dec_return(&r->refs);

	if (left < 0)
		shim_die("refcount_dec: below zero");
	return !left;
}

static inline void refcount_dec(refcount_t *r)
{
	if (refcount_dec_and_test(r))
		shim_die("refcount_dec: reached zero, where it must not");
}

static inline bool refcount_dec_if_one(refcount_t *r)
{
	return atomic_cmpxchg(&r->refs, 1, 0) == 1;
}

static inline bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	if (atomic_add_unless(&r->refs, -1, 1))
		return false;
	mutex_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	mutex_unlock(lock);
	return false;
}

#endif
