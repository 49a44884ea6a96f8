/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_COMPAT_H
#define SHIM_LINUX_COMPAT_H

#include <linux/fs.h>
#define compat_ptr(x) ((void __user *)(unsigned long)(x))
#define in_compat_syscall() false

#endif
