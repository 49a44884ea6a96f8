// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spaces, and making and ending mappings in them.
 *
 * A mapping enters the tree busy, which reserves its IOVAs, and then is charged, gets its
 * memory and its place in the domains, without a lock; if all went well it settles, else it
 * vanishes. Ending takes the same way back: the mapping is made busy, the domains let go of
 * it and are flushed, its memory is given back, and only then its IOVAs are free again.
 * So two threads never work on one mapping, and on different mappings they do not wait for
 * each other.
 */
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "priv.h"

static struct dma_mapping *mapping_alloc(const struct ioas *ioas, u64 iova, u64 vaddr,
					 u64 length, unsigned int prot)
{
	struct dma_mapping *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);

	if (!m)
		return NULL;
	m->iova = iova;
	m->last = iova + (length - 1);
	m->vaddr = vaddr;
	m->prot = prot;
	m->busy = true;
	m->mm = current->mm;
	mmgrab(m->mm);
	m->limit = charge_limit();
	/* Pages may be charged from elsewhere later on, where this is not known any more */
	if (ioas->emulated && capable(CAP_IPC_LOCK))
		m->limit = ULONG_MAX;
	return m;
}

/*
 * Undo mapping_furnish(), for a mapping that no device reaches by an IOMMU any more. What emulated
 * devices have pinned of it stays pinned and charged.
 */
static __always_inline void drop_memory(struct ioas *ioas, struct dma_mapping *m, bool emulated)
{
	if (!m->stuck) {
		mapping_unpin(m);
	} else {
		extents_free(&m->ext);
		m->stuck = false;
	}
	if (emulated) {
		emulated_settle(ioas, m);
		return;
	}
	uncharge(m->mm, m->charged);
	m->charged = 0;
}

static void mapping_drop_memory(struct ioas *ioas, struct dma_mapping *m)
{
	drop_memory(ioas, m, ioas->emulated);
}

static int mapping_enter(struct ioas *ioas, struct dma_mapping *m)
{
	int ret;

	guard(mutex)(&ioas->lock);
	if (!ioas->entries_left)
		return -ENOSPC;
	ret = dma_tree_insert(&ioas->mappings, m);
	if (!ret)
		ioas->entries_left--;
	return ret;
}

static void mappings_leave(struct ioas *ioas, struct dma_mapping *list)
{
	struct dma_mapping *m;

	mutex_lock(&ioas->lock);
	for (m = list; m; m = m->next) {
		rb_erase(&m->node, &ioas->mappings);
		ioas->entries_left++;
		ioas->vaddrs_gone -= m->vaddr_gone;
	}
	mutex_unlock(&ioas->lock);
}

/* Give the IOVAs of busy mappings free, and free them */
static __always_inline void vanish(struct ioas *ioas, struct dma_mapping *list, bool emulated)
{
	struct dma_mapping *m, *next;

	if (emulated) {
		mutex_lock(&ioas->pins_lock);
		mappings_leave(ioas, list);
		list = emulated_orphan(ioas, list);
		mutex_unlock(&ioas->pins_lock);
	} else {
		mappings_leave(ioas, list);
	}
	select_settled(ioas);
	for (m = list; m; m = next) {
		next = m->next;
		mapping_free(m);
	}
}

/* Emulated devices read it, and change it only while the mapping is not furnished */
static void set_charged(struct ioas *ioas, struct dma_mapping *m, unsigned long npages)
{
	if (!ioas->emulated) {
		m->charged = npages;
		return;
	}
	mutex_lock(&ioas->pins_lock);
	m->charged = npages;
	mutex_unlock(&ioas->pins_lock);
}

/*
 * Pin the memory of a mapping, marked as furnished, and let IOMMUs have it; m->charged is what it
 * pays for already. If it fails it is not furnished any more.
 */
