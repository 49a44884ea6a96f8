// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU domains, and the groups and mappings in them.
 *
 * Each domain of a space has all of its mappings, so that every device sees the same
 * addresses. Groups share a domain where the IOMMU allows it and they enforce cache
 * coherency alike: a device whose accesses can bypass caches must not take from another
 * domain the promise that none do. Else the group gets a domain of its own, filled from the
 * extents of the mappings, which needs no look at user memory.
 *
 * A group is attached before its domain is filled, since only then the IOMMU has settled the
 * width and the page sizes of the domain. Until attach returns, nobody can use its devices.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "priv.h"

/* What one call maps or unmaps at most, to leave the CPU now and then */
#define SLICE		SZ_1G
/* How many small calls may go by until then */
#define CALLS		512

static int iommu_prot(const struct dma_mapping *m)
{
	return (m->prot & IOAS_READ ? IOMMU_READ : 0) |
	       (m->prot & IOAS_WRITE ? IOMMU_WRITE : 0);
}

/**
 * struct fill - a mapping on its way into a domain
 * @d: domain
 * @prot: what devices may do, for the IOMMU
 * @iova: next address
 * @slice: bytes that one call maps at most
 * @calls: calls so far
 * @failed: bytes from @iova on that a call was to map which failed
 */
struct fill {
	struct ioas_domain *d;
	int prot;
	u64 iova;
	u64 slice;
	unsigned int calls;
	u64 failed;
};

