// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/* What is told of a device: trace events, each when its thing happens; and its interrupts. */
#include <pthread.h>

#include <linux/eventfd.h>
#include <linux/irqbypass.h>
#include <shim/debugfs.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

static void life_of_a_device(void)
{
	pci_machine_make();
	CHECK_OR_STOP(!pci_machine_load());
	CHECK_EQ(shim_traced("vfio_bind"), 1);
	for (unsigned int n = 0; n < 2; n++) {
		CHECK_OR_STOP(!pci_user_open());
		CHECK_EQ(shim_traced("vfio_open"), 1);
		CHECK_EQ(shim_traced("vfio_reset"), 1);
		CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, 0), 0);
		CHECK_EQ(shim_traced("vfio_reset"), 1);
		pci_user_close();
		CHECK_EQ(shim_traced("vfio_close"), 1);
		CHECK_EQ(shim_traced("vfio_reset"), 1);
	}
	CHECK_EQ(shim_traced("vfio_unbind"), 0);
	pci_machine_unload();
	CHECK_EQ(shim_traced("vfio_unbind"), 1);
	CHECK_EQ(shim_traced("vfio_request"), 0);
	pci_machine_break();
}

static void interrupts(void)
{
	pci_up();
	pci_event(MSIX);
	CHECK_EQ(shim_traced("vfio_irq_enable"), 1);
	CHECK_EQ(pci_set_irqs(MSIX, TRIGGER | NONE, 0, 1, NULL, 0), 0);
	CHECK_EQ(shim_traced("vfio_irq_enable"), 0);
	CHECK_EQ(shim_traced("vfio_irq_disable"), 0);
	CHECK_EQ(pci_set_irqs(MSIX, TRIGGER | NONE, 0, 0, NULL, 0), 0);
	CHECK_EQ(shim_traced("vfio_irq_disable"), 1);
	pci_event(INTX);
	CHECK_EQ(shim_traced("vfio_irq_enable"), 1);
	CHECK_EQ(pci_set_irqs(INTX, MASK | NONE, 0, 1, NULL, 0), 0);
	CHECK_EQ(pci_set_irqs(INTX, UNMASK | NONE, 0, 1, NULL, 0), 0);
	CHECK_EQ(shim_traced("vfio_irq_enable"), 0);
	pci_user_close();
	CHECK_EQ(shim_traced("vfio_irq_disable"), 1);
	CHECK_EQ(pci_user_open(), 0);
	pci_user_close();
	CHECK_EQ(shim_traced("vfio_irq_disable"), 0);
	CHECK_EQ(pci_user_open(), 0);
	pci_down();
}

static int accept(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
	return 0;
}

static int refuse(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
	return -EPERM;
}

static void forget(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
}

static void bypass(void)
{
	struct irq_bypass_consumer consumer = { .add_producer = accept, .del_producer = forget };
	s32 fd;

	pci_up();
	fd = pci_event(MSIX);
	CHECK_EQ(shim_traced("bypass_connect"), 0);
	consumer.token = eventfd_ctx_fdget(fd);
	CHECK_EQ(irq_bypass_register_consumer(&consumer), 0);
	CHECK_EQ(shim_traced("bypass_connect"), 1);
	irq_bypass_unregister_consumer(&consumer);
	CHECK_EQ(shim_traced("bypass_disconnect"), 1);
	consumer.add_producer = refuse;
	CHECK_EQ(irq_bypass_register_consumer(&consumer), -EPERM);
	CHECK_EQ(shim_traced("bypass_connect"), 1);
	irq_bypass_unregister_consumer(&consumer);
	CHECK_EQ(shim_traced("bypass_disconnect"), 0);
	eventfd_ctx_put(consumer.token);
	pci_down();
}

/* The view of interrupts says just this below its first line */
static void check_view(const char *want)
{
	char text[2048], *rest;

	if (!CHECK(shim_debugfs_read("vfio/vfio0/irqs", text, sizeof(text)) > 0))
		return;
	rest = strchr(text, '\n');
	CHECK_OR_STOP(rest);
	CHECK_STR(rest + 1, want);
}

