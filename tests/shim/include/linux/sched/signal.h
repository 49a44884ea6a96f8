/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SCHED_SIGNAL_H
#define SHIM_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

static inline int signal_pending(struct task_struct *task)
{
	return task->signalled || task->killed;
}

static inline int fatal_signal_pending(struct task_struct *task)
{
	return task->killed;
}

static inline unsigned long task_rlimit(const struct task_struct *task, unsigned int limit)
{
	return task->rlimits[limit];
}

#define rlimit(limit) task_rlimit(current, limit)

#endif
