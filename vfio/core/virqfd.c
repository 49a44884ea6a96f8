// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virqfd: an eventfd whose signal calls into a driver, such as to unmask an interrupt.
 *
 * A virqfd lives in a slot of its owner. Whoever empties the slot under @slots_lock, and only
 * he, ends the virqfd: vfio_virqfd_disable() in place, or a work item when the other side
 * closes the eventfd, since that is told in atomic context. A virqfd that is out of its slot
 * calls nothing any more once the end has run; vfio_virqfd_disable() waits for the end of each
 * that the slot ever had, so that the owner may free what the handlers use. For that, the work
 * item is queued before the lock is dropped: who finds the slot empty, or another in it, finds
 * the work in the queue.
 *
 * Lock order: the eventfd's wait-queue lock, then @slots_lock.
 */
#include <linux/eventfd.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "priv.h"

struct virqfd {
	struct virqfd **slot;		/* points at us until we are ended; guard: slots_lock */
	struct eventfd_ctx *eventfd;
	wait_queue_entry_t wait;
	struct poll_table_struct poll;	/* only while enabling */
	void *opaque;
	void *data;
	int (*handler)(void *opaque, void *data);
	void (*thread)(void *opaque, void *data);
	struct work_struct call_thread;
	struct work_struct end;
};

/*
 * The threads of drivers wait for as long as a device is in reset, and user space decides how many
 * of them do: so they have a queue of their own, and of so many workers at the most.
 */
#define THREADS_MAX 64
static struct workqueue_struct *thread_wq;
static struct workqueue_struct *end_wq;
static DEFINE_SPINLOCK(slots_lock);

/* Empty a slot of a virqfd, to end it: at once, or by the work item when @later */
static bool slot_take(struct virqfd **slot, struct virqfd *virqfd, bool later)
{
	guard(spinlock_irqsave)(&slots_lock);
	if (*slot != virqfd)
		return false;
	*slot = NULL;
	if (later)
		queue_work(end_wq, &virqfd->end);
	return true;
}

/* With the lock, so that whoever sees an empty slot sees the end of its virqfd queued, too */
static struct virqfd *slot_peek(struct virqfd **slot)
{
	guard(spinlock_irqsave)(&slots_lock);
	return *slot;
}

static void virqfd_end(struct virqfd *virqfd)
{
	struct eventfd_ctx *eventfd = virqfd->eventfd;
	u64 unserved;

	/* Waits for a wake-up that is in progress; none follows, so no work is queued any more */
	eventfd_ctx_remove_wait_queue(eventfd, &virqfd->wait, &unserved);
	/* A signal that came before the end still counts */
	flush_work(&virqfd->call_thread);
	kfree(virqfd);
	eventfd_ctx_put(eventfd);
}

static void virqfd_end_work(struct work_struct *work)
{
	virqfd_end(container_of(work, struct virqfd, end));
}

static void virqfd_thread_work(struct work_struct *work)
{
	struct virqfd *virqfd = container_of(work, struct virqfd, call_thread);

	virqfd->thread(virqfd->opaque, virqfd->data);
}

static void virqfd_signalled(struct virqfd *virqfd)
{
	if (virqfd->handler && !virqfd->handler(virqfd->opaque, virqfd->data))
		return;
	if (virqfd->thread)
		queue_work(thread_wq, &virqfd->call_thread);
}

/* Called with the eventfd's wait-queue lock held */
static int virqfd_wakeup(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct virqfd *virqfd = container_of(wait, struct virqfd, wait);
	__poll_t events = key_to_poll(key);

	if (events & EPOLLIN) {
		u64 count;

		eventfd_ctx_do_read(virqfd->eventfd, &count);
		virqfd_signalled(virqfd);
	}
	if (events & EPOLLHUP)
		slot_take(virqfd->slot, virqfd, true);
	return 0;
}

