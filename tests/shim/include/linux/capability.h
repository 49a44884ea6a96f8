/* SPDX-License-Identifier: GPL-2.0-only */
#include_next <linux/capability.h>
#ifndef SHIM_LINUX_CAPABILITY_H
#define SHIM_LINUX_CAPABILITY_H

#include <linux/sched.h>

static inline bool capable(int cap)
{
	return current->caps >> cap & 1;
}

static inline bool has_capability(struct task_struct *task, int cap)
{
	return task->caps >> cap & 1;
}

#define has_capability_noaudit(task, cap) has_capability(task, cap)
#define ns_capable(ns, cap) capable(cap)

#endif
