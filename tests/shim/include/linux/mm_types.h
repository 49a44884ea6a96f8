/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MM_TYPES_H
#define SHIM_LINUX_MM_TYPES_H

#include <asm/page.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/types.h>

/* How many IOMMU domains can map pages at the same time. */
#define SHIM_DOMAINS 4

struct page {
	unsigned long flags;
	atomic_t refs, pins;
	u32 index;		/* distance from the head of its folio */
	u8 order;		/* of the folio; in the head */
	bool ram, reserved, dirty;
	/* by domain: entries that lead here, and entries gone but not yet flushed */
	u16 mapped[SHIM_DOMAINS], stale[SHIM_DOMAINS];
	void *data;
};

struct folio { struct page page; };

typedef unsigned long vm_flags_t;
typedef unsigned int vm_fault_t;
typedef struct { unsigned long pgprot; } pgprot_t;

struct mm_struct {
	struct rw_semaphore mmap_lock;
	atomic_t mm_users, mm_count;
	unsigned long locked_vm;
	atomic64_t pinned_vm;
	struct task_struct *owner;
	struct list_head vmas;		/* by address */
	struct list_head all;
};

struct vm_area_struct {
	unsigned long vm_start, vm_end;	/* end is exclusive */
	struct mm_struct *vm_mm;
	vm_flags_t vm_flags;
	pgprot_t vm_page_prot;
	unsigned long vm_pgoff;
	const struct vm_operations_struct *vm_ops;
	void *vm_private_data;
	struct file *vm_file;
	struct list_head node;
	unsigned long *pfns;		/* page table: 0 is nothing there */
};

struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long address;
	unsigned long pgoff;
	unsigned int flags;
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	int (*may_split)(struct vm_area_struct *vma, unsigned long addr);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	vm_fault_t (*huge_fault)(struct vm_fault *vmf, unsigned int order);
	int (*access)(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
		      int write);
};

#endif
