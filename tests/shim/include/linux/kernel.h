/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include <asm/byteorder.h>
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/kstrtox.h>
#include <linux/types.h>
#include <linux/wordpart.h>

#define might_sleep() shim_might_sleep(__FILE__, __LINE__)
#define might_sleep_if(cond) do { if (cond) might_sleep(); } while (0)
#define cant_sleep() ((void)0)
void shim_might_sleep(const char *file, int line);

#define u64_to_user_ptr(x) ((void __user *)(uintptr_t)(u64)(x))
#define PTR_IF(cond, ptr) ((cond) ? (ptr) : NULL)
#define VERIFY_OCTAL_PERMISSIONS(perms) (perms)

#endif
