// SPDX-License-Identifier: GPL-2.0-only
/* Processes; see shim/task.h. */
#include <stdlib.h>

#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <shim/fault.h>
#include <shim/fdtable.h>
#include <shim/mm.h>
#include <shim/task.h>

static pid_t next_pid = 1000;
struct task_struct shim_init_task;
static _Thread_local struct task_struct *running;

static void fresh(struct task_struct *task, const char *comm)
{
	*task = (struct task_struct){ .usage = REFCOUNT_INIT(1) };
	task->mm = shim_mm_new();
	task->files = shim_fdtable_new();
	task->group_leader = task;
	task->pid = task->tgid = next_pid++;
	strscpy(task->comm, comm, sizeof(task->comm));
	for (int limit = 0; limit < RLIM_NLIMITS; limit++)
		task->rlimits[limit] = RLIM_INFINITY;
}

static void __attribute__((constructor)) start(void)
{
	fresh(&shim_init_task, "test");
}

void shim_task_reset(void)
{
	shim_task_exit(&shim_init_task);
	fresh(&shim_init_task, "test");
	running = NULL;
}

struct task_struct *shim_current(void)
{
	return running ? running : &shim_init_task;
}

void shim_kill(bool killed)
{
	current->killed = current->signalled = killed;
}

struct task_struct *shim_become(struct task_struct *task)
{
	struct task_struct *before = shim_current();

	running = task;
	return before;
}

struct task_struct *shim_task_new(const char *comm)
{
	struct task_struct *task = malloc(sizeof(*task));

	if (!task)
		shim_die("the host is out of memory");
	fresh(task, comm);
	return task;
}

static void drop(struct task_struct *task)
{
	if (refcount_dec_and_test(&task->usage) && task != &shim_init_task)
		free(task);
}

/* Files first, as a real exit does not: releases then see the mm, the harder case is exec. */
void shim_task_exit(struct task_struct *task)
{
	struct task_struct *before = shim_become(task);

	task->flags |= PF_EXITING;
	shim_fdtable_free(task->files);
	task->files = NULL;
	shim_mm_exit(task->mm);
	task->mm = NULL;
	shim_become(before == task ? NULL : before);
	drop(task);
}

struct task_struct *get_task_struct(struct task_struct *task)
{
	refcount_inc(&task->usage);
	shim_live_add(SHIM_TASK_REF, 1);
	return task;
}

void put_task_struct(struct task_struct *task)
{
	shim_live_add(SHIM_TASK_REF, -1);
	drop(task);
}

void kthread_use_mm(struct mm_struct *mm)
{
	if (!(current->flags & PF_KTHREAD) || current->mm || !atomic_read(&mm->mm_users))
		shim_die("kthread_use_mm: not by this task, or not this mm");
	mmgrab(mm);
	current->mm = mm;
}

void kthread_unuse_mm(struct mm_struct *mm)
{
	if (!(current->flags & PF_KTHREAD) || current->mm != mm)
		shim_die("kthread_unuse_mm: not in use");
	current->mm = NULL;
	mmdrop(mm);
}

int mutex_lock_killable(struct mutex *lock)
{
	if (fatal_signal_pending(current) || shim_should_fail("mutex_lock_killable"))
		return -EINTR;
	mutex_lock(lock);
	return 0;
}

int mutex_lock_interruptible(struct mutex *lock)
{
	return signal_pending(current) ? -EINTR : mutex_lock_killable(lock);
}

int down_read_killable(struct rw_semaphore *lock)
{
	if (fatal_signal_pending(current) || shim_should_fail("down_read_killable"))
		return -EINTR;
	down_read(lock);
	return 0;
}

int down_read_interruptible(struct rw_semaphore *lock)
{
	return signal_pending(current) ? -EINTR : down_read_killable(lock);
}

int down_write_killable(struct rw_semaphore *lock)
{
	if (fatal_signal_pending(current) || shim_should_fail("down_write_killable"))
		return -EINTR;
	down_write(lock);
	return 0;
}
