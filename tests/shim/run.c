// SPDX-License-Identifier: GPL-2.0-only
/* Work items, RCU callbacks, wait queues and waiting itself; see shim/run.h. */
#include <pthread.h>
#include <unistd.h>

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <shim/fault.h>
#include <shim/fdtable.h>
#include <shim/run.h>

unsigned long shim_jiffies = 1000;
struct workqueue_struct shim_system_wq = { "system" };

static LIST_HEAD(queue);
/* Items that some thread runs at the moment; a thread can run one within another. */
static struct work_struct *running[64];
static unsigned int queued;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local struct work_struct *current_work;
static _Thread_local unsigned int depth;

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	bool news;

	pthread_mutex_lock(&lock);
	news = !work->queued;
	if (news) {
		work->queued = true;
		list_add_tail(&work->entry, &queue);
		queued++;
	}
	pthread_mutex_unlock(&lock);
	return news;
}

static struct work_struct **running_slot(const struct work_struct *work)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(running); i++)
		if (running[i] == work)
			return &running[i];
	shim_die("too many work items run at a time");
}

static struct work_struct *take(struct work_struct *wanted)
{
	struct work_struct *work = NULL;

	pthread_mutex_lock(&lock);
	if (wanted && wanted->queued)
		work = wanted;
	else if (!wanted && !list_empty(&queue))
		work = list_first_entry(&queue, struct work_struct, entry);
	if (work) {
		list_del(&work->entry);
		work->queued = false;
		queued--;
		*running_slot(NULL) = work;
	}
	pthread_mutex_unlock(&lock);
	return work;
}

static void done(struct work_struct *work)
{
	pthread_mutex_lock(&lock);
	*running_slot(work) = NULL;
	pthread_mutex_unlock(&lock);
}

/* Does another thread run @work, or any item if it is NULL? */
static bool runs_elsewhere(const struct work_struct *work)
{
	unsigned int n = 0;

	pthread_mutex_lock(&lock);
	for (unsigned int i = 0; i < ARRAY_SIZE(running); i++)
		n += work ? running[i] == work : !!running[i];
	pthread_mutex_unlock(&lock);
	return n > (work ? 0 : depth);
}

static void wait_for(const struct work_struct *work)
{
	for (unsigned int idle = 0; runs_elsewhere(work); idle++) {
		if (idle > 30000)
			shim_die("a work item never ends, or waits for itself");
		usleep(100);
	}
}

/* The item may be freed by its own function. */
static void run(struct work_struct *work)
{
	struct work_struct *outer = current_work;
	unsigned int held = shim_locks_held();

	current_work = work;
	depth++;
	work->func(work);
	depth--;
	current_work = outer;
	if (shim_locks_held() != held)
		shim_die("a work item returned with a lock held");
	done(work);
}

bool shim_run_one(void)
{
	struct work_struct *work = take(NULL);

	if (work)
		run(work);
	return work;
}

unsigned int shim_work_pending(void)
{
	return queued;
}

void shim_run_work(void)
{
	do {
		shim_run_fputs();
		shim_rcu_run();
	} while (shim_run_one());
}

bool flush_work(struct work_struct *work)
{
	struct work_struct *mine = take(work);

	shim_might_sleep("flush_work", 0);
	if (current_work == work)
		shim_die("flush_work: by the work item itself");
	if (mine)
		run(mine);
	wait_for(work);
	return mine;
}

bool cancel_work_sync(struct work_struct *work)
{
	struct work_struct *mine = take(work);

	shim_might_sleep("cancel_work_sync", 0);
	if (mine)
		done(mine);
	wait_for(work);
	return mine;
}

void flush_workqueue(struct workqueue_struct *wq)
{
	while (shim_run_one())
		;
	wait_for(NULL);
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max, ...)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);

	if (wq)
		wq->name = fmt;
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	flush_workqueue(wq);
	kfree(wq);
}

void shim_wait_step(struct shim_wait *wait)
{
	shim_might_sleep(wait->what, 0);
	if (shim_run_one()) {
		wait->idle = 0;
		return;
	}
	if (++wait->idle > 3000)
		shim_die("nothing ends the wait for %s", wait->what);
	usleep(1000);
}

/* RCU */

struct freeing {
	struct rcu_head head;
	void *object;
};

static struct rcu_head *callbacks, **callbacks_tail = &callbacks;
static _Thread_local unsigned int readers;

void rcu_read_lock(void)
{
	readers++;
}

void rcu_read_unlock(void)
{
	if (!readers--)
		shim_die("rcu_read_unlock without rcu_read_lock");
}

bool rcu_read_lock_held(void)
{
	return readers;
}

void call_rcu(struct rcu_head *head, rcu_callback_t fn)
{
	pthread_mutex_lock(&lock);
	*head = (struct rcu_head){ .func = fn };
	*callbacks_tail = head;
	callbacks_tail = &head->next;
	pthread_mutex_unlock(&lock);
}

static void free_object(struct rcu_head *head)
{
	struct freeing *freeing = container_of(head, struct freeing, head);

	kvfree(freeing->object);
	kfree(freeing);
}

void call_rcu_kfree(struct callback_head *head, void *object)
{
	struct freeing *freeing = kzalloc(sizeof(*freeing), GFP_ATOMIC | __GFP_NOFAIL);

	freeing->object = object;
	call_rcu(&freeing->head, free_object);
}

void shim_rcu_run(void)
{
	struct rcu_head *head, *next;

	pthread_mutex_lock(&lock);
	head = callbacks;
	callbacks = NULL;
	callbacks_tail = &callbacks;
	pthread_mutex_unlock(&lock);
	for (; head; head = next) {
		next = head->next;
		head->func(head);
	}
}

void synchronize_rcu(void)
{
	if (readers)
		shim_die("synchronize_rcu within a reader's section");
	shim_might_sleep("synchronize_rcu", 0);
	shim_rcu_run();
}

/* Wait queues */

void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_add_tail(&entry->entry, &wq->head);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void add_wait_queue_priority(wait_queue_head_t *wq, wait_queue_entry_t *entry)
{
	add_wait_queue(wq, entry);
}

void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_del(&entry->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void shim_wake_locked(wait_queue_head_t *wq, void *key)
{
	wait_queue_entry_t *entry, *keep;

	lockdep_assert_held(&wq->lock);
	list_for_each_entry_safe(entry, keep, &wq->head, entry)
		entry->func(entry, 0, 0, key);
}

void shim_wake(wait_queue_head_t *wq, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	shim_wake_locked(wq, key);
	spin_unlock_irqrestore(&wq->lock, flags);
}
