// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/* Interrupts of a PCI device by SET_IRQS: every index, action and kind of data, in any order. */
#include <stdlib.h>

#include <shim/irq.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

static long none(u32 index, u32 action, u32 start, u32 count)
{
	return pci_set_irqs(index, NONE | action, start, count, NULL, 0);
}

static long off(u32 index)
{
	return none(index, TRIGGER, 0, 0);
}

/* Turn another kind on and off: then nothing is kept of vectors that were on */
static void keep_none(void)
{
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, (s32[]){ -1 }), 0);
	CHECK_EQ(off(INTX), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR) + shim_live(SHIM_IRQ), 0);
}

static bool intx_masked(void)
{
	return shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE;
}

static void irq_info(void)
{
	static const struct { u32 count, flags; } want[] = {
		[INTX] = { 1, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE |
			      VFIO_IRQ_INFO_AUTOMASKED },
		[MSI] = { MSI_VECTORS, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE },
		[MSIX] = { MSIX_VECTORS, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE },
		[ERR] = { 1, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE },
		[REQ] = { 1, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE },
	};
	struct vfio_irq_info info = { .argsz = sizeof(info) }, *user, *out;

	pci_up();
	for (info.index = 0; info.index < ARRAY_SIZE(want); info.index++) {
		user = SHIM_USER(&info);
		CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_IRQ_INFO, user), 0);
		out = shim_user_body(user);
		CHECK_EQ(out->count, want[info.index].count);
		CHECK_EQ(out->flags, want[info.index].flags);
	}
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_IRQ_INFO, SHIM_USER(&info)), -EINVAL);
	info.index = ~0u;
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_IRQ_INFO, SHIM_USER(&info)), -EINVAL);
	info.index = 0;
	info.argsz--;
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_IRQ_INFO, SHIM_USER(&info)), -EINVAL);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_IRQ_INFO, SHIM_USER_WILD), -EFAULT);
	shim_pci(pm.pdev)->dyn_msix = true;
	info = (struct vfio_irq_info){ .argsz = sizeof(info), .index = MSIX };
	user = SHIM_USER(&info);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_IRQ_INFO, user), 0);
	CHECK_EQ(((struct vfio_irq_info *)shim_user_body(user))->flags, VFIO_IRQ_INFO_EVENTFD);
	pci_down();
}

static void refused(void)
{
	s32 fd, wrong;

	pci_up();
	fd = shim_eventfd();
	wrong = shim_plain_fd();
	CHECK_EQ(none(5, TRIGGER, 0, 1), -EINVAL);
	CHECK_EQ(none(~0u, TRIGGER, 0, 1), -EINVAL);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_SET_IRQS, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(pci_set_irqs(MSIX, EVENTFD | TRIGGER, 0, MSIX_VECTORS + 1, &fd, 4), -EINVAL);
	CHECK_EQ(pci_set_irqs(MSIX, EVENTFD | TRIGGER, MSIX_VECTORS, 1, &fd, 4), -EINVAL);
	CHECK_EQ(pci_set_irqs(MSIX, EVENTFD | TRIGGER, 0, 2, &fd, 4), -EINVAL);
	CHECK_EQ(none(MSIX, MASK, 0, 1), -ENOTTY);
	CHECK_EQ(none(MSI, UNMASK, 0, 1), -ENOTTY);
	CHECK_EQ(none(ERR, MASK, 0, 1), -ENOTTY);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &wrong), -EINVAL);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &wrong), -EINVAL);
	wrong = 250;
	CHECK_EQ(pci_set_eventfds(MSI, 0, 1, &wrong), -EBADF);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &wrong), -EBADF);
	CHECK_EQ(pci_set_eventfds(ERR, 0, 1, &wrong), -EBADF);
	CHECK_EQ(shim_live(SHIM_IRQ) + shim_live(SHIM_VECTOR) + shim_live(SHIM_EVENTFD), 0);
	pci_down();
}

