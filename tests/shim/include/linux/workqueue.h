/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_WORKQUEUE_H
#define SHIM_LINUX_WORKQUEUE_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/timer.h>

struct work_struct;
struct workqueue_struct { const char *name; };
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	struct list_head entry;	/* on the one queue of the shim, when queued */
	work_func_t func;
	bool queued;
};
struct delayed_work { struct work_struct work; };

#define __WORK_INITIALIZER(n, f) { .func = (f) }
#define DECLARE_WORK(n, f) struct work_struct n = __WORK_INITIALIZER(n, f)
#define INIT_WORK(w, f) (*(w) = (struct work_struct){ .func = (f) })
#define INIT_WORK_ONSTACK(w, f) INIT_WORK(w, f)
#define destroy_work_on_stack(w) ((void)(w))
#define INIT_DELAYED_WORK(w, f) INIT_WORK(&(w)->work, f)
#define to_delayed_work(w) container_of(w, struct delayed_work, work)
#define work_pending(w) ((w)->queued)
#define delayed_work_pending(w) work_pending(&(w)->work)

extern struct workqueue_struct shim_system_wq;
#define system_wq (&shim_system_wq)
#define system_unbound_wq (&shim_system_wq)
#define system_long_wq (&shim_system_wq)
#define system_highpri_wq (&shim_system_wq)
#define WQ_UNBOUND 0x02
#define WQ_HIGHPRI 0x10
#define WQ_MEM_RECLAIM 0x08
#define WQ_FREEZABLE 0x04
#define WORK_CPU_UNBOUND 4096

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max, ...);
#define alloc_ordered_workqueue(fmt, flags, args...) alloc_workqueue(fmt, flags, 1, ##args)
#define create_singlethread_workqueue(name) alloc_workqueue("%s", 0, 1, name)
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
void flush_workqueue(struct workqueue_struct *wq);
bool flush_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);

#define queue_work_on(cpu, wq, work) queue_work(wq, work)
#define schedule_work(work) queue_work(system_wq, work)
#define queue_delayed_work(wq, w, delay) queue_work(wq, &(w)->work)
#define schedule_delayed_work(w, delay) queue_work(system_wq, &(w)->work)
#define mod_delayed_work(wq, w, delay) queue_work(wq, &(w)->work)
#define cancel_work(work) cancel_work_sync(work)
#define cancel_delayed_work(w) cancel_work_sync(&(w)->work)
#define cancel_delayed_work_sync(w) cancel_work_sync(&(w)->work)
#define flush_delayed_work(w) flush_work(&(w)->work)

#endif
