// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices without an IOMMU of their own: they reach a space through the CPU only, and so
 * restrict neither the addresses that can be mapped nor the page sizes.
 *
 * A space that has nothing but these pins no memory: a mapping is a promise, kept page by page
 * as devices pin (access.c). The first group with an IOMMU has all mappings furnished, that is
 * pinned, charged and put into its domain; when the last one leaves, that is undone. Meanwhile
 * devices go on.
 *
 * A page that a device does not unpin when told to is never freed below it: what is left of
 * the mapping is kept, and charged, until the page is unpinned after all or no emulated device
 * is left. Since close_device has ended what the device does, that is safe then.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "priv.h"

/**
 * ioas_attach_emulated() - let devices without an IOMMU of their own reach a space
 * @ioas: space
 *
 * Return: 0; -EBUSY while user addresses are invalid (ioas_vaddr_drop()); -ENOMEM.
 */
int ioas_attach_emulated(struct ioas *ioas)
{
	int ret;

	if (ioas->vaddrs_gone)
		return -EBUSY;
	ret = ranges_narrow(ioas);
	if (!ret)
		ioas->emulated++;
	return ret;
}

/**
 * ioas_has_emulated() - can devices without an IOMMU of their own reach a space?
 * @ioas: space
 */
bool ioas_has_emulated(const struct ioas *ioas)
{
	return ioas->emulated;
}

/* Give back all that drivers have left pinned, and forget what is dirty; no device is open */
static void forget(struct dma_mapping *m)
{
	m->all_dirty = false;
	touched_release(m);
	if (!m->furnished) {
		uncharge(m->mm, m->charged);
		m->charged = 0;
	}
}

/**
 * ioas_detach_emulated() - undo ioas_attach_emulated()
 * @ioas: space, of which the group's devices are closed
 */
void ioas_detach_emulated(struct ioas *ioas)
{
	struct dma_mapping *m;

	if (!--ioas->emulated) {
		for (m = dma_tree_from(&ioas->mappings, 0); m; m = dma_tree_next(m))
			forget(m);
		while ((m = ioas->orphans)) {
			ioas->orphans = m->next;
			forget(m);
			mapping_free(m);
		}
	}
	ranges_widen(ioas);
}

/**
 * ioas_device_open() - an emulated device is opened
 * @ioas: space that its group is attached to
 * @dev: device, whose unmap is set
 */
void ioas_device_open(struct ioas *ioas, struct ioas_device *dev)
{
	dev->ioas = ioas;
	dev->pinned = 0;
	guard(mutex)(&ioas->devices_lock);
	list_add_tail(&dev->node, &ioas->devices);
}

/**
 * ioas_device_close() - undo ioas_device_open()
 * @dev: device, of which no call is going on; it is not told of anything any more
 *
 * Return: how many pins it has left behind.
 */
unsigned long ioas_device_close(struct ioas_device *dev)
{
	mutex_lock(&dev->ioas->devices_lock);
	list_del(&dev->node);
	mutex_unlock(&dev->ioas->devices_lock);
	guard(mutex)(&dev->ioas->pins_lock);
	return dev->pinned;
}

/*
 * Let a mapping pay for its pins, or for @least pages if these are more; it stays furnished if some
 * of it are registers
 */
static void settle(struct ioas *ioas, struct dma_mapping *m, unsigned long least, bool registers)
{
	unsigned long due, had;

	mutex_lock(&ioas->pins_lock);
	due = max(m->touched ? m->touched->pinned : 0, least);
	had = m->charged;
	m->charged = due;
	m->furnished = registers;
	m->registers = registers;
	mutex_unlock(&ioas->pins_lock);
	if (due > had)
		charge_anyway(m->mm, due - had);
	else
		uncharge(m->mm, had - due);
}

/**
 * emulated_registers() - registers have been found in a mapping, which need not be paid for
 * @ioas: space
 * @m: mapping that is furnished
 * @npages: how many of its pages they are
 *
 * From now on devices pin no page of it that is not pinned yet: user space can put memory where
 * the registers were, for which the mapping would not have paid.
 */
void emulated_registers(struct ioas *ioas, struct dma_mapping *m, u64 npages)
{
	settle(ioas, m, mapping_npages(m) - npages, true);
}

/**
 * emulated_settle() - a mapping is not furnished any more, and pays for its pins only
 * @ioas: space
 * @m: mapping
 */
void emulated_settle(struct ioas *ioas, struct dma_mapping *m)
{
	settle(ioas, m, 0, false);
}

static bool is_accessed(struct ioas *ioas, const struct dma_mapping *list, int *seen)
{
	const struct dma_mapping *m;

	guard(mutex)(&ioas->lock);
	*seen = atomic_read(&ioas->settled);
	for (m = list; m; m = m->next)
		if (m->accesses)
			return true;
	return false;
}

/**
 * emulated_drain() - wait until devices are no longer at work on mappings
 * @ioas: space
 * @list: busy mappings, on which none begins
 *
 * Return: 0, or -EINTR when the task is being killed.
 */
int emulated_drain(struct ioas *ioas, const struct dma_mapping *list)
{
	int seen;

	while (is_accessed(ioas, list, &seen))
		if (wait_event_killable(ioas->wait, atomic_read(&ioas->settled) != seen))
			return -EINTR;
	return 0;
}

static bool has_pins(struct ioas *ioas, const struct dma_mapping *m)
{
	guard(mutex)(&ioas->pins_lock);
	return m->touched && m->touched->pinned;
}

/* One without pins need not be told, and may be one that is not quite open */
static bool device_pins(struct ioas *ioas, const struct ioas_device *dev)
{
	guard(mutex)(&ioas->pins_lock);
	return dev->pinned;
}

/**
 * emulated_tell() - tell devices that have pins to unpin what they have pinned of mappings
 * @ioas: space
 * @list: busy mappings
 */
void emulated_tell(struct ioas *ioas, const struct dma_mapping *list)
{
	const struct dma_mapping *m;
	struct ioas_device *dev;

	guard(mutex)(&ioas->devices_lock);
	for (m = list; m; m = m->next) {
		if (!has_pins(ioas, m))
			continue;
		list_for_each_entry(dev, &ioas->devices, node)
			if (device_pins(ioas, dev))
				dev->unmap(dev, m->iova, mapping_size(m));
	}
}

/**
 * emulated_orphan() - keep what devices have pinned in spite of having been told
 * @ioas: space
 * @list: mappings that have left the tree
 *
 * Return: those of which nothing is pinned, to be freed.
 */
struct dma_mapping *emulated_orphan(struct ioas *ioas, struct dma_mapping *list)
{
	struct dma_mapping **link = &list, *m;

	lockdep_assert_held(&ioas->pins_lock);
	while ((m = *link)) {
		if (!m->touched || !m->touched->pinned) {
			touched_free(m);
			link = &m->next;
			continue;
		}
		pr_err_ratelimited("IOVA %#llx: unmapped, but drivers have not unpinned %lu pages, which stay pinned\n",
				   m->iova, m->touched->pinned);
		*link = m->next;
		m->next = ioas->orphans;
		ioas->orphans = m;
	}
	return list;
}

/**
 * emulated_reap() - free a mapping if it is an orphan of which nothing is pinned any more
 * @ioas: space
 * @m: mapping of which pages were unpinned
 */
void emulated_reap(struct ioas *ioas, struct dma_mapping *m)
{
	struct dma_mapping **link = &ioas->orphans;

	lockdep_assert_held(&ioas->pins_lock);
	if (m->touched->pinned)
		return;
	while (*link && *link != m)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = m->next;
	touched_free(m);
	mapping_free(m);
}
