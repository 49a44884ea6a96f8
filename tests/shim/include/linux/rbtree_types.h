/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_RBTREE_TYPES_H
#define SHIM_LINUX_RBTREE_TYPES_H

/* A treap stands in: @rank decides who is above whom, a parent's being the larger. */
struct rb_node {
	struct rb_node *parent, *rb_left, *rb_right;
	unsigned long rank;
};

struct rb_root { struct rb_node *rb_node; };
struct rb_root_cached { struct rb_root rb_root; struct rb_node *rb_leftmost; };

#define RB_ROOT ((struct rb_root){ 0 })
#define RB_ROOT_CACHED ((struct rb_root_cached){ 0 })

#endif
