// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device behind a driver that is not ours, as far as it needs the library: regions,
 * configuration, interrupts, reset.
 */
#include "check.h"

#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct pci_dev dev;
static struct session user;

static void setup(void)
{
	EXPECT(session_open(&user, &dev), 0);
}

static void teardown(void)
{
	session_close(&user);
}

static struct vfio_device_info device_info(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	EXPECT(vf_ioctl(user.device, VFIO_DEVICE_GET_INFO, &info), 0);
	return info;
}

static void info(void)
{
	struct vfio_device_info device = device_info();
	struct vfio_region_info region;

	EXPECT(device.flags & ~VFIO_DEVICE_FLAGS_RESET, VFIO_DEVICE_FLAGS_PCI);
	EXPECT(device.num_regions, VFIO_PCI_NUM_REGIONS);
	EXPECT(region_info(user.device, VFIO_PCI_CONFIG_REGION_INDEX, &region), 0);
	EXPECT_TRUE(region.size >= 256);
	EXPECT(config_read(user.device, PCI_VENDOR_ID, 2), 0x1af4);
}

/* The memory BARs answer, and as much as sysfs says there is */
static void bars(void)
{
	unsigned int found = 0;

	config_write(user.device, PCI_COMMAND, 2,
		     config_read(user.device, PCI_COMMAND, 2) | PCI_COMMAND_MEMORY);
	for (unsigned int bar = 0; bar < 6; bar++) {
		struct vfio_region_info region;
		uint64_t start, size;
		uint32_t value;

		EXPECT(region_info(user.device, bar, &region), 0);
		if (pci_resource(&dev, bar, &start, &size))
			continue;
		EXPECT(region.size, size);
		if (!size)
			continue;
		found++;
		EXPECT(region_read(user.device, bar, size - 4, &value, 4), 4);
		EXPECT(region_read(user.device, bar, size, &value, 4), -EINVAL);
	}
	EXPECT_TRUE(found > 0);
}

static void interrupts(void)
{
	struct vfio_irq_info irq;
	uint64_t count;
	int fd = eventfd(0, EFD_NONBLOCK), trigger = 0;

	EXPECT(irq_info(user.device, VFIO_PCI_MSIX_IRQ_INDEX, &irq), 0);
	REQUIRE_TRUE(irq.count > 0);
	EXPECT(irq_eventfds(user.device, VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, &fd), 0);
	EXPECT(irq_set(user.device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		       VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, &trigger, 0), 0);
	EXPECT(read(fd, &count, sizeof(count)), sizeof(count));
	EXPECT(irq_disable(user.device, VFIO_PCI_MSIX_IRQ_INDEX), 0);
	close(fd);
}

/* Not every device has a way to be reset; the driver says so */
static void reset(void)
{
	bool can = device_info().flags & VFIO_DEVICE_FLAGS_RESET;

	EXPECT(vf_ioctl(user.device, VFIO_DEVICE_RESET, NULL), can ? 0 : -EINVAL);
	EXPECT(config_read(user.device, PCI_VENDOR_ID, 2), 0x1af4);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "information", info },
		{ "BARs", bars },
		{ "interrupts", interrupts },
		{ "reset", reset },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{ "variant driver", NULL, NULL, setup, teardown, tests },
		CU_SUITE_INFO_NULL,
	};

	if (argc != 2 || pci_named(argv[1], &dev)) {
		fprintf(stderr, "usage: abi-variant DEVICE\n");
		return 2;
	}
	return check_main(suites);
}
