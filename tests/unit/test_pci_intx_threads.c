// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * INTx with everybody in it at the same time: a device that waits with each interrupt until the
 * last has been served, its user, somebody who masks, disables, moves and turns off, and the work
 * items. An interrupt that is lost or a line that is stuck keeps the device waiting.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <shim/irq.h>
#include <shim/lock.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

#define CYCLES	3000
#define EVENTS	2
#define PATIENCE 20000	/* looks at the line, a pause each: seconds */

static s32 events[EVENTS], resample;
static struct task_struct *task;
static bool shared, high, calm, over;

/* Each thread has its own user memory */
struct caller { void *request; unsigned int seed; };

static struct caller caller_new(unsigned int seed)
{
	return (struct caller){ shim_user_alloc(sizeof(struct vfio_irq_set) + sizeof(s32)), seed };
}

static long set_irqs(struct caller *c, u32 flags, u32 count, s32 data)
{
	struct vfio_irq_set set = { .argsz = sizeof(set) + sizeof(data), .flags = flags,
				    .index = INTX, .count = count };
	u8 *body = shim_user_body(c->request);

	memcpy(body, &set, sizeof(set));
	memcpy(body + sizeof(set), &data, sizeof(data));
	return shim_ioctl(pm.fd, VFIO_DEVICE_SET_IRQS, c->request);
}

static bool line_masked(void)
{
	if (!shared)
		return shim_irq_disabled(pm.pdev->irq);
	return shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE;
}

/* The device: level triggered */
static void *device(void *unused)
{
	unsigned int cycle, looks = 0;

	for (cycle = 0; cycle < CYCLES && looks < PATIENCE; cycle++) {
		WRITE_ONCE(calm, cycle > CYCLES / 2);
		WRITE_ONCE(high, true);
		shim_pci_assert(pm.pdev, true);
		for (looks = 0; READ_ONCE(high) && looks < PATIENCE; looks++) {
			if (!line_masked())
				shim_irq_raise(pm.pdev->irq);
			usleep(looks < 100 ? 1 : 1000);
		}
	}
	CHECK_EQ(cycle, CYCLES);
	CHECK(looks < PATIENCE);
	WRITE_ONCE(over, true);
	return NULL;
}

/* Its user: serves what it is told of, whoever told it */
static void *user(void *arg)
{
	struct caller *c = arg;

	shim_become(task);
	while (!READ_ONCE(over)) {
		u64 count = 0;

		for (int i = 0; i < EVENTS; i++)
			count += shim_eventfd_count(events[i]);
		if (!count) {
			usleep(1);
			continue;
		}
		if (READ_ONCE(high)) {
			shim_pci_assert(pm.pdev, false);
			WRITE_ONCE(high, false);
		}
		switch (rand_r(&c->seed) % 3) {
		case 0:
			set_irqs(c, NONE | UNMASK, 1, 0);
			break;
		case 1:
			set_irqs(c, BOOL | UNMASK, 1, 1);
			break;
		case 2:
			shim_eventfd_write(resample);
		}
	}
	return NULL;
}

static void set_disabled(void *word, bool disabled)
{
	u16 value = PCI_COMMAND_MEMORY | (disabled ? PCI_COMMAND_INTX_DISABLE : 0);

	memcpy(shim_user_body(word), &value, sizeof(value));
	CHECK_EQ(shim_pwrite(pm.fd, word, sizeof(value), PCI_COMMAND +
			     VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_CONFIG_REGION_INDEX)), 2);
}

static void turn_on(struct caller *c)
{
	CHECK_EQ(set_irqs(c, EVENTFD | TRIGGER, 1, events[rand_r(&c->seed) % EVENTS]), 0);
}

/*
 * Whatever it undoes it does again, so that interrupts go on. Its unmasking could make good for
 * what is lost elsewhere, so it leaves the others alone for the second half.
 */
static void *meddler(void *arg)
{
	void *word = shim_user_alloc(sizeof(u16));
	struct caller *c = arg;

	shim_become(task);
	while (!READ_ONCE(calm)) {
		switch (rand_r(&c->seed) % 4) {
		case 0:
			CHECK_EQ(set_irqs(c, NONE | MASK, 1, 0), 0);
			CHECK_EQ(set_irqs(c, NONE | UNMASK, 1, 0), 0);
			break;
		case 1:
			set_disabled(word, true);
			set_disabled(word, false);
			break;
		case 2:
			turn_on(c);
			break;
		case 3:
			CHECK_EQ(set_irqs(c, NONE | TRIGGER, 0, 0), 0);
			turn_on(c);
			CHECK_EQ(set_irqs(c, EVENTFD | UNMASK, 1, resample), 0);
		}
		usleep(20);
	}
	return NULL;
}

static void *worker(void *unused)
{
	shim_become(task);
	while (!READ_ONCE(over)) {
		shim_run_work();
		usleep(5);
	}
	return NULL;
}

static void all_at_once(bool sharing)
{
	void *(*const parts[])(void *) = { device, user, meddler, worker };
	struct caller callers[] = { caller_new(1), caller_new(2), caller_new(3), caller_new(4) };
	pthread_t threads[ARRAY_SIZE(parts)];

	shared = sharing;
	calm = over = false;
	if (shared)
		pci_up();
	else
		pci_up_exclusive_intx();
	task = current;
	for (int i = 0; i < EVENTS; i++)
		events[i] = shim_eventfd();
	resample = shim_eventfd();
	turn_on(&callers[0]);
	CHECK_EQ(set_irqs(&callers[0], EVENTFD | UNMASK, 1, resample), 0);
	shim_jitter(true);
	for (int i = 0; i < ARRAY_SIZE(parts); i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, parts[i], &callers[i]), 0);
	for (int i = 0; i < ARRAY_SIZE(parts); i++)
		pthread_join(threads[i], NULL);
	shim_jitter(false);
	shim_run_work();
	CHECK_EQ(set_irqs(&callers[0], NONE | UNMASK, 1, 0), 0);
	CHECK(!line_masked());
	CHECK_EQ(set_irqs(&callers[0], NONE | TRIGGER, 0, 0), 0);
	CHECK(line_masked());
	pci_down();
}

static void shared_line(void)
{
	all_at_once(true);
}

static void exclusive_line(void)
{
	all_at_once(false);
}

UNIT_TESTS(pci_intx_threads,
	{ "all at once, shared line", shared_line },
	{ "all at once, exclusive line", exclusive_line })
