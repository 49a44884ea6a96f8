// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mediated UARTs of samples/mtty through VFIO's ABI: abi-mtty UUID GROUP. Each test has the
 * device as newly opened.
 */
#include "check.h"

#include <linux/pci_regs.h>
#include <linux/serial_reg.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../irq_set.h"

#define BAR	VFIO_PCI_BAR0_REGION_INDEX
#define CONFIG	VFIO_PCI_CONFIG_REGION_INDEX
#define PORT(n)	(8 * (n))
#define READY	(UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2)

static const char *uuid;
static int container = -1, group = -1, device = -1;
static int group_number;

static uint8_t get(unsigned int reg)
{
	uint8_t value = 0;

	EXPECT(region_read(device, BAR, reg, &value, 1), 1);
	return value;
}

static void put(unsigned int reg, uint8_t value)
{
	EXPECT(region_write(device, BAR, reg, &value, 1), 1);
}

static void command(uint16_t value)
{
	EXPECT(config_write(device, PCI_COMMAND, 2, value), 2);
}

static void setup(void)
{
	container = container_open();
	group = group_open(group_number);
	EXPECT(group_attach(group, container), 0);
	EXPECT(vf_ioctl_number(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0);
	device = group_device(group, uuid);
	EXPECT_TRUE(device >= 0);
	command(PCI_COMMAND_IO);
}

static void teardown(void)
{
	close_fd(&device);
	close_fd(&group);
	close_fd(&container);
}

/* Both ports ready; the second interrupts for what the first sends */
static void open_ports(void)
{
	for (int n = 0; n < 2; n++) {
		put(PORT(n) + UART_FCR, UART_FCR_ENABLE_FIFO);
		put(PORT(n) + UART_LCR, UART_LCR_WLEN8);
		put(PORT(n) + UART_MCR, READY);
	}
	put(PORT(1) + UART_IER, UART_IER_RDI);
}

static int intx(uint32_t flags)
{
	return irq_set(device, flags, INTX, 0, 1, NULL, 0);
}

static int intx_on(void)
{
	int fd = eventfd_new();

	EXPECT(irq_eventfds(device, INTX, 0, 1, &fd), 0);
	return fd;
}

static void information(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct vfio_region_info region;
	struct vfio_irq_info irq;

	REQUIRE(vf_ioctl(device, VFIO_DEVICE_GET_INFO, &info), 0);
	EXPECT(info.flags, VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET);
	EXPECT(info.num_regions, VFIO_PCI_NUM_REGIONS);
	EXPECT(info.num_irqs, VFIO_PCI_NUM_IRQS);
	for (uint32_t i = 0; i < VFIO_PCI_NUM_REGIONS; i++) {
		REQUIRE(region_info(device, i, &region), 0);
		EXPECT(region.size, i == BAR ? 16 : i == CONFIG ? 256 : 0);
		EXPECT(region.flags, region.size ?
		       VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0);
	}
	EXPECT(region_info(device, VFIO_PCI_NUM_REGIONS, &region), -EINVAL);
	EXPECT(region_info(device, ~0u, &region), -EINVAL);
	for (uint32_t i = 0; i < VFIO_PCI_NUM_IRQS; i++) {
		REQUIRE(irq_info(device, i, &irq), 0);
		EXPECT(irq.count, i == INTX || i == REQ);
	}
	EXPECT(irq_info(device, VFIO_PCI_NUM_IRQS, &irq), -EINVAL);
	EXPECT(irq_info(device, ~0u, &irq), -EINVAL);
	EXPECT(vf_ioctl_number(device, _IO(VFIO_TYPE, VFIO_BASE + 63), 0), -ENOTTY);
	EXPECT(vf_ioctl(device, VFIO_DEVICE_GET_INFO, NULL), -EFAULT);
	info.argsz = 15;
	EXPECT(vf_ioctl(device, VFIO_DEVICE_GET_INFO, &info), -EINVAL);
}

static void bounds(void)
{
	struct vfio_region_info bar, rom;
	uint8_t data[512];

	REQUIRE(region_info(device, BAR, &bar), 0);
	REQUIRE(region_info(device, VFIO_PCI_ROM_REGION_INDEX, &rom), 0);
	EXPECT(region_read(device, BAR, 15, data, 4), 1);
	EXPECT(region_read(device, BAR, 16, data, 1), -EINVAL);
	EXPECT(region_read(device, CONFIG, 0, data, sizeof(data)), 256);
	EXPECT(region_read(device, CONFIG, 255, data, 4), 1);
	EXPECT(region_read(device, CONFIG, 256, data, 1), -EINVAL);
	EXPECT(region_write(device, CONFIG, 1ull << 31, data, 1), -EINVAL);
	EXPECT(region_read(device, VFIO_PCI_ROM_REGION_INDEX, 0, data, 1), -EINVAL);
	EXPECT(pread(device, data, 1, INT64_MAX), -1);
	EXPECT(region_read(device, BAR, 0, data, 0), 0);
	EXPECT(region_read(device, BAR, 0, NULL, 4), -EFAULT);
	EXPECT(region_write(device, BAR, 0, NULL, 4), -EFAULT);
	EXPECT_TRUE(mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, device, bar.offset) ==
		    MAP_FAILED);
}