static void virqfd_queue(struct file *file, wait_queue_head_t *wqh, poll_table *poll)
{
	struct virqfd *virqfd = container_of(poll, struct virqfd, poll);

	add_wait_queue(wqh, &virqfd->wait);
}

/**
 * vfio_virqfd_enable() - call a driver whenever an eventfd is signalled
 * @opaque: first argument of the calls
 * @handler: called in any context, mostly atomic with interrupts off, and possibly at the same
 *	time in two threads; non-zero asks for @thread; or NULL, which asks always
 * @thread: called in process context after @handler has asked for it; or NULL
 * @data: second argument of the calls
 * @slot: where the virqfd is kept; NULL in it means there is none
 * @fd: user space's eventfd
 *
 * A signal that came before is served at once. The caller serialises calls on one slot.
 *
 * Return: 0; -EBUSY when the slot is taken; -EBADF or -EINVAL when @fd is no eventfd;
 * -ENOMEM.
 */
int vfio_virqfd_enable(void *opaque, int (*handler)(void *opaque, void *data),
		       void (*thread)(void *opaque, void *data), void *data,
		       struct virqfd **slot, int fd)
{
	struct virqfd *virqfd;
	struct file *file;
	int ret;

	virqfd = kzalloc(sizeof(*virqfd), GFP_KERNEL_ACCOUNT);
	if (!virqfd)
		return -ENOMEM;
	file = eventfd_fget(fd);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto free;
	}
	virqfd->eventfd = eventfd_ctx_fileget(file);
	if (IS_ERR(virqfd->eventfd)) {
		ret = PTR_ERR(virqfd->eventfd);
		goto put_file;
	}
	virqfd->slot = slot;
	virqfd->opaque = opaque;
	virqfd->handler = handler;
	virqfd->thread = thread;
	virqfd->data = data;
	INIT_WORK(&virqfd->call_thread, virqfd_thread_work);
	INIT_WORK(&virqfd->end, virqfd_end_work);
	init_waitqueue_func_entry(&virqfd->wait, virqfd_wakeup);
	init_poll_funcptr(&virqfd->poll, virqfd_queue);

	spin_lock_irq(&slots_lock);
	if (*slot) {
		spin_unlock_irq(&slots_lock);
		ret = -EBUSY;
		goto put_eventfd;
	}
	*slot = virqfd;
	spin_unlock_irq(&slots_lock);

	/* The file is held, so it cannot hang up before this is done */
	if (vfs_poll(file, &virqfd->poll) & EPOLLIN)
		virqfd_signalled(virqfd);
	fput(file);
	return 0;

put_eventfd:
	eventfd_ctx_put(virqfd->eventfd);
put_file:
	fput(file);
free:
	kfree(virqfd);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_virqfd_enable);

/**
 * vfio_virqfd_disable() - end the virqfd of a slot, if there is one
 * @slot: slot
 *
 * When it returns neither handler nor thread runs, nor will; also those of a virqfd that left the
 * slot before, because its eventfd was closed.
 *
 * Context: process; not below a lock that handler or thread takes.
 */
void vfio_virqfd_disable(struct virqfd **slot)
{
	struct virqfd *virqfd = slot_peek(slot);

	if (virqfd && slot_take(slot, virqfd, false))
		virqfd_end(virqfd);
	flush_workqueue(end_wq);
}
EXPORT_SYMBOL_GPL(vfio_virqfd_disable);

int __init vfio_virqfd_init(void)
{
	thread_wq = alloc_workqueue("vfio-virqfd", WQ_UNBOUND, THREADS_MAX);
	if (!thread_wq)
		return -ENOMEM;
	/* Waits for the other, so it could help reclaim no more than that */
	end_wq = alloc_workqueue("vfio-virqfd-end", 0, 0);
	if (end_wq)
		return 0;
	destroy_workqueue(thread_wq);
	return -ENOMEM;
}

void vfio_virqfd_exit(void)
{
	destroy_workqueue(end_wq);
	destroy_workqueue(thread_wq);
}