static void check_vectors(const char *first, const char *second)
{
	const int *virqs = (const int *)shim_pci(pm.pdev)->vectors;
	char want[128];

	snprintf(want, sizeof(want), "msix  0      %-4d no     %s\nmsix  1      %-4d no     %s\n",
		 virqs[0], first, virqs[1], second);
	check_view(want);
}

static void view_of_interrupts(void)
{
	struct irq_bypass_consumer consumer = { .add_producer = accept, .del_producer = forget };
	s32 fds[2] = { shim_eventfd(), shim_eventfd() };
	char want[128];

	pci_up();
	check_view("");
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 2, fds), 0);
	check_vectors("offered", "offered");
	consumer.token = eventfd_ctx_fdget(fds[1]);
	CHECK_EQ(irq_bypass_register_consumer(&consumer), 0);
	check_vectors("offered", "connected");
	irq_bypass_unregister_consumer(&consumer);
	check_vectors("offered", "offered");
	consumer.add_producer = refuse;
	CHECK_EQ(irq_bypass_register_consumer(&consumer), -EPERM);
	check_vectors("offered", "offered");
	/* one eventfd for both, which irqbypass does not have */
	fds[1] = fds[0];
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 2, fds), 0);
	check_vectors("offered", "refused");
	eventfd_ctx_put(consumer.token);
	CHECK_EQ(pci_set_irqs(MSIX, TRIGGER | NONE, 0, 0, NULL, 0), 0);
	check_view("");
	pci_event(INTX);
	snprintf(want, sizeof(want), "intx  0      %-4d no     none\n", pm.pdev->irq);
	check_view(want);
	CHECK_EQ(pci_set_irqs(INTX, MASK | NONE, 0, 1, NULL, 0), 0);
	snprintf(want, sizeof(want), "intx  0      %-4d yes    none\n", pm.pdev->irq);
	check_view(want);
	pci_user_close();
	check_view("");
	CHECK_EQ(pci_user_open(), 0);
	pci_down();
	CHECK_EQ(shim_debugfs_read("vfio/vfio0/irqs", want, sizeof(want)), -ENOENT);
}

static atomic_t views;
static bool looked_enough;

static void *look_on(void *task)
{
	char text[2048];

	shim_become(task);
	while (!READ_ONCE(looked_enough)) {
		if (shim_debugfs_read("vfio/vfio0/irqs", text, sizeof(text)) > 0)
			atomic_inc(&views);
	}
	return NULL;
}

/* The view may be read at any time: while vectors come and go, at close, at unbind */
static void view_of_what_changes(void)
{
	s32 fds[4] = { shim_eventfd(), shim_eventfd(), shim_eventfd(), shim_eventfd() };
	pthread_t thread;

	pci_up();
	looked_enough = false;
	atomic_set(&views, 0);
	pthread_create(&thread, NULL, look_on, current);
	while (atomic_read(&views) < 200) {
		CHECK_EQ(pci_set_eventfds(MSIX, 0, 4, fds), 0);
		CHECK_EQ(pci_set_irqs(MSIX, TRIGGER | NONE, 0, 0, NULL, 0), 0);
		CHECK_EQ(pci_set_eventfds(INTX, 0, 1, fds), 0);
		pci_user_close();
		CHECK_OR_STOP(!pci_user_open());
	}
	pci_set_eventfds(MSIX, 0, 4, fds);
	pci_user_close();
	pci_machine_unload();
	WRITE_ONCE(looked_enough, true);
	pthread_join(thread, NULL);
	pci_machine_break();
}

UNIT_TESTS(pci_trace,
	{ "view of interrupts", view_of_interrupts },
	{ "view of what changes", view_of_what_changes },
	{ "life of a device", life_of_a_device },
	{ "interrupts", interrupts },
	{ "bypass", bypass })
