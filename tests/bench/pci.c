// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device calls: configuration space, information, interrupts, open and close.
 */
#include "bench.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCHES		16
#define CALLS		100		/* a batch: short beside a timer tick */
#define SWITCHES	32
#define TURNS		20
#define JIFFY_PART	250		/* microseconds */
#define MAX_VECTORS	65

/* The mean of a batch of calls, for the quickest batch. */
static int batches(int (*call)(struct bench *b, const void *argument), struct bench *b,
		   const void *argument, double *values)
{
	uint64_t least = UINT64_MAX;
	int err = 0;

	for (int batch = 0; batch < BATCHES && !err; batch++) {
		uint64_t start = clock_now();

		for (int i = 0; i < CALLS && !err; i++)
			err = call(b, argument);
		keep_least(&least, clock_now() - start);
	}
	values[0] = (double)least / CALLS;
	return err;
}

static int read_word(struct bench *b, const void *offset)
{
	uint32_t word;

	return pread(b->nic.device, &word, sizeof(word), *(const uint64_t *)offset) ==
	       sizeof(word) ? 0 : -EIO;
}

static int config_cost(struct bench *b, double *values)
{
	struct vfio_region_info info;
	int err = region_info(b->nic.device, VFIO_PCI_CONFIG_REGION_INDEX, &info);
	uint64_t offset = info.offset;

	return err ? err : batches(read_word, b, &offset, values);
}

static int ask_bar(struct bench *b, const void *unused)
{
	struct vfio_region_info info;

	(void)unused;
	return region_info(b->nic.device, VFIO_PCI_BAR0_REGION_INDEX, &info);
}

static int info_cost(struct bench *b, double *values)
{
	return batches(ask_bar, b, NULL, values);
}

/* Vectors on by eventfd, all off. */
static int msix_cost(int device, uint32_t vectors, double *values)
{
	uint64_t least = UINT64_MAX;
	int fds[MAX_VECTORS];
	int err = 0;

	for (uint32_t i = 0; i < vectors; i++)
		fds[i] = eventfd(0, EFD_CLOEXEC);
	for (int round = 0; round < SWITCHES && !err; round++) {
		uint64_t start = clock_now();

		err = irq_eventfds(device, VFIO_PCI_MSIX_IRQ_INDEX, 0, vectors, fds);
		if (!err)
			err = irq_disable(device, VFIO_PCI_MSIX_IRQ_INDEX);
		keep_least(&least, clock_now() - start);
	}
	values[0] = least;
	for (uint32_t i = 0; i < vectors; i++)
		close_fd(&fds[i]);
	return err;
}

static int nic_msix(struct bench *b, double *values)
{
	return msix_cost(b->nic.device, 10, values);
}

static int disk_msix(struct bench *b, double *values)
{
	return msix_cost(b->disk.device, MAX_VECTORS, values);
}

static int trigger_once(struct bench *b, const void *fd)
{
	uint64_t count;
	int err = irq_set(b->nic.device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
			  VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, NULL, 0);

	if (err)
		return err;
	return read(*(const int *)fd, &count, sizeof(count)) == sizeof(count) ? 0 : -EIO;
}

static int trigger_cost(struct bench *b, double *values)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int err = irq_eventfds(b->nic.device, VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, &fd);

	if (!err)
		err = batches(trigger_once, b, &fd, values);
	irq_disable(b->nic.device, VFIO_PCI_MSIX_IRQ_INDEX);
	close_fd(&fd);
	return err;
}

/*
 * Both are waits that the kernel rounds up to its clock tick: close at many points between two
 * ticks, so that the least is the same in every run. Opening comes at once, before the device
 * goes to sleep. Leaves the device open, as it was found.
 */
static int turn_cost(struct bench *b, double *values)
{
	uint64_t open = UINT64_MAX, close = UINT64_MAX;
	int err = 0;

	for (int round = 0; round < TURNS && !err; round++) {
		uint64_t start, closed;

		usleep(round * JIFFY_PART);
		start = clock_now();
		close_fd(&b->nic.device);
		closed = clock_now();
		err = session_reopen_device(&b->nic);
		keep_least(&open, clock_now() - closed);
		keep_least(&close, closed - start);
	}
	values[0] = open;
	values[1] = close;
	return err;
}

const struct measurement pci_measurements[] = {
	{ config_cost, 1, {
		{ "config_read", "config space read, 4 bytes", "ns", 1.0, 0 } } },
	{ info_cost, 1, {
		{ "region_info", "GET_REGION_INFO", "ns", 1.0, 0 } } },
	{ nic_msix, 1, {
		{ "msix_10", "MSI-X on and off, 10 vectors (igb)", "ns", 1.0, 0 } } },
	{ disk_msix, 1, {
		{ "msix_65", "MSI-X on and off, 65 vectors (nvme)", "ns", 1.0, 0 } } },
	{ trigger_cost, 1, {
		{ "trigger", "SET_IRQS trigger to eventfd read", "ns", 1.0, 0 } } },
	{ turn_cost, 1, {
		{ "open", "open a device fd", "ns", 1.0, 0 },
		{ "close", "close a device fd", "ns", 1.0, 0 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
