// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking the mappings that an operation is about, and waiting for those that are busy.
 *
 * Mappings are taken all or none, by making them busy; whoever has them works on them
 * without the lock. That can take long, and others who need one of them wait without the
 * lock, too, until any mapping has settled or vanished. Then they look again from the start:
 * the mapping that they waited for may not exist any more.
 */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/sched/signal.h>

#include "priv.h"

static bool lies_within(const struct dma_mapping *m, const struct ioas_range *range)
{
	return m->iova >= range->start && m->last <= range->last;
}

/* Those from the start of the range up to one that is busy or, by -EINVAL, not to be cut */
static int take_all(struct ioas *ioas, const struct ioas_range *range, enum ioas_select select,
		    struct selection *sel)
{
	struct dma_mapping **link = &sel->list, *m;

	lockdep_assert_held(&ioas->lock);
	for (m = dma_tree_from(&ioas->mappings, range->start); m && m->iova <= range->last;
	     m = dma_tree_next(m)) {
		/* It stays whole, and so does all that comes after it */
		if (select == IOAS_STARTING && m->iova < range->start)
			return 0;
		if (select == IOAS_WHOLE && !lies_within(m, range))
			return -EINVAL;
		if (m->busy)
			return -EAGAIN;
		m->busy = true;
		m->next = NULL;
		*link = m;
		link = &m->next;
		sel->bytes += mapping_size(m);
		if (m->last >= range->last)
			break;
	}
	return 0;
}

static void release_all(struct ioas *ioas, struct selection *sel)
{
	struct dma_mapping *m;

	lockdep_assert_held(&ioas->lock);
	for (m = sel->list; m; m = m->next)
		m->busy = false;
	*sel = (struct selection){};
}

/**
 * select_take() - make the mappings that a range means busy
 * @ioas: space
 * @range: range
 * @select: what it means
 * @sel: set to the mappings, which the caller has for itself
 *
 * Return: 0, also when there are no such mappings; -EINVAL as @select says; -EINTR when the
 * task is being killed. Then @sel is empty.
 */
int select_take(struct ioas *ioas, const struct ioas_range *range, enum ioas_select select,
		struct selection *sel)
{
	int ret, seen;

	*sel = (struct selection){};
	for (;;) {
		mutex_lock(&ioas->lock);
		seen = atomic_read(&ioas->settled);
		ret = take_all(ioas, range, select, sel);
		if (ret)
			release_all(ioas, sel);
		mutex_unlock(&ioas->lock);
		if (ret != -EAGAIN)
			return ret;
		if (wait_event_killable(ioas->wait, atomic_read(&ioas->settled) != seen))
			return -EINTR;
	}
}

/**
 * select_release() - let go of mappings, which stay
 * @ioas: space
 * @sel: mappings; empty afterwards
 */
void select_release(struct ioas *ioas, struct selection *sel)
{
	mutex_lock(&ioas->lock);
	release_all(ioas, sel);
	mutex_unlock(&ioas->lock);
	select_settled(ioas);
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
