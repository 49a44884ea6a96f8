// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * INTx for a million interrupts. A device raises its line and lowers it when it is served; user
 * space serves it and unmasks, by ioctl or eventfd, and in between does all else that bears on
 * INTx, at random. A model says after every step how often each eventfd was signalled and
 * whether the hardware is masked: no interrupt is lost, none stuck, none comes while masked.
 *
 * The line is level triggered: as long as it is high and not masked, it interrupts. A line
 * that stays so after its interrupt was handled would never stop.
 */
#include <stdlib.h>

#include <shim/irq.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

#define INTERRUPTS 500000	/* each on a shared and on an exclusive line */
#define EVENTS 3

static unsigned int seed;
static s32 events[EVENTS], resample;
static void *request, *word;	/* user memory */

/**
 * struct model - what should be
 * @shared: the device masks, and another one is on the line
 * @high: the device asserts its interrupt
 * @on: user space has turned INTx on
 * @masked: it fired, or user space masked it
 * @disabled: by user space's Interrupt Disable bit
 * @event: index of the eventfd to signal, -1 for none
 * @resampled: the unmask eventfd is installed
 * @owed: that eventfd found the line high, and a work item sees to it
 * @signals: since they were last read
 * @fired: interrupts so far
 */
static struct model {
	bool shared, high, on, masked, disabled, resampled, owed;
	int event;
	unsigned int signals[EVENTS];
	unsigned long fired;
} m;

static unsigned int any(unsigned int n)
{
	return rand_r(&seed) % n;
}

static long set_irqs(u32 flags, u32 count, s32 data)
{
	struct vfio_irq_set set = { .argsz = sizeof(set) + sizeof(data), .flags = flags,
				    .index = INTX, .count = count };
	u8 *body = shim_user_body(request);

	memcpy(body, &set, sizeof(set));
	memcpy(body + sizeof(set), &data, sizeof(data));
	return shim_ioctl(pm.fd, VFIO_DEVICE_SET_IRQS, request);
}

static u16 command(void)
{
	return shim_pci_get(pm.pdev, PCI_COMMAND, 2);
}

static void signalled(void)
{
	if (m.event >= 0)
		m.signals[m.event]++;
}

/* The model's line: what interrupts if nothing is in its way */
static void settle(void)
{
	if (!m.on || !m.high || m.masked || m.disabled)
		return;
	m.masked = true;
	m.fired++;
	signalled();
}

static bool hardware_masked(void)
{
	return m.shared ? command() & PCI_COMMAND_INTX_DISABLE : shim_irq_disabled(pm.pdev->irq);
}

static void line_interrupts(void)
{
	if (!m.on || !m.high || hardware_masked())
		return;
	CHECK(shim_irq_raise(pm.pdev->irq));
	CHECK(hardware_masked());
}

/* All that is under way has happened, and is as it should be */
static bool agree(void)
{
	bool good;

	line_interrupts();
	settle();
	if (m.owed)
		return true;
	good = hardware_masked() == (m.masked || m.disabled || !m.on);
	if (!m.shared)
		good &= !(command() & PCI_COMMAND_INTX_DISABLE);
	for (int i = 0; i < EVENTS; i++) {
		good &= shim_eventfd_count(events[i]) == m.signals[i];
		m.signals[i] = 0;
	}
	return good;
}

static void line_high(void)
{
	m.high = true;
	shim_pci_assert(pm.pdev, true);
}

static void line_low(void)
{
	m.high = false;
	shim_pci_assert(pm.pdev, false);
}

/* What the unmask eventfd could not do at once has been done */
static void owed_is_done(void)
{
	if (m.owed)
		m.masked = false;
	m.owed = false;
	settle();
}

static void work_runs(void)
{
	shim_run_work();
	owed_is_done();
}

static void unmasked_by_ioctl(u32 flags, s32 data)
{
	CHECK_EQ(set_irqs(flags | UNMASK, 1, data), m.on ? 0 : -EINVAL);
	if (!m.on)
		return;
	m.owed = false;
	m.masked = false;
}

static void unmasked_by_eventfd(void)
{
	shim_eventfd_write(resample);
	if (!m.resampled) {
		shim_eventfd_count(resample);
		return;
	}
	m.masked = false;
	/* at the device's bit it is seen before the line interrupts */
	m.owed = m.shared && m.high && !m.disabled;
	m.masked = m.owed;
}

static void user_unmasks(void)
{
	switch (any(4)) {
	case 0:
		unmasked_by_ioctl(NONE, 0);
		break;
	case 1:
		unmasked_by_ioctl(BOOL, 1);
		break;
	case 2:
		unmasked_by_eventfd();
		break;
	case 3:
		/* of nothing, then all the same */
		CHECK_EQ(set_irqs(BOOL | UNMASK, 1, 0), m.on ? 0 : -EINVAL);
		unmasked_by_ioctl(NONE, 0);
	}
}

static void user_masks(void)
{
	CHECK_EQ(set_irqs(any(2) ? NONE | MASK : BOOL | MASK, 1, 1), m.on ? 0 : -EINVAL);
	if (!m.on)
		return;
	m.masked = true;
	m.owed = false;
}

