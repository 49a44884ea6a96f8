// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's tree interface on a treap. Callers link a node as a leaf and then
 * ask for balance: the node gets a random rank and climbs while it outranks its
 * parent. To leave, it sinks until it has at most one child.
 */
#include <linux/interval_tree.h>
#include <linux/interval_tree_generic.h>
#include <shim/report.h>

static void no_rotate(struct rb_node *old, struct rb_node *new) { }
static void no_propagate(struct rb_node *node, struct rb_node *stop) { }
static const struct rb_augment_callbacks plain = { no_propagate, no_rotate, no_rotate };

static unsigned long next_rank(void)
{
	static unsigned long seed;
	unsigned long mix = __atomic_add_fetch(&seed, 0x9e3779b97f4a7c15UL, __ATOMIC_RELAXED);

	mix = (mix ^ (mix >> 31)) * 0xbf58476d1ce4e5b9UL;
	return mix ^ (mix >> 29);
}

static struct rb_node **slot_of(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *up = node->parent;

	if (!up)
		return &root->rb_node;
	return up->rb_left == node ? &up->rb_left : &up->rb_right;
}

/* Lifts @kid above its parent; order is kept. */
static void lift(struct rb_node *kid, struct rb_root *root,
		 const struct rb_augment_callbacks *augment)
{
	struct rb_node *up = kid->parent, *inner;
	struct rb_node **slot = slot_of(up, root);
	bool was_left = up->rb_left == kid;

	inner = was_left ? kid->rb_right : kid->rb_left;
	*(was_left ? &up->rb_left : &up->rb_right) = inner;
	if (inner)
		inner->parent = up;
	*(was_left ? &kid->rb_right : &kid->rb_left) = up;
	kid->parent = up->parent;
	up->parent = kid;
	*slot = kid;
	augment->rotate(up, kid);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	if (*slot_of(node, root) != node)
		shim_die("rb_insert: node is not linked");
	node->rank = next_rank();
	while (node->parent && node->parent->rank < node->rank)
		lift(node, root, augment);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	struct rb_node *only, *up;

	if (*slot_of(node, root) != node)
		shim_die("rb_erase: node is not in this tree");
	while (node->rb_left && node->rb_right)
		lift(node->rb_left->rank > node->rb_right->rank ? node->rb_left : node->rb_right,
		     root, augment);
	only = node->rb_left ? node->rb_left : node->rb_right;
	up = node->parent;
	*slot_of(node, root) = only;
	if (only)
		only->parent = up;
	augment->propagate(up, NULL);
	/* as in a kernel, the node keeps stale pointers: only the tree forgets it */
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	rb_insert_augmented(node, root, &plain);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	rb_erase_augmented(node, root, &plain);
}

void rb_replace_node(struct rb_node *old, struct rb_node *new, struct rb_root *root)
{
	*slot_of(old, root) = new;
	*new = *old;
	if (new->rb_left)
		new->rb_left->parent = new;
	if (new->rb_right)
		new->rb_right->parent = new;
}

static struct rb_node *leftmost(struct rb_node *at)
{
	while (at && at->rb_left)
		at = at->rb_left;
	return at;
}

static struct rb_node *rightmost(struct rb_node *at)
{
	while (at && at->rb_right)
		at = at->rb_right;
	return at;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return leftmost(root->rb_node);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return rightmost(root->rb_node);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_right)
		return leftmost(node->rb_right);
	while (node->parent && node->parent->rb_right == node)
		node = node->parent;
	return node->parent;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_left)
		return rightmost(node->rb_left);
	while (node->parent && node->parent->rb_left == node)
		node = node->parent;
	return node->parent;
}

static struct rb_node *deepest(struct rb_node *at)
{
	while (at && (at->rb_left || at->rb_right))
		at = at->rb_left ? at->rb_left : at->rb_right;
	return at;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return deepest(root->rb_node);
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *up = node ? node->parent : NULL;

	if (up && node == up->rb_left && up->rb_right)
		return deepest(up->rb_right);
	return up;
}

void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root, bool leftmost,
				const struct rb_augment_callbacks *augment)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
	if (rb_first(&root->rb_root) != root->rb_leftmost)
		shim_die("rb_insert_cached: caller is wrong about the leftmost node");
}

void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
			       const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root, bool leftmost)
{
	rb_insert_augmented_cached(node, root, leftmost, &plain);
}

struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	bool was_first = root->rb_leftmost == node;

	rb_erase_augmented_cached(node, root, &plain);
	return was_first ? root->rb_leftmost : NULL;
}

void rb_replace_node_cached(struct rb_node *old, struct rb_node *new,
			    struct rb_root_cached *root)
{
	if (root->rb_leftmost == old)
		root->rb_leftmost = new;
	rb_replace_node(old, new, &root->rb_root);
}

static bool attach(struct rb_node *node, struct rb_root *root,
		   bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node **link = &root->rb_node, *up = NULL;
	bool first = true;

	while (*link) {
		up = *link;
		if (less(node, up)) {
			link = &up->rb_left;
			continue;
		}
		link = &up->rb_right;
		first = false;
	}
	rb_link_node(node, up, link);
	rb_insert_color(node, root);
	return first;
}

void rb_add(struct rb_node *node, struct rb_root *root,
	    bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	attach(node, root, less);
}

struct rb_node *rb_add_cached(struct rb_node *node, struct rb_root_cached *root,
			      bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	if (!attach(node, &root->rb_root, less))
		return NULL;
	root->rb_leftmost = node;
	return node;
}

struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *root,
			    int (*cmp)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node **link = &root->rb_node, *up = NULL;

	while (*link) {
		int side = cmp(node, *link);

		if (!side)
			return *link;
		up = *link;
		link = side < 0 ? &up->rb_left : &up->rb_right;
	}
	rb_link_node(node, up, link);
	rb_insert_color(node, root);
	return NULL;
}

struct rb_node *rb_find(const void *key, const struct rb_root *root,
			int (*cmp)(const void *key, const struct rb_node *node))
{
	struct rb_node *at = root->rb_node;
	int side;

	while (at && (side = cmp(key, at)))
		at = side < 0 ? at->rb_left : at->rb_right;
	return at;
}

struct rb_node *rb_find_first(const void *key, const struct rb_root *root,
			      int (*cmp)(const void *key, const struct rb_node *node))
{
	struct rb_node *at = root->rb_node, *found = NULL;

	while (at) {
		int side = cmp(key, at);

		if (!side)
			found = at;
		at = side <= 0 ? at->rb_left : at->rb_right;
	}
	return found;
}

#define NODE_START(node) ((node)->start)
#define NODE_LAST(node) ((node)->last)
INTERVAL_TREE_DEFINE(struct interval_tree_node, rb, unsigned long, __subtree_last,
		     NODE_START, NODE_LAST, , interval_tree)
