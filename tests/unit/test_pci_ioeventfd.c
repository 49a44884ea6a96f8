// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * VFIO_DEVICE_IOEVENTFD: where an eventfd may write, when it does, and that it does not after it
 * was taken away. The shim complains of a write to a BAR that does not answer or is unmapped.
 */
#include <pthread.h>

#include <linux/sizes.h>
#include <shim/io.h>

#include "vendor_driver.h"

#define TABLE 0x2000	/* the MSI-X table, in BAR 0 */
#define MOST 1000	/* user space counts on as many */
#define AT(bar, pos) (VFIO_PCI_INDEX_TO_OFFSET(bar) + (pos))

static long set_flags(u32 flags, u64 offset, u64 data, s32 fd)
{
	struct vfio_device_ioeventfd arg = { .argsz = sizeof(arg), .flags = flags,
					     .offset = offset, .data = data, .fd = fd };

	return shim_ioctl(pm.fd, VFIO_DEVICE_IOEVENTFD, SHIM_USER(&arg));
}

/* The flag of a width is its bytes */
static long set(unsigned int width, unsigned int bar, u64 pos, u64 data, s32 fd)
{
	return set_flags(width, AT(bar, pos), data, fd);
}

static u64 bar_value(unsigned int bar, u64 pos)
{
	u64 value;

	memcpy(&value, shim_pci(pm.pdev)->bar[bar] + pos, sizeof(value));
	return value;
}

static void writes_of_each_width(void)
{
	const u64 data = 0x8877665544332211ULL;
	s32 fd;

	pci_up();
	for (unsigned int width = 1; width <= 8; width *= 2) {
		fd = shim_eventfd();
		CHECK_EQ(set(width, 4, 16 * width, data, fd), 0);
		CHECK_EQ(bar_value(4, 16 * width), 0);
		shim_eventfd_write(fd);
		CHECK_EQ(shim_io_last.offset, 16 * width);
		CHECK_EQ(shim_io_last.width, width);
		CHECK(shim_io_last.write);
		CHECK_EQ(bar_value(4, 16 * width),
			 width == 8 ? data : data & (BIT_ULL(8 * width) - 1));
		/* each time anew, and the signal is taken */
		memset(shim_pci(pm.pdev)->bar[4], 0, SZ_4K);
		shim_eventfd_write(fd);
		CHECK(bar_value(4, 16 * width));
		CHECK_EQ(shim_eventfd_count(fd), 0);
		shim_close(fd);
	}
	pci_user_close();
	pci_down();
}

