// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * INTx of devices that cannot mask it, of lines that others have, and what went wrong with INTx
 * elsewhere, by its number.
 */
#include <pthread.h>
#include <unistd.h>

#include <linux/sizes.h>
#include <shim/irq.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

extern bool *const shim_param_nointxmask;

static long intx(u32 flags, u32 count)
{
	u8 yes = 1;

	return pci_set_irqs(INTX, flags, 0, count, &yes, flags & BOOL ? 1 : 0);
}

static unsigned int intx_count(void)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = INTX }, *user;

	user = SHIM_USER(&info);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_IRQ_INFO, user), 0);
	return ((struct vfio_irq_info *)shim_user_body(user))->count;
}

static bool device_masked(void)
{
	return shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE;
}

/* The administrator's nointxmask: the line is not shared, and the bit left alone */
static void nointxmask(void)
{
	s32 fd;

	pci_machine_make();
	*shim_param_nointxmask = true;
	CHECK_EQ(pci_machine_load(), 0);
	/* it counts as it was when the device was bound */
	*shim_param_nointxmask = false;
	CHECK_EQ(pci_user_open(), 0);
	CHECK(!device_masked());
	fd = pci_event(INTX);
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(shim_irq_disabled(pm.pdev->irq));
	CHECK(!device_masked());
	shim_pci_assert(pm.pdev, false);
	CHECK_EQ(intx(NONE | UNMASK, 1), 0);
	CHECK(!shim_irq_disabled(pm.pdev->irq));
	pci_down();
}

/* Of the Intel 700 series: it is not told when it interrupts, so it has no INTx */
static void broken_status(void)
{
	s32 fd;

	pci_machine_make();
	pm.pdev->vendor = 0x8086;
	pm.pdev->device = 0x1572;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(intx_count(), 0);
	CHECK(device_masked());
	fd = shim_eventfd();
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), -EINVAL);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &fd), 0);
	CHECK_EQ(pci_set_irqs(MSIX, NONE | TRIGGER, 0, 0, NULL, 0), 0);
	CHECK(device_masked());
	pci_down();
}

static unsigned int neighbours;

static irqreturn_t neighbour(int irq, void *data)
{
	neighbours++;
	return IRQ_HANDLED;
}

static void a_line_that_another_has(void)
{
	s32 fd;

	/* alone it cannot be had */
	pci_up_exclusive_intx();
	fd = shim_eventfd();
	CHECK_EQ(request_irq(pm.pdev->irq, neighbour, IRQF_SHARED, "neighbour", &fd), 0);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), -EBUSY);
	CHECK(shim_log_has("cannot be had alone"));
	CHECK_EQ(shim_irq_handlers(pm.pdev->irq), 1);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	free_irq(pm.pdev->irq, &fd);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), 0);
	CHECK_EQ(request_irq(pm.pdev->irq, neighbour, IRQF_SHARED, "neighbour", &fd), -EBUSY);
	pci_down();

	/* shared it can, and the other one goes on when ours is masked */
	pci_up();
	CHECK_EQ(request_irq(pm.pdev->irq, neighbour, IRQF_SHARED, "neighbour", &fd), 0);
	fd = pci_event(INTX);
	neighbours = 0;
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(shim_irq_raise(pm.pdev->irq));
	CHECK_EQ(neighbours, 2);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK_EQ(intx(NONE | TRIGGER, 0), 0);
	free_irq(pm.pdev->irq, &fd);
	pci_down();
}

/* CVE-2024-26812: the eventfd is taken away while INTx stays on, and then there is one to tell */
static void eventfd_taken_away(void)
{
	s32 fd, none = -1;

	pci_up();
	fd = pci_event(INTX);
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &none), 0);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	CHECK_EQ(intx(NONE | TRIGGER, 1), 0);
	CHECK_EQ(intx(BOOL | TRIGGER, 1), 0);
	shim_pci_assert(pm.pdev, true);
	CHECK(device_masked());
	CHECK_EQ(intx(NONE | UNMASK, 1), 0);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	/* it is there again: what is still asserted is told once it is unmasked */
	CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), 0);
	CHECK_EQ(intx(NONE | UNMASK, 1), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	pci_down();
}

