// SPDX-License-Identifier: GPL-2.0-only
/* Fake IOMMU domains; see shim/iommu.h. Groups are in iommu_group.c. */
#include <pthread.h>
#include <stdlib.h>

#include <linux/iommu.h>
#include <linux/mm.h>
#include <shim/fault.h>
#include <shim/iommu.h>
#include <shim/iommu_group.h>
#include <shim/mm.h>

/* What a leaf page table translates */
#define TABLE (2ULL << 20)

struct entry {
	struct rb_node node;
	struct list_head stale;
	u64 iova, size, paddr;
	int prot;
};

struct shim_iommu_counts shim_iommu_counts;
static struct iommu_domain *domains[SHIM_DOMAINS];
/* Callers map and unmap from several threads, as a kernel allows for disjoint ranges. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool enforce(struct iommu_domain *domain)
{
	domain->enforced = domain->hw->caps & BIT(IOMMU_CAP_ENFORCE_CACHE_COHERENCY);
	return domain->enforced;
}

static const struct iommu_domain_ops domain_ops = { .enforce_cache_coherency = enforce };

struct iommu_domain *iommu_paging_domain_alloc(struct device *dev)
{
	struct iommu_domain *domain;
	unsigned int index = 0;

	if (!dev->iommu_group || !shim_group_hw(dev->iommu_group))
		return ERR_PTR(-ENODEV);
	if (shim_should_fail("iommu_paging_domain_alloc"))
		return ERR_PTR(-ENOMEM);
	while (index < SHIM_DOMAINS && domains[index])
		index++;
	domain = calloc(1, sizeof(*domain));
	if (index == SHIM_DOMAINS || !domain)
		shim_die("more than %d IOMMU domains", SHIM_DOMAINS);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	domain->ops = &domain_ops;
	domain->hw = shim_group_hw(dev->iommu_group);
	domain->index = index;
	INIT_LIST_HEAD(&domain->stale);
	domains[index] = domain;
	shim_live_add(SHIM_DOMAIN, 1);
	return domain;
}

void shim_domain_attached(struct iommu_domain *domain)
{
	domain->attached++;
	domain->pgsize_bitmap = domain->hw->pgsizes;
	domain->geometry = (struct iommu_domain_geometry){
		.aperture_start = domain->hw->aperture_first,
		.aperture_end = domain->hw->aperture_last, .force_aperture = true };
}

/* Entries */

static struct entry *at_or_after(struct iommu_domain *domain, u64 iova)
{
	struct rb_node *at = domain->entries.rb_node;
	struct entry *best = NULL;

	while (at) {
		struct entry *entry = rb_entry(at, struct entry, node);
		bool reaches = entry->iova + (entry->size - 1) >= iova;

		if (reaches)
			best = entry;
		at = reaches ? at->rb_left : at->rb_right;
	}
	return best;
}

static bool below(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct entry, node)->iova <
	       rb_entry((struct rb_node *)b, struct entry, node)->iova;
}

static void count_frames(struct iommu_domain *domain, const struct entry *entry,
			 void (*count)(unsigned long pfn, unsigned int domain, int n), int n)
{
	for (u64 at = 0; at < entry->size; at += PAGE_SIZE)
		count((entry->paddr + at) >> PAGE_SHIFT, domain->index, n);
}

static void add_entry(struct iommu_domain *domain, u64 iova, u64 paddr, u64 size, int prot)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		shim_die("the host is out of memory");
	*entry = (struct entry){ .iova = iova, .paddr = paddr, .size = size, .prot = prot };
	rb_add(&entry->node, &domain->entries, below);
	count_frames(domain, entry, shim_page_mapped, 1);
	shim_live_add(SHIM_IOPAGE, size >> PAGE_SHIFT);
	shim_iommu_counts.entries++;
}

static void make_stale(struct iommu_domain *domain, struct entry *entry)
{
	rb_erase(&entry->node, &domain->entries);
	list_add(&entry->stale, &domain->stale);
	count_frames(domain, entry, shim_page_stale, 1);
	count_frames(domain, entry, shim_page_mapped, -1);
	shim_live_add(SHIM_IOPAGE, -(long)(entry->size >> PAGE_SHIFT));
}

