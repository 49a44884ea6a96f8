/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_IRQFLAGS_H
#define SHIM_LINUX_IRQFLAGS_H

#include <shim/lock.h>

#define local_irq_disable() shim_irq_disable()
#define local_irq_enable() shim_irq_enable()
#define local_irq_save(flags) do { (flags) = shim_irqs_off(); shim_irq_disable(); } while (0)
#define local_irq_restore(flags) do { (void)(flags); shim_irq_enable(); } while (0)
#define irqs_disabled() shim_irqs_off()

#endif