static void ports(void)
{
	s32 fd = shim_eventfd();

	pci_up();
	CHECK_EQ(set(8, 2, 0, 1, fd), -EINVAL);
	CHECK_EQ(set(4, 2, 28, 0x12345678, fd), 0);
	pci_set_command(PCI_COMMAND_IO, 0);
	shim_eventfd_write(fd);
	CHECK_EQ(*(u32 *)(shim_pci(pm.pdev)->bar[2] + 28), 0x12345678);
	*(u32 *)(shim_pci(pm.pdev)->bar[2] + 28) = 0;
	pci_set_command(0, PCI_COMMAND_IO);
	shim_eventfd_write(fd);
	CHECK_EQ(*(u32 *)(shim_pci(pm.pdev)->bar[2] + 28), 0);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

static void places_that_are_refused(void)
{
	static const struct { unsigned int width, bar; u64 pos; } bad[] = {
		/* the end, and beyond it */
		{ 1, 0, SZ_16K }, { 2, 0, SZ_16K }, { 4, 0, SZ_16K - 2 }, { 8, 0, SZ_16K - 4 },
		{ 8, 4, SZ_64K - 7 }, { 4, 2, 30 }, { 8, 2, 24 }, { 1, 2, 32 },
		{ 1, 4, 1ULL << 32 }, { 8, 4, VFIO_PCI_OFFSET_MASK },
		{ 8, 4, VFIO_PCI_OFFSET_MASK - 7 },
		/* unaligned, also across a page */
		{ 2, 4, 1 }, { 4, 4, 2 }, { 8, 4, 4 }, { 4, 4, SZ_4K - 2 }, { 8, 4, SZ_4K - 4 },
		{ 2, 4, SZ_4K - 1 },
		/* the MSI-X table */
		{ 1, 0, TABLE }, { 4, 0, TABLE }, { 8, 0, TABLE + 8 },
		{ 1, 0, TABLE + MSIX_VECTORS * PCI_MSIX_ENTRY_SIZE - 1 },
		/* regions that are not there, or are no BAR */
		{ 4, 1, 0 }, { 4, 5, 0 }, { 4, VFIO_PCI_ROM_REGION_INDEX, 0 },
		{ 4, VFIO_PCI_CONFIG_REGION_INDEX, 0x40 },
		{ 4, VFIO_PCI_VGA_REGION_INDEX, 0xa0000 },
		{ 4, VFIO_PCI_NUM_REGIONS, 0 }, { 4, 0x7fffff, 0 }, { 4, 0xffffff, 0 },
	};
	s32 fd = shim_eventfd();

	pci_up();
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK_EQ(set(bad[i].width, bad[i].bar, bad[i].pos, 1, fd), -EINVAL);
		CHECK_EQ(set(bad[i].width, bad[i].bar, bad[i].pos, 1, -1), -EINVAL);
	}
	CHECK_EQ(set_flags(4, ~0ULL, 1, fd), -EINVAL);
	/* what lies beside them can be had */
	CHECK_EQ(set(8, 0, SZ_16K - 8, 1, fd), 0);
	CHECK_EQ(set(1, 4, SZ_64K - 1, 1, fd), 0);
	CHECK_EQ(set(8, 0, TABLE - 8, 1, fd), 0);
	CHECK_EQ(set(1, 0, TABLE + MSIX_VECTORS * PCI_MSIX_ENTRY_SIZE, 1, fd), 0);
	CHECK_EQ(set(8, 4, SZ_4K - 8, 1, fd), 0);
	CHECK_EQ(set(8, 4, SZ_4K, 1, fd), 0);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

static void arguments_that_are_refused(void)
{
	struct vfio_device_ioeventfd arg = { .argsz = 27, .flags = 4, .fd = -1 };
	s32 fd = shim_eventfd();
	int plain = shim_plain_fd();

	pci_up();
	CHECK_EQ(set_flags(0, AT(4, 0), 1, fd), -EINVAL);
	CHECK_EQ(set_flags(3, AT(4, 0), 1, fd), -EINVAL);
	CHECK_EQ(set_flags(12, AT(4, 0), 1, fd), -EINVAL);
	CHECK_EQ(set_flags(15, AT(4, 0), 1, fd), -EINVAL);
	CHECK_EQ(set_flags(16, AT(4, 0), 1, fd), -EINVAL);
	CHECK_EQ(set_flags(4 | 1U << 31, AT(4, 0), 1, fd), -EINVAL);
	CHECK_EQ(set(4, 4, 0, 1, -2), -EINVAL);
	CHECK_EQ(set(4, 4, 0, 1, -S32_MAX), -EINVAL);
	CHECK_EQ(set(4, 4, 0, 1, 999), -EBADF);
	CHECK_EQ(set(4, 4, 0, 1, plain), -EINVAL);
	CHECK_EQ(set(4, 4, 0, 1, pm.fd), -EINVAL);
	CHECK_EQ(set(4, 4, 0, 1, -1), -ENODEV);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_IOEVENTFD, SHIM_USER(&arg)), -EINVAL);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_IOEVENTFD, SHIM_USER_WILD), -EFAULT);
	shim_close(plain);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

/* Offset, width and data together say which one is meant */
static void which_one_is_meant(void)
{
	s32 a = shim_eventfd(), b = shim_eventfd();

	pci_up();
	CHECK_EQ(set(4, 4, 0x10, 1, a), 0);
	CHECK_EQ(set(4, 4, 0x10, 1, a), -EEXIST);
	CHECK_EQ(set(4, 4, 0x10, 1, b), -EEXIST);
	CHECK_EQ(set(2, 4, 0x10, 1, -1), -ENODEV);
	CHECK_EQ(set(4, 4, 0x10, 2, -1), -ENODEV);
	CHECK_EQ(set(4, 4, 0x14, 1, -1), -ENODEV);
	CHECK_EQ(set(4, 0, 0x10, 1, -1), -ENODEV);
	/* others at the same place, also of the same eventfd */
	CHECK_EQ(set(4, 4, 0x10, 2, b), 0);
	CHECK_EQ(set(2, 4, 0x10, 1, b), 0);
	CHECK_EQ(set(4, 4, 0x20, 7, a), 0);
	CHECK_EQ(set(4, 4, 0x10, 1, -1), 0);
	CHECK_EQ(set(4, 4, 0x10, 1, -1), -ENODEV);
	shim_eventfd_write(a);
	CHECK_EQ(bar_value(4, 0x10), 0);
	CHECK_EQ(bar_value(4, 0x20), 7);
	CHECK_EQ(set(4, 4, 0x10, 1, b), 0);
	CHECK_EQ(set(4, 4, 0x10, 1, -1), 0);
	pci_user_close();
	shim_close(a);
	shim_close(b);
	pci_down();
}

