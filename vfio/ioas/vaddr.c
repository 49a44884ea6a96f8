// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings whose user addresses change, as when a process replaces itself by exec.
 *
 * The memory of a mapping is pinned and known from its start, so that devices go on and
 * nothing needs the user addresses, unless there are emulated devices, which forbid this. What
 * moves with addresses is who pays: the mm that the new one belongs to. Groups cannot be added
 * while addresses are invalid, as the ABI says.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#include "priv.h"

static bool any_gone(const struct selection *sel)
{
	const struct dma_mapping *m;

	for (m = sel->list; m; m = m->next)
		if (m->vaddr_gone)
			return true;
	return false;
}

static void set_gone(struct ioas *ioas, struct dma_mapping *m, bool gone)
{
	guard(mutex)(&ioas->lock);
	m->vaddr_gone = gone;
	if (gone)
		ioas->vaddrs_gone++;
	else
		ioas->vaddrs_gone--;
}

/**
 * ioas_vaddr_drop() - the user addresses of mappings hold no longer
 * @ioas: space
 * @range: addresses for devices
 * @select: which mappings they mean
 * @dropped: set to their size in bytes
 *
 * Return: 0; -EBUSY with emulated devices, which go by user addresses; -EINVAL as @select says
 * or if it was said of one of them before; -EINTR for a task that is being killed. Then nothing
 * has changed.
 */
int ioas_vaddr_drop(struct ioas *ioas, const struct ioas_range *range,
		    enum ioas_select select, u64 *dropped)
{
	struct dma_mapping *m;
	struct selection sel;
	int ret;

	if (ioas->emulated)
		return -EBUSY;
	ret = select_take(ioas, range, select, &sel);
	if (ret)
		return ret;
	*dropped = sel.bytes;
	if (any_gone(&sel))
		ret = -EINVAL;
	for (m = ret ? NULL : sel.list; m; m = m->next)
		set_gone(ioas, m, true);
	select_release(ioas, &sel);
	return ret;
}

/* Let another mm pay for a busy mapping */
static int change_payer(struct dma_mapping *m, struct mm_struct *mm)
{
	unsigned long limit = charge_limit();
	int ret;

	if (mm == m->mm)
		return 0;
	ret = charge(mm, m->charged, &limit);
	if (ret)
		return ret;
	uncharge(m->mm, m->charged);
	mmgrab(mm);
	mmdrop(m->mm);
	m->mm = mm;
	m->limit = limit;
	return 0;
}

/**
 * ioas_vaddr_renew() - a mapping has a user address again, in the current task
 * @ioas: space
 * @iova: first address of a mapping given to ioas_vaddr_drop()
 * @vaddr: where its memory is in the current task
 * @length: its size in bytes
 *
 * The current task's mm pays for it from now on.
 *
 * Return: 0; -ENOENT where no mapping is; -EINVAL if it is another one or its address is
 * valid; -ENOMEM beyond RLIMIT_MEMLOCK; -EFAULT for a task without memory; -EINTR for one that
 * is being killed. Then nothing has changed.
 */
int ioas_vaddr_renew(struct ioas *ioas, u64 iova, u64 vaddr, u64 length)
{
	const struct ioas_range range = { .start = iova, .last = iova + (length - 1) };
	struct dma_mapping *m;
	struct selection sel;
	int ret;

	if (!length || range.last < range.start)
		return -EINVAL;
	if (!current->mm)
		return -EFAULT;
	ret = select_take(ioas, &range, IOAS_WHOLE, &sel);
	if (ret)
		return ret;
	m = sel.list;
	if (!m)
		return -ENOENT;
	if (sel.bytes != length || m->next || !m->vaddr_gone)
		ret = -EINVAL;
	else
		ret = change_payer(m, current->mm);
	if (!ret) {
		m->vaddr = vaddr;
		set_gone(ioas, m, false);
	}
	select_release(ioas, &sel);
	return ret;
}
