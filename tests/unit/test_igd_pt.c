// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/ samples/igd_pt/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * igd_pt: whom it serves, what it makes of the OpRegion that firmware left, however broken
 * that is, and the bridges. Regions of a driver as such are in test_pci_vendor.c.
 */
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>
#include <shim/io.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

#define BASE 0x7ff00000UL
#define OWN VFIO_PCI_NUM_REGIONS

int shim_init_igd_driver(void);
void shim_exit_igd_driver(void);
extern const struct kernel_param_ops *const shim_param_ops_ids;

static u8 memory[SZ_1M * 3];

/* An OpRegion of 8 KiB with a version, and a VBT outside of it */
static void firmware(u16 version, u64 rvda, u32 rvds)
{
	for (unsigned int i = 0; i < sizeof(memory); i++)
		memory[i] = i * 7 + (i >> 12);
	memcpy(memory, "IntelGraphicsMem", 16);
	put_unaligned_le32(8, memory + 0x10);
	put_unaligned_le16(version, memory + 0x16);
	put_unaligned_le64(rvda, memory + 0x3ba);
	put_unaligned_le32(rvds, memory + 0x3c2);
	shim_io_memory(BASE, memory, sizeof(memory));
}

static int ids(const char *text)
{
	return shim_param_ops_ids->set(text, NULL);
}

static struct pci_dev *bridge(const char *name, u16 vendor, u16 class)
{
	struct pci_dev *pdev = shim_pci_new(name, vendor, 0x29c0);

	pdev->class = class << 8;
	return pdev;
}

/* igd_pt is loaded with ids=, and its device is there but not bound */
static void igd_make(const char *named)
{
	CHECK_EQ(ids(named), 0);
	CHECK_EQ(shim_init_igd_driver(), 0);
	pci_machine_make();
}

/* Undo that; the device is bound, and not open */
static void igd_break(void)
{
	pci_machine_unload();
	pci_machine_break();
	shim_exit_igd_driver();
}

/* Is it served by igd_pt when it is bound? */
static bool served_as_made(void)
{
	char page[64];
	bool yes;

	CHECK_EQ(pci_machine_load(), 0);
	yes = shim_pci_attr(pm.pdev, "vfio_vendor", page) > 0;
	igd_break();
	return yes;
}

static bool served(const char *named)
{
	igd_make(named);
	return served_as_made();
}

static void those_that_are_named(void)
{
	CHECK(served("1234:5678"));
	CHECK(served("8086:1,1234:5678,1:2"));
	CHECK(served("1:1,2:2,3:3,4:4,5:5,6:6,7:7,1234:5678"));
	CHECK(!served(""));
	CHECK(!served("1234:5679"));
	CHECK_EQ(ids("1234"), -EINVAL);
	CHECK_EQ(ids("1234:"), -EINVAL);
	CHECK_EQ(ids("1234:5678x"), -EINVAL);
	CHECK_EQ(ids("12345:678"), -EINVAL);
	CHECK_EQ(ids("1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8,9:9"), -EINVAL);
	CHECK(shim_log_has("ids= is not"));
}

static bool intel_served(const char *name, unsigned int class, const char *named)
{
	igd_make(named);
	pm.pdev->vendor = PCI_VENDOR_ID_INTEL;
	pm.pdev->class = class;
	pm.pdev->devfn = PCI_DEVFN(2, 0);
	pm.pdev->bus->number = name[0] - '0';
	return served_as_made();
}

static void integrated_graphics_only(void)
{
	CHECK(intel_served("0", PCI_CLASS_DISPLAY_VGA << 8, "1:1"));
	CHECK(intel_served("0", PCI_CLASS_DISPLAY_OTHER << 8, ""));
	CHECK(!intel_served("3", PCI_CLASS_DISPLAY_VGA << 8, "1:1"));
	CHECK(!intel_served("0", PCI_CLASS_NETWORK_ETHERNET << 8, "1:1"));
	/* others of Intel's when they are named */
	CHECK(intel_served("3", PCI_CLASS_DISPLAY_VGA << 8, "1:1,8086:5678"));
}

static void igd_bind(u32 asls)
{
	igd_make("1234:5678");
	shim_pci_set(pm.pdev, 0xfc, 4, asls);
	shim_pci(pm.pdev)->can_reset = false;
	CHECK_EQ(pci_machine_load(), 0);
}

