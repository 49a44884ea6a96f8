/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KTHREAD_H
#define SHIM_LINUX_KTHREAD_H

#include <linux/mm_types.h>
#include <linux/sched.h>

/* Die unless current is a kernel thread without an mm, or with that one. */
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(struct mm_struct *mm);

#endif