static void flush(struct iommu_domain *domain, u64 first, u64 last)
{
	struct entry *entry, *keep;

	shim_iommu_counts.flushes++;
	list_for_each_entry_safe(entry, keep, &domain->stale, stale) {
		if (entry->iova < first || entry->iova + (entry->size - 1) > last)
			continue;
		count_frames(domain, entry, shim_page_stale, -1);
		list_del(&entry->stale);
		free(entry);
	}
}

static void sync_gathered(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
	if (gather->end)
		flush(domain, gather->start, gather->end);
	iommu_iotlb_gather_init(gather);
}

/* The largest page size that @iova, @paddr and @size allow. */
static u64 page_size(const struct iommu_domain *domain, u64 iova, u64 paddr, u64 size)
{
	u64 best = 0;

	for (unsigned int bit = 0; bit < 64; bit++) {
		u64 one = BIT_ULL(bit);

		if (domain->pgsize_bitmap & one && one <= size && !((iova | paddr) & (one - 1)))
			best = one;
	}
	return best;
}

/*
 * Add entries as the core and VT-d's driver do: one call of the driver for pages of one size. If
 * there is no memory for one of its page tables, what the call has mapped until then stays: the
 * core is not told of it, and takes back the calls before.
 */
static int map_ops(struct iommu_domain *domain, u64 iova, u64 paddr, u64 size, int prot)
{
	u64 first = iova, op = iova, op_page = 0, one;

	pthread_mutex_lock(&lock);
	for (; size; iova += one, paddr += one, size -= one) {
		one = page_size(domain, iova, paddr, size);
		if (one != op_page)
			op = iova;
		op_page = one;
		if (iova != op && one < TABLE && !(iova & (TABLE - 1)) &&
		    shim_should_fail("IOMMU page table"))
			break;
		add_entry(domain, iova, paddr, one, prot);
	}
	pthread_mutex_unlock(&lock);
	if (!size)
		return 0;
	iommu_unmap(domain, first, op - first);
	return -ENOMEM;
}

int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size,
	      int prot, gfp_t flags)
{
	struct entry *there;

	if (gfpflags_allow_blocking(flags))
		shim_might_sleep("iommu_map", 0);
	if (!domain->attached)
		shim_die("iommu_map: the domain has no device");
	if (!size || !(prot & (IOMMU_READ | IOMMU_WRITE)))
		shim_complain("iommu_map: size %#zx, prot %#x", size, prot);
	if (iova + (size - 1) < iova || iova + (size - 1) > domain->geometry.aperture_end ||
	    iova < domain->geometry.aperture_start) {
		shim_complain("iommu_map: %#lx, %#zx bytes, is beyond the aperture", iova, size);
		return -ERANGE;
	}
	if ((iova | paddr | size) & ((domain->pgsize_bitmap & -domain->pgsize_bitmap) - 1))
		return -EINVAL;
	if (shim_should_fail("iommu_map"))
		return -ENOMEM;
	pthread_mutex_lock(&lock);
	there = at_or_after(domain, iova);
	if (there && there->iova <= iova + (size - 1))
		shim_die("iommu_map: %#lx, %#zx bytes, overlaps the entry at %#llx", iova, size,
			 there->iova);
	shim_iommu_counts.maps++;
	pthread_mutex_unlock(&lock);
	return map_ops(domain, iova, paddr, size, prot);
}

/* What the core has a driver unmap in one call: pages of one size, up to where larger ones fit. */
static u64 op_size(const struct iommu_domain *domain, u64 iova, u64 size)
{
	u64 one = page_size(domain, iova, iova, size);
	u64 larger = domain->pgsize_bitmap & -(2 * one), head;

	larger &= -larger;
	head = -iova & (larger - 1);
	if (larger && head + larger <= size)
		size = head;
	return size & -one;
}

/*
 * Gather what one call of the driver has unmapped. VT-d's puts page tables aside first; if the
 * range is none to gather with those before, it then flushes these, and frees the tables of all.
 */
