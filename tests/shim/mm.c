// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces, areas and references to them; see shim/mm.h. Pinning is in pin.c. */
#include <stdlib.h>
#include <sys/mman.h>

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <shim/fault.h>
#include <shim/irq.h>
#include <shim/mm.h>
#include <shim/task.h>

#define HUGE_PAGES (PMD_SIZE >> PAGE_SHIFT)
#define FIRST_PFN 0x100000UL

struct page *shim_mem_map;
static unsigned long next_pfn = FIRST_PFN;
static LIST_HEAD(all_mms);
static DEFINE_SPINLOCK(pte_lock);

static void __attribute__((constructor(101))) make_mem_map(void)
{
	shim_mem_map = mmap(NULL, SHIM_PFN_LIMIT * sizeof(struct page), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (shim_mem_map == MAP_FAILED)
		shim_die("no room for struct page");
}

struct page *pfn_to_page(unsigned long pfn)
{
	if (pfn >= SHIM_PFN_LIMIT)
		shim_die("pfn_to_page: %#lx", pfn);
	return shim_mem_map + pfn;
}

bool pfn_valid(unsigned long pfn)
{
	return pfn < SHIM_PFN_LIMIT && shim_mem_map[pfn].ram;
}

void shim_next_pfn(unsigned long pfn)
{
	next_pfn = pfn;
}

/* mm_struct */

struct mm_struct *shim_mm_new(void)
{
	struct mm_struct *mm = calloc(1, sizeof(*mm));

	if (!mm)
		shim_die("the host is out of memory");
	init_rwsem(&mm->mmap_lock);
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	INIT_LIST_HEAD(&mm->vmas);
	list_add(&mm->all, &all_mms);
	return mm;
}

static void count_drop(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_count))
		return;
	if (mm->locked_vm)
		shim_complain("an mm ends with %lu pages charged to it", mm->locked_vm);
	list_del(&mm->all);
	free(mm);
}

static void user_drop(struct mm_struct *mm)
{
	struct vm_area_struct *vma, *keep;

	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	list_for_each_entry_safe(vma, keep, &mm->vmas, node)
		shim_unmap(vma);
	count_drop(mm);
}

void shim_mm_exit(struct mm_struct *mm)
{
	user_drop(mm);
}

void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
	shim_live_add(SHIM_MM_REF, 1);
}

void mmdrop(struct mm_struct *mm)
{
	shim_live_add(SHIM_MM_REF, -1);
	count_drop(mm);
}

void mmget(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_users);
	shim_live_add(SHIM_MM_REF, 1);
}

bool mmget_not_zero(struct mm_struct *mm)
{
	if (!atomic_inc_not_zero(&mm->mm_users))
		return false;
	shim_live_add(SHIM_MM_REF, 1);
	return true;
}

void mmput(struct mm_struct *mm)
{
	shim_might_sleep("mmput", 0);
	shim_live_add(SHIM_MM_REF, -1);
	user_drop(mm);
}

struct mm_struct *get_task_mm(struct task_struct *task)
{
	if (!task->mm || task->flags & PF_KTHREAD)
		return NULL;
	mmget(task->mm);
	return task->mm;
}

long shim_locked_vm(void)
{
	struct mm_struct *mm;
	long pages = 0;

	list_for_each_entry(mm, &all_mms, all)
		pages += mm->locked_vm;
	return pages;
}

int __account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc,
			struct task_struct *task, bool bypass)
{
	mmap_assert_write_locked(mm);
	if (!inc) {
		WARN_ON(pages > mm->locked_vm);
		mm->locked_vm -= pages;
		return 0;
	}
	if (!bypass && mm->locked_vm + pages > task_rlimit(task, RLIMIT_MEMLOCK) >> PAGE_SHIFT)
		return -ENOMEM;
	mm->locked_vm += pages;
	return 0;
}

int account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc)
{
	int ret;

	if (!pages || !mm)
		return 0;
	mmap_write_lock(mm);
	ret = __account_locked_vm(mm, pages, inc, current, capable(CAP_IPC_LOCK));
	mmap_write_unlock(mm);
	return ret;
}

/* Areas */

static void make_folio(unsigned long pfn, u8 order)
{
	for (unsigned long i = 0; i < 1UL << order; i++)
		shim_mem_map[pfn + i] = (struct page){ .ram = true, .index = i,
						       .refs = ATOMIC_INIT(1) };
	shim_mem_map[pfn].order = order;
}

