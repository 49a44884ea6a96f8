/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_IRQRETURN_H
#define SHIM_LINUX_IRQRETURN_H

typedef enum irqreturn { IRQ_NONE, IRQ_HANDLED, IRQ_WAKE_THREAD } irqreturn_t;

#endif
