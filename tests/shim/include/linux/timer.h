/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_TIMER_H
#define SHIM_LINUX_TIMER_H
#include <linux/jiffies.h>
#endif
