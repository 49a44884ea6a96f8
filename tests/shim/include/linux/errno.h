/* SPDX-License-Identifier: GPL-2.0-only */
#include_next <linux/errno.h>
#ifndef SHIM_LINUX_ERRNO_H
#define SHIM_LINUX_ERRNO_H

/* Numbers that stay inside a kernel, from its documentation of error returns. */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ENOIOCTLCMD 515
#define EPROBE_DEFER 517
#define ENOTSUPP 524
#define EIOCBQUEUED 529

#endif
