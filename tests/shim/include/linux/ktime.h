/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KTIME_H
#define SHIM_LINUX_KTIME_H

#include <linux/jiffies.h>

#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_SEC 1000000000L
#define USEC_PER_SEC 1000000L
#define MSEC_PER_SEC 1000L
#define ktime_get() ((ktime_t)(jiffies * (NSEC_PER_SEC / HZ)))
#define ktime_get_ns() ((u64)ktime_get())
#define ktime_add_ms(t, ms) ((t) + (ms) * NSEC_PER_MSEC)
#define ktime_after(a, b) ((a) > (b))

#endif