static void widths(void)
{
	uint32_t word = 0;
	uint16_t half = 0;

	put(UART_SCR, 0x12);
	put(PORT(1) + UART_SCR, 0x34);
	EXPECT(region_read(device, BAR, UART_LSR, &word, 4), 4);
	EXPECT(word, 0x00120060);	/* LSR, MSR, SCR, and the other port's empty RBR */
	EXPECT(region_read(device, BAR, PORT(1) + UART_MSR, &half, 2), 2);
	EXPECT(half, 0x3400);
	word = UART_LCR_WLEN8 | READY << 8;
	EXPECT(region_write(device, BAR, UART_LCR, &word, 4), 4);
	EXPECT(get(UART_LCR), UART_LCR_WLEN8);
	EXPECT(get(UART_MCR), READY);
	EXPECT(config_read(device, PCI_VENDOR_ID, 4), 0x00031b36);
	EXPECT(config_read(device, PCI_CLASS_REVISION, 4) >> 8, 0x070002);
}

/* A function that does not decode its BAR answers nothing and takes nothing */
static void decode_off(void)
{
	put(UART_SCR, 0x12);
	command(0);
	EXPECT(get(UART_SCR), 0xff);
	put(UART_SCR, 0x34);
	command(PCI_COMMAND_IO);
	EXPECT(get(UART_SCR), 0x12);
}