static int mapping_furnish(struct ioas *ioas, struct dma_mapping *m)
{
	unsigned long npages = mapping_npages(m), limit = m->limit;
	u64 registers = 0;
	int ret, unpaid;

	unpaid = charge(m->mm, npages - m->charged, &limit);
	if (!unpaid) {
		WRITE_ONCE(m->limit, limit);
		set_charged(ioas, m, npages);
	}
	ret = unpaid == -EINTR ? -EINTR : mapping_pin(m, !unpaid, &registers);
	if (!ret && registers)
		emulated_registers(ioas, m, registers);
	if (!ret)
		ret = domains_map(ioas, m);
	if (ret)
		mapping_drop_memory(ioas, m);
	return ret;
}

/**
 * space_furnish() - furnish a mapping that was made without an IOMMU
 * @ioas: space, to which nothing happens but what emulated devices do
 * @m: mapping that is not furnished
 *
 * Return: 0, or -errno as ioas_map().
 */
int space_furnish(struct ioas *ioas, struct dma_mapping *m)
{
	mutex_lock(&ioas->pins_lock);
	m->furnished = true;
	mutex_unlock(&ioas->pins_lock);
	cond_resched();
	return mapping_furnish(ioas, m);
}

/**
 * space_unfurnish() - take from all mappings what they need for IOMMUs only
 * @ioas: space without domains
 */
void space_unfurnish(struct ioas *ioas)
{
	struct dma_mapping *m;

	for (m = dma_tree_from(&ioas->mappings, 0); m; m = dma_tree_next(m)) {
		if (m->furnished)
			mapping_drop_memory(ioas, m);
		cond_resched();
	}
}

/**
 * ioas_map() - map memory of the current task
 * @ioas: space
 * @iova: first address for devices
 * @vaddr: first address of the current task
 * @length: bytes
 * @prot: what devices may do, IOAS_READ and IOAS_WRITE, at least one
 *
 * Without an IOMMU behind the space no memory is pinned, or looked at.
 *
 * Return: 0; -EINVAL for a length of zero, addresses that wrap around, are not aligned to
 * the least page size, or cannot be mapped; -EEXIST where a mapping is; -ENOSPC beyond the
 * entry limit; -ENOMEM, also beyond RLIMIT_MEMLOCK; -EFAULT where there is no memory, or none
 * that allows @prot; -EINTR for a task that is being killed; or an error of the IOMMU. Then
 * the space is as it was.
 */
int ioas_map(struct ioas *ioas, u64 iova, u64 vaddr, u64 length, unsigned int prot)
{
	struct dma_mapping *m;
	int ret;

	if (!length || (iova | vaddr | length) & ioas_page_mask(ioas))
		return -EINVAL;
	if (iova + (length - 1) < iova || vaddr + (length - 1) < vaddr)
		return -EINVAL;
	if (!ranges_have(ioas, iova, iova + (length - 1)))
		return -EINVAL;
	if (!current->mm || !access_ok((void __user *)vaddr, length))
		return -EFAULT;

	m = mapping_alloc(ioas, iova, vaddr, length, prot);
	if (!m)
		return -ENOMEM;
	ret = mapping_enter(ioas, m);
	if (ret) {
		mapping_free(m);
		return ret;
	}
	if (!list_empty(&ioas->domains)) {
		m->furnished = true;
		ret = mapping_furnish(ioas, m);
	}
	if (ret) {
		vanish(ioas, m, ioas->emulated);
		return ret;
	}
	select_release(ioas, &(struct selection){ .list = m });
	return 0;
}

/*
 * End mappings that nobody else is at work on. @emulated: has the space such devices? Without, it
 * is known to the compiler, and one question for all of an unmap is enough.
 */
static __always_inline void mappings_end(struct ioas *ioas, struct dma_mapping *list,
					 bool emulated)
{
	struct dma_mapping *m;

	domains_unmap(ioas, list);
	for (m = list; m; m = m->next)
		drop_memory(ioas, m, emulated);
	vanish(ioas, list, emulated);
}