/* NONE and BOOL before anything is on must not find half-made state (CVE-2026-46034). */
static void nothing_is_on(void)
{
	u8 one = 1;

	pci_up();
	for (u32 index = 0; index < VFIO_PCI_NUM_IRQS; index++) {
		CHECK_EQ(none(index, TRIGGER, 0, 1), -EINVAL);
		if (index <= MSIX)
			CHECK_EQ(pci_set_irqs(index, BOOL | TRIGGER, 0, 1, &one, 1), -EINVAL);
		else
			CHECK_EQ(pci_set_irqs(index, BOOL | TRIGGER, 0, 1, &one, 1), 0);
		CHECK_EQ(off(index), -EINVAL);
	}
	CHECK_EQ(none(INTX, MASK, 0, 1), -EINVAL);
	CHECK_EQ(none(INTX, UNMASK, 0, 1), -EINVAL);
	CHECK_EQ(shim_live(SHIM_IRQ) + shim_live(SHIM_VECTOR), 0);
	pci_down();
}

static void intx_fires_and_masks_itself(void)
{
	s32 fd;

	pci_up();
	CHECK(intx_masked());	/* while nobody listens */
	fd = pci_event(INTX);
	CHECK_EQ(shim_irq_handlers(pm.pdev->irq), 1);
	CHECK(!intx_masked());
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(intx_masked());
	CHECK(!shim_irq_raise(pm.pdev->irq));	/* another device of the line */
	CHECK_EQ(shim_eventfd_count(fd), 0);
	/* unmasking while it is still asserted fires at once */
	CHECK_EQ(none(INTX, UNMASK, 0, 1), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(intx_masked());
	shim_pci_assert(pm.pdev, false);
	CHECK_EQ(none(INTX, UNMASK, 0, 1), 0);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK(!intx_masked());
	CHECK_EQ(none(INTX, MASK, 0, 1), 0);
	CHECK(intx_masked());
	CHECK_EQ(none(INTX, TRIGGER, 0, 1), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK_EQ(off(INTX), 0);
	CHECK(intx_masked());
	CHECK_EQ(shim_live(SHIM_IRQ) + shim_live(SHIM_EVENTFD), 0);
	CHECK_EQ(off(INTX), -EINVAL);
	pci_down();
}

static void intx_by_eventfds(void)
{
	s32 fd, other, unmask, gone = -1;

	pci_up();
	fd = shim_eventfd();
	other = shim_eventfd();
	unmask = shim_eventfd();
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &unmask, 4), -EINVAL);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), 0);
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &unmask, 4), 0);
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &unmask, 4), -EBUSY);
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	shim_pci_assert(pm.pdev, false);
	shim_eventfd_write(unmask);
	shim_run_work();
	CHECK(!intx_masked());
	/* a signal on the unmask eventfd while asserted fires again */
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	shim_eventfd_write(unmask);
	shim_run_work();
	CHECK_EQ(shim_eventfd_count(fd), 1);
	shim_pci_assert(pm.pdev, false);
	/* another eventfd, then none (CVE-2024-26812) */
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &other), 0);
	CHECK_EQ(shim_irq_handlers(pm.pdev->irq), 1);
	CHECK_EQ(none(INTX, UNMASK, 0, 1), 0);
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK_EQ(shim_eventfd_count(other), 1);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &gone), 0);
	CHECK_EQ(none(INTX, TRIGGER, 0, 1), 0);
	CHECK_EQ(none(INTX, UNMASK, 0, 1), 0);
	CHECK_EQ(shim_eventfd_count(other), 0);
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &gone, 4), 0);
	/* user space closes the unmask eventfd first */
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &unmask, 4), 0);
	shim_close(unmask);
	pci_down();
}

/* One eventfd for both: its wait-queue lock is held when unmasking wants to signal it. */
static void intx_with_one_eventfd_for_both(void)
{
	s32 fd;

	pci_up();
	fd = pci_event(INTX);
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &fd, 4), 0);
	for (int round = 0; round < 3; round++) {
		shim_pci_assert(pm.pdev, true);
		shim_run_one();
		shim_pci_assert(pm.pdev, false);
		shim_run_work();
	}
	pci_down();
}

