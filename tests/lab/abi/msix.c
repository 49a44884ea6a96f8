// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI-X with igb's ten vectors, and the matrix of SET_IRQS: index, data, action, start and count,
 * before and after enabling. Interrupts are real: igb's EICS register raises a vector.
 */
#include "pci.h"
#include "../../irq_set.h"

#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#define VECTORS		10

/* 82576 datasheet, 8.8: general purpose interrupt enable, cause set, mask set, cause. */
#define GPIE		0x1514
#define GPIE_MULTIPLE	0x10
#define EICS		0x1520
#define EIMS		0x1524
#define EICR		0x1580

static int fds[VECTORS];

static void open_fds(void)
{
	for (int i = 0; i < VECTORS; i++)
		fds[i] = eventfd_new();
}

static void close_fds(void)
{
	for (int i = 0; i < VECTORS; i++)
		close_fd(&fds[i]);
}

static void finish(void)
{
	EXPECT(irq_disable(nic.device, MSIX), 0);
	close_fds();
}

static int vectors(uint32_t start, uint32_t count)
{
	return irq_eventfds(nic.device, MSIX, start, count, fds + start);
}

static int trigger(uint32_t start, uint32_t count)
{
	return irq_set(nic.device, NONE | TRIGGER, MSIX, start, count, NULL, 0);
}

static void put(uint32_t reg, uint32_t value)
{
	EXPECT(region_write(nic.device, VFIO_PCI_BAR0_REGION_INDEX, reg, &value, 4), 4);
}

static void arm(void)
{
	EXPECT(config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
	       2);
	put(GPIE, GPIE_MULTIPLE);
	put(EIMS, (1u << VECTORS) - 1);
}

/* Raises each vector of the set in the device; the set of eventfds that heard it. */
static uint32_t heard(uint32_t set)
{
	uint32_t got = 0;

	put(EICR, (1u << VECTORS) - 1);
	put(EICS, set);
	for (int i = 0; i < VECTORS; i++)
		if (set & 1u << i && eventfd_count(fds[i], EVENT_SOON))
			got |= 1u << i;
	/* those that must stay silent have had their time meanwhile */
	for (int i = 0; i < VECTORS; i++)
		if (!(set & 1u << i) && eventfd_count(fds[i], i ? 0 : EVENT_NONE / 5))
			got |= 1u << i;
	return got;
}

static void all_vectors(void)
{
	open_fds();
	EXPECT(vectors(0, VECTORS), 0);
	arm();
	for (int i = 0; i < VECTORS; i++)
		EXPECT(heard(1u << i), 1u << i);
	EXPECT(heard(0x3ff), 0x3ff);
	EXPECT(irq_disable(nic.device, MSIX), 0);
	put(EICR, 0x3ff);
	put(EICS, 0x3ff);
	EXPECT(eventfd_count(fds[0], EVENT_NONE), 0);
	for (int i = 1; i < VECTORS; i++)
		EXPECT(eventfd_count(fds[i], 0), 0);
	close_fds();
}

/* One by one, in any order, while those that are there go on. */
static void one_by_one(void)
{
	static const uint32_t order[] = { 0, 3, 9, 1 };
	uint32_t live = 0;

	open_fds();
	arm();
	for (unsigned int i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		EXPECT(vectors(order[i], 1), 0);
		live |= 1u << order[i];
		EXPECT(heard(live), live);
	}
	finish();
}

static void first_not_zero(void)
{
	open_fds();
	arm();
	EXPECT(vectors(4, 2), 0);
	EXPECT(heard(0x30), 0x30);
	EXPECT(vectors(0, 1), 0);
	EXPECT(heard(0x31), 0x31);
	finish();
}

static void deassign_one(void)
{
	int none = -1;

	open_fds();
	EXPECT(vectors(0, 4), 0);
	arm();
	EXPECT(irq_eventfds(nic.device, MSIX, 1, 1, &none), 0);
	EXPECT(heard(0xd), 0xd);
	EXPECT(trigger(1, 1), 0);
	EXPECT(eventfd_count(fds[1], EVENT_NONE), 0);
	EXPECT(vectors(1, 1), 0);
	EXPECT(heard(0xf), 0xf);
	finish();
}

/* Holes from the beginning: -1 skips. */
static void sparse(void)
{
	int some[VECTORS];

	open_fds();
	for (int i = 0; i < VECTORS; i++)
		some[i] = i % 3 ? -1 : fds[i];
	EXPECT(irq_eventfds(nic.device, MSIX, 0, VECTORS, some), 0);
	arm();
	EXPECT(heard(0x249), 0x249);
	finish();
}

