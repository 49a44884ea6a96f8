// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * MSI-X that user space has turned off keeps its vectors. The device must have it off in
 * spite of that, whatever writes its configuration back, and none of them may be heard of.
 */
#include <shim/irq.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

#define USED 3

static s32 fds[USED];

static long off(u32 index)
{
	return pci_set_irqs(index, NONE | TRIGGER, 0, 0, NULL, 0);
}

/* At the device, not in the virtual copy */
static bool msix_enabled(void)
{
	return shim_pci_get(pm.pdev, pm.pdev->msix_cap + PCI_MSIX_FLAGS, 2) &
	       PCI_MSIX_FLAGS_ENABLE;
}

static bool intx_masked(void)
{
	return shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE;
}

static void check_parked(void)
{
	CHECK(!msix_enabled());
	CHECK(intx_masked());
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), USED);
	for (unsigned int i = 0; i < USED; i++) {
		CHECK_EQ(shim_irq_handlers(pci_irq_vector(pm.pdev, i)), 1);
		CHECK(shim_irq_disabled(pci_irq_vector(pm.pdev, i)));
	}
}

static void check_on(void)
{
	CHECK(msix_enabled());
	for (unsigned int i = 0; i < USED; i++) {
		CHECK(shim_pci_message(pm.pdev, i));
		CHECK_EQ(shim_eventfd_count(fds[i]), 1);
	}
}

static void on(void)
{
	CHECK_EQ(pci_set_eventfds(MSIX, 0, USED, fds), 0);
	check_on();
}

static void park(void)
{
	on();
	CHECK_EQ(off(MSIX), 0);
	check_parked();
}

static void up(bool dynamic)
{
	pci_machine_make();
	shim_pci(pm.pdev)->dyn_msix = dynamic;
	shim_pci(pm.pdev)->soft_reset = true;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	for (unsigned int i = 0; i < USED; i++)
		fds[i] = shim_eventfd();
}

static void off_and_on_again(bool dynamic)
{
	unsigned int first;

	up(dynamic);
	park();
	first = pci_irq_vector(pm.pdev, 0);
	/* there is none to be had: it must be those that are kept */
	shim_pci(pm.pdev)->vectors_left = 0;
	on();
	CHECK_EQ(pci_irq_vector(pm.pdev, 0), first);
	CHECK_EQ(shim_live(SHIM_VECTOR), USED);
	pci_down();
}

static void again_in_one_go(void) { off_and_on_again(false); }
static void again_one_by_one(void) { off_and_on_again(true); }

/* A single vector is kept, too, while the others stay on */
static void one_vector(void)
{
	up(true);
	on();
	CHECK_EQ(pci_set_eventfds(MSIX, 1, 1, (s32[]){ -1 }), 0);
	CHECK(!shim_pci_message(pm.pdev, 1));
	CHECK(shim_pci_message(pm.pdev, 0) && shim_pci_message(pm.pdev, 2));
	CHECK(shim_eventfd_count(fds[0]) && shim_eventfd_count(fds[2]));
	CHECK_EQ(shim_live(SHIM_IRQ), USED);
	CHECK_EQ(pci_set_eventfds(MSIX, 1, 1, fds + 1), 0);
	check_on();
	pci_down();
}

/* Where none can be added, their number is that of the request that turned MSI-X on */
static void another_number(void)
{
	up(false);
	park();
	CHECK_EQ(pci_set_eventfds(MSIX, 0, USED - 1, fds), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), USED - 1);
	CHECK_EQ(pci_set_eventfds(MSIX, USED - 1, 1, fds), -EINVAL);
	CHECK_EQ(off(MSIX), 0);
	on();
	pci_down();
}

/* More than are kept, and more than there are: the ABI tells how many there could be */
static void more_than_there_are(void)
{
	s32 many[USED + 2] = { -1, -1, -1, -1, -1 };

	up(true);
	park();
	shim_pci(pm.pdev)->vectors_left = 1;
	CHECK_EQ(pci_set_eventfds(MSIX, 0, USED + 2, many), USED + 1);
	CHECK(!msix_enabled());
	CHECK_EQ(shim_live(SHIM_VECTOR), 0);
	on();
	pci_down();
}

static void other_kinds_take_their_place(void)
{
	up(true);
	park();
	CHECK_EQ(pci_set_eventfds(MSI, 0, 1, fds), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), 1);
	CHECK(shim_pci_message(pm.pdev, 0));
	CHECK_EQ(off(MSI), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), 0);
	shim_eventfd_count(fds[0]);
	park();
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, fds), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), 0);
	CHECK(!intx_masked() && !msix_enabled());
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fds[0]), 1);
	pci_down();
}

/* The kernel takes MSI-X for on, and turns it on when it writes the configuration back */
static void resets_and_sleep(void)
{
	up(true);
	park();
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
	check_parked();
	CHECK_EQ(pci_reset_function(pm.pdev), 0);
	check_parked();
	pci_set_power(3);
	pci_set_power(0);
	check_parked();
	on();
	CHECK_EQ(off(MSIX), 0);
	/* it can be turned off while it sleeps, and is closed so */
	on();
	pci_set_power(3);
	CHECK_EQ(off(MSIX), 0);
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	pci_down();
}

/* What could be another device's message is not written, so nothing is kept */
static void not_without_isolation(void)
{
	up(true);
	pm.hw.isolated_msi = false;
	on();
	CHECK_EQ(off(MSIX), 0);
	CHECK(!msix_enabled());
	CHECK_EQ(shim_live(SHIM_VECTOR) + shim_live(SHIM_IRQ), 0);
	on();
	pci_down();
}

static void closed_while_parked(void)
{
	up(true);
	park();
	pci_user_close();
	CHECK_EQ(shim_live(SHIM_VECTOR) + shim_live(SHIM_IRQ), 0);
	CHECK_EQ(pci_user_open(), 0);
	on();
	pci_down();
}

UNIT_TESTS(pci_park,
	{ "again, allocated in one go", again_in_one_go },
	{ "again, allocated one by one", again_one_by_one },
	{ "one vector", one_vector },
	{ "another number", another_number },
	{ "more than there are", more_than_there_are },
	{ "other kinds take their place", other_kinds_take_their_place },
	{ "resets and sleep", resets_and_sleep },
	{ "not without isolation", not_without_isolation },
	{ "closed while parked", closed_while_parked })