/* CVE-2024-26813, 26814: signalled by hand before there is an eventfd */
static void signalled_before_it_is_on(void)
{
	s32 none = -1;

	for (int exclusive = 0; exclusive < 2; exclusive++) {
		if (exclusive)
			pci_up_exclusive_intx();
		else
			pci_up();
		CHECK_EQ(intx(NONE | TRIGGER, 1), -EINVAL);
		CHECK_EQ(intx(BOOL | TRIGGER, 1), -EINVAL);
		CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &none), 0);
		CHECK_EQ(intx(NONE | TRIGGER, 1), 0);
		CHECK_EQ(intx(BOOL | TRIGGER, 1), 0);
		shim_pci_assert(pm.pdev, true);
		CHECK_EQ(intx(NONE | UNMASK, 1), 0);
		CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
		shim_pci_assert(pm.pdev, false);
		pci_down();
	}
}

static bool over;

static void *interrupts(void *unused)
{
	while (!READ_ONCE(over))
		shim_irq_raise(pm.pdev->irq);
	return NULL;
}

/* CVE-2024-27437: the line interrupts all the time, and so while INTx is set up and taken down */
static void interrupts_while_it_is_set_up(void)
{
	pthread_t thread;
	s32 fd;

	pci_up_exclusive_intx();
	fd = shim_eventfd();
	over = false;
	CHECK_OR_STOP(!pthread_create(&thread, NULL, interrupts, NULL));
	for (int i = 0; i < 500; i++) {
		CHECK_EQ(pci_set_eventfds(INTX, 0, 1, &fd), 0);
		usleep(20);
		if (i % 2)
			CHECK_EQ(intx(NONE | UNMASK, 1), 0);
		CHECK_EQ(intx(NONE | TRIGGER, 0), 0);
	}
	WRITE_ONCE(over, true);
	pthread_join(thread, NULL);
	CHECK(shim_eventfd_count(fd) > 0);
	pci_down();
}

/* CVE-2024-38632: what a failed set-up leaves */
static void a_failed_set_up(void)
{
	for (int exclusive = 0; exclusive < 2; exclusive++) {
		if (exclusive)
			pci_up_exclusive_intx();
		else
			pci_up();
		SHIM_SWEEP() {
			s32 fd = shim_eventfd(), resample = shim_eventfd();
			long ret = pci_set_eventfds(INTX, 0, 1, &fd);

			if (ret)
				CHECK_EQ(shim_live(SHIM_IRQ) + shim_live(SHIM_EVENTFD), 0);
			else
				ret = pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &resample, 4);
			CHECK_EQ(!ret, !shim_failed());
			shim_fail_pause();
			intx(NONE | TRIGGER, 0);
			CHECK_EQ(shim_live(SHIM_IRQ) + shim_live(SHIM_EVENTFD), 0);
			shim_close(fd);
			shim_close(resample);
			shim_fail_resume();
		}
		pci_down();
	}
}

/* CVE-2025-21687: position and length of an access are in bounds, each and in sum */
static void accesses_beyond_a_region(void)
{
	static const u64 far[] = { SZ_16K, SZ_16K + 1, 1ULL << 32, (1ULL << 40) - 1 };
	u8 buf[16] = { 0 };

	pci_up();
	for (unsigned int i = 0; i < ARRAY_SIZE(far); i++) {
		CHECK(pci_region_read(0, far[i], buf, 4) <= 0);
		CHECK(pci_region_write(0, far[i], buf, 4) <= 0);
	}
	CHECK_EQ(pci_region_read(0, SZ_16K - 4, buf, 16), 4);
	CHECK_EQ(pci_region_write(0, SZ_16K - 4, buf, 16), 4);
	for (unsigned int index = 64; index < 1 << 23; index <<= 4)
		CHECK(pci_region_read(index, 0, buf, 4) < 0);
	pci_down();
}

/* An unmask eventfd is closed with its work still to be done, and has a successor */
static void off_after_a_second_unmask_eventfd(void)
{
	s32 fd, first, second;

	pci_up();
	fd = pci_event(INTX);
	first = shim_eventfd();
	second = shim_eventfd();
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &first, 4), 0);
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	/* Still asserted: left to the work item */
	shim_eventfd_write(first);
	shim_close(first);
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &second, 4), 0);
	CHECK_EQ(intx(NONE | TRIGGER, 0), 0);
	shim_run_work();
	shim_close(second);
	pci_down();
}

UNIT_TESTS(pci_intx,
	{ "nointxmask", nointxmask },
	{ "broken status", broken_status },
	{ "a line that another has", a_line_that_another_has },
	{ "the eventfd is taken away", eventfd_taken_away },
	{ "signalled before it is on", signalled_before_it_is_on },
	{ "it interrupts while it is set up", interrupts_while_it_is_set_up },
	{ "a failed set-up", a_failed_set_up },
	{ "accesses beyond a region", accesses_beyond_a_region },
	{ "off after a second unmask eventfd", off_after_a_second_unmask_eventfd })
