/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_POLL_H
#define SHIM_LINUX_POLL_H

#include <linux/eventpoll.h>
#include <linux/uaccess.h>
#include <linux/fs.h>
#include <linux/wait.h>

struct poll_table_struct;
typedef void (*poll_queue_proc)(struct file *file, wait_queue_head_t *wq,
				struct poll_table_struct *table);
typedef struct poll_table_struct {
	poll_queue_proc _qproc;
	__poll_t _key;
} poll_table;

static inline void init_poll_funcptr(poll_table *table, poll_queue_proc fn)
{
	*table = (poll_table){ fn, ~0u };
}

static inline void poll_wait(struct file *file, wait_queue_head_t *wq, poll_table *table)
{
	if (table && table->_qproc)
		table->_qproc(file, wq, table);
}

static inline __poll_t vfs_poll(struct file *file, poll_table *table)
{
	return file->f_op->poll ? file->f_op->poll(file, table) : EPOLLIN | EPOLLOUT;
}

#endif
