// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/* The expansion ROM where it is not read from the device: the copy that firmware handed over. */
#include <linux/sizes.h>
#include <shim/io.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

#define ROM VFIO_PCI_ROM_REGION_INDEX
#define COPY 0x7654000
#define LENGTH 0x1234	/* as long as the image, which need not be a power of two */

static u8 image[LENGTH];

/* A device without a ROM BAR */
static void copy_make(void)
{
	pci_machine_make();
	pm.pdev->resource[PCI_ROM_RESOURCE] = (struct resource){ };
	shim_pci_set(pm.pdev, PCI_ROM_ADDRESS, 4, 0);
	shim_pci_set_writable(pm.pdev, PCI_ROM_ADDRESS, 4, 0);
	for (unsigned int i = 0; i < LENGTH; i++)
		image[i] = 3 * i;
	pm.pdev->rom = COPY;
	pm.pdev->romlen = LENGTH;
	shim_io_memory(COPY, image, sizeof(image));
}

static void copy_up(void)
{
	copy_make();
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
}

static struct vfio_region_info region(void)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = ROM };
	void *user = shim_user_dup(&info, sizeof(info));

	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user), 0);
	memcpy(&info, shim_user_body(user), sizeof(info));
	shim_user_free(user);
	return info;
}

static void copy_of_firmware(void)
{
	static u8 buf[SZ_8K];

	copy_up();
	CHECK_EQ(region().size, SZ_8K);
	CHECK_EQ(region().flags, VFIO_REGION_INFO_FLAG_READ);
	CHECK_EQ(pci_region_read(ROM, 0, buf, SZ_8K), SZ_8K);
	CHECK(!memcmp(buf, image, LENGTH));
	for (unsigned int i = LENGTH; i < SZ_8K; i++)
		CHECK_EQ(buf[i], 0xff);
	CHECK_EQ(pci_region_read(ROM, LENGTH - 1, buf, 2), 2);
	CHECK_EQ(buf[0], image[LENGTH - 1]);
	CHECK_EQ(buf[1], 0xff);
	CHECK_EQ(pci_region_read(ROM, SZ_8K - 1, buf, 8), 1);
	CHECK_EQ(pci_region_read(ROM, SZ_8K, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_write(ROM, 0, buf, 1), -EINVAL);
	pci_down();
}

/* The guest's firmware sizes it by a BAR that the device does not have */
static void has_a_bar(void)
{
	copy_up();
	CHECK_EQ(pci_config_get(PCI_ROM_ADDRESS, 4), 0);
	CHECK_EQ(pci_config_put(PCI_ROM_ADDRESS, 4, ~0U), 4);
	CHECK_EQ(pci_config_get(PCI_ROM_ADDRESS, 4), 0xffffe001);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_ROM_ADDRESS, 4), 0);
	pci_down();
}

/* It is memory of the host */
static void takes_nothing_of_the_device(void)
{
	u8 buf[4];

	copy_up();
	pci_set_power(3);
	CHECK_EQ(region().size, SZ_8K);
	CHECK_EQ(pci_region_read(ROM, 4, buf, 4), 4);
	CHECK(!memcmp(buf, image + 4, 4));
	pci_set_power(0);
	pci_down();
}

/* A BAR with an image is the device's own, whatever firmware left */
static void not_beside_a_bar(void)
{
	u8 buf[4];

	pci_machine_make();
	memcpy(shim_pci(pm.pdev)->rom, "\x55\xaa" "ab", 4);
	pm.pdev->rom = COPY;
	pm.pdev->romlen = LENGTH;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(region().size, SZ_64K);
	CHECK_EQ(pci_region_read(ROM, 0, buf, 4), 4);
	CHECK(!memcmp(buf, "\x55\xaa" "ab", 4));
	pci_down();
}

static void none_at_all(void)
{
	u8 buf[4];

	copy_make();
	pm.pdev->romlen = 0;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(region().size, 0);
	CHECK_EQ(region().flags, 0);
	CHECK_EQ(pci_region_read(ROM, 0, buf, 4), -EINVAL);
	pci_down();
}

static void fails_at_each_step(void)
{
	u8 buf[16];
	ssize_t ret;

	SHIM_SWEEP() {
		shim_fail_pause();
		copy_up();
		shim_fail_resume();
		ret = pci_region_read(ROM, 0, buf, 16);
		CHECK(ret == 16 || (shim_failed() && ret < 0));
		shim_fail_pause();
		pci_down();
		shim_fail_resume();
	}
}

UNIT_TESTS(pci_rom,
	   { "the copy of firmware", copy_of_firmware },
	   { "it has a BAR", has_a_bar },
	   { "it takes nothing of the device", takes_nothing_of_the_device },
	   { "not beside a BAR", not_beside_a_bar },
	   { "none at all", none_at_all },
	   { "fails at each step", fails_at_each_step })
