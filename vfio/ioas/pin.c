// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory behind a mapping: pinning and unpinning it.
 *
 * Pages are pinned in batches that end where a 2 MiB page ends, so that the lock-free walk
 * takes each huge page in one step, and are noted as extents. A batch needs no lock of the
 * space: a fault can last as long as user space likes, and then holds up the task that maps
 * and nobody else. A killed task gives up after the batch at hand.
 *
 * Where there are no pages to pin, there can be registers of a device that this process has
 * mapped by mmap(), of a VFIO device usually, for transfers between devices. They are noted
 * with the page frames found in the page table. Memory of the kernel that user space sees
 * through such an area is refused: nothing would keep it from being freed. Nothing keeps
 * registers, either: a device whose registers are in a mapping stays reachable by that mapping
 * when it is closed, loses its memory decode or goes to another driver. The type1 ABI has no
 * way to revoke a part of a mapping, and to hold the device would never end, as a device holds
 * the space that it is in; user space that shares registers ends the mapping first.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "priv.h"

#define PIN_FEW		16
#define PIN_BATCH	(PAGE_SIZE / sizeof(struct page *))
#define UNPIN_MOST	32768ULL

/**
 * struct pinner - a mapping being filled
 * @m: mapping
 * @vaddr: next user address
 * @left: pages to go
 * @mmio: pages so far that are registers
 * @paid: the mapping was charged, and can have memory
 * @pages: room for a batch
 * @room: how many, a power of two
 * @writer: fills the mapping's extents
 * @few: @pages of a small mapping, or when there is no memory for more
 */
struct pinner {
	struct dma_mapping *m;
	u64 vaddr;
	u64 left;
	u64 mmio;
	bool paid;
	struct page **pages;
	unsigned int room;
	struct extents_writer writer;
	struct page *few[PIN_FEW];
};

/* Pages at the head of @pages that follow each other in memory; @n above 0 */
static unsigned int contiguous(struct page **pages, unsigned int n)
{
	unsigned long pfn = page_to_pfn(pages[0]);
	unsigned int i;

	for (i = 1; i < n; i++)
		if (page_to_pfn(pages[i]) != pfn + i)
			break;
	return i;
}

static int note_pages(struct pinner *p, unsigned int n)
{
	unsigned int i, run;
	int ret;

	for (i = 0; i < n; i += run) {
		run = contiguous(p->pages + i, n - i);
		ret = extents_write(&p->writer, page_to_pfn(p->pages[i]), run, false);
		if (ret) {
			unpin_user_pages(p->pages + i, n - i);
			return ret;
		}
	}
	return n;
}

static bool is_kernel_memory(unsigned long pfn)
{
	return pfn_valid(pfn) && !PageReserved(pfn_to_page(pfn));
}

/*
 * Page frame at an address of a VM_PFNMAP area, faulted in if need be. -EAGAIN if mmap_lock
 * was let go meanwhile, so that @vma is not to be used any more.
 */
static int mmio_pfn(struct vm_area_struct *vma, unsigned long addr, bool write, u64 *pfn)
{
	struct follow_pfnmap_args args = { .vma = vma, .address = addr };
	bool unlocked = false;
	int ret;

	ret = follow_pfnmap_start(&args);
	if (ret) {
		ret = fixup_user_fault(vma->vm_mm, addr, write ? FAULT_FLAG_WRITE : 0, &unlocked);
		if (ret)
			return -EFAULT;
		if (unlocked)
			return -EAGAIN;
		if (follow_pfnmap_start(&args))
			return -EFAULT;
	}
	*pfn = args.pfn;
	ret = (write && !args.writable) || is_kernel_memory(args.pfn) ? -EFAULT : 0;
	follow_pfnmap_end(&args);
	return ret;
}

/* Note up to @max pages of device registers: how many, or -errno; -EAGAIN to come again */
static int note_mmio(struct pinner *p, unsigned int max)
{
	struct mm_struct *mm = p->m->mm;
	bool write = p->m->prot & IOAS_WRITE;
	struct vm_area_struct *vma;
	unsigned long addr;
	unsigned int n = 0;
	int ret = 0;
	u64 pfn;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	addr = untagged_addr_remote(mm, p->vaddr);
	vma = vma_lookup(mm, addr);
	if (!vma || !(vma->vm_flags & VM_PFNMAP))
		ret = -EFAULT;

	for (; !ret && n < max && addr < vma->vm_end; n++, addr += PAGE_SIZE) {
		ret = mmio_pfn(vma, addr, write, &pfn);
		if (!ret)
			ret = extents_write(&p->writer, pfn, 1, true);
		if (ret)
			break;
	}
	mmap_read_unlock(mm);
	return n ?: ret;
}

