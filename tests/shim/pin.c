// SPDX-License-Identifier: GPL-2.0-only
/* Pinning of user pages, pages of the kernel's own, and what IOMMU entries lead to them. */
#include <pthread.h>
#include <stdlib.h>

#include <linux/mm.h>
#include <shim/fault.h>
#include <shim/mm.h>
#include <shim/poison.h>

static unsigned int most_per_call;
static unsigned long pin_calls, unpin_calls;

void shim_pin_at_most(unsigned int n)
{
	most_per_call = n;
}

unsigned long shim_pin_calls(void)
{
	return pin_calls;
}

unsigned long shim_unpin_calls(void)
{
	return unpin_calls;
}

static struct page *page_to_pin(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	unsigned long pfn;

	if (!vma || vma->vm_flags & (VM_PFNMAP | VM_IO))
		return NULL;
	if (!(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return NULL;
	pfn = vma->pfns[(addr - vma->vm_start) >> PAGE_SHIFT];
	return pfn ? pfn_to_page(pfn) : NULL;
}

long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long n,
			   unsigned int flags, struct page **pages, int *locked)
{
	unsigned long i;

	mmap_assert_locked(mm);
	__atomic_add_fetch(&pin_calls, 1, __ATOMIC_RELAXED);
	if (shim_should_fail("pin_user_pages"))
		return -ENOMEM;
	if (most_per_call)
		n = min(n, (unsigned long)most_per_call);
	if (locked && *locked != 1)
		shim_die("pin_user_pages_remote: mmap_lock is to be held at first");
	for (i = 0; i < n; i++) {
		struct page *page = page_to_pin(mm, (start & PAGE_MASK) + i * PAGE_SIZE,
						flags & FOLL_WRITE);

		if (!page) {
			i = i ? i : -EFAULT;
			break;
		}
		atomic_inc(&page->pins);
		shim_live_add(SHIM_PIN, 1);
		pages[i] = page;
	}
	/* as after each fault that took its time */
	if (locked) {
		mmap_read_unlock(mm);
		*locked = 0;
	}
	return i;
}

int pin_user_pages_fast(unsigned long start, int n, unsigned int flags, struct page **pages)
{
	struct mm_struct *mm = current->mm;
	long ret;

	if (n <= 0)
		return n ? -EINVAL : 0;
	if (!mm)
		shim_die("pin_user_pages_fast in a thread without an mm");
	if (mmap_read_lock_killable(mm))
		return -EAGAIN;
	ret = pin_user_pages_remote(mm, start, n, flags, pages, NULL);
	mmap_read_unlock(mm);
	return ret;
}

static void check_reach(const struct page *page)
{
	int pins = atomic_read(&page->pins);

	for (int domain = 0; domain < SHIM_DOMAINS; domain++) {
		if (page->mapped[domain] > pins)
			shim_die("frame %#lx: an IOMMU maps it, and it is not pinned",
				 page_to_pfn(page));
		if (page->mapped[domain] + page->stale[domain] > pins)
			shim_die("frame %#lx: unpinned before the IOTLB was flushed",
				 page_to_pfn(page));
	}
}

static void unpin(struct page *page, bool dirty)
{
	if (atomic_dec_return(&page->pins) < 0)
		shim_die("frame %#lx: unpinned more often than pinned", page_to_pfn(page));
	check_reach(page);
	page->dirty |= dirty;
	shim_live_add(SHIM_PIN, -1);
}

void unpin_user_pages_dirty_lock(struct page **pages, unsigned long n, bool dirty)
{
	unpin_calls++;
	if (dirty)
		shim_might_sleep("unpin_user_pages_dirty_lock", 0);
	while (n--)
		unpin(*pages++, dirty);
}

void unpin_user_page_range_dirty_lock(struct page *page, unsigned long n, bool dirty)
{
	unpin_calls++;
	if (dirty)
		shim_might_sleep("unpin_user_page_range_dirty_lock", 0);
	while (n--)
		unpin(page++, dirty);
}

void unpin_user_pages(struct page **pages, unsigned long n)
{
	unpin_user_pages_dirty_lock(pages, n, false);
}

void unpin_user_page(struct page *page)
{
	unpin_user_pages(&page, 1);
}

int shim_pins_at(unsigned long vaddr)
{
	return atomic_read(&pfn_to_page(shim_pfn_at(vaddr))->pins);
}

void shim_page_mapped(unsigned long pfn, unsigned int domain, int n)
{
	struct page *page = pfn_to_page(pfn);

	if (!page->ram)
		return;
	page->mapped[domain] += n;
	if (n > 0)
		check_reach(page);
}

void shim_page_stale(unsigned long pfn, unsigned int domain, int n)
{
	struct page *page = pfn_to_page(pfn);

	if (page->ram)
		page->stale[domain] += n;
}

/* Pages of the kernel: real memory, frames far above those of users. */

#define KERNEL_PFN (SHIM_PFN_LIMIT - (1UL << 20))

static struct page *kernel_pages[4096];
static unsigned int next_kernel_pfn;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct page **kernel_slot(const void *data)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kernel_pages); i++)
		if (data ? kernel_pages[i] && kernel_pages[i]->data == data : !kernel_pages[i])
			return &kernel_pages[i];
	shim_die("kernel page %p: none such, or too many", data);
}