static void igd_up(u32 asls)
{
	igd_bind(asls);
	CHECK_EQ(pci_user_open(), 0);
}

static void igd_down(void)
{
	pci_user_close();
	igd_break();
}

/* Size of the region of a subtype, which must be the driver's n-th; 0 when there is none */
static u64 region(unsigned int n, u32 subtype)
{
	union { struct vfio_region_info info; u8 bytes[128]; } out = {
		.info = { .argsz = sizeof(out), .index = OWN + n },
	};
	struct vfio_region_info_cap_type *type;
	u8 *user = shim_user_dup(&out, sizeof(out));

	if (shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user))
		return 0;
	memcpy(&out, shim_user_body(user), sizeof(out));
	type = (void *)(out.bytes + out.info.cap_offset);
	CHECK_EQ(type->type, (u32)VFIO_REGION_TYPE_PCI_VENDOR_TYPE | PCI_VENDOR_ID_INTEL);
	CHECK_EQ(type->subtype, subtype);
	CHECK_EQ(out.info.flags, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_CAPS);
	return out.info.size;
}

static u64 opregion(void)
{
	return region(0, VFIO_REGION_SUBTYPE_INTEL_IGD_OPREGION);
}

static void an_opregion(void)
{
	u8 have[64];

	firmware(0x100, 0, 0x1000);	/* not yet a field */
	igd_up(BASE);
	CHECK_EQ(opregion(), SZ_8K);
	CHECK_EQ(pci_region_read(OWN, 0x400, have, sizeof(have)), sizeof(have));
	CHECK(!memcmp(have, memory + 0x400, sizeof(have)));
	CHECK_EQ(pci_region_read(OWN, SZ_8K - 2, have, 4), 2);
	CHECK_EQ(pci_region_write(OWN, 0, have, 4), -EINVAL);
	igd_down();
}

/* @where: of the VBT in memory */
static void vbt_is_appended(u16 version, u64 rvda, u64 where)
{
	u8 have[64], want[64];

	firmware(version, rvda, 0x2345);
	memcpy(want, memory + where, sizeof(want));
	igd_up(BASE);
	CHECK_EQ(opregion(), SZ_8K + 0x2345);
	CHECK_EQ(pci_region_read(OWN, SZ_8K, have, sizeof(have)), sizeof(have));
	CHECK(!memcmp(have, want, sizeof(want)));
	/* and found by an offset */
	CHECK_EQ(pci_region_read(OWN, 0x3ba, have, 12), 12);
	CHECK_EQ(get_unaligned_le64(have), SZ_8K);
	CHECK_EQ(get_unaligned_le32(have + 8), 0x2345);
	CHECK_EQ(pci_region_read(OWN, 0x16, have, 2), 2);
	CHECK_EQ(get_unaligned_le16(have), max(version, 0x201));
	igd_down();
}

/* It is outside only where both its place and its size are given */
static void vbts_inside(void)
{
	firmware(0x201, 0, 0x1800);
	igd_up(BASE);
	CHECK_EQ(opregion(), SZ_8K);
	igd_down();
	firmware(0x200, BASE, 0);
	igd_up(BASE);
	CHECK_EQ(opregion(), SZ_8K);
	igd_down();
}

/* The user cannot have the next one shown what he likes */
static void its_address_is_the_firmwares(void)
{
	firmware(0x100, 0, 0);
	igd_up(BASE);
	shim_pci_set_writable(pm.pdev, 0xfc, 4, ~0);
	CHECK_EQ(pci_config_put(0xfc, 4, 0x1000), 4);
	pci_user_close();
	CHECK_EQ(shim_pci_get(pm.pdev, 0xfc, 4), BASE);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(opregion(), SZ_8K);
	igd_down();
}

static void vbts_outside(void)
{
	vbt_is_appended(0x200, BASE + 0x12340, 0x12340);
	vbt_is_appended(0x201, 0x4560, 0x4560);
	vbt_is_appended(0x203, SZ_8K, SZ_8K);
}

