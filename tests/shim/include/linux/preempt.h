/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_PREEMPT_H
#define SHIM_LINUX_PREEMPT_H

#include <shim/lock.h>

#define in_interrupt() shim_in_irq()
#define in_hardirq() shim_in_irq()
#define in_task() (!shim_in_irq())
#define preempt_disable() ((void)0)
#define preempt_enable() ((void)0)

#endif