struct page *alloc_pages(gfp_t flags, unsigned int order)
{
	size_t size = PAGE_SIZE << order;
	struct page *page;
	void *data;

	if (gfpflags_allow_blocking(flags))
		shim_might_sleep("alloc_pages", 0);
	if (order > MAX_PAGE_ORDER || shim_should_fail("alloc_pages"))
		return NULL;
	data = aligned_alloc(size, size);
	if (!data)
		shim_die("the host is out of memory");
	memset(data, flags & __GFP_ZERO ? 0 : SHIM_POISON_HEAP, size);
	pthread_mutex_lock(&lock);
	page = pfn_to_page(KERNEL_PFN + next_kernel_pfn);
	next_kernel_pfn = (next_kernel_pfn + (1 << order)) % (1 << 19);
	*page = (struct page){ .ram = true, .refs = ATOMIC_INIT(1), .order = order,
			       .data = data };
	*kernel_slot(NULL) = page;
	pthread_mutex_unlock(&lock);
	shim_live_add(SHIM_PAGE, 1L << order);
	return page;
}

void __free_pages(struct page *page, unsigned int order)
{
	if (!page)
		return;
	if (page->order != order)
		shim_die("pages of order %u freed as order %u", page->order, order);
	pthread_mutex_lock(&lock);
	*kernel_slot(page->data) = NULL;
	pthread_mutex_unlock(&lock);
	free(page->data);
	page->data = NULL;
	shim_live_add(SHIM_PAGE, -(1L << order));
}

unsigned long __get_free_pages(gfp_t flags, unsigned int order)
{
	struct page *page = alloc_pages(flags, order);

	return page ? (unsigned long)page->data : 0;
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page((void *)addr), order);
}

struct page *virt_to_page(const void *addr)
{
	struct page *page;

	pthread_mutex_lock(&lock);
	page = *kernel_slot(addr);
	pthread_mutex_unlock(&lock);
	return page;
}

void *page_address(const struct page *page)
{
	return page->data;
}

bool is_zero_pfn(unsigned long pfn)
{
	return pfn == page_to_pfn(shim_zero_page());
}

struct page *shim_zero_page(void)
{
	struct page *page = pfn_to_page(1);

	page->ram = true;
	page->reserved = true;
	return page;
}

void get_page(struct page *page)
{
	atomic_inc(&page->refs);
}

void put_page(struct page *page)
{
	atomic_dec(&page->refs);
}