static void intx_and_the_command_register(void)
{
	s32 fd;
	u32 command;

	pci_up();
	fd = pci_event(INTX);
	command = pci_config_get(PCI_COMMAND, 2);
	CHECK(!(command & PCI_COMMAND_INTX_DISABLE));
	CHECK_EQ(pci_config_put(PCI_COMMAND, 2, command | PCI_COMMAND_INTX_DISABLE), 2);
	CHECK(intx_masked());
	CHECK(pci_config_get(PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	CHECK_EQ(none(INTX, UNMASK, 0, 1), 0);
	CHECK(intx_masked());
	CHECK_EQ(pci_config_put(PCI_COMMAND, 2, command), 2);
	CHECK(!intx_masked());
	/* masked by us is not shown as disabled by user space (CVE-2024-26810) */
	shim_pci_assert(pm.pdev, true);
	CHECK(intx_masked());
	CHECK(!(pci_config_get(PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE));
	CHECK_EQ(pci_config_put(PCI_COMMAND, 2, command), 2);
	CHECK(intx_masked());
	shim_pci_assert(pm.pdev, false);
	/* disabled before it is turned on */
	CHECK_EQ(off(INTX), 0);
	CHECK_EQ(pci_config_put(PCI_COMMAND, 2, command | PCI_COMMAND_INTX_DISABLE), 2);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), 0);
	CHECK(intx_masked());
	pci_down();
}

/* A device that cannot mask itself has its line alone, masked at the controller. */
static void exclusive_intx(void)
{
	s32 fd;

	pci_up_exclusive_intx();
	fd = pci_event(INTX);
	CHECK(!shim_irq_disabled(pm.pdev->irq));
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(shim_irq_disabled(pm.pdev->irq));
	CHECK_EQ(none(INTX, MASK, 0, 1), 0);
	CHECK_EQ(none(INTX, UNMASK, 0, 1), 0);
	CHECK(!shim_irq_disabled(pm.pdev->irq));
	CHECK_EQ(none(INTX, UNMASK, 0, 1), 0);
	shim_irq_raise(pm.pdev->irq);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK_EQ(off(INTX), 0);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), 0);
	pci_down();
}

static void only_one_kind_at_a_time(void)
{
	s32 fd;

	pci_up();
	fd = pci_event(INTX);
	CHECK_EQ(pci_set_eventfds(MSI, 0, 1, &fd), -EINVAL);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &fd), -EINVAL);
	CHECK_EQ(off(MSIX), -EINVAL);
	CHECK_EQ(off(INTX), 0);
	CHECK_EQ(pci_set_eventfds(MSI, 0, 1, &fd), 0);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), -EINVAL);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &fd), -EINVAL);
	CHECK_EQ(none(INTX, UNMASK, 0, 1), -EINVAL);
	CHECK_EQ(off(MSI), 0);
	CHECK(intx_masked());
	pci_down();
}

static void vectors(u32 index, unsigned int n)
{
	s32 fds[MSIX_VECTORS], other, gone = -1;
	u8 bools[MSIX_VECTORS] = { 0 };

	for (unsigned int i = 0; i < n; i++)
		fds[i] = shim_eventfd();
	other = shim_eventfd();
	CHECK_EQ(pci_set_eventfds(index, 0, n, fds), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), n);
	CHECK_EQ(shim_live(SHIM_IRQ), n);
	for (unsigned int i = 0; i < n; i++) {
		CHECK(shim_pci_message(pm.pdev, i));
		for (unsigned int k = 0; k < n; k++)
			CHECK_EQ(shim_eventfd_count(fds[k]), k == i);
	}
	/* by hand */
	CHECK_EQ(none(index, TRIGGER, 1, 1), 0);
	CHECK_EQ(shim_eventfd_count(fds[1]), 1);
	bools[1] = 1;
	CHECK_EQ(pci_set_irqs(index, BOOL | TRIGGER, 0, 3, bools, 3), 0);
	CHECK_EQ(shim_eventfd_count(fds[0]) + shim_eventfd_count(fds[2]), 0);
	CHECK_EQ(shim_eventfd_count(fds[1]), 1);
	/* one is moved, then taken away; the others do not notice */
	CHECK_EQ(pci_set_eventfds(index, 1, 1, &other), 0);
	CHECK(shim_pci_message(pm.pdev, 1));
	CHECK_EQ(shim_eventfd_count(fds[1]), 0);
	CHECK_EQ(shim_eventfd_count(other), 1);
	CHECK_EQ(pci_set_eventfds(index, 1, 1, &gone), 0);
	CHECK(!shim_pci_message(pm.pdev, 1));
	CHECK_EQ(shim_eventfd_count(other), 0);
	CHECK_EQ(none(index, TRIGGER, 1, 1), 0);
	CHECK(shim_pci_message(pm.pdev, 0));
	CHECK_EQ(shim_eventfd_count(fds[0]), 1);
	CHECK_EQ(pci_set_eventfds(index, 1, 1, fds + 1), 0);
	CHECK(shim_pci_message(pm.pdev, 1));
	/* a request that fails half-way changes nothing */
	fds[2] = 250;
	CHECK_EQ(pci_set_eventfds(index, 0, 3, fds), -EBADF);
	CHECK(shim_pci_message(pm.pdev, 2));
	CHECK_EQ(shim_live(SHIM_IRQ), n);
	CHECK_EQ(off(index), 0);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	CHECK(!shim_pci_message(pm.pdev, 0));
	keep_none();
	for (unsigned int i = 0; i < n; i++)
		if (i != 2)
			shim_close(fds[i]);
	shim_close(other);
}