/* To stop devices, to report, and to have pages unpinned, before mappings end */
static int unmap_with_care(struct ioas *ioas, const struct ioas_range *range,
			   struct selection *sel, u64 __user *bitmap)
{
	int ret = ioas->emulated ? emulated_drain(ioas, sel->list) : 0;

	if (!ret && bitmap)
		ret = dirty_report(ioas, sel->list, range->start, bitmap);
	if (ret) {
		select_release(ioas, sel);
		return ret;
	}
	if (ioas->emulated)
		emulated_tell(ioas, sel->list);
	mappings_end(ioas, sel->list, ioas->emulated);
	return 0;
}

/**
 * ioas_unmap() - end mappings
 * @ioas: space
 * @range: addresses for devices
 * @select: which mappings they mean
 * @bitmap: user memory for the dirty pages of the range, see ioas_dirty_read(), or NULL
 * @unmapped: set to the bytes that are no longer mapped, 0 if there was no mapping
 *
 * When it returns no device reaches the memory, and it is given back. Drivers of emulated
 * devices that have pinned some of it are told before that, and unpin it.
 *
 * Return: 0; -EINVAL as @select says, or for a bitmap while dirty pages are not tracked;
 * -EFAULT if the bitmap cannot be written; -EINTR for a task that is being killed while
 * another thread or an emulated device is at work on one of the mappings. Then all mappings
 * are still there.
 */
int ioas_unmap(struct ioas *ioas, const struct ioas_range *range, enum ioas_select select,
	       u64 __user *bitmap, u64 *unmapped)
{
	struct selection sel;
	int ret;

	if (bitmap && !ioas_dirty_tracked(ioas))
		return -EINVAL;
	ret = select_take(ioas, range, select, &sel);
	if (ret)
		return ret;
	*unmapped = sel.bytes;
	if (!sel.list)
		return 0;
	if (bitmap || ioas->emulated)
		return unmap_with_care(ioas, range, &sel, bitmap);
	mappings_end(ioas, sel.list, false);
	return 0;
}

/**
 * ioas_create() - make an empty space
 * @entry_limit: mappings that it can have
 * @small_pages: map nothing larger than PAGE_SIZE at a time, so that no IOMMU uses huge pages
 *
 * Return: the space, or ERR_PTR(-ENOMEM).
 */
struct ioas *ioas_create(unsigned int entry_limit, bool small_pages)
{
	struct ioas *ioas = kzalloc(sizeof(*ioas), GFP_KERNEL_ACCOUNT);

	if (!ioas)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&ioas->domains);
	ioas->pgsizes = PAGE_MASK;
	ioas->small_pages = small_pages;
	mutex_init(&ioas->lock);
	ioas->mappings = RB_ROOT;
	ioas->entries_left = entry_limit;
	init_waitqueue_head(&ioas->wait);
	mutex_init(&ioas->pins_lock);
	mutex_init(&ioas->devices_lock);
	INIT_LIST_HEAD(&ioas->devices);
	return ioas;
}

/**
 * ioas_destroy() - end a space and its mappings
 * @ioas: space without groups
 */
void ioas_destroy(struct ioas *ioas)
{
	struct dma_mapping *m, *next;

	WARN_ON_ONCE(!list_empty(&ioas->domains));
	rbtree_postorder_for_each_entry_safe(m, next, &ioas->mappings, node) {
		mapping_drop_memory(ioas, m);
		mapping_free(m);
		cond_resched();
	}
	kfree(ioas->ranges);
	mutex_destroy(&ioas->devices_lock);
	mutex_destroy(&ioas->pins_lock);
	mutex_destroy(&ioas->lock);
	kfree(ioas);
}

/**
 * ioas_entries_left() - how many mappings can still be made
 * @ioas: space
 */
unsigned int ioas_entries_left(struct ioas *ioas)
{
	guard(mutex)(&ioas->lock);
	return ioas->entries_left;
}
