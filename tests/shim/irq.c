// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt lines and their handlers; see shim/irq.h. */
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
	line->handlers[line->n].fn = fn;
	line->handlers[line->n].name = name;
	line->handlers[line->n].data = data;
	line->handlers[line->n++].flags = flags;
	line->disabled = flags & IRQF_NO_AUTOEN ? 1 : 0;
	shim_live_add(SHIM_IRQ, 1);
	return 0;
}

const void *free_irq(unsigned int irq, void *data)
{
	struct line *line = line_of(irq);
	const char *name;

	might_sleep();
	for (unsigned int i = 0; i < line->n; i++) {
		if (line->handlers[i].data != data)
			continue;
		name = line->handlers[i].name;
		line->handlers[i] = line->handlers[--line->n];
		if (!line->n)
			line->waiting = false;
		shim_live_add(SHIM_IRQ, -1);
		return name;
	}
	shim_die("free_irq: interrupt %u has no such handler", irq);
}

void disable_irq_nosync(unsigned int irq)
{
	line_of(irq)->disabled++;
}

void disable_irq(unsigned int irq)
{
	might_sleep();
	disable_irq_nosync(irq);
}

void enable_irq(unsigned int irq)
{
	if (!line_of(irq)->disabled--)
		shim_die("enable_irq: interrupt %u is not disabled", irq);
}

void synchronize_irq(unsigned int irq)
{
	might_sleep();
	line_of(irq);
}

bool shim_irq_raise(unsigned int irq)
{
	struct line *line = line_of(irq);
	bool handled = false;

	if (line->disabled) {
		line->waiting = true;
		return false;
	}
	shim_irq_enter();
	for (unsigned int i = 0; i < line->n; i++)
		handled |= line->handlers[i].fn(irq, line->handlers[i].data) == IRQ_HANDLED;
	shim_irq_exit();
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
	return line_of(irq)->disabled;
}

const char *shim_irq_name(unsigned int irq)
{
	return line_of(irq)->n ? line_of(irq)->handlers[0].name : "";
}
