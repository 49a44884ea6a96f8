/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_WAIT_H
#define SHIM_LINUX_WAIT_H

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <shim/run.h>

typedef struct wait_queue_entry wait_queue_entry_t;
typedef int (*wait_queue_func_t)(wait_queue_entry_t *entry, unsigned int mode, int flags,
				 void *key);

struct wait_queue_entry {
	unsigned int flags;
	void *private;
	wait_queue_func_t func;
	struct list_head entry;
};

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;

#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = { \
	.lock = __SPIN_LOCK_UNLOCKED(name.lock), .head = LIST_HEAD_INIT(name.head) }
#define init_waitqueue_head(wq) do { spin_lock_init(&(wq)->lock); \
	INIT_LIST_HEAD(&(wq)->head); } while (0)
#define init_waitqueue_func_entry(e, f) ((void)(*(e) = (wait_queue_entry_t){ .func = (f) }))
#define waitqueue_active(wq) (!list_empty(&(wq)->head))
#define wq_has_sleeper(wq) waitqueue_active(wq)

void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry);
void add_wait_queue_priority(wait_queue_head_t *wq, wait_queue_entry_t *entry);
void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry);
/* Calls each entry's function with @key, under the queue's lock. */
void shim_wake(wait_queue_head_t *wq, void *key);
#define wake_up(wq) shim_wake(wq, NULL)
#define wake_up_all(wq) shim_wake(wq, NULL)
#define wake_up_interruptible(wq) shim_wake(wq, NULL)
#define wake_up_poll(wq, key) shim_wake(wq, (void *)(unsigned long)(key))
#define wake_up_locked_poll(wq, key) shim_wake_locked(wq, (void *)(unsigned long)(key))
void shim_wake_locked(wait_queue_head_t *wq, void *key);
#define key_to_poll(key) ((__poll_t)(unsigned long)(key))
#define poll_to_key(mask) ((void *)(unsigned long)(mask))

/* Sleepers look at their condition again and again; see shim_wait_step(). */
#define SHIM_WAIT(cond, give_up) ({						\
	struct shim_wait wait_ = { .what = #cond };				\
	int wait_ret_ = 0;							\
	while (!(cond)) {							\
		wait_ret_ = (give_up);						\
		if (wait_ret_)							\
			break;							\
		shim_wait_step(&wait_);						\
	}									\
	wait_ret_; })
#define wait_event(wq, cond) ((void)(wq), (void)SHIM_WAIT(cond, 0))
#define wait_event_interruptible(wq, cond) \
	((void)(wq), SHIM_WAIT(cond, signal_pending(current) ? -ERESTARTSYS : 0))
#define wait_event_killable(wq, cond) \
	((void)(wq), SHIM_WAIT(cond, fatal_signal_pending(current) ? -ERESTARTSYS : 0))
/* A step is taken for a tick of the time limit. */
#define SHIM_WAIT_TICKS(cond, ticks, give_up) ({				\
	long left_ = (ticks);							\
	int stop_ = 0;								\
	while (!(cond) && left_ && !(stop_ = (give_up))) {			\
		if (!shim_run_one())						\
			left_--;						\
	}									\
	stop_ ? (long)stop_ : (cond) ? (left_ ? left_ : 1) : 0; })
#define wait_event_timeout(wq, cond, ticks) ((void)(wq), SHIM_WAIT_TICKS(cond, ticks, 0))
#define wait_event_interruptible_timeout(wq, cond, ticks) \
	((void)(wq), SHIM_WAIT_TICKS(cond, ticks, signal_pending(current) ? -ERESTARTSYS : 0))
#define wait_var_event(var, cond) ((void)(var), (void)SHIM_WAIT(cond, 0))
#define wake_up_var(var) ((void)(var))

#endif
