// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_IOEVENTFD: what a signalled eventfd writes, where it may, and when it no longer does.
 */
#include "pci.h"

#include <linux/pci_regs.h>
#include <unistd.h>

#define BAR0		VFIO_PCI_BAR0_REGION_INDEX
#define EDU_SOURCE	0x80		/* edu: a register of 64 bits without a side effect */
#define MOST		1000

/* The flag of a width is its bytes. */
static int set(int device, unsigned int width, uint32_t bar, uint64_t at, uint64_t data, int fd)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = width, .data = data, .fd = fd,
	};
	struct vfio_region_info info;
	int err = region_info(device, bar, &info);

	arg.offset = info.offset + at;
	return err ? err : vf_ioctl(device, VFIO_DEVICE_IOEVENTFD, &arg);
}

static void ring(int fd)
{
	const uint64_t one = 1;

	EXPECT(write(fd, &one, sizeof(one)), sizeof(one));
}

static uint64_t source(void)
{
	uint64_t value = 0;

	EXPECT(region_read(edu.device, BAR0, EDU_SOURCE, &value, sizeof(value)), sizeof(value));
	return value;
}

/* Edu cannot be reset, and keeps what the last test wrote. */
static void clear(void)
{
	const uint64_t zero = 0;

	EXPECT(region_write(edu.device, BAR0, EDU_SOURCE, &zero, sizeof(zero)), sizeof(zero));
}

static void memory(void)
{
	const uint64_t data = 0x1122334455667788;
	int fd = eventfd_new();

	clear();
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, data, fd), 0);
	EXPECT(source(), 0);
	ring(fd);
	EXPECT_TRUE(source() == data);
	EXPECT(set(edu.device, 4, BAR0, EDU_LIVENESS, 0x12345678, fd), 0);
	ring(fd);
	EXPECT(edu_read(&edu, EDU_LIVENESS), ~0x12345678u);
	/* the signal is taken: nobody else finds it */
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	close_fd(&fd);
}

static void which_one(void)
{
	int a = eventfd_new(), b = eventfd_new();

	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 1, a), 0);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 1, a), -EEXIST);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 1, b), -EEXIST);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 2, b), 0);
	EXPECT(set(edu.device, 4, BAR0, EDU_SOURCE, 1, -1), -ENODEV);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE + 8, 1, -1), -ENODEV);
	ring(b);
	EXPECT(source(), 2);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 2, -1), 0);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 2, -1), -ENODEV);
	ring(b);
	EXPECT(source(), 2);
	ring(a);
	EXPECT(source(), 1);
	close_fd(&a);
	close_fd(&b);
}

static void arguments(void)
{
	struct vfio_device_ioeventfd small = { .argsz = 27, .flags = 4, .fd = -1 };
	int fd = eventfd_new();

	EXPECT(set(edu.device, 0, BAR0, EDU_SOURCE, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 3, BAR0, EDU_SOURCE, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 16, BAR0, EDU_SOURCE, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 1, -2), -EINVAL);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 1, 9999), -EBADF);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 1, edu.device), -EINVAL);
	EXPECT(vf_ioctl(edu.device, VFIO_DEVICE_IOEVENTFD, &small), -EINVAL);
	close_fd(&fd);
}

static void places(void)
{
	int fd = eventfd_new();

	EXPECT(set(edu.device, 4, BAR0, edu.size, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 4, BAR0, edu.size - 2, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 4, BAR0, 1ull << 32, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 4, VFIO_PCI_BAR1_REGION_INDEX, 0, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 4, VFIO_PCI_ROM_REGION_INDEX, 0, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 4, VFIO_PCI_CONFIG_REGION_INDEX, 0x40, 1, fd), -EINVAL);
	EXPECT(set(edu.device, 4, BAR0, edu.size - 4, 1, fd), 0);
	/* across a page, and otherwise unaligned: the distribution's takes these */
	if (under_passway()) {
		EXPECT(set(edu.device, 4, BAR0, PAGE_SIZE - 2, 1, fd), -EINVAL);
		EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE + 4, 1, fd), -EINVAL);
	}
	close_fd(&fd);
}