/* As a driver: reads the status, which lowers the line, and unmasks. Or forgets the first. */
static void user_serves(void)
{
	if (any(8))
		line_low();
	user_unmasks();
}

static void user_disables(void)
{
	u16 value = shim_pci_get(pm.pdev, PCI_COMMAND, 2) & ~PCI_COMMAND_INTX_DISABLE;

	m.disabled = !m.disabled;
	value |= m.disabled ? PCI_COMMAND_INTX_DISABLE : 0;
	memcpy(shim_user_body(word), &value, sizeof(value));
	CHECK_EQ(shim_pwrite(pm.fd, word, sizeof(value), PCI_COMMAND +
			     VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_CONFIG_REGION_INDEX)), 2);
}

static void user_resets(void)
{
	line_low();
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
}

static void device_sleeps(void)
{
	line_low();
	pci_set_power(3);
	pci_set_power(0);
}

static void another_event(void)
{
	int event = any(EVENTS + 1) - 1;

	CHECK_EQ(set_irqs(EVENTFD | TRIGGER, 1, event < 0 ? -1 : events[event]), 0);
	m.event = event;
	if (!m.on)
		m.masked = false;
	m.on = true;
}

static void turned_off(void)
{
	CHECK_EQ(set_irqs(NONE | TRIGGER, 0, 0), m.on ? 0 : -EINVAL);
	owed_is_done();
	m.on = m.resampled = false;
}

static void resample_changes(void)
{
	if (!m.on) {
		CHECK_EQ(set_irqs(EVENTFD | UNMASK, 1, resample), -EINVAL);
		return;
	}
	if (m.resampled)
		CHECK_EQ(set_irqs(EVENTFD | UNMASK, 1, resample), -EBUSY);
	m.resampled = !m.resampled;
	CHECK_EQ(set_irqs(EVENTFD | UNMASK, 1, m.resampled ? resample : -1), 0);
	if (!m.resampled)
		owed_is_done();
}

static void signalled_by_hand(void)
{
	CHECK_EQ(set_irqs(any(2) ? NONE | TRIGGER : BOOL | TRIGGER, 1, 1), m.on ? 0 : -EINVAL);
	if (m.on)
		signalled();
}

/* It is not ours as long as ours is low or masked, and nothing happens */
static void neighbour_interrupts(void)
{
	if (!m.shared || m.owed || (m.high && !hardware_masked()))
		return;
	CHECK(!shim_irq_raise(pm.pdev->irq));
}

/* A reset that nobody told us of: the first interrupt finds it out, and is not told on */
static void mask_is_lost(void)
{
	if (!m.shared || m.owed || !m.on || !m.high || !hardware_masked())
		return;
	shim_pci(pm.pdev)->config[PCI_COMMAND + 1] &= ~(PCI_COMMAND_INTX_DISABLE >> 8);
	line_interrupts();
}

static const struct { void (*step)(void); unsigned int often; } steps[] = {
	{ line_high, 60 },
	{ user_serves, 60 },
	{ user_unmasks, 4 },
	{ user_masks, 4 },
	{ user_disables, 4 },
	{ work_runs, 20 },
	{ another_event, 2 },
	{ turned_off, 1 },
	{ resample_changes, 2 },
	{ signalled_by_hand, 2 },
	{ neighbour_interrupts, 4 },
	{ mask_is_lost, 4 },
	{ user_resets, 1 },
	{ device_sleeps, 1 },
};

static void random_step(void)
{
	unsigned int total = 0, i = 0, n;

	for (n = 0; n < ARRAY_SIZE(steps); n++)
		total += steps[n].often;
	for (n = any(total); n >= steps[i].often; i++)
		n -= steps[i].often;
	steps[i].step();
}

static void up(bool shared)
{
	if (shared)
		pci_up();
	else
		pci_up_exclusive_intx();
	shim_pci(pm.pdev)->soft_reset = true;
	for (int i = 0; i < EVENTS; i++)
		events[i] = shim_eventfd();
	resample = shim_eventfd();
	request = shim_user_alloc(sizeof(struct vfio_irq_set) + sizeof(s32));
	word = shim_user_alloc(sizeof(u16));
	m = (struct model){ .shared = shared, .event = -1 };
	another_event();
}

static void a_million(bool shared)
{
	unsigned long steps_done = 0;

	up(shared);
	for (seed = 4; m.fired < INTERRUPTS; steps_done++) {
		unsigned int before = seed;

		random_step();
		if (agree())
			continue;
		CHECK_EQ(steps_done, -1);
		CHECK_EQ(before, -1);
		break;
	}
	work_runs();
	CHECK(agree());
	turned_off();
	line_low();
	pci_down();
}

static void shared_line(void)
{
	a_million(true);
}

static void exclusive_line(void)
{
	a_million(false);
}

UNIT_TESTS(pci_intx_stress,
	{ "half a million interrupts of a shared line", shared_line },
	{ "half a million interrupts of an exclusive line", exclusive_line })