static void loopback(void)
{
	uint8_t some[VECTORS] = { 1, 0, 0, 1, 0, 0, 0, 0, 0, 1 };

	open_fds();
	EXPECT(vectors(0, VECTORS), 0);
	EXPECT(trigger(0, VECTORS), 0);
	for (int i = 0; i < VECTORS; i++)
		EXPECT(eventfd_count(fds[i], EVENT_SOON), 1);
	EXPECT(irq_set(nic.device, BOOL | TRIGGER, MSIX, 0, VECTORS, some, VECTORS), 0);
	for (int i = 0; i < VECTORS; i++)
		EXPECT(eventfd_count(fds[i], some[i] ? EVENT_SOON : 10), some[i]);
	EXPECT(trigger(7, 2), 0);
	EXPECT(eventfd_count(fds[7], EVENT_SOON), 1);
	EXPECT(eventfd_count(fds[8], EVENT_SOON), 1);
	EXPECT(eventfd_count(fds[9], 10), 0);
	finish();
}

/* Smaller, larger, with a pause between. */
static void resize(void)
{
	open_fds();
	arm();
	EXPECT(vectors(0, 2), 0);
	EXPECT(heard(3), 3);
	EXPECT(vectors(0, VECTORS), 0);
	EXPECT(heard(0x3ff), 0x3ff);
	EXPECT(irq_disable(nic.device, MSIX), 0);
	EXPECT(vectors(0, 1), 0);
	EXPECT(heard(1), 1);
	finish();
}

/* One bad eventfd among good ones: nothing of the call holds. */
static void bad_eventfd(void)
{
	int some[4];

	open_fds();
	memcpy(some, fds, sizeof(some));
	some[2] = 1000;
	EXPECT(irq_eventfds(nic.device, MSIX, 0, 4, some), -EBADF);
	some[2] = nic.group;
	EXPECT(irq_eventfds(nic.device, MSIX, 0, 4, some), -EINVAL);
	EXPECT(trigger(0, 1), -EINVAL);
	EXPECT(vectors(0, 4), 0);
	EXPECT(trigger(0, 4), 0);
	for (int i = 0; i < 4; i++)
		EXPECT(eventfd_count(fds[i], EVENT_SOON), 1);
	finish();
}

/* One eventfd may serve several vectors. */
static void shared_eventfd(void)
{
	int same[3];

	open_fds();
	same[0] = same[1] = same[2] = fds[0];
	EXPECT(irq_eventfds(nic.device, MSIX, 0, 3, same), 0);
	EXPECT(trigger(0, 3), 0);
	EXPECT(eventfd_count(fds[0], EVENT_SOON), 3);
	finish();
}

/* A closed eventfd stays alive for the vector that has it. */
static void closed_eventfd(void)
{
	open_fds();
	EXPECT(vectors(0, 2), 0);
	close_fd(&fds[0]);
	EXPECT(trigger(0, 2), 0);
	EXPECT(eventfd_count(fds[1], EVENT_SOON), 1);
	finish();
}

static void on_and_off(void)
{
	open_fds();
	for (int i = 0; i < 20; i++) {
		if (!EXPECT(vectors(0, VECTORS), 0) || !EXPECT(irq_disable(nic.device, MSIX), 0))
			break;
	}
	close_fds();
}

static void over_reset(void)
{
	open_fds();
	EXPECT(vectors(0, 2), 0);
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_RESET, NULL), 0);
	arm();
	EXPECT(heard(3), 3);
	finish();
}

CU_TestInfo msix_tests[] = {
	{ "all vectors", all_vectors },
	{ "one by one while others live", one_by_one },
	{ "the first is not vector 0", first_not_zero },
	{ "take one away and put it back", deassign_one },
	{ "with holes", sparse },
	{ "loopback trigger", loopback },
	{ "smaller and larger", resize },
	{ "a bad eventfd undoes the call", bad_eventfd },
	{ "one eventfd for several vectors", shared_eventfd },
	{ "an eventfd that its owner closed", closed_eventfd },
	{ "on and off, 20 times", on_and_off },
	{ "vectors over a reset", over_reset },
	CU_TEST_INFO_NULL,
};

static int set(uint32_t flags, uint32_t index, uint32_t start, uint32_t count, size_t size)
{
	char data[128];

	memset(data, 0xff, sizeof(data));	/* eventfd -1, and true */
	return irq_set(nic.device, flags, index, start, count, data, size);
}

/* The header does not say which of the two errors meets a combination that makes no sense. */
static bool refused(int err)
{
	return err == -EINVAL || err == -ENOTTY;
}

static void flags(void)
{
	static const uint32_t bad[] = {
		0, NONE, BOOL, EVENTFD, MASK, UNMASK, TRIGGER, NONE | BOOL | TRIGGER,
		NONE | EVENTFD | TRIGGER, BOOL | EVENTFD | TRIGGER, NONE | MASK | TRIGGER,
		NONE | MASK | UNMASK, NONE | MASK | UNMASK | TRIGGER, NONE | TRIGGER | 1u << 6,
		NONE | TRIGGER | 1u << 31, ~0u,
	};

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_TRUE(refused(set(bad[i], MSIX, 0, 1, 4)));
}

