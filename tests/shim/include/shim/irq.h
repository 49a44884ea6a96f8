/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts that a test raises. Handlers run in the test's thread, as in hard interrupt
 * context. One raised while its line is disabled waits until shim_irq_poll() finds it
 * enabled.
 */
#ifndef SHIM_IRQ_H
#define SHIM_IRQ_H

#include <linux/interrupt.h>
#include <shim/lock.h>

/** shim_irq_raise() - true if a handler said that it was its device's. */
bool shim_irq_raise(unsigned int irq);
/** shim_irq_poll() - deliver what waited; number of interrupts delivered. */
unsigned int shim_irq_poll(void);
/** shim_irq_handlers() - number of handlers of a line. */
unsigned int shim_irq_handlers(unsigned int irq);
bool shim_irq_disabled(unsigned int irq);
/*
 * The kernel gives an interrupt back when nobody reads of it in /proc/irq, which can be into
 * memory that faults: so both take this lock, as far as their order goes.
 */
extern struct lockdep_map shim_proc_irq;
/** shim_irq_name() - as request_irq() was told. */
const char *shim_irq_name(unsigned int irq);

#endif
