// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device says of itself: regions against sysfs, interrupts against its capabilities.
 */
#include "pci.h"

#include <linux/pci_regs.h>
#include <string.h>

static void device(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_GET_INFO, &info), 0);
	EXPECT(info.flags & (VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET),
	       VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET);
	EXPECT(info.flags & ~(VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET |
			      VFIO_DEVICE_FLAGS_CAPS), 0);
	EXPECT(info.num_regions, VFIO_PCI_NUM_REGIONS);
	EXPECT(info.num_irqs, VFIO_PCI_NUM_IRQS);
}

/* Callers older than capabilities give 16 bytes; what follows is theirs. */
static void device_old_caller(void)
{
	uint32_t buffer[16];

	memset(buffer, 0xa5, sizeof(buffer));
	buffer[0] = 16;
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_GET_INFO, buffer), 0);
	EXPECT(buffer[2], VFIO_PCI_NUM_REGIONS);
	EXPECT(buffer[3], VFIO_PCI_NUM_IRQS);
	for (int i = 4; i < 16; i++)
		EXPECT(buffer[i], 0xa5a5a5a5);
}

static void bars(void)
{
	struct vfio_region_info info;
	uint64_t start, size;

	for (uint32_t bar = 0; bar < 6; bar++) {
		uint32_t kind = config_read(nic.device, PCI_BASE_ADDRESS_0 + 4 * bar, 4);

		EXPECT(region_info(nic.device, bar, &info), 0);
		EXPECT(pci_resource(&nic.dev, bar, &start, &size), 0);
		EXPECT(info.size, size);
		EXPECT(info.index, bar);
		if (!size) {
			EXPECT(info.flags, 0);
			continue;
		}
		EXPECT(info.flags & 3, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE);
		/* memory of at least a page can be mapped, ports cannot */
		EXPECT(!!(info.flags & VFIO_REGION_INFO_FLAG_MMAP),
		       !(kind & PCI_BASE_ADDRESS_SPACE_IO) && size >= PAGE_SIZE);
	}
}

/* No region begins inside another. */
static void offsets(void)
{
	struct vfio_region_info a, b;

	for (uint32_t i = 0; i < VFIO_PCI_VGA_REGION_INDEX; i++) {
		for (uint32_t j = 0; j < VFIO_PCI_VGA_REGION_INDEX; j++) {
			EXPECT(region_info(nic.device, i, &a), 0);
			EXPECT(region_info(nic.device, j, &b), 0);
			EXPECT_TRUE(i == j || a.offset + a.size <= b.offset ||
				    b.offset + b.size <= a.offset);
		}
	}
}

static void config_region(void)
{
	struct vfio_region_info info;

	EXPECT(region_info(nic.device, VFIO_PCI_CONFIG_REGION_INDEX, &info), 0);
	EXPECT(info.size, 4096);
	EXPECT(info.flags, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE);
}

static int open_edu(struct session *s)
{
	struct pci_dev dev;
	int err = find_bound(EDU_ID, 0, &dev);

	return err ? err : session_open(s, &dev);
}

/* A conventional device has no extended space. */
static void config_region_conventional(void)
{
	struct vfio_region_info info;
	struct session s;

	REQUIRE(open_edu(&s), 0);
	EXPECT(region_info(s.device, VFIO_PCI_CONFIG_REGION_INDEX, &info), 0);
	EXPECT(info.size, 256);
	session_close(&s);
}

/* VGA is for VGA devices; beyond the last region is nothing. */
static void regions_absent(void)
{
	static const uint32_t absent[] = {
		VFIO_PCI_VGA_REGION_INDEX, VFIO_PCI_NUM_REGIONS, VFIO_PCI_NUM_REGIONS + 1, 1000,
		1u << 31, ~0u,
	};
	struct vfio_region_info info;

	for (unsigned int i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		EXPECT(region_info(nic.device, absent[i], &info), -EINVAL);
}

static void rom(void)
{
	struct vfio_region_info info;
	uint64_t start, size;

	EXPECT(region_info(nic.device, VFIO_PCI_ROM_REGION_INDEX, &info), 0);
	EXPECT(pci_resource(&nic.dev, 6, &start, &size), 0);
	EXPECT(info.size, size);
	EXPECT(info.flags & ~1u, 0);
}

static unsigned int msix_count(void)
{
	unsigned int cap = config_cap(nic.device, PCI_CAP_ID_MSIX);

	return (config_read(nic.device, cap + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_QSIZE) + 1;
}

static void irqs(void)
{
	struct vfio_irq_info info;

	EXPECT(irq_info(nic.device, VFIO_PCI_INTX_IRQ_INDEX, &info), 0);
	EXPECT(info.count, 1);
	EXPECT(info.flags, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE |
			   VFIO_IRQ_INFO_AUTOMASKED);
	EXPECT(irq_info(nic.device, VFIO_PCI_MSI_IRQ_INDEX, &info), 0);
	EXPECT(info.count, 1);
	EXPECT(info.flags, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE);
	EXPECT(irq_info(nic.device, VFIO_PCI_MSIX_IRQ_INDEX, &info), 0);
	EXPECT(info.count, msix_count());
	EXPECT(info.count, 10);
	/* VT-d allocates vectors one by one */
	EXPECT(info.flags, VFIO_IRQ_INFO_EVENTFD);
	EXPECT(irq_info(nic.device, VFIO_PCI_ERR_IRQ_INDEX, &info), 0);
	EXPECT(info.count, 1);
	EXPECT(info.flags, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE);
	EXPECT(irq_info(nic.device, VFIO_PCI_REQ_IRQ_INDEX, &info), 0);
	EXPECT(info.count, 1);
	EXPECT(info.flags, VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE);
}

static void irqs_absent(void)
{
	struct vfio_irq_info info;

	EXPECT(irq_info(nic.device, VFIO_PCI_NUM_IRQS, &info), -EINVAL);
	EXPECT(irq_info(nic.device, 1000, &info), -EINVAL);
	EXPECT(irq_info(nic.device, ~0u, &info), -EINVAL);
}

/* edu: MSI with one vector, no MSI-X, and no error event for want of PCI Express. */
static void irqs_conventional(void)
{
	struct vfio_irq_info info;
	struct session s;

	REQUIRE(open_edu(&s), 0);
	EXPECT(irq_info(s.device, VFIO_PCI_INTX_IRQ_INDEX, &info), 0);
	EXPECT(info.count, 1);
	EXPECT(irq_info(s.device, VFIO_PCI_MSI_IRQ_INDEX, &info), 0);
	EXPECT(info.count, 1);
	EXPECT(irq_info(s.device, VFIO_PCI_MSIX_IRQ_INDEX, &info), 0);
	EXPECT(info.count, 0);
	EXPECT(irq_info(s.device, VFIO_PCI_ERR_IRQ_INDEX, &info), -EINVAL);
	session_close(&s);
}

CU_TestInfo info_tests[] = {
	{ "device", device },
	{ "device, for callers before capabilities", device_old_caller },
	{ "BARs as in sysfs", bars },
	{ "regions do not overlap", offsets },
	{ "configuration space of PCI Express", config_region },
	{ "configuration space of conventional PCI", config_region_conventional },
	{ "ROM", rom },
	{ "regions that are not there: EINVAL", regions_absent },
	{ "interrupts", irqs },
	{ "interrupts that are not there: EINVAL", irqs_absent },
	{ "interrupts of a conventional device", irqs_conventional },
	CU_TEST_INFO_NULL,
};
