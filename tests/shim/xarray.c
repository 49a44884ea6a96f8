// SPDX-License-Identifier: GPL-2.0-only
/* xarray, idr and ida: a search tree of entries by index. A reserved index has no entry. */
#include <linux/idr.h>
#include <linux/slab.h>
#include <linux/xarray.h>

struct entry {
	struct rb_node node;
	unsigned long index;
	void *value;
};

/* The first entry at @index or above. */
static struct entry *from(const struct xarray *xa, unsigned long index)
{
	struct rb_node *at = xa->entries.rb_node;
	struct entry *best = NULL;

	while (at) {
		struct entry *entry = rb_entry(at, struct entry, node);

		if (entry->index >= index)
			best = entry;
		at = entry->index >= index ? at->rb_left : at->rb_right;
	}
	return best;
}

static struct entry *find(const struct xarray *xa, unsigned long index)
{
	struct entry *entry = from(xa, index);

	return entry && entry->index == index ? entry : NULL;
}

static bool before(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct entry, node)->index <
	       rb_entry((struct rb_node *)b, struct entry, node)->index;
}

static void *drop(struct xarray *xa, struct entry *entry)
{
	void *value = entry->value;

	rb_erase(&entry->node, &xa->entries);
	kfree(entry);
	return value;
}

bool xa_empty(const struct xarray *xa)
{
	return RB_EMPTY_ROOT(&xa->entries);
}

void xa_destroy(struct xarray *xa)
{
	while (!xa_empty(xa))
		drop(xa, rb_entry(rb_first(&xa->entries), struct entry, node));
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	struct entry *entry;
	void *value;
	unsigned long flags;

	spin_lock_irqsave(&xa->xa_lock, flags);
	entry = find(xa, index);
	value = entry ? entry->value : NULL;
	spin_unlock_irqrestore(&xa->xa_lock, flags);
	return value;
}

/* One that decides on what is there: @may(old) tells whether to store. */
static void *update(struct xarray *xa, unsigned long index, void *value, gfp_t flags,
		    bool conditional, void *expected)
{
	struct entry *fresh = kzalloc(sizeof(*fresh), flags), *entry;
	unsigned long irq;
	void *old = NULL;

	if (!fresh)
		return ERR_PTR(-ENOMEM);
	spin_lock_irqsave(&xa->xa_lock, irq);
	entry = find(xa, index);
	if (entry)
		old = entry->value;
	if (!conditional || old == expected) {
		if (!entry) {
			entry = fresh;
			fresh = NULL;
			entry->index = index;
			rb_add(&entry->node, &xa->entries, before);
		}
		entry->value = value;
		if (!value && conditional)
			drop(xa, entry);
	}
	spin_unlock_irqrestore(&xa->xa_lock, irq);
	kfree(fresh);
	return old;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	struct entry *entry;
	unsigned long flags;
	void *value = NULL;

	spin_lock_irqsave(&xa->xa_lock, flags);
	entry = find(xa, index);
	if (entry)
		value = drop(xa, entry);
	spin_unlock_irqrestore(&xa->xa_lock, flags);
	return value;
}

/* As in a kernel, to store over an entry needs no memory */
static bool store_over(struct xarray *xa, unsigned long index, void *value, void **old)
{
	struct entry *entry;
	unsigned long flags;

	spin_lock_irqsave(&xa->xa_lock, flags);
	entry = find(xa, index);
	if (entry) {
		*old = entry->value;
		entry->value = value;
	}
	spin_unlock_irqrestore(&xa->xa_lock, flags);
	return entry;
}

void *xa_store(struct xarray *xa, unsigned long index, void *value, gfp_t flags)
{
	void *old;

	if (!value)
		return xa_erase(xa, index);
	return store_over(xa, index, value, &old) ? old :
	       update(xa, index, value, flags, false, NULL);
}

void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *value, gfp_t flags)
{
	return update(xa, index, value, flags, true, old);
}

int xa_insert(struct xarray *xa, unsigned long index, void *value, gfp_t flags)
{
	void *old = update(xa, index, value, flags, true, NULL);

	return IS_ERR(old) ? (int)PTR_ERR(old) : old ? -EBUSY : 0;
}

int xa_reserve(struct xarray *xa, unsigned long index, gfp_t flags)
{
	return xa_err(xa_load(xa, index) ? NULL : update(xa, index, NULL, flags, false, NULL));
}

int xa_alloc(struct xarray *xa, u32 *id, void *value, struct xa_limit limit, gfp_t flags)
{
	unsigned long index = limit.min;
	unsigned long irq;

	if (!index && xa->flags & XA_FLAGS_ALLOC1)
		index = 1;
	spin_lock_irqsave(&xa->xa_lock, irq);
	while (find(xa, index))
		index++;
	spin_unlock_irqrestore(&xa->xa_lock, irq);
	if (index > limit.max)
		return -EBUSY;
	if (IS_ERR(update(xa, index, value, flags, false, NULL)))
		return -ENOMEM;
	*id = index;
	return 0;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, unsigned int mark)
{
	unsigned long flags;
	struct entry *entry;
	void *value = NULL;

	spin_lock_irqsave(&xa->xa_lock, flags);
	entry = from(xa, *index);
	while (entry && !entry->value)
		entry = rb_entry_safe(rb_next(&entry->node), struct entry, node);
	if (entry && entry->index <= max) {
		*index = entry->index;
		value = entry->value;
	}
	spin_unlock_irqrestore(&xa->xa_lock, flags);
	return value;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    unsigned int mark)
{
	if (*index == ULONG_MAX)
		return NULL;
	++*index;
	return xa_find(xa, index, max, mark);
}

int ida_alloc_range(struct ida *ida, unsigned int least, unsigned int most, gfp_t flags)
{
	u32 id;
	int ret = xa_alloc(&ida->xa, &id, xa_mk_value(1), XA_LIMIT(least, most), flags);

	return ret == -EBUSY ? -ENOSPC : ret ? ret : (int)id;
}

void ida_free(struct ida *ida, unsigned int id)
{
	if (!xa_erase(&ida->xa, id))
		shim_complain("ida_free: %u is not allocated", id);
}

int idr_alloc(struct idr *idr, void *entry, int start, int end, gfp_t flags)
{
	struct xa_limit limit = XA_LIMIT(start, end > 0 ? end - 1 : INT_MAX);
	u32 id;
	int ret = xa_alloc(&idr->xa, &id, entry, limit, flags);

	return ret == -EBUSY ? -ENOSPC : ret ? ret : (int)id;
}