static int fill_extent(struct fill *f, const struct extent *e)
{
	u64 left = e->npages << PAGE_SHIFT, size;
	phys_addr_t paddr = PFN_PHYS(e->pfn);
	int prot = f->prot | (e->mmio ? IOMMU_MMIO : IOMMU_CACHE);
	int ret;

	for (; left; left -= size, paddr += size) {
		/* Cut where the IOMMU's largest pages end, so that none is missed */
		size = min(left, f->slice - (f->iova & (f->slice - 1)));
		ret = iommu_map(f->d->domain, f->iova, paddr, size, prot, GFP_KERNEL_ACCOUNT);
		if (ret) {
			f->failed = size;
			return ret;
		}
		f->iova += size;
		if (++f->calls % CALLS && size < SLICE)
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/*
 * How much of a range to unmap at once: up to where a leaf page table begins, then whole ones,
 * then the rest, as the core cuts ranges for drivers. One without a whole table is not cut.
 */
static u64 unmap_part(u64 iova, u64 size)
{
	u64 head = -iova & (PMD_SIZE - 1);

	if (size < head + PMD_SIZE)
		return size;
	return head ?: min(round_down(size, PMD_SIZE), SLICE - (iova & (SLICE - 1)));
}

/*
 * Take a part of a mapping out of one domain, but for the last flush. A driver that does not do
 * it leaves memory to devices for ever, and then it must stay pinned.
 *
 * VT-d's driver cannot gather calls of different sizes. It flushes what it had gathered when it
 * has put the page tables of the new call aside, and frees these as well. So it must find nothing
 * to flush when it is given whole page tables. virtio-iommu's cannot take out less than one call
 * has mapped, which may be more than it is asked for, and then says how much it was.
 */
static void domain_clear(struct ioas_domain *d, struct dma_mapping *m, u64 iova, u64 size,
			 struct iommu_iotlb_gather *gather)
{
	u64 part, done, last = 0;

	for (; size; size -= done, iova += done, last = part) {
		part = unmap_part(iova, size);
		if (last && part != last && part >= PMD_SIZE)
			iommu_iotlb_sync(d->domain, gather);
		done = iommu_unmap_fast(d->domain, iova, part, gather);
		if (done < part) {
			pr_err_ratelimited("IOVA %#llx: not unmapped by the IOMMU, memory lost\n",
					   iova);
			m->stuck = true;
		}
		done = clamp(done, part, size);
		cond_resched();
	}
}

static void domain_unmap(struct ioas_domain *d, struct dma_mapping *m, u64 iova, u64 size)
{
	struct iommu_iotlb_gather gather;

	iommu_iotlb_gather_init(&gather);
	domain_clear(d, m, iova, size, &gather);
	iommu_iotlb_sync(d->domain, &gather);
}

/*
 * Take out what a call that failed has left in place: the core takes back only what the driver
 * says it has mapped, and VT-d's says nothing when it finds no memory for a page table. A page
 * reads as absent, too, if it is the first one of physical memory, which x86 gives to nobody.
 */
static void domain_sweep(struct ioas_domain *d, struct dma_mapping *m, u64 iova, u64 size)
{
	u64 end = iova + size, run = iova;

	for (; iova != end; iova += PAGE_SIZE) {
		cond_resched();
		if (iommu_iova_to_phys(d->domain, iova))
			continue;
		if (run != iova)
			domain_unmap(d, m, run, iova - run);
		run = iova + PAGE_SIZE;
	}
	if (run != end)
		domain_unmap(d, m, run, end - run);
}

static int domain_map(struct ioas *ioas, struct ioas_domain *d, struct dma_mapping *m)
{
	struct fill f = {
		.d = d,
		.prot = iommu_prot(m),
		.iova = m->iova,
		.slice = ioas->small_pages ? PAGE_SIZE : SLICE,
	};
	struct extents_cursor c;
	struct extent e;
	int ret = 0;

	extents_first(&c, &m->ext);
	while (!ret && extents_next(&c, &e))
		ret = fill_extent(&f, &e);
	if (ret) {
		domain_unmap(d, m, m->iova, f.iova - m->iova);
		domain_sweep(d, m, f.iova, f.failed);
	}
	return ret;
}

/**
 * domains_map() - let the devices of a space reach a mapping
 * @ioas: space
 * @m: busy mapping with its extents
 *
 * Return: 0, or -errno of the IOMMU, or -EINTR when the task is being killed; then no device
 * reaches any of it.
 */
int domains_map(struct ioas *ioas, struct dma_mapping *m)
{
	struct ioas_domain *d;
	int ret;

	list_for_each_entry(d, &ioas->domains, node) {
		ret = domain_map(ioas, d, m);
		if (ret)
			goto err_unmap;
	}
	return 0;

err_unmap:
	list_for_each_entry_continue_reverse(d, &ioas->domains, node)
		domain_unmap(d, m, m->iova, mapping_size(m));
	return ret;
}

/*
 * Can a mapping be flushed together with the one after it? A driver that is given a range
 * which it cannot add to those before flushes these first, and frees the page tables of all.
 * So only if it can be added, and is too small for a page table of its own.
 */
static bool gathers_with_next(const struct dma_mapping *m)
{
	return m->next && m->next->iova == m->last + 1 && mapping_size(m) < PMD_SIZE &&
	       mapping_size(m->next) < PMD_SIZE;
}

/**
 * domains_unmap() - let no device reach some mappings any more
 * @ioas: space
 * @list: busy mappings, linked by next, in ascending order
 *
 * A mapping is flushed once for each domain, small ones that follow each other together.
 */
void domains_unmap(struct ioas *ioas, struct dma_mapping *list)
{
	struct iommu_iotlb_gather gather;
	struct dma_mapping *m;
	struct ioas_domain *d;

	list_for_each_entry(d, &ioas->domains, node) {
		iommu_iotlb_gather_init(&gather);
		for (m = list; m; m = m->next) {
			domain_clear(d, m, m->iova, mapping_size(m), &gather);
			if (!gathers_with_next(m))
				iommu_iotlb_sync(d->domain, &gather);
		}
	}
}

/*
 * Fill a domain with the mappings that were there before it. Those that were made when there
 * was no domain get their memory now.
 */
static int domain_replay(struct ioas *ioas, struct ioas_domain *d)
{
	struct dma_mapping *m;
	int ret;

	for (m = dma_tree_from(&ioas->mappings, 0); m; m = dma_tree_next(m)) {
		ret = m->furnished ? domain_map(ioas, d, m) : space_furnish(ioas, m);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * The page sizes that all domains have, and the least one that all can do: the largest of
 * their least ones, which an IOMMU with smaller pages puts together from several. Without a
 * domain it is all sizes that there can be.
 */
static void update_pgsizes(struct ioas *ioas)
{
	u64 common = U64_MAX, least = PAGE_SIZE;
	const struct ioas_domain *d;

	list_for_each_entry(d, &ioas->domains, node) {
		u64 pgsizes = d->domain->pgsize_bitmap;

		common &= pgsizes;
		least = max(least, pgsizes & -pgsizes);
	}
	ioas->pgsizes = (common & ~(least - 1)) | least;
}

/* Put a group into a domain and see that the mappings bear it */
static int domain_join(struct ioas *ioas, struct ioas_domain *d, struct ioas_group *g)
{
	int ret;

	ret = iommu_attach_group(d->domain, g->group);
	if (ret)
		return ret;
	list_add_tail(&g->node, &d->groups);
	ret = ranges_narrow(ioas);
	if (ret) {
		list_del(&g->node);
		iommu_detach_group(d->domain, g->group);
		return ret;
	}
	update_pgsizes(ioas);
	return 0;
}

static void domain_leave(struct ioas *ioas, struct ioas_domain *d, struct ioas_group *g)
{
	iommu_detach_group(d->domain, g->group);
	list_del(&g->node);
}

static bool enforce_coherency(struct iommu_domain *domain)
{
	return domain->ops->enforce_cache_coherency &&
	       domain->ops->enforce_cache_coherency(domain);
}

static int alloc_paging(struct device *dev, void *arg)
{
	struct ioas_domain *d = arg;
	struct iommu_domain *domain = iommu_paging_domain_alloc(dev);

	if (IS_ERR(domain))
		return PTR_ERR(domain);
	d->domain = domain;
	return 0;
}

static struct ioas_domain *domain_alloc(const struct ioas_group *g)
{
	struct ioas_domain *d;
	int ret;

	d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);
	if (!d)
		return ERR_PTR(-ENOMEM);
	ret = group_ask(g, alloc_paging, d);
	if (ret) {
		kfree(d);
		return ERR_PTR(ret);
	}
	INIT_LIST_HEAD(&d->groups);
	return d;
}

static void domain_free(struct ioas_domain *d)
{
	iommu_domain_free(d->domain);
	kfree(d);
}

/* A domain without groups goes, and with the last one what it was needed for */
static void domain_close(struct ioas *ioas, struct ioas_domain *d)
{
	list_del(&d->node);
	domain_free(d);
	if (list_empty(&ioas->domains) && ioas->emulated)
		space_unfurnish(ioas);
}

/* A domain of its own for a group */
static int domain_open(struct ioas *ioas, struct ioas_group *g)
{
	struct ioas_domain *d = domain_alloc(g);
	int ret;

	if (IS_ERR(d))
		return PTR_ERR(d);
	list_add_tail(&d->node, &ioas->domains);
	ret = domain_join(ioas, d, g);
	if (ret)
		goto err_free;

	d->coherent = enforce_coherency(d->domain);
	if (g->has_msi_window) {
		ret = iommu_get_msi_cookie(d->domain, g->msi_window);
		if (ret && ret != -ENODEV)
			goto err_leave;
	}
	ret = domain_replay(ioas, d);
	if (ret)
		goto err_leave;
	return 0;

err_leave:
	domain_leave(ioas, d, g);
err_free:
	domain_close(ioas, d);
	return ret;
}

static int can_enforce(struct device *dev, void *unused)
{
	return device_iommu_capable(dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY);
}

/* A domain that is there already, if one suits the group */
static bool domain_share(struct ioas *ioas, struct ioas_group *g, bool coherent)
{
	struct ioas_domain *d;

	list_for_each_entry(d, &ioas->domains, node)
		if (d->coherent == coherent && !domain_join(ioas, d, g))
			return true;
	return false;
}

/**
 * ioas_attach() - let the devices of a group reach the mappings of a space
 * @ioas: space
 * @group: group, whose DMA ownership the caller has
 *
 * Return: 0; -EBUSY while user addresses are invalid (ioas_vaddr_drop()); -EINVAL if a
 * mapping lies where the group can have none; -ENODEV for a group without devices; or an
 * error of the IOMMU; for the first group beside emulated ones also what ioas_map() says of
 * memory. Then nothing has changed.
 */
int ioas_attach(struct ioas *ioas, struct iommu_group *group)
{
	struct ioas_group *g;
	int ret;

	if (ioas->vaddrs_gone)
		return -EBUSY;
	g = group_alloc(group);
	if (IS_ERR(g))
		return PTR_ERR(g);
	ret = group_ask(g, can_enforce, NULL);
	if (ret < 0)
		goto err_free;
	if (domain_share(ioas, g, ret))
		return 0;
	ret = domain_open(ioas, g);
	if (!ret)
		return 0;
	ranges_widen(ioas);
	update_pgsizes(ioas);
err_free:
	kfree(g);
	return ret;
}

static struct ioas_group *group_find(struct ioas *ioas, struct iommu_group *group,
				     struct ioas_domain **in)
{
	struct ioas_domain *d;
	struct ioas_group *g;

	list_for_each_entry(d, &ioas->domains, node)
		list_for_each_entry(g, &d->groups, node)
			if (g->group == group) {
				*in = d;
				return g;
			}
	return NULL;
}

/**
 * ioas_detach() - undo ioas_attach()
 * @ioas: space
 * @group: group that is attached
 *
 * The mappings stay. They keep their memory, too, unless emulated devices are all that is left.
 */
void ioas_detach(struct ioas *ioas, struct iommu_group *group)
{
	struct ioas_domain *d;
	struct ioas_group *g = group_find(ioas, group, &d);

	if (WARN_ON_ONCE(!g))
		return;
	domain_leave(ioas, d, g);
	kfree(g);
	if (list_empty(&d->groups))
		domain_close(ioas, d);
	if (list_empty(&ioas->domains))
		dirty_all(ioas);
	ranges_widen(ioas);
	update_pgsizes(ioas);
}

/**
 * ioas_coherent() - is every DMA of every group coherent with the CPU's caches?
 * @ioas: space
 */
bool ioas_coherent(const struct ioas *ioas)
{
	const struct ioas_domain *d;

	list_for_each_entry(d, &ioas->domains, node)
		if (!d->coherent)
			return false;
	return !list_empty(&ioas->domains) || ioas->emulated;
}

/**
 * ioas_pgsizes() - the page sizes that every group's IOMMU has
 * @ioas: space
 *
 * Return: a bitmap of powers of two, none below PAGE_SIZE, never empty. Mappings are multiples
 * of the least one.
 */
u64 ioas_pgsizes(const struct ioas *ioas)
{
	return ioas->pgsizes;
}
