// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who pays for pinned memory.
 *
 * Pages are charged to locked_vm of the mm that maps them, once for each time that they are
 * mapped. The limit is RLIMIT_MEMLOCK of the task that maps, which CAP_IPC_LOCK lifts. An mm
 * is held by mmgrab() for as long as it is charged, so that it can be uncharged after its
 * processes are gone.
 *
 * A mapping is charged once, when all of it is pinned and its pages are known (device
 * registers are not charged); charge_fits() keeps it from pinning more than a batch beyond
 * what it can pay for.
 */
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/signal.h>

#include "priv.h"

static bool within_limit(const struct mm_struct *mm, unsigned long npages)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	unsigned long locked = READ_ONCE(mm->locked_vm);

	return npages <= limit && locked <= limit - npages;
}

/**
 * charge_fits() - would a charge be granted?
 * @mm: who would pay
 * @npages: pages
 *
 * The answer is a guess: other threads charge too.
 */
bool charge_fits(struct mm_struct *mm, unsigned long npages)
{
	return within_limit(mm, npages) || capable(CAP_IPC_LOCK);
}

/**
 * charge() - charge pages on behalf of the current task
 * @mm: who pays
 * @npages: pages
 *
 * Return: 0, -ENOMEM beyond the limit, -EINTR for a task that is being killed.
 */
int charge(struct mm_struct *mm, unsigned long npages)
{
	int ret = 0;

	if (!npages)
		return 0;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	if (charge_fits(mm, npages))
		WRITE_ONCE(mm->locked_vm, mm->locked_vm + npages);
	else
		ret = -ENOMEM;
	mmap_write_unlock(mm);
	return ret;
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
	WRITE_ONCE(mm->locked_vm, mm->locked_vm - npages);
	mmap_write_unlock(mm);
}