static void gather_op(struct iommu_iotlb_gather *gather, struct iommu_domain *domain, u64 iova,
		      u64 size, bool tables)
{
	u64 last = iova + (size - 1);

	if (gather->end && (gather->pgsize != size || iova > gather->end + 1 ||
			    last + 1 < gather->start)) {
		if (tables)
			shim_complain("iommu_unmap: page tables of %#llx, %#llx bytes, are freed "
				      "before their flush", iova, size);
		sync_gathered(domain, gather);
	}
	gather->pgsize = size;
	gather->start = min(gather->start, (unsigned long)iova);
	gather->end = max(gather->end, (unsigned long)last);
}

/* One call of the driver; it returns how much it has unmapped. */
static u64 unmap_op(struct iommu_domain *domain, u64 iova, u64 size,
		    struct iommu_iotlb_gather *gather)
{
	bool small = false;
	u64 done = 0;

	while (done < size) {
		struct entry *entry = at_or_after(domain, iova + done);

		if (!entry || entry->iova > iova + done)
			break;
		if (entry->iova != iova + done || entry->size > size - done)
			shim_complain("iommu_unmap: %#llx, %#llx bytes, cuts the entry of %#llx "
				      "bytes at %#llx", iova, size, entry->size, entry->iova);
		small |= entry->size < TABLE;
		done = entry->iova + entry->size - iova;
		make_stale(domain, entry);
	}
	if (done)
		gather_op(gather, domain, iova, done,
			  small && done >= (-iova & (TABLE - 1)) + TABLE);
	return done;
}

size_t iommu_unmap_fast(struct iommu_domain *domain, unsigned long iova, size_t size,
			struct iommu_iotlb_gather *gather)
{
	struct shim_iommu *hw = (struct shim_iommu *)domain->hw;
	u64 done = 0, op = 1;

	pthread_mutex_lock(&lock);
	shim_iommu_counts.unmaps++;
	if (hw->refuse_unmaps) {
		hw->refuse_unmaps--;
		size = 0;
	}
	for (; done < size && op; done += op)
		op = unmap_op(domain, iova + done, op_size(domain, iova + done, size - done),
			      gather);
	pthread_mutex_unlock(&lock);
	return done;
}

size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size)
{
	struct iommu_iotlb_gather gather;
	size_t done;

	iommu_iotlb_gather_init(&gather);
	done = iommu_unmap_fast(domain, iova, size, &gather);
	iommu_iotlb_sync(domain, &gather);
	return done;
}

void iommu_iotlb_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
	pthread_mutex_lock(&lock);
	sync_gathered(domain, gather);
	pthread_mutex_unlock(&lock);
}

void iommu_flush_iotlb_all(struct iommu_domain *domain)
{
	pthread_mutex_lock(&lock);
	flush(domain, 0, ~0ULL);
	pthread_mutex_unlock(&lock);
}

phys_addr_t iommu_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	struct entry *entry = at_or_after(domain, iova);

	return entry && entry->iova <= iova ? entry->paddr + (iova - entry->iova) : 0;
}

unsigned long shim_dma(struct iommu_group *group, u64 iova, bool write)
{
	struct iommu_domain *domain = shim_group_domain(group);
	struct entry *entry = domain ? at_or_after(domain, iova) : NULL;

	if (!entry || entry->iova > iova || !(entry->prot & (write ? IOMMU_WRITE : IOMMU_READ)))
		return 0;
	return (entry->paddr + (iova - entry->iova)) >> PAGE_SHIFT;
}

int iommu_get_msi_cookie(struct iommu_domain *domain, dma_addr_t base)
{
	if (domain->msi_cookie)
		return -EBUSY;
	if (shim_should_fail("iommu_get_msi_cookie"))
		return -ENOMEM;
	domain->msi_cookie = base;
	return 0;
}

void iommu_domain_free(struct iommu_domain *domain)
{
	struct rb_node *at;

	if (domain->attached)
		shim_die("iommu_domain_free: %u groups are attached", domain->attached);
	while ((at = rb_first(&domain->entries)))
		make_stale(domain, rb_entry(at, struct entry, node));
	iommu_flush_iotlb_all(domain);
	domains[domain->index] = NULL;
	free(domain);
	shim_live_add(SHIM_DOMAIN, -1);
}
