/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_DEBUGFS_H
#define SHIM_DEBUGFS_H

#include <linux/types.h>

/** shim_debugfs_read() - what a file says, as a string; its length, or -ENOENT. */
ssize_t shim_debugfs_read(const char *path, char *text, size_t size);

#endif
