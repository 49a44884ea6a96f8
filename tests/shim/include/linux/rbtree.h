/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_RBTREE_H
#define SHIM_LINUX_RBTREE_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/rbtree_types.h>

#define rb_parent(node) ((node)->parent)
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member) ({ \
	struct rb_node *rbe_ = (ptr); rbe_ ? rb_entry(rbe_, type, member) : NULL; })
#define RB_EMPTY_ROOT(root) (!READ_ONCE((root)->rb_node))
/* A node that is in no tree is its own parent. */
#define RB_EMPTY_NODE(node) ((node)->parent == (node))
#define RB_CLEAR_NODE(node) ((node)->parent = (node))

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
void rb_replace_node(struct rb_node *old, struct rb_node *new, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root, bool leftmost);
struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root);
void rb_replace_node_cached(struct rb_node *old, struct rb_node *new,
			    struct rb_root_cached *root);
#define rb_first_cached(root) ((root)->rb_leftmost)

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	*node = (struct rb_node){ .parent = parent };
	*link = node;
}

/* Searches by callback; negative or "less" means to the left. */
void rb_add(struct rb_node *node, struct rb_root *root,
	    bool (*less)(struct rb_node *a, const struct rb_node *b));
struct rb_node *rb_add_cached(struct rb_node *node, struct rb_root_cached *root,
			      bool (*less)(struct rb_node *a, const struct rb_node *b));
struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *root,
			    int (*cmp)(struct rb_node *a, const struct rb_node *b));
struct rb_node *rb_find(const void *key, const struct rb_root *root,
			int (*cmp)(const void *key, const struct rb_node *node));
struct rb_node *rb_find_first(const void *key, const struct rb_root *root,
			      int (*cmp)(const void *key, const struct rb_node *node));

#define rbtree_postorder_for_each_entry_safe(pos, keep, root, member) \
	for (pos = rb_entry_safe(rb_first_postorder(root), typeof(*pos), member); \
	     pos && (keep = rb_entry_safe(rb_next_postorder(&pos->member), \
					  typeof(*pos), member), true); \
	     pos = keep)

#endif
