// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the mappings that an operation is about, and waiting for those that are busy.
 *
 * A thread that works on a mapping can take long. Who needs that mapping waits without the
 * lock, until any mapping has settled or vanished, and then looks again from the start: the
 * mapping that it waited for may not exist any more.
 */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/sched/signal.h>

#include "priv.h"

static bool lies_within(const struct dma_mapping *m, const struct ioas_range *range)
{
	return m->iova >= range->start && m->last <= range->last;
}

/**
 * select_each() - visit the mappings that a range means, in ascending order
 * @ioas: space
 * @range: range
 * @select: what it means
 * @visit: called with each mapping; what it returns other than 0 ends the walk
 * @arg: its other argument
 *
 * Context: ioas->lock is held.
 *
 * Return: 0, what @visit ended the walk with, or -EINVAL as @select says.
 */
int select_each(struct ioas *ioas, const struct ioas_range *range, enum ioas_select select,
		int (*visit)(struct dma_mapping *m, void *arg), void *arg)
{
	struct dma_mapping *m;
	int ret = 0;

	lockdep_assert_held(&ioas->lock);
	for (m = dma_tree_from(&ioas->mappings, range->start); m && !ret && m->iova <= range->last;
	     m = dma_tree_next(m)) {
		if (select == IOAS_STARTING && m->iova < range->start)
			continue;
		if (select == IOAS_WHOLE && !lies_within(m, range))
			return -EINVAL;
		ret = visit(m, arg);
	}
	return ret;
}

static int refuse_busy(struct dma_mapping *m, void *arg)
{
	return smp_load_acquire(&m->busy) ? -EAGAIN : 0;
}

/**
 * select_lock() - take the lock when none of the mappings that a range means is busy
 * @ioas: space
 * @range: range
 * @select: what it means
 *
 * Return: 0 with ioas->lock held, else without it: -EINVAL as @select says, -EINTR when the
 * task is being killed.
 */
int select_lock(struct ioas *ioas, const struct ioas_range *range, enum ioas_select select)
{
	int ret, seen;

	for (;;) {
		mutex_lock(&ioas->lock);
		seen = atomic_read(&ioas->settled);
		ret = select_each(ioas, range, select, refuse_busy, NULL);
		if (!ret)
			return 0;
		mutex_unlock(&ioas->lock);
		if (ret != -EAGAIN)
			return ret;
		if (wait_event_killable(ioas->wait, atomic_read(&ioas->settled) != seen))
			return -EINTR;
	}
}

/**
 * select_settled() - tell that some mapping is no longer busy
 * @ioas: space
 */
void select_settled(struct ioas *ioas)
{
	atomic_inc(&ioas->settled);
	if (wq_has_sleeper(&ioas->wait))
		wake_up_all(&ioas->wait);
}