static void indices(void)
{
	static const uint32_t bad[] = { VFIO_PCI_NUM_IRQS, VFIO_PCI_NUM_IRQS + 1, 1000, ~0u };

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT(set(NONE | TRIGGER, bad[i], 0, 0, 0), -EINVAL);
		EXPECT(set(NONE | TRIGGER, bad[i], 0, 1, 0), -EINVAL);
		EXPECT(set(EVENTFD | TRIGGER, bad[i], 0, 1, 4), -EINVAL);
	}
}

/* start and count, also where their sum wraps; the same before and after vectors are there. */
static void check_ranges(void)
{
	static const struct {
		uint32_t start, count;
	} bad[] = {
		{ 0, VECTORS + 1 }, { VECTORS, 1 }, { VECTORS - 1, 2 }, { 1, VECTORS },
		{ ~0u, 1 }, { ~0u, 2 }, { 1, ~0u }, { 0, ~0u }, { 1u << 31, 1u << 31 },
		{ 0, 1u << 30 }, { 0x7fffffff, 1 }, { VECTORS, 0x40000000 },
	};
	static const uint32_t kinds[] = { NONE | TRIGGER, BOOL | TRIGGER, EVENTFD | TRIGGER };

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (unsigned int kind = 0; kind < 3; kind++)
			EXPECT(set(kinds[kind], MSIX, bad[i].start, bad[i].count, 128), -EINVAL);
}

static void ranges(void)
{
	check_ranges();
	open_fds();
	EXPECT(vectors(0, VECTORS), 0);
	check_ranges();
	EXPECT(trigger(0, VECTORS), 0);
	finish();
}

/* count items of data must be there. */
static void data_sizes(void)
{
	EXPECT(set(EVENTFD | TRIGGER, MSIX, 0, 1, 0), -EINVAL);
	EXPECT(set(EVENTFD | TRIGGER, MSIX, 0, 1, 3), -EINVAL);
	EXPECT(set(EVENTFD | TRIGGER, MSIX, 0, 2, 7), -EINVAL);
	EXPECT(set(BOOL | TRIGGER, MSIX, 0, 1, 0), -EINVAL);
	EXPECT(set(BOOL | TRIGGER, MSIX, 0, 5, 4), -EINVAL);
	/* nothing to do with data, or with a count, of nothing */
	EXPECT_TRUE(set(EVENTFD | TRIGGER, MSIX, 0, 0, 0) < 0);
	EXPECT(set(BOOL | TRIGGER, MSIX, 0, 0, 0), -EINVAL);
	EXPECT_TRUE(refused(set(NONE | MASK, MSIX, 0, 0, 0)));
}

static void before_enable(void)
{
	for (uint32_t index = 0; index <= MSIX; index++) {
		EXPECT(set(NONE | TRIGGER, index, 0, 1, 0), -EINVAL);
		EXPECT(set(BOOL | TRIGGER, index, 0, 1, 1), -EINVAL);
	}
	for (uint32_t index = 0; index <= MSIX; index++)
		EXPECT(irq_disable(nic.device, index), -EINVAL);
}

/* While one index is in use no other of INTx, MSI and MSI-X can be. */
static void exclusive(void)
{
	open_fds();
	EXPECT(vectors(0, 2), 0);
	EXPECT(irq_eventfds(nic.device, VFIO_PCI_MSI_IRQ_INDEX, 0, 1, fds + 2), -EINVAL);
	EXPECT(irq_eventfds(nic.device, VFIO_PCI_INTX_IRQ_INDEX, 0, 1, fds + 2), -EINVAL);
	EXPECT(trigger(0, 2), 0);
	EXPECT(eventfd_count(fds[0], EVENT_SOON), 1);
	finish();
}

static void masking(void)
{
	open_fds();
	EXPECT(vectors(0, 2), 0);
	EXPECT(set(NONE | MASK, MSIX, 0, 1, 0), -ENOTTY);
	EXPECT(set(NONE | UNMASK, MSIX, 0, 1, 0), -ENOTTY);
	EXPECT(set(BOOL | MASK, MSIX, 0, 1, 1), -ENOTTY);
	EXPECT(set(EVENTFD | UNMASK, MSIX, 0, 1, 4), -ENOTTY);
	finish();
}

/* The data ends at the end of memory: a kernel that reads more than count faults. */
static void data_at_the_edge(void)
{
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_SET_IRQS, (void *)-64l), -EFAULT);
}

CU_TestInfo matrix_tests[] = {
	{ "flags: one of data and one of action", flags },
	{ "indices", indices },
	{ "start and count", ranges },
	{ "size of the data", data_sizes },
	{ "before enabling", before_enable },
	{ "one index at a time", exclusive },
	{ "MSI-X offers no masking: ENOTTY", masking },
	{ "bad memory: EFAULT", data_at_the_edge },
	CU_TEST_INFO_NULL,
};