static void no_opregion(u32 asls, const char *why)
{
	u8 byte;

	shim_log_clear();
	igd_up(asls);
	CHECK(shim_log_has(why));
	CHECK_EQ(opregion(), 0);
	CHECK_EQ(pci_region_read(OWN, 0, &byte, 1), -EINVAL);
	igd_down();
}

static void broken_firmware(void)
{
	firmware(0x200, 0, 0);
	no_opregion(0, "firmware gave none");
	no_opregion(~0u, "firmware gave none");
	no_opregion(0x1000, "not in memory of the firmware");
	memory[0] = 'i';
	no_opregion(BASE, "make no sense");
	firmware(0x200, 0, 0);
	put_unaligned_le32(7, memory + 0x10);
	no_opregion(BASE, "make no sense");
	put_unaligned_le32(0x401, memory + 0x10);
	no_opregion(BASE, "make no sense");
	put_unaligned_le32(0x400008, memory + 0x10);
	no_opregion(BASE, "make no sense");
	firmware(0x200, BASE, SZ_1M + 1);
	no_opregion(BASE, "make no sense");
	/* a VBT beyond all memory, in what is the kernel's, half in it, one that wraps around */
	firmware(0x200, ~0ULL, SZ_8K);
	no_opregion(BASE, "not in memory of the firmware");
	firmware(0x200, 0x100000, SZ_8K);
	no_opregion(BASE, "not in memory of the firmware");
	firmware(0x201, sizeof(memory) - SZ_4K, SZ_8K);
	no_opregion(BASE, "not in memory of the firmware");
	firmware(0x201, ~0ULL - BASE, SZ_8K);
	no_opregion(BASE, "not in memory of the firmware");
	firmware(0x201, -0x1000ULL, SZ_4K);
	no_opregion(BASE, "make no sense");
}

static void bridges(void)
{
	struct pci_dev *host = bridge("0000:00:00.0", PCI_VENDOR_ID_INTEL, PCI_CLASS_BRIDGE_HOST);
	struct pci_dev *lpc = bridge("0000:00:1f.0", PCI_VENDOR_ID_INTEL, PCI_CLASS_BRIDGE_ISA);
	u8 have[64];

	igd_up(0);
	CHECK_EQ(region(0, VFIO_REGION_SUBTYPE_INTEL_IGD_HOST_CFG), 4096);
	CHECK_EQ(region(1, VFIO_REGION_SUBTYPE_INTEL_IGD_LPC_CFG), 4096);
	for (unsigned int at = 0; at < 5; at++) {
		CHECK_EQ(pci_region_read(OWN, at, have, 31), 31);
		CHECK(!memcmp(have, shim_pci(host)->config + at, 31));
	}
	CHECK_EQ(pci_region_write(OWN, 0, have, 4), -EINVAL);
	igd_down();
	shim_pci_free(lpc);
	/* another vendor's, or another device in its place */
	host->vendor = 0x1022;
	lpc = bridge("0000:00:1f.0", PCI_VENDOR_ID_INTEL, PCI_CLASS_BRIDGE_PCI);
	igd_up(0);
	CHECK(shim_log_has("no host bridge"));
	CHECK(shim_log_has("no LPC bridge"));
	CHECK_EQ(region(0, 0), 0);
	igd_down();
	shim_pci_free(lpc);
	shim_pci_free(host);
}

static void nothing_is_left_of_a_failed_open(void)
{
	struct pci_dev *host = bridge("0000:00:00.0", PCI_VENDOR_ID_INTEL, PCI_CLASS_BRIDGE_HOST);

	firmware(0x200, BASE + SZ_64K, SZ_8K);
	SHIM_SWEEP() {
		int ret;

		shim_fail_pause();
		igd_bind(BASE);
		shim_fail_resume();
		ret = pci_user_open();
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		if (!ret)
			pci_user_close();
		igd_break();
	}
	shim_pci_free(host);
}

UNIT_TESTS(igd_pt,
	{ "those that are named", those_that_are_named },
	{ "integrated graphics only", integrated_graphics_only },
	{ "an OpRegion", an_opregion },
	{ "VBTs outside", vbts_outside },
	{ "VBTs inside", vbts_inside },
	{ "its address is the firmware's", its_address_is_the_firmwares },
	{ "broken firmware", broken_firmware },
	{ "bridges", bridges },
	{ "nothing is left of a failed open", nothing_is_left_of_a_failed_open })
