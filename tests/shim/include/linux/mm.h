/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MM_H
#define SHIM_LINUX_MM_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/mmap_lock.h>
#include <linux/overflow.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define VM_READ 0x01UL
#define VM_WRITE 0x02UL
#define VM_EXEC 0x04UL
#define VM_SHARED 0x08UL
#define VM_MAYREAD 0x10UL
#define VM_MAYWRITE 0x20UL
#define VM_PFNMAP 0x400UL
#define VM_IO 0x4000UL
#define VM_DONTCOPY 0x20000UL
#define VM_DONTEXPAND 0x40000UL
#define VM_DONTDUMP 0x4000000UL
#define VM_MIXEDMAP 0x10000000UL
#define VM_ALLOW_ANY_UNCACHED 0x8000000000UL

#define FOLL_WRITE 0x01
#define FOLL_LONGTERM 0x100

#define FAULT_FLAG_WRITE 0x01
#define VM_FAULT_OOM 0x0001u
#define VM_FAULT_SIGBUS 0x0002u
#define VM_FAULT_NOPAGE 0x0100u
#define VM_FAULT_FALLBACK 0x0800u
#define VM_FAULT_ERROR (VM_FAULT_OOM | VM_FAULT_SIGBUS)

/* Every page frame has a struct page; those that are memory are valid. */
#define SHIM_PFN_LIMIT (1UL << 32)
extern struct page *shim_mem_map;
#define page_to_pfn(p) ((unsigned long)((p) - shim_mem_map))
struct page *pfn_to_page(unsigned long pfn);
bool pfn_valid(unsigned long pfn);
#define page_to_phys(p) PFN_PHYS(page_to_pfn(p))
#define phys_to_page(a) pfn_to_page(PHYS_PFN(a))
#define nth_page(p, n) ((p) + (n))
void *page_address(const struct page *page);
struct page *virt_to_page(const void *addr);
#define PageReserved(p) ((p)->reserved)
#define compound_head(p) ((p) - (p)->index)
#define PageCompound(p) (compound_head(p)->order > 0)
#define page_folio(p) ((struct folio *)compound_head(p))
#define folio_page(f, n) (&(f)->page + (n))
#define folio_nr_pages(f) (1UL << (f)->page.order)
#define folio_size(f) (PAGE_SIZE << (f)->page.order)
#define folio_order(f) ((unsigned int)(f)->page.order)
#define folio_pfn(f) page_to_pfn(&(f)->page)
#define folio_page_idx(f, p) ((unsigned long)((p) - &(f)->page))
#define folio_test_large(f) ((f)->page.order > 0)
#define compound_nr(p) (1UL << compound_head(p)->order)
bool is_zero_pfn(unsigned long pfn);
#define get_order(size) ((size) <= PAGE_SIZE ? 0 : ilog2((size) - 1) - PAGE_SHIFT + 1)
#define ZERO_PAGE(addr) shim_zero_page()
struct page *shim_zero_page(void);
void get_page(struct page *page);
void put_page(struct page *page);

long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long n,
			   unsigned int flags, struct page **pages, int *locked);
int pin_user_pages_fast(unsigned long start, int n, unsigned int flags, struct page **pages);
void unpin_user_page(struct page *page);
void unpin_user_pages(struct page **pages, unsigned long n);
void unpin_user_pages_dirty_lock(struct page **pages, unsigned long n, bool dirty);
void unpin_user_page_range_dirty_lock(struct page *page, unsigned long n, bool dirty);

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr);
int fixup_user_fault(struct mm_struct *mm, unsigned long addr, unsigned int flags,
		     bool *unlocked);
struct follow_pfnmap_args {
	struct vm_area_struct *vma;
	unsigned long address;
	/* out */
	unsigned long pfn, addr_mask;
	pgprot_t pgprot;
	bool writable, special;
};
int follow_pfnmap_start(struct follow_pfnmap_args *args);
void follow_pfnmap_end(struct follow_pfnmap_args *args);
#define untagged_addr_remote(mm, addr) ({ mmap_assert_locked(mm); (unsigned long)(addr); })
#define untagged_addr(addr) (addr)

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);
vm_fault_t vmf_insert_pfn_prot(struct vm_area_struct *vma, unsigned long addr,
			       unsigned long pfn, pgprot_t prot);
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot);
int io_remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		       unsigned long size, pgprot_t prot);
void zap_vma_ptes(struct vm_area_struct *vma, unsigned long addr, unsigned long size);
struct address_space;
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t length, int even_cows);

static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}

#define vma_pages(vma) (((vma)->vm_end - (vma)->vm_start) >> PAGE_SHIFT)

int account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc);
int __account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc,
			struct task_struct *task, bool bypass);

#include <linux/sched/mm.h>
#include <linux/pgtable.h>

/* System RAM is what shim_io_memory() has not set up for the firmware. */
enum { REGION_INTERSECTS, REGION_DISJOINT, REGION_MIXED };
#define IORES_DESC_NONE 0
#define IORESOURCE_SYSTEM_RAM 0x01000000
int region_intersects(u64 at, size_t size, unsigned long flags, unsigned long desc);

#endif
