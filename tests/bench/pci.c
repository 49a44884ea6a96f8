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
#define FIRST_EVERY	4		/* of them, one after opening the device */
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

static void make_events(int *fds, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		fds[i] = eventfd(0, EFD_CLOEXEC);
}

static void close_events(int *fds, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		close_fd(&fds[i]);
}

/*
 * Vectors on by eventfd, all off: the least of some rounds, and of some that open the device anew.
 * What is kept after they are turned off is given back when the device is closed, uncounted.
 */
static int msix_cost(struct session *s, uint32_t vectors, double *values)
{
	uint64_t least[2] = { UINT64_MAX, UINT64_MAX };
	int fds[MAX_VECTORS];
	int err = 0;

	make_events(fds, vectors);
	for (int round = 0; round < SWITCHES && !err; round++) {
		bool first = round % FIRST_EVERY == 0;
		uint64_t start;

		if (first) {
			close_fd(&s->device);
			err = session_reopen_device(s);
		}
		start = clock_now();
		if (!err)
			err = irq_eventfds(s->device, VFIO_PCI_MSIX_IRQ_INDEX, 0, vectors, fds);
		if (!err)
			err = irq_disable(s->device, VFIO_PCI_MSIX_IRQ_INDEX);
		keep_least(&least[first], clock_now() - start);
	}
	values[0] = least[0];
	values[1] = least[1];
	close_events(fds, vectors);
	return err;
}

static int nic_msix(struct bench *b, double *values)
{
	return msix_cost(&b->nic, 10, values);
}

static int disk_msix(struct bench *b, double *values)
{
	return msix_cost(&b->disk, MAX_VECTORS, values);
}

/* The last vector on while all before it are: the least, as above. */
static int added_vector(struct bench *b, double *values)
{
	const uint32_t last = MAX_VECTORS - 1;
	uint64_t least[2] = { UINT64_MAX, UINT64_MAX };
	int fds[MAX_VECTORS];
	int err = 0;

	make_events(fds, MAX_VECTORS);
	for (int round = 0; round < SWITCHES && !err; round++) {
		bool first = round % FIRST_EVERY == 0;
		uint64_t start;

		if (first) {
			close_fd(&b->disk.device);
			err = session_reopen_device(&b->disk);
		}
		if (!err)
			err = irq_eventfds(b->disk.device, VFIO_PCI_MSIX_IRQ_INDEX, 0, last, fds);
		start = clock_now();
		if (!err)
			err = irq_eventfds(b->disk.device, VFIO_PCI_MSIX_IRQ_INDEX, last, 1,
					   fds + last);
		keep_least(&least[first], clock_now() - start);
		if (!err)
			err = irq_disable(b->disk.device, VFIO_PCI_MSIX_IRQ_INDEX);
	}
	values[0] = least[0];
	values[1] = least[1];
	close_events(fds, MAX_VECTORS);
	return err;
}

static int mask_and_unmask(struct bench *b, const void *unused)
{
	const uint32_t none = VFIO_IRQ_SET_DATA_NONE, index = VFIO_PCI_INTX_IRQ_INDEX;
	int err = irq_set(b->nic.device, none | VFIO_IRQ_SET_ACTION_MASK, index, 0, 1, NULL, 0);

	(void)unused;
	return err ? err : irq_set(b->nic.device, none | VFIO_IRQ_SET_ACTION_UNMASK, index, 0, 1,
				   NULL, 0);
}

static int intx_cost(struct bench *b, double *values)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int err = irq_eventfds(b->nic.device, VFIO_PCI_INTX_IRQ_INDEX, 0, 1, &fd);

	if (!err)
		err = batches(mask_and_unmask, b, NULL, values);
	irq_disable(b->nic.device, VFIO_PCI_INTX_IRQ_INDEX);
	close_fd(&fd);
	return err;
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
		{ "msix_10", "MSI-X on and off, 10 vectors (igb)", "ns", 0.7, 0 },
		{ "msix_10_first", " the first time since open", "ns", 1.0, 0 } } },
	{ disk_msix, 1, {
		{ "msix_65", "MSI-X on and off, 65 vectors (nvme)", "ns", 0.7, 0 },
		{ "msix_65_first", " the first time since open", "ns", 1.0, 0 } } },
	{ added_vector, 1, {
		{ "msix_add", "a vector added to 64 live ones", "ns", 0.7, 0 },
		{ "msix_add_first", " the first time since open", "ns", 1.0, 0 } } },
	{ intx_cost, 1, {
		{ "intx_mask", "INTx mask and unmask", "ns", 1.0, 0 } } },
	{ trigger_cost, 1, {
		{ "trigger", "SET_IRQS trigger to eventfd read", "ns", 1.0, 0 } } },
	{ turn_cost, 1, {
		{ "open", "open a device fd", "ns", 1.0, 0 },
		{ "close", "close a device fd", "ns", 1.0, 0 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
