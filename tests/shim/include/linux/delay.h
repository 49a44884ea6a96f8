/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_DELAY_H
#define SHIM_LINUX_DELAY_H

#include <linux/jiffies.h>
#include <linux/kernel.h>

/* Sleeps take no time; they only move the clock. */
static inline void msleep(unsigned int ms)
{
	might_sleep();
	shim_jiffies += msecs_to_jiffies(ms) + 1;
}

#define usleep_range(least, most) msleep((least) / 1000)
#define fsleep(us) msleep((us) / 1000)
#define ssleep(s) msleep((s) * 1000)
#define udelay(us) ((void)(us))
#define mdelay(ms) ((void)(ms))
#define ndelay(ns) ((void)(ns))

#endif
