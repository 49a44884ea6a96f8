// SPDX-License-Identifier: GPL-2.0-only
/*
 * INTx, raised by edu and acknowledged in its register: masked after each event until the user
 * unmasks it, by call or by eventfd.
 */
#include "pci.h"

#include <linux/pci_regs.h>
#include <unistd.h>

#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define MASK		(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK)
#define UNMASK		(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK)
#define TRIGGER		(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)

static int fd = -1;

static int intx(uint32_t flags)
{
	return irq_set(edu_session.device, flags, INTX, 0, 1, NULL, 0);
}

static bool enable(void)
{
	fd = eventfd_new();
	return EXPECT(irq_eventfds(edu_session.device, INTX, 0, 1, &fd), 0);
}

static void finish(void)
{
	edu_write(&edu, EDU_IRQ_ACK, ~0u);
	EXPECT(irq_disable(edu_session.device, INTX), 0);
	close_fd(&fd);
}

static void raise(void)
{
	edu_write(&edu, EDU_IRQ_RAISE, 1);
}

static void acknowledge(void)
{
	edu_write(&edu, EDU_IRQ_ACK, 1);
}

static void signals(void)
{
	REQUIRE_TRUE(enable());
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	acknowledge();
	EXPECT(intx(UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	finish();
}

/* The line stays up: one event, until unmasked; then another at once. */
static void automask(void)
{
	REQUIRE_TRUE(enable());
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(intx(UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	acknowledge();
	EXPECT(intx(UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	finish();
}

static void masked(void)
{
	REQUIRE_TRUE(enable());
	EXPECT(intx(MASK), 0);
	EXPECT(intx(MASK), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(intx(UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	finish();
}

static int unmask_fd(int unmask)
{
	return irq_set(edu_session.device,
		       VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_UNMASK, INTX, 0, 1, &unmask,
		       sizeof(unmask));
}

static void signal_fd(int unmask)
{
	uint64_t one = 1;

	EXPECT(write(unmask, &one, sizeof(one)), sizeof(one));
}

static void unmask_by_eventfd(void)
{
	int unmask = eventfd_new();

	REQUIRE_TRUE(enable());
	EXPECT(unmask_fd(unmask), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	signal_fd(unmask);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	acknowledge();
	signal_fd(unmask);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	/* taken off, it does nothing */
	EXPECT(unmask_fd(-1), 0);
	raise();
	eventfd_count(fd, EVENT_SOON);
	signal_fd(unmask);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	finish();
	close_fd(&unmask);
}

/* Masking by eventfd is not offered for INTx. */
static void mask_by_eventfd(void)
{
	int mask = eventfd_new();

	REQUIRE_TRUE(enable());
	EXPECT(irq_set(edu_session.device, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_MASK,
		       INTX, 0, 1, &mask, sizeof(mask)), -ENOTTY);
	finish();
	close_fd(&mask);
}

static void loopback(void)
{
	const uint8_t yes = 1, no = 0;
	const uint32_t flags = VFIO_IRQ_SET_DATA_BOOL | VFIO_IRQ_SET_ACTION_TRIGGER;

	REQUIRE_TRUE(enable());
	EXPECT(intx(TRIGGER), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(irq_set(edu_session.device, flags, INTX, 0, 1, &yes, 1), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(irq_set(edu_session.device, flags, INTX, 0, 1, &no, 1), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	finish();
}

/* Before INTx is enabled there is nothing to mask, unmask or trigger. */
static void before_enable(void)
{
	int unmask = eventfd_new();

	EXPECT(intx(MASK), -EINVAL);
	EXPECT(intx(UNMASK), -EINVAL);
	EXPECT(intx(TRIGGER), -EINVAL);
	EXPECT(unmask_fd(unmask), -EINVAL);
	EXPECT(irq_disable(edu_session.device, INTX), -EINVAL);
	close_fd(&unmask);
}

/* A new eventfd takes over, the old one hears no more; -1 leaves INTx on without a listener. */
static void replace(void)
{
	int other = eventfd_new(), none = -1;

	REQUIRE_TRUE(enable());
	EXPECT(irq_eventfds(edu_session.device, INTX, 0, 1, &other), 0);
	raise();
	EXPECT(eventfd_count(other, EVENT_SOON), 1);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	acknowledge();
	EXPECT(intx(UNMASK), 0);
	EXPECT(irq_eventfds(edu_session.device, INTX, 0, 1, &none), 0);
	raise();
	EXPECT(eventfd_count(other, EVENT_NONE), 0);
	finish();
	close_fd(&other);
}

static void silent_after_disable(void)
{
	REQUIRE_TRUE(enable());
	EXPECT(irq_disable(edu_session.device, INTX), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	acknowledge();
	EXPECT(irq_eventfds(edu_session.device, INTX, 0, 1, &fd), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	finish();
}

/* The interrupt disable bit of the command register is the user's mask. */
static void command_bit(void)
{
	uint32_t command = config_read(edu_session.device, PCI_COMMAND, 2);

	REQUIRE_TRUE(enable());
	EXPECT(config_write(edu_session.device, PCI_COMMAND, 2,
			    command | PCI_COMMAND_INTX_DISABLE), 2);
	raise();
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(config_write(edu_session.device, PCI_COMMAND, 2,
			    command & ~PCI_COMMAND_INTX_DISABLE), 2);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	finish();
}

static void other_type_refused(void)
{
	int other = eventfd_new();

	REQUIRE_TRUE(enable());
	EXPECT(irq_eventfds(edu_session.device, VFIO_PCI_MSI_IRQ_INDEX, 0, 1, &other), -EINVAL);
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	finish();
	close_fd(&other);
}

static void arguments(void)
{
	int fds[2] = { eventfd_new(), eventfd_new() }, bad = 1000;

	EXPECT(irq_eventfds(edu_session.device, INTX, 0, 2, fds), -EINVAL);
	EXPECT(irq_eventfds(edu_session.device, INTX, 1, 1, fds), -EINVAL);
	EXPECT(irq_eventfds(edu_session.device, INTX, ~0u, 1, fds), -EINVAL);
	EXPECT(irq_eventfds(edu_session.device, INTX, 0, 1, &bad), -EBADF);
	bad = edu_session.group;
	EXPECT(irq_eventfds(edu_session.device, INTX, 0, 1, &bad), -EINVAL);
	close_fd(&fds[0]);
	close_fd(&fds[1]);
}

CU_TestInfo intx_tests[] = {
	{ "an interrupt reaches the eventfd", signals },
	{ "masked after each event", automask },
	{ "mask and unmask", masked },
	{ "unmask by eventfd", unmask_by_eventfd },
	{ "mask by eventfd: ENOTTY", mask_by_eventfd },
	{ "loopback trigger", loopback },
	{ "nothing before it is enabled", before_enable },
	{ "another eventfd, and none", replace },
	{ "silent after disable, and again enabled", silent_after_disable },
	{ "the command register masks", command_bit },
	{ "another type while enabled: EINVAL", other_type_refused },
	{ "bad arguments", arguments },
	CU_TEST_INFO_NULL,
};
