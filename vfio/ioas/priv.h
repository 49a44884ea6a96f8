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
 *	emulated.c	devices without an IOMMU of their own: coming, going, being told
 *	access.c	what they do: pin, unpin, read and write
 *	touched.c	which pages they have pinned or written
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
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "extents.h"
#include "ioas.h"

struct device;
struct iommu_domain;
struct iommu_group;
struct mm_struct;

/**
 * struct touched - pages of a mapping that emulated devices use or have used
 * @pages: by place in the mapping: page frame, number of pins, and whether dirty; see touched.c
 * @pinned: how many of them are pinned
 */
struct touched {
	struct xarray pages;
	unsigned long pinned;
};

/**
 * struct dma_mapping - a range of IOVAs and the memory behind it
 * @node: place in ioas->mappings
 * @iova: first address
 * @last: last address, inclusive
 * @vaddr: where the memory is in @mm
 * @ext: the memory, in order, while @furnished; complete once the mapping has settled
 * @mm: who pays for it, held by mmgrab()
 * @charged: pages that @mm pays for: all but registers while @furnished, or as many as devices
 *	have pinned if that is more; else what they have pinned
 * @limit: pages that @mm may pay for; emulated devices read it at any time
 * @touched: or NULL; guard: ioas->pins_lock
 * @next: next one that was taken together with this
 * @prot: IOAS_READ, IOAS_WRITE
 * @busy: one thread is at work on it, and no other may touch anything but the fields above
 *	@ext and @prot; guard: ioas->lock
 * @stuck: an IOMMU driver did not unmap it, and so its memory is never unpinned
 * @vaddr_gone: user space has said that its addresses hold no longer
 * @furnished: its memory is pinned, and in the domains; with emulated devices, this, @charged
 *	and @registers change below ioas->pins_lock
 * @registers: it is @furnished, and some of it are registers, for which nobody pays
 * @all_dirty: to be reported as dirty as a whole; guard: ioas->pins_lock
 * @accesses: emulated devices that are at work on it; guard: ioas->lock
 */
struct dma_mapping {
	struct rb_node node;
	u64 iova;
	u64 last;
	u64 vaddr;
	struct extents ext;
	struct mm_struct *mm;
	unsigned long charged;
	unsigned long limit;
	struct touched *touched;
	struct dma_mapping *next;
	u8 prot;
	bool busy;
	bool stuck;
	bool vaddr_gone;
	bool furnished;
	bool registers;
	bool all_dirty;
	unsigned int accesses;
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
 * @domain: the kernel's
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
 * @has_msi_window: MSIs are written through the domain
 * @msi_window: where, if so
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
 * @dirty_tracking: user space has asked for dirty pages to be tracked; changes below @pins_lock,
 *	too
 * @settled: counts busy mappings that became settled or vanished
 * @wait: for a change of @settled, or for the end of accesses to a busy mapping
 * @pins_lock: guards struct touched of all mappings, ioas_device.pinned and @orphans. A mapping
 *	with pages that are pinned leaves @mappings below it only, so that who unpins finds
 *	either that or an orphan. Without emulated devices nobody waits for it.
 * @orphans: mappings that have ended, linked by next, of which pages are still pinned
 * @devices_lock: guards @devices, and is held while they are told of something
 * @devices: struct ioas_device
 *
 * Lock order: the container's rwsem in the core, @devices_lock, locks of drivers of emulated
 * devices, @pins_lock, @lock. mmap_lock is taken inside the first three only. What emulated
 * devices do to a space needs no lock before @pins_lock, and never waits for a busy mapping:
 * who ends that one may be waiting for the driver.
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

	struct mutex pins_lock;
	struct dma_mapping *orphans;
	struct mutex devices_lock;
	struct list_head devices;
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

/* space.c */
int space_furnish(struct ioas *ioas, struct dma_mapping *m);
void space_unfurnish(struct ioas *ioas);

/* Without memory, and in no tree */
static inline void mapping_free(struct dma_mapping *m)
{
	mmdrop(m->mm);
	kfree(m);
}

/* pin.c */
int mapping_pin(struct dma_mapping *m, bool paid, u64 *registers);
void mapping_unpin(struct dma_mapping *m);
int pin_pages(struct mm_struct *mm, u64 vaddr, unsigned int n, bool write,
	      struct page **pages);

/* charge.c */
/* Pages that the current task may lock, but for its capabilities */
static inline unsigned long charge_limit(void)
{
	return rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
}

int charge(struct mm_struct *mm, unsigned long npages, unsigned long *limit);
void charge_anyway(struct mm_struct *mm, unsigned long npages);
void uncharge(struct mm_struct *mm, unsigned long npages);

/* emulated.c */
void emulated_registers(struct ioas *ioas, struct dma_mapping *m, u64 npages);
void emulated_settle(struct ioas *ioas, struct dma_mapping *m);
int emulated_drain(struct ioas *ioas, const struct dma_mapping *list);
void emulated_tell(struct ioas *ioas, const struct dma_mapping *list);
struct dma_mapping *emulated_orphan(struct ioas *ioas, struct dma_mapping *list);
void emulated_reap(struct ioas *ioas, struct dma_mapping *m);

/* touched.c */
bool touched_is_pinned(struct dma_mapping *m, unsigned long index);
struct page *touched_pin_again(struct dma_mapping *m, unsigned long index);
int touched_pin(struct dma_mapping *m, unsigned long index, struct page *page);
bool touched_unpin(struct dma_mapping *m, unsigned long index, bool dirty,
		   struct page **page);
void touched_dirty(struct dma_mapping *m, unsigned long first, unsigned long last);
bool touched_next_dirty(struct dma_mapping *m, unsigned long *first, unsigned long *last);
void touched_clean(struct dma_mapping *m);
void touched_release(struct dma_mapping *m);
void touched_free(struct dma_mapping *m);

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
int dirty_report(struct ioas *ioas, struct dma_mapping *list, u64 iova, u64 __user *bitmap);
void dirty_all(struct ioas *ioas);

#endif
