/* SPDX-License-Identifier: GPL-2.0-only */
/* tracefs's instances for fakekernel. See faketracefs.c. */
#ifndef FAKETRACEFS_H
#define FAKETRACEFS_H

#include <stdbool.h>

#define TRACEFS_PATH 128	/* as much is read of a path; the buffers of vfioctl's are larger */

/**
 * tracefs_mkdir - make an instance with its files; trace_pipe is a FIFO
 * @path: where it is
 * @name: the part of @path behind ROOT
 * Returns false if this is none.
 */
bool tracefs_mkdir(const char *path, const char *name);

/** tracefs_rmdir - likewise, remove one with its files */
bool tracefs_rmdir(const char *path, const char *name);

/** tracefs_file - the path of a file in an instance, or NULL if @file, below /sys, is in none */
const char *tracefs_file(const char *file);

#endif
