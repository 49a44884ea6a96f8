// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI with edu's one vector.
 */
#include "pci.h"

#include <fcntl.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MSI	VFIO_PCI_MSI_IRQ_INDEX
#define TRIGGER	(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)

static void raise(void)
{
	edu_write(&edu, EDU_IRQ_RAISE, 1);
}

static void acknowledge(void)
{
	edu_write(&edu, EDU_IRQ_ACK, 1);
}

static int enable(const int *fd)
{
	return irq_eventfds(edu_session.device, MSI, 0, 1, fd);
}

static void signals(void)
{
	int fd = eventfd_new();

	REQUIRE(enable(&fd), 0);
	for (int i = 0; i < 5; i++) {
		raise();
		EXPECT(eventfd_count(fd, EVENT_SOON), 1);
		acknowledge();
	}
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(irq_disable(edu_session.device, MSI), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	acknowledge();
	close_fd(&fd);
}

static void loopback(void)
{
	int fd = eventfd_new();

	EXPECT(irq_set(edu_session.device, TRIGGER, MSI, 0, 1, NULL, 0), -EINVAL);
	REQUIRE(enable(&fd), 0);
	EXPECT(irq_set(edu_session.device, TRIGGER, MSI, 0, 1, NULL, 0), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(irq_disable(edu_session.device, MSI), 0);
	EXPECT(irq_set(edu_session.device, TRIGGER, MSI, 0, 1, NULL, 0), -EINVAL);
	close_fd(&fd);
}

/* From MSI to INTx and back: the index in use is to be disabled first. */
static void change_type(void)
{
	const uint32_t intx = VFIO_PCI_INTX_IRQ_INDEX;
	int msi = eventfd_new(), line = eventfd_new();

	REQUIRE(enable(&msi), 0);
	EXPECT(irq_eventfds(edu_session.device, intx, 0, 1, &line), -EINVAL);
	EXPECT(irq_disable(edu_session.device, MSI), 0);
	EXPECT(irq_eventfds(edu_session.device, intx, 0, 1, &line), 0);
	raise();
	EXPECT(eventfd_count(line, EVENT_SOON), 1);
	acknowledge();
	EXPECT(irq_disable(edu_session.device, intx), 0);
	EXPECT(enable(&msi), 0);
	raise();
	EXPECT(eventfd_count(msi, EVENT_SOON), 1);
	EXPECT(eventfd_count(line, EVENT_NONE), 0);
	acknowledge();
	EXPECT(irq_disable(edu_session.device, MSI), 0);
	close_fd(&msi);
	close_fd(&line);
}

static void replace(void)
{
	int fd = eventfd_new(), other = eventfd_new(), none = -1;

	REQUIRE(enable(&fd), 0);
	EXPECT(enable(&other), 0);
	raise();
	EXPECT(eventfd_count(other, EVENT_SOON), 1);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	acknowledge();
	EXPECT(enable(&none), 0);
	EXPECT(enable(&fd), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	acknowledge();
	EXPECT(irq_disable(edu_session.device, MSI), 0);
	close_fd(&fd);
	close_fd(&other);
}

/* The virtual enable bit follows SET_IRQS, not the user's writes, once vectors are there. */
static void mask_not_offered(void)
{
	int fd = eventfd_new();

	REQUIRE(enable(&fd), 0);
	EXPECT(irq_set(edu_session.device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK, MSI,
		       0, 1, NULL, 0), -ENOTTY);
	EXPECT(irq_set(edu_session.device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK,
		       MSI, 0, 1, NULL, 0), -ENOTTY);
	EXPECT(irq_disable(edu_session.device, MSI), 0);
	close_fd(&fd);
}

/* Closing the device with vectors live frees them; the next user begins from nothing. */
static void closed_live(void)
{
	int fd = eventfd_new();

	REQUIRE(enable(&fd), 0);
	edu_stop(&edu);
	EXPECT(session_reopen_device(&edu_session), 0);
	EXPECT(edu_start(&edu, edu_session.device), 0);
	EXPECT(irq_set(edu_session.device, TRIGGER, MSI, 0, 1, NULL, 0), -EINVAL);
	EXPECT(enable(&fd), 0);
	raise();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	acknowledge();
	close_fd(&fd);
}

/* Of the vector that is on, or -1 */
static int linux_irq(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	int irq = -1, found = -1;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, "vfio-msi[0]") && sscanf(line, " %d:", &irq) == 1)
			found = irq;
	if (file)
		fclose(file);
	return found;
}

static atomic_bool over;
static atomic_long reads;

/* Reads of the interrupt into a BAR that is not mapped yet, in a place that does nothing */
static void *read_into_bar(void *path)
{
	const off_t offset = 0x80000;

	while (!over) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		void *bar = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
				 edu_session.device, offset);

		if (fd >= 0 && read(fd, bar, PAGE_SIZE) > 0)
			reads++;
		if (fd >= 0)
			close(fd);
		munmap(bar, PAGE_SIZE);
	}
	return NULL;
}

/* The kernel waits for who reads of an interrupt when it frees that */
static void freed_beside_a_reader(void)
{
	int fd = eventfd_new();
	pthread_t reader;
	char path[64];

	/* For others it ends here, never to go on */
	if (!under_passway())
		return;
	REQUIRE(enable(&fd), 0);
	snprintf(path, sizeof(path), "/proc/irq/%d/spurious", linux_irq());
	over = false;
	REQUIRE(pthread_create(&reader, NULL, read_into_bar, path), 0);
	for (int i = 0; i < 300; i++) {
		EXPECT(irq_disable(edu_session.device, MSI), 0);
		EXPECT(enable(&fd), 0);
	}
	over = true;
	pthread_join(reader, NULL);
	EXPECT_TRUE(reads > 0);
	EXPECT(irq_disable(edu_session.device, MSI), 0);
	close_fd(&fd);
}

CU_TestInfo msi_tests[] = {
	{ "an interrupt reaches the eventfd", signals },
	{ "loopback trigger", loopback },
	{ "from MSI to INTx and back", change_type },
	{ "another eventfd, and none", replace },
	{ "mask and unmask: ENOTTY", mask_not_offered },
	{ "closed with vectors live", closed_live },
	{ "freed beside a reader in /proc", freed_beside_a_reader },
	CU_TEST_INFO_NULL,
};
