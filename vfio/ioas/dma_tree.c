// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings by IOVA.
 *
 * Mappings do not overlap, so that they have one order by first as by last address, and a
 * plain tree answers questions about ranges. All bounds are inclusive: the mapping of the
 * last page of the address space ends at U64_MAX.
 */
#include <linux/errno.h>
#include <linux/rbtree.h>

#include "priv.h"

/**
 * dma_tree_insert() - add a mapping
 * @root: tree
 * @m: mapping, of which iova and last are read
 *
 * Return: 0, or -EEXIST if it overlaps one that is there.
 */
int dma_tree_insert(struct rb_root *root, struct dma_mapping *m)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		const struct dma_mapping *other = rb_entry(*link, struct dma_mapping, node);

		parent = *link;
		if (m->iova > other->last)
			link = &parent->rb_right;
		else if (m->last < other->iova)
			link = &parent->rb_left;
		else
			return -EEXIST;
	}
	rb_link_node(&m->node, parent, link);
	rb_insert_color(&m->node, root);
	return 0;
}

/**
 * dma_tree_from() - the first mapping that does not lie wholly before an address
 * @root: tree
 * @iova: address
 *
 * Return: the mapping with the lowest last address not below @iova, or NULL.
 */
struct dma_mapping *dma_tree_from(const struct rb_root *root, u64 iova)
{
	struct rb_node *node = root->rb_node;
	struct dma_mapping *best = NULL;

	while (node) {
		struct dma_mapping *m = rb_entry(node, struct dma_mapping, node);

		if (m->last < iova) {
			node = node->rb_right;
		} else {
			best = m;
			if (m->iova <= iova)
				break;
			node = node->rb_left;
		}
	}
	return best;
}
