/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes. Every thread runs as shim_init_task, which has an mm, a table of file
 * descriptors, no limits and no capabilities, until shim_become() says otherwise.
 */
#ifndef SHIM_TASK_H
#define SHIM_TASK_H

#include <linux/sched.h>

extern struct task_struct shim_init_task;

/** shim_task_new() - another process, with its own mm and descriptors. */
struct task_struct *shim_task_new(const char *comm);
/** shim_task_exit() - its mm and descriptors go; the task when its last reference does. */
void shim_task_exit(struct task_struct *task);
/** shim_become() - this thread runs as @task from now on; returns the one before. */
struct task_struct *shim_become(struct task_struct *task);
/** shim_task_reset() - shim_init_task as it was at the start. */
void shim_task_reset(void);

#endif