static void msi(void)
{
	pci_up();
	vectors(MSI, MSI_VECTORS);
	vectors(MSI, 4);
	pci_down();
}

static void msix(void)
{
	pci_up();
	vectors(MSIX, MSIX_VECTORS);
	vectors(MSIX, 3);
	pci_down();
}

static void vectors_one_by_one(void)
{
	s32 fds[MSIX_VECTORS];

	pci_machine_make();
	shim_pci(pm.pdev)->dyn_msix = true;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	for (int i = 0; i < MSIX_VECTORS; i++)
		fds[i] = shim_eventfd();
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, fds), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), 1);
	CHECK_EQ(pci_set_eventfds(MSIX, 9, 2, fds + 9), 0);
	CHECK_EQ(shim_live(SHIM_VECTOR), 3);
	CHECK(shim_pci_message(pm.pdev, 0) && shim_pci_message(pm.pdev, 9) &&
	      shim_pci_message(pm.pdev, 10));
	CHECK_EQ(shim_eventfd_count(fds[10]), 1);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, MSIX_VECTORS, fds), 0);
	CHECK_EQ(shim_live(SHIM_IRQ), MSIX_VECTORS);
	CHECK_EQ(pci_set_eventfds(MSIX, MSIX_VECTORS, 1, fds), -EINVAL);
	CHECK_EQ(off(MSIX), 0);
	keep_none();
	/* a host without vectors to spare */
	shim_pci(pm.pdev)->vectors_left = 2;
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 2, fds), 0);
	CHECK(pci_set_eventfds(MSIX, 5, 1, fds + 5) < 0);
	CHECK(shim_pci_message(pm.pdev, 1));
	CHECK_EQ(shim_live(SHIM_EVENTFD), 2);
	pci_down();
}

static void not_enough_vectors(void)
{
	s32 fds[MSIX_VECTORS];

	pci_up();
	for (int i = 0; i < MSIX_VECTORS; i++)
		fds[i] = shim_eventfd();
	shim_pci(pm.pdev)->vectors_left = 5;
	/* the ABI: how many there could be */
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 8, fds), 5);
	CHECK_EQ(shim_live(SHIM_VECTOR) + shim_live(SHIM_EVENTFD), 0);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 5, fds), 0);
	CHECK(pci_set_eventfds(MSIX, 5, 1, fds + 5) < 0);
	CHECK_EQ(off(MSIX), 0);
	keep_none();
	/* INTx, which the kernel turns on when it takes vectors back, has no handler */
	shim_pci(pm.pdev)->vectors_left = 1;
	CHECK_EQ(pci_set_eventfds(MSI, 0, 2, fds), 1);
	CHECK(intx_masked());
	pci_down();
}

/* The table is in the device's memory: it is written also while user space has it off. */
static void vectors_while_memory_is_off(void)
{
	s32 fds[2];
	u32 command;

	pci_up();
	fds[0] = shim_eventfd();
	fds[1] = shim_eventfd();
	command = pci_config_get(PCI_COMMAND, 2);
	CHECK_EQ(pci_config_put(PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY), 2);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 2, fds), 0);
	CHECK(!(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY));
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, fds + 1), 0);
	CHECK_EQ(off(MSIX), 0);
	CHECK(!(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY));
	pci_down();
}