static void data(void)
{
	open_ports();
	for (int i = 0; i < 16; i++)
		put(UART_TX, i);
	for (int i = 0; i < 16; i++)
		EXPECT(get(PORT(1) + UART_RX), i);
	EXPECT(get(PORT(1) + UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
}

static void level(void)
{
	int fd = intx_on();

	open_ports();
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	put(UART_TX, 1);
	put(UART_TX, 2);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT_TRUE(config_read(device, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	EXPECT(intx(NONE | UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	get(PORT(1) + UART_RX);
	get(PORT(1) + UART_RX);
	EXPECT_TRUE(!(config_read(device, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT));
	EXPECT(intx(NONE | UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	/* masked by hand */
	EXPECT(intx(NONE | MASK), 0);
	put(UART_TX, 3);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(intx(NONE | UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	/* in the command register, which leaves the status as it is */
	EXPECT(intx(NONE | UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	command(PCI_COMMAND_IO | PCI_COMMAND_INTX_DISABLE);
	EXPECT(intx(NONE | UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT_TRUE(config_read(device, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	command(PCI_COMMAND_IO);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	close_fd(&fd);
}

static int unmask_fd(int fd)
{
	return irq_set(device, EVENTFD | UNMASK, INTX, 0, 1, &fd, sizeof(fd));
}

static void unmask_by_eventfd(void)
{
	int fd = intx_on(), unmask = eventfd_new();
	uint64_t one = 1;

	open_ports();
	EXPECT(unmask_fd(unmask), 0);
	EXPECT(unmask_fd(unmask), -EBUSY);
	put(UART_TX, 1);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(write(unmask, &one, sizeof(one)), sizeof(one));
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	get(PORT(1) + UART_RX);
	EXPECT(write(unmask, &one, sizeof(one)), sizeof(one));
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(unmask_fd(-1), 0);
	put(UART_TX, 2);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(write(unmask, &one, sizeof(one)), sizeof(one));
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	/* closed, and with it gone */
	EXPECT(eventfd_count(unmask, EVENT_SOON), 1);
	EXPECT(unmask_fd(unmask), 0);
	close_fd(&unmask);
	EXPECT(irq_disable(device, INTX), 0);
	close_fd(&fd);
}

/* The eventfd that is signalled may be the one that unmasks: it turns, but nothing hangs */
static void one_eventfd_for_both(void)
{
	int fd = intx_on();

	open_ports();
	EXPECT(unmask_fd(fd), 0);
	put(UART_TX, 1);
	usleep(EVENT_NONE * 1000);
	get(PORT(1) + UART_RX);
	EXPECT(irq_disable(device, INTX), 0);
	close_fd(&fd);
}

static void refused(void)
{
	static const struct {
		uint32_t flags, index, start, count;
		int off, on;	/* what it gives before INTx is on, and after */
	} calls[] = {
		{ NONE | MASK, INTX, 0, 1, -EINVAL, 0 },
		{ NONE | UNMASK, INTX, 0, 1, -EINVAL, 0 },
		{ NONE | TRIGGER, INTX, 0, 1, -EINVAL, 0 },
		{ BOOL | TRIGGER, INTX, 0, 1, -EINVAL, 0 },
		{ EVENTFD | UNMASK, INTX, 0, 1, -EINVAL, -EBADF },
		{ EVENTFD | MASK, INTX, 0, 1, -EINVAL, -ENOTTY },
		{ NONE | MASK, INTX, 0, 0, -EINVAL, -EINVAL },
		{ BOOL | TRIGGER, INTX, 0, 0, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, INTX, 0, 0, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, INTX, 0, 1, -EBADF, -EBADF },
		{ EVENTFD | TRIGGER, INTX, 0, 2, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, INTX, 1, 1, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, INTX, ~0u, 1, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, INTX, 0, ~0u, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, VFIO_PCI_MSI_IRQ_INDEX, 0, 1, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, VFIO_PCI_NUM_IRQS, 0, 1, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, ~0u, 0, 1, -EINVAL, -EINVAL },
		{ TRIGGER, INTX, 0, 1, -EINVAL, -EINVAL },
		{ NONE | BOOL | TRIGGER, INTX, 0, 1, -EINVAL, -EINVAL },
		{ NONE | MASK | UNMASK, INTX, 0, 1, -EINVAL, -EINVAL },
		{ NONE | TRIGGER | 1u << 31, INTX, 0, 1, -EINVAL, -EINVAL },
		{ NONE | MASK, REQ, 0, 1, -ENOTTY, -ENOTTY },
		{ EVENTFD | UNMASK, REQ, 0, 1, -ENOTTY, -ENOTTY },
		{ EVENTFD | TRIGGER, REQ, 0, 0, -EINVAL, -EINVAL },
		{ EVENTFD | TRIGGER, REQ, 0, 1, -EBADF, -EBADF },
		{ NONE | TRIGGER, INTX, 0, 0, -EINVAL, 0 },
	};
	int bad = 1000, fd;

	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		EXPECT(irq_set(device, calls[i].flags, calls[i].index, calls[i].start,
			       calls[i].count, &bad, sizeof(bad)), calls[i].off);
	fd = intx_on();
	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		EXPECT(irq_set(device, calls[i].flags, calls[i].index, calls[i].start,
			       calls[i].count, &bad, sizeof(bad)), calls[i].on);
	/* no room for the file descriptor that is promised */
	EXPECT(irq_set(device, EVENTFD | TRIGGER, INTX, 0, 1, &fd, 3), -EINVAL);
	bad = group;
	EXPECT(irq_eventfds(device, INTX, 0, 1, &bad), -EINVAL);
	close_fd(&fd);
}

/* Without a listener the level waits for the next one */
static void replaced(void)
{
	int fd = intx_on(), other = eventfd_new(), none = -1;

	open_ports();
	EXPECT(irq_eventfds(device, INTX, 0, 1, &none), 0);
	put(UART_TX, 1);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(irq_eventfds(device, INTX, 0, 1, &other), 0);
	EXPECT(eventfd_count(other, EVENT_SOON), 1);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(irq_disable(device, INTX), 0);
	EXPECT(irq_disable(device, INTX), -EINVAL);
	put(UART_TX, 2);
	EXPECT(eventfd_count(other, EVENT_NONE), 0);
	close_fd(&other);
	close_fd(&fd);
}

static void request(void)
{
	int fd = eventfd_new(), none = -1;

	EXPECT(irq_eventfds(device, REQ, 0, 1, &fd), 0);
	EXPECT(irq_set(device, NONE | TRIGGER, REQ, 0, 1, NULL, 0), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(irq_eventfds(device, REQ, 0, 1, &none), 0);
	EXPECT(irq_set(device, NONE | TRIGGER, REQ, 0, 1, NULL, 0), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	close_fd(&fd);
}

static void reset(void)
{
	int fd = intx_on();

	open_ports();
	put(UART_SCR, 0x12);
	put(UART_TX, 1);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(config_write(device, PCI_BASE_ADDRESS_0, 4, 0xc000), 4);
	EXPECT(vf_ioctl_number(device, VFIO_DEVICE_RESET, 0), 0);
	EXPECT(config_read(device, PCI_COMMAND, 4), 0);
	EXPECT(config_read(device, PCI_BASE_ADDRESS_0, 4), PCI_BASE_ADDRESS_SPACE_IO);
	command(PCI_COMMAND_IO);
	EXPECT(get(UART_SCR), 0);
	EXPECT(get(PORT(1) + UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
	/* the listener stays */
	open_ports();
	EXPECT(intx(NONE | UNMASK), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	put(UART_TX, 1);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	close_fd(&fd);
}

/* The next user finds neither the data nor the registers of this one */
static void opened_anew(void)
{
	put(UART_SCR, 0x12);
	put(UART_TX, 1);
	close_fd(&device);
	device = group_device(group, uuid);
	REQUIRE_TRUE(device >= 0);
	EXPECT(config_read(device, PCI_COMMAND, 4), 0);
	command(PCI_COMMAND_IO);
	EXPECT(get(UART_SCR), 0);
	EXPECT(get(PORT(1) + UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
	EXPECT(group_device(group, "00000000-0000-0000-0000-000000000000"), -ENODEV);
}

static volatile bool stop;

static void *sends(void *unused)
{
	uint8_t byte = 0;

	while (!stop)
		region_write(device, BAR, UART_TX, &byte, 1);
	return unused;
}

static void *receives(void *unused)
{
	uint8_t bytes[8];

	while (!stop)
		region_read(device, BAR, PORT(1), bytes, sizeof(bytes));
	return unused;
}

static void *resets(void *unused)
{
	while (!stop) {
		vf_ioctl_number(device, VFIO_DEVICE_RESET, 0);
		command(PCI_COMMAND_IO);
		put(PORT(1) + UART_MCR, READY);
		put(PORT(1) + UART_IER, UART_IER_RDI);
	}
	return unused;
}

static void *switches(void *unused)
{
	int fd = eventfd_new(), unmask = eventfd_new();
	uint64_t one = 1;

	while (!stop) {
		irq_eventfds(device, INTX, 0, 1, &fd);
		unmask_fd(unmask);
		EXPECT(write(unmask, &one, sizeof(one)), sizeof(one));
		irq_disable(device, INTX);
	}
	close_fd(&fd);
	close_fd(&unmask);
	return unused;
}

/* For the kernel to complain about, if anything is not locked */
static void threads(void)
{
	void *(*const work[])(void *) = { sends, receives, resets, switches, switches };
	pthread_t ids[sizeof(work) / sizeof(work[0])];

	stop = false;
	for (unsigned int i = 0; i < sizeof(work) / sizeof(work[0]); i++)
		pthread_create(&ids[i], NULL, work[i], NULL);
	sleep(1);
	stop = true;
	for (unsigned int i = 0; i < sizeof(work) / sizeof(work[0]); i++)
		pthread_join(ids[i], NULL);
	irq_disable(device, INTX);
}

static CU_TestInfo region_tests[] = {
	{ "information", information },
	{ "bounds", bounds },
	{ "widths", widths },
	{ "I/O decode off", decode_off },
	{ "data from port to port", data },
	{ "reset", reset },
	{ "opened anew", opened_anew },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo irq_tests[] = {
	{ "INTx is a level", level },
	{ "unmask by eventfd", unmask_by_eventfd },
	{ "one eventfd for both", one_eventfd_for_both },
	{ "what is refused", refused },
	{ "another eventfd, none, and off", replaced },
	{ "request", request },
	{ "threads", threads },
	CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
	CU_SuiteInfo suites[] = {
		{ "regions", NULL, NULL, setup, teardown, region_tests },
		{ "interrupts", NULL, NULL, setup, teardown, irq_tests },
		CU_SUITE_INFO_NULL,
	};

	if (argc != 3) {
		fprintf(stderr, "usage: abi-mtty UUID GROUP\n");
		return 2;
	}
	uuid = argv[1];
	group_number = atoi(argv[2]);
	return check_main(suites);
}
