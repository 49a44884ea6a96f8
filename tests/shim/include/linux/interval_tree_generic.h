/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interval trees over the cached tree with the greatest "last" of each subtree.
 * ITLAST is inclusive. Iteration is by ascending start.
 */
#include <linux/rbtree_augmented.h>

#define INTERVAL_TREE_DEFINE(ITSTRUCT, ITRB, ITTYPE, ITSUBTREE, ITSTART, ITLAST,	\
			     ITSTATIC, ITPREFIX)				\
RB_DECLARE_CALLBACKS_MAX(static, ITPREFIX##_augment, ITSTRUCT, ITRB, ITTYPE,	\
			 ITSUBTREE, ITLAST)					\
static inline bool ITPREFIX##_before(struct rb_node *a, const struct rb_node *b)	\
{										\
	return ITSTART(rb_entry(a, ITSTRUCT, ITRB)) <				\
	       ITSTART(rb_entry((struct rb_node *)b, ITSTRUCT, ITRB));		\
}										\
ITSTATIC void ITPREFIX##_insert(ITSTRUCT *item, struct rb_root_cached *root)	\
{										\
	struct rb_node **link = &root->rb_root.rb_node, *up = NULL;		\
	bool leftmost = true;							\
										\
	while (*link) {								\
		up = *link;							\
		if (ITPREFIX##_before(&item->ITRB, up)) {			\
			link = &up->rb_left;					\
		} else {							\
			link = &up->rb_right;					\
			leftmost = false;					\
		}								\
	}									\
	item->ITSUBTREE = ITLAST(item);						\
	rb_link_node(&item->ITRB, up, link);					\
	ITPREFIX##_augment.propagate(up, NULL);					\
	rb_insert_augmented_cached(&item->ITRB, root, leftmost, &ITPREFIX##_augment); \
}										\
ITSTATIC void ITPREFIX##_remove(ITSTRUCT *item, struct rb_root_cached *root)	\
{										\
	rb_erase_augmented_cached(&item->ITRB, root, &ITPREFIX##_augment);	\
}										\
/* The leftmost of the subtree at @at that meets [start, last]. */		\
static inline ITSTRUCT *ITPREFIX##_leftmost(struct rb_node *at, ITTYPE start, ITTYPE last) \
{										\
	while (at) {								\
		ITSTRUCT *item = rb_entry(at, ITSTRUCT, ITRB);			\
		struct rb_node *left = at->rb_left;				\
										\
		if (left && rb_entry(left, ITSTRUCT, ITRB)->ITSUBTREE >= start) { \
			at = left;						\
			continue;						\
		}								\
		if (ITSTART(item) > last)					\
			return NULL;						\
		if (ITLAST(item) >= start)					\
			return item;						\
		at = at->rb_right;						\
	}									\
	return NULL;								\
}										\
ITSTATIC ITSTRUCT *ITPREFIX##_iter_first(struct rb_root_cached *root, ITTYPE start, \
					 ITTYPE last)				\
{										\
	return ITPREFIX##_leftmost(root->rb_root.rb_node, start, last);		\
}										\
ITSTATIC ITSTRUCT *ITPREFIX##_iter_next(ITSTRUCT *item, ITTYPE start, ITTYPE last) \
{										\
	struct rb_node *at = &item->ITRB;					\
										\
	while ((at = rb_next(at))) {						\
		item = rb_entry(at, ITSTRUCT, ITRB);				\
		if (ITSTART(item) > last)					\
			return NULL;						\
		if (ITLAST(item) >= start)					\
			return item;						\
	}									\
	return NULL;								\
}
