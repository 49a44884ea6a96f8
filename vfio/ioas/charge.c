// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who pays for pinned memory.
 *
 * Pages are charged to locked_vm of the mm that maps them, once for each time that they are
 * mapped. The limit is RLIMIT_MEMLOCK of the task that maps, as it is then, which CAP_IPC_LOCK
 * lifts. An mm is held by mmgrab() for as long as it is charged, so that it can be uncharged after
 * its processes are gone.
 *
 * A mapping is charged for all of its size before the first page is pinned, so that no
 * number of threads that stand still in a fault holds memory that nobody pays for. Registers
 * of devices are free, and are paid back when they have been found. A mapping that cannot be
 * paid for may still be one of nothing but registers; it then gets no memory.
 */
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/signal.h>

#include "priv.h"

static bool within_limit(const struct mm_struct *mm, unsigned long npages, unsigned long limit)
{
	return npages <= limit && mm->locked_vm <= limit - npages;
}

/**
 * charge() - charge pages
 * @mm: who pays
 * @npages: pages
 * @limit: how many it may pay for in all; set to ULONG_MAX if it was only because the current task
 *	has @mm and CAP_IPC_LOCK that they could be charged
 *
 * Return: 0, -ENOMEM beyond the limit, -EINTR for a task that is being killed.
 */
int charge(struct mm_struct *mm, unsigned long npages, unsigned long *limit)
{
	int ret = 0;

	if (!npages)
		return 0;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	if (!within_limit(mm, npages, *limit)) {
		if (current->mm == mm && capable(CAP_IPC_LOCK))
			*limit = ULONG_MAX;
		else
			ret = -ENOMEM;
	}
	if (!ret)
		mm->locked_vm += npages;
	mmap_write_unlock(mm);
	return ret;
}

/**
 * charge_anyway() - charge pages that are pinned already, beyond any limit
 * @mm: who pays
 * @npages: pages
 */
void charge_anyway(struct mm_struct *mm, unsigned long npages)
{
	mmap_write_lock(mm);
	mm->locked_vm += npages;
	mmap_write_unlock(mm);
}

/**
 * uncharge() - undo charges
 * @mm: who paid; its processes may have ended
 * @npages: pages
 */
void uncharge(struct mm_struct *mm, unsigned long npages)
{
	if (!npages)
		return;
	mmap_write_lock(mm);
	WARN_ON_ONCE(mm->locked_vm < npages);
	mm->locked_vm -= npages;
	mmap_write_unlock(mm);
}
