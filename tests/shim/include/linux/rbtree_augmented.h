/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_RBTREE_AUGMENTED_H
#define SHIM_LINUX_RBTREE_AUGMENTED_H

#include <linux/rbtree.h>

struct rb_augment_callbacks {
	/* recompute from @node up to, not including, @stop */
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	/* @new takes the place of @old with the same subtree */
	void (*copy)(struct rb_node *old, struct rb_node *new);
	/* @new was a child of @old and is now its parent */
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);
void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root, bool leftmost,
				const struct rb_augment_callbacks *augment);
void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
			       const struct rb_augment_callbacks *augment);

/* COMPUTE(object, exit) stores the object's value; with exit, true means unchanged. */
#define RB_DECLARE_CALLBACKS(linkage, name, type, member, value, COMPUTE)	\
static inline void name##_propagate(struct rb_node *at, struct rb_node *stop)	\
{										\
	for (; at != stop; at = at->parent)					\
		if (COMPUTE(rb_entry(at, type, member), true))			\
			break;							\
}										\
static inline void name##_copy(struct rb_node *from, struct rb_node *to)	\
{										\
	rb_entry(to, type, member)->value = rb_entry(from, type, member)->value; \
}										\
static void name##_rotate(struct rb_node *down, struct rb_node *up)		\
{										\
	name##_copy(down, up);							\
	COMPUTE(rb_entry(down, type, member), false);				\
}										\
linkage const struct rb_augment_callbacks name = {				\
	name##_propagate, name##_copy, name##_rotate				\
};

/* VALUE(object) is the object's own contribution; the greatest in a subtree is kept. */
#define RB_DECLARE_CALLBACKS_MAX(linkage, name, type, member, vtype, value, VALUE) \
static inline bool name##_recompute(type *object, bool exit)			\
{										\
	vtype greatest = VALUE(object);						\
	struct rb_node *kids[] = { object->member.rb_left, object->member.rb_right }; \
										\
	for (int i = 0; i < 2; i++)						\
		if (kids[i] && rb_entry(kids[i], type, member)->value > greatest) \
			greatest = rb_entry(kids[i], type, member)->value;	\
	if (exit && object->value == greatest)					\
		return true;							\
	object->value = greatest;						\
	return false;								\
}										\
RB_DECLARE_CALLBACKS(linkage, name, type, member, value, name##_recompute)

#endif
