/* SPDX-License-Identifier: GPL-2.0-only */
/* Between node.c, which knows the device nodes, and file.c, which opens them. */
#ifndef SHIM_NODE_H
#define SHIM_NODE_H

#include <linux/cdev.h>
#include <linux/fs.h>

const struct file_operations *shim_node_find(const char *name, struct cdev **cdev);
struct file *shim_file_new(const struct file_operations *fops, void *priv, struct inode *inode,
			   int flags);

#endif
