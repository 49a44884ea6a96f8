// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt lines and their handlers; see shim/irq.h. */
#include <pthread.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <shim/fault.h>
#include <shim/irq.h>

#define LINES 4096
#define SHARERS 4

struct line {
	struct { irq_handler_t fn; const char *name; void *data; unsigned long flags; }
		handlers[SHARERS];
	unsigned int n, disabled;
	bool waiting;
};

static struct line lines[LINES];
struct lockdep_map shim_proc_irq = SHIM_LOCK_INIT("/proc/irq", NULL);

/*
 * Guards handlers and n, and is held while handlers run: who frees one waits for it. Handlers
 * and those that they interrupt count disabled and set waiting without it.
 */
static pthread_mutex_t running = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static struct line *line_of(unsigned int irq)
{
	if (irq >= LINES)
		shim_die("interrupt %u does not exist", irq);
	return &lines[irq];
}

int request_irq(unsigned int irq, irq_handler_t fn, unsigned long flags, const char *name,
		void *data)
{
	struct line *line = line_of(irq);

	might_sleep();
	if (shim_should_fail("request_irq"))
		return -ENOMEM;
	if (!irq || line->n == SHARERS ||
	    (line->n && !(flags & line->handlers[0].flags & IRQF_SHARED)))
		return -EBUSY;
	if (flags & IRQF_SHARED && !data)
		return -EINVAL;
	pthread_mutex_lock(&running);
	line->handlers[line->n].fn = fn;
	line->handlers[line->n].name = name;
	line->handlers[line->n].data = data;
	line->handlers[line->n].flags = flags;
	WRITE_ONCE(line->disabled, flags & IRQF_NO_AUTOEN ? 1 : 0);
	line->n++;
	pthread_mutex_unlock(&running);
	shim_live_add(SHIM_IRQ, 1);
	return 0;
}

const void *free_irq(unsigned int irq, void *data)
{
	struct line *line = line_of(irq);
	const char *name;

	might_sleep();
	pthread_mutex_lock(&running);
	for (unsigned int i = 0; i < line->n; i++) {
		if (line->handlers[i].data != data)
			continue;
		name = line->handlers[i].name;
		line->handlers[i] = line->handlers[--line->n];
		if (!line->n)
			WRITE_ONCE(line->waiting, false);
		pthread_mutex_unlock(&running);
		shim_live_add(SHIM_IRQ, -1);
		return name;
	}
	shim_die("free_irq: interrupt %u has no such handler", irq);
}

void disable_irq_nosync(unsigned int irq)
{
	__atomic_add_fetch(&line_of(irq)->disabled, 1, __ATOMIC_SEQ_CST);
}

void disable_irq(unsigned int irq)
{
	might_sleep();
	disable_irq_nosync(irq);
}

void enable_irq(unsigned int irq)
{
	if (!__atomic_fetch_sub(&line_of(irq)->disabled, 1, __ATOMIC_SEQ_CST))
		shim_die("enable_irq: interrupt %u is not disabled", irq);
}

void synchronize_irq(unsigned int irq)
{
	might_sleep();
	line_of(irq);
	pthread_mutex_lock(&running);
	pthread_mutex_unlock(&running);
}

bool shim_irq_raise(unsigned int irq)
{
	struct line *line = line_of(irq);
	bool handled = false;

	if (shim_irq_disabled(irq)) {
		WRITE_ONCE(line->waiting, true);
		return false;
	}
	pthread_mutex_lock(&running);
	shim_irq_enter();
	for (unsigned int i = 0; i < line->n; i++)
		handled |= line->handlers[i].fn(irq, line->handlers[i].data) == IRQ_HANDLED;
	shim_irq_exit();
	pthread_mutex_unlock(&running);
	return handled;
}

unsigned int shim_irq_poll(void)
{
	unsigned int delivered = 0;

	for (unsigned int irq = 0; irq < LINES; irq++) {
		if (!lines[irq].waiting || lines[irq].disabled)
			continue;
		lines[irq].waiting = false;
		delivered += shim_irq_raise(irq);
	}
	return delivered;
}

unsigned int shim_irq_handlers(unsigned int irq)
{
	return line_of(irq)->n;
}

bool shim_irq_disabled(unsigned int irq)
{
	return READ_ONCE(line_of(irq)->disabled);
}

const char *shim_irq_name(unsigned int irq)
{
	return line_of(irq)->n ? line_of(irq)->handlers[0].name : "";
}
