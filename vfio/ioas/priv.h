/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the mapping engine.
 *
 *	space.c		spaces; operations on mappings, in the order that keeps them safe
 *	dma_tree.c	which mapping is where
 *	select.c	taking the mappings that an operation is about
 *	extents.c	which memory is behind a mapping
 *	pin.c		getting it and giving it back
 *	charge.c	who pays for it
 *	group.c		groups of devices, and what they reserve
 *	emulated.c	devices without an IOMMU of their own
 *	domain.c	IOMMU domains, the groups in them, the mappings in them
 *	ranges.c	which IOVAs can be mapped
 *	vaddr.c		mappings whose user addresses change
 *	dirty.c		dirty bitmaps
 */
#ifndef VFIO_IOAS_PRIV_H
#define VFIO_IOAS_PRIV_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "extents.h"
#include "ioas.h"

struct device;
struct iommu_domain;
struct iommu_group;
struct mm_struct;

/**
 * struct dma_mapping - a range of IOVAs and the memory behind it
 * @node: place in ioas->mappings
 * @iova: first address
 * @last: last address, inclusive
 * @ext: the memory, in order; complete once the mapping has settled
 * @mm: who pays for it, held by mmgrab()
 * @charged: pages that @mm pays for
 * @next: next one that was taken together with this
 * @prot: IOAS_READ, IOAS_WRITE
 * @busy: one thread is at work on it, and no other may touch anything but the fields above
 *	@ext and @prot; guard: ioas->lock
 * @stuck: an IOMMU driver did not unmap it, and so its memory is never unpinned
 * @vaddr_gone: user space has said that its addresses hold no longer
 */
struct dma_mapping {
	struct rb_node node;
	u64 iova;
	u64 last;
	struct extents ext;
	struct mm_struct *mm;
	unsigned long charged;
	struct dma_mapping *next;
	u8 prot;
	bool busy;
	bool stuck;
	bool vaddr_gone;
};

/* Never the whole of 64 bits: lengths come as a number of bytes in 64 bits */
static inline u64 mapping_size(const struct dma_mapping *m)
{
	return m->last - m->iova + 1;
}

static inline u64 mapping_npages(const struct dma_mapping *m)
{
	return mapping_size(m) >> PAGE_SHIFT;
}

/**
 * struct selection - mappings that one thread has taken, see select.c
 * @list: linked by next, in ascending order
 * @bytes: their size
 */
struct selection {
	struct dma_mapping *list;
	u64 bytes;
};

/**
 * struct ioas_domain - an IOMMU domain; it has every mapping of the space
 * @node: in ioas->domains
 * @groups: attached to it, struct ioas_group; never empty outside attach and detach
 * @coherent: it enforces cache coherency
 */
struct ioas_domain {
	struct list_head node;
	struct iommu_domain *domain;
	struct list_head groups;
	bool coherent;
};

/**
 * struct ioas_group - a group whose devices reach the space
 * @node: in the groups of its domain
 * @group: held by the core for as long as it is attached
 * @has_msi_window: MSIs are written through the domain, to a window at @msi_window
 * @nreserved: how many of
 * @reserved: addresses that cannot be mapped while it is attached
 */
struct ioas_group {
	struct list_head node;
	struct iommu_group *group;
	bool has_msi_window;
	u64 msi_window;
	unsigned int nreserved;
	struct ioas_range reserved[];
};

/**
 * struct ioas - an I/O address space
 * @domains: struct ioas_domain. This and the next four change only when nothing else runs
 *	on the space (attach, detach), and everybody may read them.
 * @emulated: groups whose devices do no DMA of their own
 * @pgsizes: see ioas_pgsizes()
 * @ranges: addresses that can be mapped, ascending
 * @nranges: how many
 * @small_pages: map nothing larger than PAGE_SIZE at a time; constant
 * @lock: guards the fields behind it, and dma_mapping.busy. It is taken for moments only:
 *	never while user memory is touched, since user space can hold up a fault for as long
 *	as it likes. What takes long is done on busy mappings without it.
 * @mappings: tree of struct dma_mapping
 * @entries_left: mappings that can still be made
 * @vaddrs_gone: mappings with vaddr_gone
 * @dirty_tracking: user space has asked for dirty pages to be tracked
 * @settled: counts busy mappings that became settled or vanished
 * @wait: for a change of @settled
 *
 * Lock order: the container's rwsem in the core, @lock. mmap_lock is not taken inside @lock.
 */
struct ioas {
	struct list_head domains;
	unsigned int emulated;
	u64 pgsizes;
	struct ioas_range *ranges;
	unsigned int nranges;
	bool small_pages;

	struct mutex lock;
	struct rb_root mappings;
	unsigned int entries_left;
	unsigned int vaddrs_gone;
	bool dirty_tracking;
	atomic_t settled;
	wait_queue_head_t wait;
};

/* dma_tree.c */
int dma_tree_insert(struct rb_root *root, struct dma_mapping *m);
struct dma_mapping *dma_tree_from(const struct rb_root *root, u64 iova);

static inline struct dma_mapping *dma_tree_next(const struct dma_mapping *m)
{
	struct rb_node *node = rb_next(&m->node);

	return node ? rb_entry(node, struct dma_mapping, node) : NULL;
}

/* select.c */
int select_take(struct ioas *ioas, const struct ioas_range *range, enum ioas_select select,
		struct selection *sel);
void select_release(struct ioas *ioas, struct selection *sel);
void select_settled(struct ioas *ioas);

/* pin.c */
int mapping_pin(struct dma_mapping *m, u64 vaddr, bool paid);
void mapping_unpin(struct dma_mapping *m);

/* charge.c */
int charge(struct mm_struct *mm, unsigned long npages);
void uncharge(struct mm_struct *mm, unsigned long npages);

/* domain.c: attach and detach, too */
int domains_map(struct ioas *ioas, struct dma_mapping *m);
void domains_unmap(struct ioas *ioas, struct dma_mapping *list);

/* group.c */
struct ioas_group *group_alloc(struct iommu_group *group);
int group_ask(const struct ioas_group *g, int (*fn)(struct device *dev, void *arg), void *arg);

/* ranges.c */
int ranges_narrow(struct ioas *ioas);
void ranges_widen(struct ioas *ioas);
bool ranges_have(const struct ioas *ioas, u64 start, u64 last);

/* dirty.c */
int dirty_report(const struct ioas *ioas, const struct dma_mapping *list, u64 iova,
		 u64 __user *bitmap);

#endif
