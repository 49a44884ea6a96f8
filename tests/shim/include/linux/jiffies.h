/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_JIFFIES_H
#define SHIM_LINUX_JIFFIES_H

#include <linux/types.h>

/* A clock that each look moves on by one, so that polls with a time limit end. */
#define HZ 250
extern unsigned long shim_jiffies;
#define jiffies (__atomic_add_fetch(&shim_jiffies, 1, __ATOMIC_RELAXED))
#define msecs_to_jiffies(ms) ((unsigned long)(ms) * HZ / 1000)
#define usecs_to_jiffies(us) ((unsigned long)(us) * HZ / 1000000)
#define jiffies_to_msecs(j) ((unsigned int)((j) * 1000 / HZ))
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_is_before_jiffies(a) time_after(jiffies, a)

#endif