static void no_more_than_so_many(void)
{
	s32 fd = shim_eventfd();

	pci_up();
	for (u32 i = 0; i < MOST; i++)
		CHECK_EQ(set(4, 4, 8 * i, i, fd), 0);
	CHECK_EQ(set(4, 4, 4, 1, fd), -ENOSPC);
	CHECK_EQ(set(4, 4, 8, 1, fd), -EEXIST);
	CHECK_EQ(set(4, 4, 8, 1, -1), 0);
	CHECK_EQ(set(4, 4, 4, 1, fd), 0);
	CHECK_EQ(set(4, 4, 8, 1, fd), -ENOSPC);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

/* A device that does not answer misses the write, and none comes when it answers again */
static void dropped_when_it_does_not_answer(void)
{
	s32 fd = shim_eventfd();

	pci_up();
	CHECK_EQ(set(4, 4, 0, 5, fd), 0);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	shim_eventfd_write(fd);
	pci_set_command(PCI_COMMAND_MEMORY, 0);
	shim_run_work();
	CHECK_EQ(bar_value(4, 0), 0);
	pci_set_power(3);
	shim_eventfd_write(fd);
	pci_set_power(0);
	shim_run_work();
	CHECK_EQ(bar_value(4, 0), 0);
	shim_eventfd_write(fd);
	CHECK_EQ(bar_value(4, 0), 5);
	/* a reset takes none of them away */
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
	memset(shim_pci(pm.pdev)->bar[4], 0, 8);
	pci_set_command(PCI_COMMAND_MEMORY, 0);
	shim_eventfd_write(fd);
	CHECK_EQ(bar_value(4, 0), 5);
	shim_pci_unplug(pm.pdev);
	shim_eventfd_write(fd);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

/* Somebody changes what the device does: the write waits for him, not the one who signals */
static void waits_for_a_change_of_state(void)
{
	struct vfio_pci_core_device *vdev;
	s32 fd = shim_eventfd();

	pci_up();
	vdev = pci_get_drvdata(pm.pdev);
	CHECK_EQ(set(4, 4, 0, 5, fd), 0);
	down_write(&vdev->memory_lock);
	shim_eventfd_write(fd);
	CHECK_EQ(bar_value(4, 0), 0);
	up_write(&vdev->memory_lock);
	shim_run_work();
	CHECK_EQ(bar_value(4, 0), 5);
	/* and the end waits for the write */
	memset(shim_pci(pm.pdev)->bar[4], 0, 8);
	down_write(&vdev->memory_lock);
	shim_eventfd_write(fd);
	up_write(&vdev->memory_lock);
	pci_user_close();
	CHECK_EQ(shim_work_pending(), 0);
	shim_close(fd);
	pci_down();
}

static void none_after_the_close(void)
{
	s32 fd = shim_eventfd(), other = shim_eventfd();
	unsigned long before;

	pci_up();
	CHECK_EQ(set(4, 4, 0, 5, fd), 0);
	CHECK_EQ(set(1, 2, 0, 5, fd), 0);
	CHECK_EQ(set(8, 0, 0, 5, other), 0);
	/* user space has dropped this one already; it stays where it is, and can be taken away */
	shim_close(other);
	CHECK_EQ(set(8, 0, 0, 5, fd), -EEXIST);
	CHECK_EQ(set(8, 0, 0, 5, -1), 0);
	CHECK_EQ(set(8, 0, 0, 5, fd), 0);
	pci_user_close();
	before = shim_io_last.count;
	shim_eventfd_write(fd);
	shim_run_work();
	CHECK_EQ(shim_io_last.count, before);
	/* the next user has none of them */
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(set(4, 4, 0, 5, -1), -ENODEV);
	shim_eventfd_write(fd);
	CHECK_EQ(shim_io_last.count, before);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

static void a_signal_before_counts(void)
{
	s32 fd = shim_eventfd();

	pci_up();
	shim_eventfd_write(fd);
	CHECK_EQ(set(4, 4, 0, 5, fd), 0);
	CHECK_EQ(bar_value(4, 0), 5);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

static int trap_read(struct vfio_pci_core_device *vdev, void *data, u64 pos, unsigned int width,
		     u64 *value)
{
	return 0;
}

static int trap_write(struct vfio_pci_core_device *vdev, void *data, u64 pos, unsigned int width,
		      u64 value)
{
	return 0;
}

static int trap_a_byte(struct vfio_pci_core_device *vdev)
{
	static const struct vfio_pci_trap_ops ops = { .read = trap_read, .write = trap_write };

	return vfio_pci_core_trap_bar(vdev, 4, 0x13, 1, &ops, NULL);
}

static void not_where_the_driver_answers(void)
{
	s32 fd = shim_eventfd();

	setup = trap_a_byte;
	tester_load(&first, first_ids, "first");
	up();
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(set(1, 4, 0x13, 1, fd), -EINVAL);
	CHECK_EQ(set(2, 4, 0x12, 1, fd), -EINVAL);
	CHECK_EQ(set(4, 4, 0x10, 1, fd), -EINVAL);
	CHECK_EQ(set(8, 4, 0x10, 1, fd), -EINVAL);
	CHECK_EQ(set(2, 4, 0x10, 1, fd), 0);
	CHECK_EQ(set(1, 4, 0x12, 1, fd), 0);
	CHECK_EQ(set(4, 4, 0x14, 1, fd), 0);
	pci_user_close();
	shim_close(fd);
	down();
	tester_unload(&first);
}

static void fails_at_each_step(void)
{
	s32 a, b;
	long ret;

	SHIM_SWEEP() {
		shim_fail_pause();
		a = shim_eventfd();
		b = shim_eventfd();
		pci_up();
		CHECK_EQ(set(4, 0, 0, 9, a), 0);
		shim_fail_resume();
		ret = set(4, 4, 0, 5, b);
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		shim_fail_pause();
		memset(shim_pci(pm.pdev)->bar[4], 0, 8);
		shim_eventfd_write(b);
		CHECK_EQ(bar_value(4, 0), ret ? 0 : 5);
		shim_eventfd_write(a);
		CHECK_EQ(bar_value(0, 0), 9);
		CHECK_EQ(set(4, 4, 0, 5, -1), ret ? -ENODEV : 0);
		pci_user_close();
		pci_down();
		shim_close(a);
		shim_close(b);
		shim_fail_resume();
	}
}

#define ROUNDS 1000

struct ringer {
	struct task_struct *task;
	s32 fd;
	int stop;
};

static void *rings(void *data)
{
	struct ringer *ringer = data;

	shim_become(ringer->task);
	while (!READ_ONCE(ringer->stop))
		shim_eventfd_write(ringer->fd);
	return NULL;
}

/* A guest that rings its doorbell while the device goes to sleep, is reset and closed */
static void rung_all_the_time(void)
{
	struct ringer ringer = { .task = current, .fd = shim_eventfd() };
	pthread_t thread;

	pci_up();
	CHECK_OR_STOP(!pthread_create(&thread, NULL, rings, &ringer));
	for (int i = 0; i < ROUNDS; i++) {
		CHECK_EQ(set(4, 4, 0, 5, ringer.fd), 0);
		pci_set_command(i & 1 ? PCI_COMMAND_MEMORY : 0, PCI_COMMAND_MEMORY);
		pci_set_power(i & 2 ? 3 : 0);
		if (i & 4)
			CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
		if (i & 8)
			CHECK_EQ(set(4, 4, 0, 5, -1), 0);
		pci_user_close();
		CHECK_EQ(pci_user_open(), 0);
	}
	WRITE_ONCE(ringer.stop, 1);
	pthread_join(thread, NULL);
	pci_user_close();
	shim_close(ringer.fd);
	pci_down();
}

UNIT_TESTS(pci_ioeventfd,
	   { "writes of each width", writes_of_each_width },
	   { "ports", ports },
	   { "places that are refused", places_that_are_refused },
	   { "arguments that are refused", arguments_that_are_refused },
	   { "offset, width and data say which one is meant", which_one_is_meant },
	   { "no more than so many", no_more_than_so_many },
	   { "dropped when the device does not answer", dropped_when_it_does_not_answer },
	   { "waits for a change of state", waits_for_a_change_of_state },
	   { "none after the close", none_after_the_close },
	   { "a signal from before counts", a_signal_before_counts },
	   { "not where the driver answers", not_where_the_driver_answers },
	   { "rung all the time", rung_all_the_time },
	   { "fails at each step", fails_at_each_step })