static void error_and_request(void)
{
	s32 fd, other, gone = -1;
	u8 one = 1;

	pci_up();
	fd = shim_eventfd();
	other = shim_eventfd();
	CHECK_EQ(pci_set_eventfds(ERR, 0, 1, &fd), 0);
	CHECK_EQ(pci_set_eventfds(REQ, 0, 1, &other), 0);
	CHECK_EQ(none(ERR, TRIGGER, 0, 1), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK_EQ(pci_set_irqs(REQ, BOOL | TRIGGER, 0, 1, &one, 1), 0);
	CHECK_EQ(shim_eventfd_count(other), 1);
	CHECK_EQ(pm.pdev->driver->err_handler->error_detected(pm.pdev, pci_channel_io_frozen),
		 PCI_ERS_RESULT_CAN_RECOVER);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK_EQ(pci_set_eventfds(ERR, 0, 1, &other), 0);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 2);
	CHECK_EQ(pci_set_eventfds(ERR, 0, 1, &gone), 0);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 1);
	CHECK_EQ(pci_set_irqs(REQ, EVENTFD | TRIGGER, 0, 0, NULL, 0), -EINVAL);
	/* left on: the close takes them away */
	pci_down();
}

static void under_failure(void)
{
	pci_machine_make();
	shim_pci(pm.pdev)->dyn_msix = true;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	SHIM_SWEEP() {
		s32 fds[4] = { shim_eventfd(), shim_eventfd(), shim_eventfd(), shim_eventfd() };
		long ret;

		ret = pci_set_eventfds(INTX, 0, 1, fds);
		if (!ret)
			ret = pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, fds + 1, 4);
		if (pci_set_irqs(INTX, NONE | TRIGGER, 0, 0, NULL, 0) && !ret)
			ret = -EFAULT;
		shim_fail_pause();
		off(INTX);
		shim_fail_resume();
		if (!ret)
			ret = pci_set_eventfds(MSIX, 0, 2, fds);
		if (!ret)
			ret = pci_set_eventfds(MSIX, 1, 3, fds + 1);
		if (!ret)
			ret = pci_set_eventfds(ERR, 0, 1, fds);
		CHECK_EQ(!ret, !shim_failed());
		shim_fail_pause();
		off(MSIX);
		keep_none();
		pci_set_eventfds(ERR, 0, 1, (s32[]){ -1 });
		for (int i = 0; i < 4; i++)
			shim_close(fds[i]);
		shim_fail_resume();
	}
	pci_down();
}

/* Any request in any order, on whatever is on: nothing breaks, nothing is left. */
static void random_requests(void)
{
	unsigned int seed = 7;
	s32 fds[MSIX_VECTORS];

	pci_up();
	for (int i = 0; i < 6; i++)
		fds[i] = shim_eventfd();
	for (int round = 0; round < 20000; round++) {
		static const u32 actions[] = { MASK, UNMASK, TRIGGER, TRIGGER, TRIGGER };
		u32 data = 1u << rand_r(&seed) % 3, index = rand_r(&seed) % 6;
		u32 start = rand_r(&seed) % 4, count = rand_r(&seed) % 4;
		s32 some[4];
		u8 bools[4];

		for (int i = 0; i < 4; i++) {
			some[i] = rand_r(&seed) % 5 ? fds[rand_r(&seed) % 6] : -1;
			bools[i] = rand_r(&seed) % 2;
		}
		pci_set_irqs(index, data | actions[rand_r(&seed) % 5], start, count,
			     data == BOOL ? (void *)bools : some,
			     data == NONE ? 0 : data == BOOL ? count : count * 4);
		if (round % 3 == 0)
			shim_pci_assert(pm.pdev, rand_r(&seed) % 2);
		if (round % 5 == 0)
			shim_pci_message(pm.pdev, rand_r(&seed) % 8);
		if (round % 7 == 0)
			shim_eventfd_write(fds[rand_r(&seed) % 6]);
		if (round % 11 == 0)
			shim_run_work();
	}
	shim_pci_assert(pm.pdev, false);
	pci_down();
}

UNIT_TESTS(pci_irq,
	{ "GET_IRQ_INFO", irq_info },
	{ "what SET_IRQS refuses", refused },
	{ "nothing is on", nothing_is_on },
	{ "INTx fires and masks itself", intx_fires_and_masks_itself },
	{ "INTx by eventfds", intx_by_eventfds },
	{ "INTx with one eventfd for both", intx_with_one_eventfd_for_both },
	{ "INTx and the command register", intx_and_the_command_register },
	{ "exclusive INTx", exclusive_intx },
	{ "only one kind at a time", only_one_kind_at_a_time },
	{ "MSI", msi },
	{ "MSI-X", msix },
	{ "vectors one by one", vectors_one_by_one },
	{ "not enough vectors", not_enough_vectors },
	{ "vectors while memory is off", vectors_while_memory_is_off },
	{ "error and request", error_and_request },
	{ "under failure", under_failure },
	{ "random requests", random_requests })
