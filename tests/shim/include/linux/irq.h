/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_IRQ_H
#define SHIM_LINUX_IRQ_H

#include <linux/interrupt.h>

/* How lazily a line is masked makes no difference here */
#define IRQ_DISABLE_UNLAZY (1 << 19)
#define irq_set_status_flags(irq, flags) ((void)(irq), (void)(flags))
#define irq_clear_status_flags(irq, flags) ((void)(irq), (void)(flags))

#endif
