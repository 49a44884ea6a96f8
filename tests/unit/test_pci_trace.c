// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/* Trace events: each is there when its thing happens, and only then. */
#include <linux/eventfd.h>
#include <linux/irqbypass.h>

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

UNIT_TESTS(pci_trace,
	{ "life of a device", life_of_a_device },
	{ "interrupts", interrupts },
	{ "bypass", bypass })
