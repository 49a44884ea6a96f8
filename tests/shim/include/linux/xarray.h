/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_XARRAY_H
#define SHIM_LINUX_XARRAY_H

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

struct xarray {
	spinlock_t xa_lock;
	struct rb_root entries;
	unsigned int flags;
};

struct xa_limit { u32 max, min; };
#define XA_LIMIT(least, most) ((struct xa_limit){ .max = (most), .min = (least) })
#define xa_limit_32b XA_LIMIT(0, UINT_MAX)
#define xa_limit_31b XA_LIMIT(0, INT_MAX)
#define xa_limit_16b XA_LIMIT(0, USHRT_MAX)
#define XA_FLAGS_ALLOC 1
#define XA_FLAGS_ALLOC1 2
#define XA_FLAGS_LOCK_IRQ 0
#define XA_FLAGS_ACCOUNT 0
#define XA_PRESENT 8u

#define XARRAY_INIT(name, f) { .xa_lock = __SPIN_LOCK_UNLOCKED(name.xa_lock), .flags = (f) }
#define DEFINE_XARRAY_FLAGS(name, f) struct xarray name = XARRAY_INIT(name, f)
#define DEFINE_XARRAY(name) DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name) DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)
#define xa_init_flags(xa, f) do { *(xa) = (struct xarray){ .flags = (f) }; \
	spin_lock_init(&(xa)->xa_lock); } while (0)
#define xa_init(xa) xa_init_flags(xa, 0)
#define xa_lock(xa) spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa) spin_unlock(&(xa)->xa_lock)
#define xa_err(entry) (IS_ERR(entry) ? (int)PTR_ERR(entry) : 0)
#define xa_is_err(entry) IS_ERR(entry)
#define xa_mk_value(v) ((void *)((unsigned long)(v) << 1 | 1))
#define xa_to_value(entry) ((unsigned long)(entry) >> 1)
#define xa_is_value(entry) ((unsigned long)(entry) & 1)

bool xa_empty(const struct xarray *xa);
void xa_destroy(struct xarray *xa);
void *xa_load(struct xarray *xa, unsigned long index);
/* Errors come back as ERR_PTR(), for xa_err(). */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t flags);
void *xa_erase(struct xarray *xa, unsigned long index);
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t flags);
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t flags);
int xa_reserve(struct xarray *xa, unsigned long index, gfp_t flags);
int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t flags);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, unsigned int mark);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    unsigned int mark);

#define xa_for_each_range(xa, index, entry, start, last)			\
	for (index = (start), entry = xa_find(xa, (unsigned long *)&index, last, XA_PRESENT); \
	     entry; entry = xa_find_after(xa, (unsigned long *)&index, last, XA_PRESENT))
#define xa_for_each(xa, index, entry) xa_for_each_range(xa, index, entry, 0, ULONG_MAX)
#define xa_for_each_start(xa, index, entry, start) \
	xa_for_each_range(xa, index, entry, start, ULONG_MAX)

#endif
