/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SCHED_H
#define SHIM_LINUX_SCHED_H

#include <linux/kernel.h>
#include <linux/refcount.h>
#include <linux/resource.h>
#include <linux/types.h>

struct mm_struct;
struct shim_fdtable;

struct task_struct {
	struct mm_struct *mm;
	struct task_struct *group_leader;
	struct shim_fdtable *files;
	refcount_t usage;
	unsigned long rlimits[RLIM_NLIMITS];
	u64 caps;		/* bit per CAP_* */
	bool signalled, killed;
	unsigned int flags;
	pid_t pid, tgid;
	char comm[16];
};
#define PF_KTHREAD 0x1
#define PF_EXITING 0x2
#define TASK_COMM_LEN 16

/* Each thread is shim_init_task until the test says otherwise. */
struct task_struct *shim_current(void);
#define current shim_current()

#define cond_resched() ({ might_sleep(); 0; })
#define schedule() might_sleep()
#define need_resched() false
#define task_tgid_nr(t) ((t)->tgid)
#define task_pid_nr(t) ((t)->pid)

#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#endif
