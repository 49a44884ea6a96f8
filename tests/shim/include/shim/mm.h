/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address spaces made of page frames that a test lays out. There is no content: what is
 * counted is who pins a frame, and which IOMMU entries lead to it.
 *
 * Unpinning dies if afterwards a domain still reaches the frame, by an entry or by a cached
 * one that was not flushed, more often than it is pinned.
 */
#ifndef SHIM_MM_H
#define SHIM_MM_H

#include <linux/mm_types.h>

enum shim_layout {
	SHIM_CONTIGUOUS,	/* each frame follows the one before; single pages */
	SHIM_SCATTERED,		/* no frame follows the one before */
	SHIM_HUGE,		/* folios of 2 MiB, aligned, not following each other */
	SHIM_HUGE_RUN,		/* folios of 2 MiB that follow each other */
	SHIM_ONE_PAGE,		/* the same frame all over, as with the zero page */
};

#define SHIM_RW (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE)
#define SHIM_RO (VM_READ | VM_MAYREAD)

struct mm_struct *shim_mm_new(void);
/** shim_mm_exit() - the last process with @mm ends: its areas go. */
void shim_mm_exit(struct mm_struct *mm);

/** shim_map() - memory at @vaddr of the current task's mm; page aligned, in @npages pages. */
struct vm_area_struct *shim_map(unsigned long vaddr, unsigned long npages,
				unsigned long vm_flags, enum shim_layout layout);
/** shim_map_device() - registers from frame @pfn on, present in the page table. */
struct vm_area_struct *shim_map_device(unsigned long vaddr, unsigned long npages,
				       unsigned long vm_flags, unsigned long pfn);
/** shim_map_empty() - an area without pages; its vm_ops->fault may bring them. */
struct vm_area_struct *shim_map_empty(unsigned long vaddr, unsigned long npages,
				      unsigned long vm_flags);
/** shim_map_again() - another area with the frames of @of. */
struct vm_area_struct *shim_map_again(unsigned long vaddr, const struct vm_area_struct *of,
				      unsigned long vm_flags);
/** shim_unmap() - the area goes; pinned frames stay pinned. */
void shim_unmap(struct vm_area_struct *vma);
/** shim_next_pfn() - where the next memory is laid out. */
void shim_next_pfn(unsigned long pfn);
/** shim_pfn_at() - frame at an address of the current mm, 0 if there is none. */
unsigned long shim_pfn_at(unsigned long vaddr);
/** shim_pins_at() - how often the frame at @vaddr is pinned. */
int shim_pins_at(unsigned long vaddr);
/** shim_pin_at_most() - one call pins at most @n pages; 0 for no limit. */
void shim_pin_at_most(unsigned int n);
/** shim_pin_calls() - pin calls since the start. */
unsigned long shim_pin_calls(void);
/** shim_unpin_calls() - unpin calls since the start. */
unsigned long shim_unpin_calls(void);
/** shim_touch() - a user access: 0, or a VM_FAULT_* error. */
unsigned int shim_touch(unsigned long vaddr, bool write);

/* Between mm.c and iommu.c */
void shim_page_mapped(unsigned long pfn, unsigned int domain, int n);
void shim_page_stale(unsigned long pfn, unsigned int domain, int n);

#endif