/* The frame for page @i, whose predecessor is @before. */
static unsigned long lay_out(enum shim_layout layout, unsigned long i, unsigned long before)
{
	bool huge = layout == SHIM_HUGE || layout == SHIM_HUGE_RUN;
	unsigned long pfn;

	if (layout == SHIM_ONE_PAGE && i)
		return before;
	if (huge && i % HUGE_PAGES)
		return before + 1;
	if (huge)
		next_pfn = ALIGN(next_pfn, HUGE_PAGES);
	if (layout == SHIM_HUGE && i)
		next_pfn += HUGE_PAGES;
	if (layout == SHIM_SCATTERED)
		next_pfn++;
	pfn = next_pfn;
	make_folio(pfn, huge ? PMD_ORDER : 0);
	next_pfn += huge ? HUGE_PAGES : 1;
	return pfn;
}

struct vm_area_struct *shim_map_empty(unsigned long vaddr, unsigned long npages,
				      unsigned long vm_flags)
{
	struct vm_area_struct *vma = calloc(1, sizeof(*vma)), *at;
	struct mm_struct *mm = current->mm;

	if (!vma || !PAGE_ALIGNED(vaddr) || !npages)
		shim_die("shim_map: %#lx, %lu pages", vaddr, npages);
	*vma = (struct vm_area_struct){ .vm_start = vaddr, .vm_mm = mm, .vm_flags = vm_flags,
					.vm_end = vaddr + (npages << PAGE_SHIFT) };
	vma->pfns = calloc(npages, sizeof(*vma->pfns));
	list_for_each_entry(at, &mm->vmas, node) {
		if (at->vm_start < vma->vm_end && vma->vm_start < at->vm_end)
			shim_die("shim_map: %#lx is in use", vaddr);
		if (at->vm_start > vaddr)
			break;
	}
	list_add_tail(&vma->node, &at->node);
	return vma;
}

struct vm_area_struct *shim_map(unsigned long vaddr, unsigned long npages,
				unsigned long vm_flags, enum shim_layout layout)
{
	struct vm_area_struct *vma = shim_map_empty(vaddr, npages, vm_flags);

	for (unsigned long i = 0; i < npages; i++)
		vma->pfns[i] = lay_out(layout, i, i ? vma->pfns[i - 1] : 0);
	next_pfn++;	/* areas never follow each other in memory by chance */
	return vma;
}

struct vm_area_struct *shim_map_device(unsigned long vaddr, unsigned long npages,
				       unsigned long vm_flags, unsigned long pfn)
{
	struct vm_area_struct *vma = shim_map_empty(vaddr, npages,
						    vm_flags | VM_PFNMAP | VM_IO);

	for (unsigned long i = 0; i < npages; i++)
		vma->pfns[i] = pfn + i;
	return vma;
}

struct vm_area_struct *shim_map_again(unsigned long vaddr, const struct vm_area_struct *of,
				      unsigned long vm_flags)
{
	struct vm_area_struct *vma = shim_map_empty(vaddr, vma_pages(of), vm_flags);

	memcpy(vma->pfns, of->pfns, vma_pages(of) * sizeof(*vma->pfns));
	return vma;
}

void shim_unmap(struct vm_area_struct *vma)
{
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	list_del(&vma->node);
	if (vma->vm_file)
		fput(vma->vm_file);
	free(vma->pfns);
	free(vma);
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_assert_locked(mm);
	list_for_each_entry(vma, &mm->vmas, node)
		if (addr < vma->vm_end)
			return vma;
	return NULL;
}

struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma && vma->vm_start <= addr ? vma : NULL;
}

/* Page tables */

static unsigned long *pte(const struct vm_area_struct *vma, unsigned long addr)
{
	if (addr < vma->vm_start || addr >= vma->vm_end)
		shim_die("page table of [%#lx, %#lx) used at %#lx", vma->vm_start, vma->vm_end,
			 addr);
	return &vma->pfns[(addr - vma->vm_start) >> PAGE_SHIFT];
}

unsigned long shim_pfn_at(unsigned long vaddr)
{
	struct vm_area_struct *vma;

	list_for_each_entry(vma, &current->mm->vmas, node)
		if (vaddr >= vma->vm_start && vaddr < vma->vm_end)
			return *pte(vma, vaddr);
	return 0;
}