/**
 * pin_pages() - pin pages of an mm for devices
 * @mm: mm, which has users
 * @vaddr: address in it, aligned
 * @n: how many pages
 * @write: devices may write
 * @pages: room for them
 *
 * For another mm than the current task's, mmap_lock is let go while user space holds up a fault:
 * who charges it waits for nothing that user space can draw out.
 *
 * Return: how many of them, above 0; or -errno, -EINTR for a task that is being killed.
 */
int pin_pages(struct mm_struct *mm, u64 vaddr, unsigned int n, bool write, struct page **pages)
{
	unsigned int flags = FOLL_LONGTERM | (write ? FOLL_WRITE : 0);
	int locked = 1, ret;

	if (mm == current->mm) {
		ret = pin_user_pages_fast(vaddr, n, flags, pages);
	} else {
		if (mmap_read_lock_killable(mm))
			return -EINTR;
		ret = pin_user_pages_remote(mm, untagged_addr_remote(mm, vaddr), n, flags, pages,
					    &locked);
		if (locked)
			mmap_read_unlock(mm);
	}
	/* Of a task that is being killed, and so does not get mmap_lock again */
	if (ret == -EAGAIN)
		return -EINTR;
	return ret ?: -EFAULT;
}

static int pin_batch(struct pinner *p)
{
	unsigned int phase = (p->vaddr >> PAGE_SHIFT) & (p->room - 1);
	unsigned int n = min_t(u64, p->left, p->room - phase);
	int ret;

	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	if (p->paid) {
		ret = pin_pages(p->m->mm, p->vaddr, n, p->m->prot & IOAS_WRITE, p->pages);
		if (ret > 0)
			return note_pages(p, ret);
		if (ret != -EFAULT)
			return ret;
	}
	ret = note_mmio(p, n);
	if (ret > 0)
		p->mmio += ret;
	return ret == -EFAULT && !p->paid ? -ENOMEM : ret;
}

static void extent_unpin(const struct extent *e, bool dirty)
{
	u64 pfn = e->pfn, left = e->mmio ? 0 : e->npages, part;

	for (; left; left -= part, pfn += part) {
		part = min(left, UNPIN_MOST);
		unpin_user_page_range_dirty_lock(pfn_to_page(pfn), part, dirty);
		if (part == UNPIN_MOST)
			cond_resched();
	}
}

/**
 * mapping_unpin() - give the memory of a mapping back
 * @m: mapping, which no device reaches
 *
 * What a device could write counts as written.
 */
void mapping_unpin(struct dma_mapping *m)
{
	struct extents_cursor c;
	unsigned int since = 0;
	struct extent e;

	extents_first(&c, &m->ext);
	while (extents_next(&c, &e)) {
		extent_unpin(&e, m->prot & IOAS_WRITE);
		if (!(++since % PIN_BATCH))
			cond_resched();
	}
	extents_free(&m->ext);
}

static int pin_all(struct pinner *p)
{
	int ret;

	while (p->left) {
		ret = pin_batch(p);
		if (ret == -EAGAIN)
			continue;
		if (ret < 0)
			return ret;
		p->left -= ret;
		p->vaddr += (u64)ret << PAGE_SHIFT;
	}
	return extents_write_end(&p->writer);
}

/**
 * mapping_pin() - pin the memory of a mapping
 * @m: mapping without extents, of any mm
 * @paid: @m is charged for all of its pages; if not, it can have nothing but registers
 * @registers: set to how many of its pages are registers
 *
 * Return: 0; -EFAULT where there is no memory, or none that allows @m->prot, or the process has
 * ended; -ENOMEM; -EINTR when the task is being killed. Then nothing is pinned.
 */
int mapping_pin(struct dma_mapping *m, bool paid, u64 *registers)
{
	struct pinner p = { .m = m, .vaddr = m->vaddr, .left = mapping_npages(m), .paid = paid };
	bool borrowed = m->mm != current->mm;
	int ret;

	if (borrowed && !mmget_not_zero(m->mm))
		return -EFAULT;
	p.pages = p.left > PIN_FEW ? (struct page **)__get_free_page(GFP_KERNEL) : NULL;
	p.room = p.pages ? PIN_BATCH : PIN_FEW;
	if (!p.pages)
		p.pages = p.few;

	extents_write_begin(&p.writer, &m->ext, p.left);
	ret = pin_all(&p);
	if (p.pages != p.few)
		free_page((unsigned long)p.pages);
	if (borrowed)
		mmput_async(m->mm);
	if (ret) {
		extent_unpin(&p.writer.run, false);
		mapping_unpin(m);
	}
	*registers = p.mmio;
	return ret;
}