static void as_many_as(void)
{
	int fd = eventfd_new();

	for (unsigned int i = 0; i < MOST; i++)
		REQUIRE(set(edu.device, 4, BAR0, EDU_LIVENESS, i, fd), 0);
	EXPECT(set(edu.device, 4, BAR0, EDU_LIVENESS, MOST, fd), -ENOSPC);
	EXPECT(set(edu.device, 4, BAR0, EDU_LIVENESS, 5, -1), 0);
	EXPECT(set(edu.device, 4, BAR0, EDU_LIVENESS, MOST, fd), 0);
	ring(fd);
	close_fd(&fd);
}

/* Decode off and D3hot: the write is dropped, and nothing comes to harm. */
static void no_answer(void)
{
	int fd = eventfd_new();

	clear();
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 7, fd), 0);
	config_write(edu.device, PCI_COMMAND, 2, 0);
	ring(fd);
	config_write(edu.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	EXPECT(source(), 0);
	ring(fd);
	EXPECT(source(), 7);
	close_fd(&fd);
}

/* Closing takes them away; the next user's device is not written to. */
static void closed(void)
{
	int fd = eventfd_new();

	clear();
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 7, fd), 0);
	edu_stop(&edu);
	close_fd(&edu_session.device);
	ring(fd);
	REQUIRE(session_reopen_device(&edu_session), 0);
	REQUIRE(edu_start(&edu, edu_session.device), 0);
	ring(fd);
	EXPECT(source(), 0);
	EXPECT(set(edu.device, 8, BAR0, EDU_SOURCE, 7, -1), -ENODEV);
	close_fd(&fd);
}

CU_TestInfo ioeventfd_tests[] = {
	{ "ioeventfd: memory", memory },
	{ "ioeventfd: which one is meant", which_one },
	{ "ioeventfd: bad arguments", arguments },
	{ "ioeventfd: places that are refused", places },
	{ "ioeventfd: no more than so many", as_many_as },
	{ "ioeventfd: no answer, no write", no_answer },
	{ "ioeventfd: none after the close", closed },
	CU_TEST_INFO_NULL,
};

/* 82576: BAR 2 has an address and a data port, BAR 3 the MSI-X table at its start. */
static void ports(void)
{
	const uint32_t bar = VFIO_PCI_BAR2_REGION_INDEX;
	uint32_t address = 0;
	int fd = eventfd_new();

	EXPECT(config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_IO), 2);
	EXPECT(set(nic.device, 4, bar, 0, 0x38, fd), 0);
	ring(fd);
	EXPECT(region_read(nic.device, bar, 0, &address, 4), 4);
	EXPECT(address, 0x38);
	if (under_passway())
		EXPECT(set(nic.device, 8, bar, 0, 1, fd), -EINVAL);
	close_fd(&fd);
}

static void msix_table(void)
{
	const uint32_t bar = VFIO_PCI_BAR3_REGION_INDEX;
	int fd = eventfd_new();

	EXPECT(set(nic.device, 4, bar, 0, 1, fd), -EINVAL);
	EXPECT(set(nic.device, 4, bar, 10 * 16 - 4, 1, fd), -EINVAL);
	EXPECT(set(nic.device, 1, bar, 10 * 16 - 1, 1, fd), -EINVAL);
	EXPECT(set(nic.device, 4, bar, 10 * 16, 1, fd), 0);
	close_fd(&fd);
}

static void asleep(void)
{
	unsigned int pm = config_cap(nic.device, PCI_CAP_ID_PM);
	uint32_t word = 0;
	int fd = eventfd_new();

	EXPECT(config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 2);
	EXPECT(set(nic.device, 4, BAR0, 0x38, 0x1234, fd), 0);
	EXPECT(config_write(nic.device, pm + PCI_PM_CTRL, 2, 3), 2);
	ring(fd);
	EXPECT(config_write(nic.device, pm + PCI_PM_CTRL, 2, 0), 2);
	EXPECT(region_read(nic.device, BAR0, 0x38, &word, 4), 4);
	EXPECT_TRUE((word & 0xffff) != 0x1234);
	ring(fd);
	EXPECT(region_read(nic.device, BAR0, 0x38, &word, 4), 4);
	EXPECT(word & 0xffff, 0x1234);
	close_fd(&fd);
}

CU_TestInfo ioeventfd_nic_tests[] = {
	{ "ioeventfd: ports", ports },
	{ "ioeventfd: not in the MSI-X table", msix_table },
	{ "ioeventfd: dropped in D3hot", asleep },
	CU_TEST_INFO_NULL,
};