vm_fault_t vmf_insert_pfn_prot(struct vm_area_struct *vma, unsigned long addr,
			       unsigned long pfn, pgprot_t prot)
{
	if (!(vma->vm_flags & VM_PFNMAP))
		shim_die("vmf_insert_pfn: the area has no VM_PFNMAP");
	if (shim_should_fail("vmf_insert_pfn"))
		return VM_FAULT_OOM;
	*pte(vma, addr & PAGE_MASK) = pfn;
	return VM_FAULT_NOPAGE;
}

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)
{
	return vmf_insert_pfn_prot(vma, addr, pfn, vma->vm_page_prot);
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot)
{
	if (shim_should_fail("remap_pfn_range"))
		return -ENOMEM;
	for (unsigned long at = 0; at < size; at += PAGE_SIZE)
		*pte(vma, addr + at) = pfn + (at >> PAGE_SHIFT);
	vm_flags_set(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP);
	return 0;
}

int io_remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		       unsigned long size, pgprot_t prot)
{
	return remap_pfn_range(vma, addr, pfn, size, prot);
}

void zap_vma_ptes(struct vm_area_struct *vma, unsigned long addr, unsigned long size)
{
	for (; size; size -= PAGE_SIZE, addr += PAGE_SIZE)
		*pte(vma, addr) = 0;
}

/* All areas of all processes that map the file's pages from byte @start on; 0 is to the end. */
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t length,
			 int even_cows)
{
	unsigned long first = start >> PAGE_SHIFT, n = length >> PAGE_SHIFT;
	struct vm_area_struct *vma;
	struct mm_struct *mm;

	shim_might_sleep("unmap_mapping_range", 0);
	list_for_each_entry(mm, &all_mms, all)
		list_for_each_entry(vma, &mm->vmas, node) {
			if (!vma->vm_file || vma->vm_file->f_mapping != mapping)
				continue;
			for (unsigned long i = 0; i < vma_pages(vma); i++)
				if (vma->vm_pgoff + i >= first &&
				    (!n || vma->vm_pgoff + i - first < n))
					vma->pfns[i] = 0;
		}
}

static vm_fault_t fault(struct vm_area_struct *vma, unsigned long addr, bool write)
{
	struct vm_fault vmf = {
		.vma = vma, .address = addr & PAGE_MASK,
		.pgoff = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT),
		.flags = write ? FAULT_FLAG_WRITE : 0,
	};

	if (*pte(vma, addr))
		return 0;
	if (!vma->vm_ops || !vma->vm_ops->fault)
		return VM_FAULT_SIGBUS;
	return vma->vm_ops->fault(&vmf) & VM_FAULT_ERROR;
}

unsigned int shim_touch(unsigned long vaddr, bool write)
{
	struct vm_area_struct *vma;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	shim_lock(&shim_proc_irq, SHIM_SLEEPING, SHIM_READ, 0);
	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, vaddr);
	if (vma && vma->vm_flags & (write ? VM_WRITE : VM_READ))
		ret = fault(vma, vaddr, write);
	mmap_read_unlock(current->mm);
	shim_unlock(&shim_proc_irq, SHIM_READ);
	return ret;
}

int fixup_user_fault(struct mm_struct *mm, unsigned long addr, unsigned int flags,
		     bool *unlocked)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	if (!vma || !(vma->vm_flags & (flags & FAULT_FLAG_WRITE ? VM_WRITE : VM_READ)))
		return -EFAULT;
	if (shim_should_fail("fixup_user_fault"))
		return -ENOMEM;
	return fault(vma, addr, flags & FAULT_FLAG_WRITE) ? -EFAULT : 0;
}

int follow_pfnmap_start(struct follow_pfnmap_args *args)
{
	struct vm_area_struct *vma = args->vma;

	mmap_assert_locked(vma->vm_mm);
	if (!(vma->vm_flags & (VM_PFNMAP | VM_IO)) || !*pte(vma, args->address))
		return -EINVAL;
	spin_lock(&pte_lock);
	args->pfn = *pte(vma, args->address);
	args->addr_mask = PAGE_MASK;
	args->pgprot = vma->vm_page_prot;
	args->writable = vma->vm_flags & VM_WRITE;
	args->special = true;
	return 0;
}

void follow_pfnmap_end(struct follow_pfnmap_args *args)
{
	spin_unlock(&pte_lock);
}
