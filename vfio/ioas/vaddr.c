// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings whose user addresses change, as when a process replaces itself by exec.
 *
 * The memory of a mapping is pinned and known from its start, so that devices go on and
 * nothing needs the user addresses. What moves with them is who pays: the mm that the new
 * address belongs to. Groups cannot be added while addresses are invalid, as the ABI says.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#include "priv.h"

static int refuse_gone(struct dma_mapping *m, void *arg)
{
	return m->vaddr_gone ? -EINVAL : 0;
}

/**
 * struct drop - what ioas_vaddr_drop() has done
 */
struct drop {
	struct ioas *ioas;
	u64 bytes;
};

static int drop_vaddr(struct dma_mapping *m, void *arg)
{
	struct drop *drop = arg;

	m->vaddr_gone = true;
	drop->ioas->vaddrs_gone++;
	drop->bytes += mapping_size(m);
	return 0;
}

/**
 * ioas_vaddr_drop() - the user addresses of mappings hold no longer
 * @ioas: space
 * @range: addresses for devices
 * @select: which mappings they mean
 * @dropped: set to their size in bytes
 *
 * Return: 0; -EINVAL as @select says or if it was said of one of them before; -EINTR for a
 * task that is being killed. Then nothing has changed.
 */
int ioas_vaddr_drop(struct ioas *ioas, const struct ioas_range *range,
		    enum ioas_select select, u64 *dropped)
{
	struct drop drop = { .ioas = ioas };
	int ret;

	ret = select_lock(ioas, range, select);
	if (ret)
		return ret;
	ret = select_each(ioas, range, select, refuse_gone, NULL);
	if (!ret)
		select_each(ioas, range, select, drop_vaddr, &drop);
	mutex_unlock(&ioas->lock);
	*dropped = drop.bytes;
	return ret;
}

/* The mapping of exactly that range, made busy, or ERR_PTR() */
static struct dma_mapping *take_gone(struct ioas *ioas, const struct ioas_range *range)
{
	struct dma_mapping *m;
	int ret;

	ret = select_lock(ioas, range, IOAS_WHOLE);
	if (ret)
		return ERR_PTR(ret);
	m = dma_tree_from(&ioas->mappings, range->start);
	if (!m || m->iova > range->last)
		m = ERR_PTR(-ENOENT);
	else if (m->iova != range->start || m->last != range->last || !m->vaddr_gone)
		m = ERR_PTR(-EINVAL);
	else
		m->busy = true;
	mutex_unlock(&ioas->lock);
	return m;
}

/* Let another mm pay for a busy mapping */
static int change_payer(struct dma_mapping *m, struct mm_struct *mm)
{
	int ret;

	if (mm == m->mm)
		return 0;
	ret = charge(mm, m->charged);
	if (ret)
		return ret;
	uncharge(m->mm, m->charged);
	mmgrab(mm);
	mmdrop(m->mm);
	m->mm = mm;
	return 0;
}

/**
 * ioas_vaddr_renew() - a mapping has a user address again, in the current task
 * @ioas: space
 * @iova: first address of a mapping given to ioas_vaddr_drop()
 * @length: its size in bytes
 *
 * The current task's mm pays for it from now on.
 *
 * Return: 0; -ENOENT where no mapping is; -EINVAL if it is another one or its address is
 * valid; -ENOMEM beyond RLIMIT_MEMLOCK; -EINTR for a task that is being killed. Then nothing
 * has changed.
 */
int ioas_vaddr_renew(struct ioas *ioas, u64 iova, u64 length)
{
	const struct ioas_range range = { .start = iova, .last = iova + (length - 1) };
	struct dma_mapping *m;
	int ret;

	if (!length || range.last < range.start)
		return -EINVAL;
	if (!current->mm)
		return -EFAULT;
	m = take_gone(ioas, &range);
	if (IS_ERR(m))
		return PTR_ERR(m);
	ret = change_payer(m, current->mm);

	mutex_lock(&ioas->lock);
	if (!ret) {
		m->vaddr_gone = false;
		ioas->vaddrs_gone--;
	}
	m->busy = false;
	mutex_unlock(&ioas->lock);
	select_settled(ioas);
	return ret;
}
