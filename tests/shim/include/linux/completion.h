/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_COMPLETION_H
#define SHIM_LINUX_COMPLETION_H

#include <linux/atomic.h>
#include <linux/wait.h>

struct completion { atomic_t done; };

#define COMPLETE_ALL_DONE (1 << 30)
#define COMPLETION_INITIALIZER(c) { ATOMIC_INIT(0) }
#define DECLARE_COMPLETION(c) struct completion c = COMPLETION_INITIALIZER(c)
#define DECLARE_COMPLETION_ONSTACK(c) DECLARE_COMPLETION(c)
#define init_completion(c) atomic_set(&(c)->done, 0)
#define reinit_completion(c) atomic_set(&(c)->done, 0)
#define complete(c) atomic_inc(&(c)->done)
#define complete_all(c) atomic_set(&(c)->done, COMPLETE_ALL_DONE)
#define completion_done(c) (atomic_read(&(c)->done) > 0)

static inline bool try_wait_for_completion(struct completion *c)
{
	int seen = atomic_read(&c->done);

	while (seen > 0)
		if (seen >= COMPLETE_ALL_DONE || atomic_try_cmpxchg(&c->done, &seen, seen - 1))
			return true;
	return false;
}

#define wait_for_completion(c) ((void)SHIM_WAIT(try_wait_for_completion(c), 0))
#define wait_for_completion_interruptible(c) \
	SHIM_WAIT(try_wait_for_completion(c), signal_pending(current) ? -ERESTARTSYS : 0)
#define wait_for_completion_killable(c) \
	SHIM_WAIT(try_wait_for_completion(c), fatal_signal_pending(current) ? -ERESTARTSYS : 0)
/*
 * The condition is looked at once more after the loop, so a completion is only taken
 * at the end.
 */
#define wait_for_completion_timeout(c, ticks) ({ \
	long wfc_ = SHIM_WAIT_TICKS(completion_done(c), ticks, 0); \
	if (wfc_ > 0) try_wait_for_completion(c); \
	(unsigned long)wfc_; })
#define wait_for_completion_interruptible_timeout(c, ticks) ({ \
	long wfc_ = SHIM_WAIT_TICKS(completion_done(c), ticks, \
				    signal_pending(current) ? -ERESTARTSYS : 0); \
	if (wfc_ > 0) try_wait_for_completion(c); \
	wfc_; })

#endif
