// SPDX-License-Identifier: GPL-2.0-only
/*
 * What user space sees of a device that a vendor driver serves.
 *
 *	abi-vendor igd_pt	regions of the bridges beside edu's own
 *	abi-vendor igd_opregion	with an OpRegion that the case made
 *	abi-vendor vendor_edu	the test driver of tests/lab/modules
 *	abi-vendor generic	nothing but what vfio-pci gives
 */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INTEL_TYPE	(VFIO_REGION_TYPE_PCI_VENDOR_TYPE | 0x8086)
#define EDU_TYPE	(VFIO_REGION_TYPE_PCI_VENDOR_TYPE | 0x1234)
#define EDU_SUBTYPE	0x11e8
#define EDU_CAP		0x7e57
#define BAR0		VFIO_PCI_BAR0_REGION_INDEX
#define OWN		VFIO_PCI_NUM_REGIONS

static struct session served;

struct region {
	union {
		struct vfio_region_info info;
		unsigned char bytes[512];
	};
};

static int region(uint32_t index, struct region *out)
{
	*out = (struct region){ .info = { .argsz = sizeof(*out), .index = index } };
	return vf_ioctl(served.device, VFIO_DEVICE_GET_REGION_INFO, &out->info);
}

static const void *capability(const struct region *r, unsigned int id)
{
	uint32_t at = r->info.flags & VFIO_REGION_INFO_FLAG_CAPS ? r->info.cap_offset : 0;

	while (at) {
		const struct vfio_info_cap_header *cap = (const void *)(r->bytes + at);

		if (cap->id == id)
			return cap;
		at = cap->next;
	}
	return NULL;
}

static uint32_t num_regions(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	EXPECT(vf_ioctl(served.device, VFIO_DEVICE_GET_INFO, &info), 0);
	return info.num_regions;
}

/* The region of a type, or -ENOENT */
static int find_region(uint32_t type, uint32_t subtype, struct region *out)
{
	for (uint32_t i = OWN; i < num_regions(); i++) {
		const struct vfio_region_info_cap_type *cap;

		if (region(i, out))
			return -EIO;
		cap = capability(out, VFIO_REGION_INFO_CAP_TYPE);
		if (cap && cap->type == type && cap->subtype == subtype)
			return i;
	}
	return -ENOENT;
}

static void generic(void)
{
	struct region r;

	EXPECT(num_regions(), OWN);
	EXPECT(region(OWN, &r), -EINVAL);
	EXPECT(region(BAR0, &r), 0);
	EXPECT_TRUE(!capability(&r, VFIO_REGION_INFO_CAP_SPARSE_MMAP));
}

/* A bridge's configuration space is what sysfs shows of it, and cannot be written */
static void bridge(uint32_t subtype, const char *name)
{
	unsigned char have[4096], want[4096];
	struct region r;
	char path[64];
	int index, fd;
	long size;

	index = find_region(INTEL_TYPE, subtype, &r);
	REQUIRE_TRUE(index >= OWN);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", name);
	fd = open(path, O_RDONLY);
	size = read(fd, want, sizeof(want));
	close(fd);
	EXPECT(r.info.size, size);
	EXPECT(r.info.flags, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_CAPS);
	EXPECT(region_read(served.device, index, 0, have, sizeof(have)), size);
	EXPECT_TRUE(!memcmp(have, want, size));
	/* any place and length */
	for (unsigned int at = 0; at < 9; at++)
		for (unsigned int n = 1; n < 10; n++) {
			EXPECT(region_read(served.device, index, at, have, n), n);
			EXPECT_TRUE(!memcmp(have, want + at, n));
		}
	EXPECT(region_read(served.device, index, size - 1, have, 4), 1);
	EXPECT(region_read(served.device, index, size, have, 1), -EINVAL);
	EXPECT(region_write(served.device, index, 0, have, 4), -EINVAL);
	EXPECT_TRUE(mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, served.device,
			 r.info.offset) == MAP_FAILED);
}

static void host_bridge(void)
{
	bridge(VFIO_REGION_SUBTYPE_INTEL_IGD_HOST_CFG, "0000:00:00.0");
}

static void lpc_bridge(void)
{
	bridge(VFIO_REGION_SUBTYPE_INTEL_IGD_LPC_CFG, "0000:00:1f.0");
}

/* As igd-opregion.sh made it: 8 KiB, and a VBT of 16 bytes from elsewhere behind it */
static void opregion(void)
{
	struct region r;
	unsigned char head[16], pointer[12], vbt[32];
	int index = find_region(INTEL_TYPE, VFIO_REGION_SUBTYPE_INTEL_IGD_OPREGION, &r);

	REQUIRE(index, OWN);
	EXPECT(r.info.size, 0x2000 + 16);
	EXPECT(r.info.flags, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_CAPS);
	EXPECT(region_read(served.device, index, 0, head, sizeof(head)), sizeof(head));
	EXPECT_TRUE(!memcmp(head, "IntelGraphicsMem", sizeof(head)));
	EXPECT(region_read(served.device, index, 0x3ba, pointer, sizeof(pointer)),
	       sizeof(pointer));
	EXPECT_TRUE(!memcmp(pointer, "\0\x20\0\0\0\0\0\0\x10\0\0", sizeof(pointer)));
	EXPECT(region_read(served.device, index, 0x2000, vbt, sizeof(vbt)), 16);
	EXPECT_TRUE(!memcmp(vbt, "the VBT is here.", 16));
	EXPECT(region_write(served.device, index, 0, head, 1), -EINVAL);
}

/* The user's own copy of the register; that the device keeps its own is for the case to see */
static void opregion_address(void)
{
	EXPECT(config_write(served.device, 0xfc, 4, 0x1000), 4);
	EXPECT(config_read(served.device, 0xfc, 4), 0x1000);
}

/* edu has no such register, so that there is no such region */
static void no_opregion(void)
{
	struct region r;

	EXPECT(find_region(INTEL_TYPE, VFIO_REGION_SUBTYPE_INTEL_IGD_OPREGION, &r), -ENOENT);
	EXPECT(num_regions(), OWN + 2);
}

static void own_region(void)
{
	struct region r;
	unsigned char *map;
	char text[8];
	int index = find_region(EDU_TYPE, EDU_SUBTYPE, &r);

	REQUIRE(index, OWN);
	EXPECT(r.info.size, PAGE_SIZE);
	EXPECT_TRUE(capability(&r, EDU_CAP) != NULL);
	EXPECT(region_write(served.device, index, 100, "passway", 8), 8);
	EXPECT(region_read(served.device, index, 100, text, 8), 8);
	EXPECT_TRUE(!strcmp(text, "passway"));
	EXPECT(region_read(served.device, index, PAGE_SIZE, text, 1), -EINVAL);
	map = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, served.device,
		   r.info.offset);
	REQUIRE_TRUE(map != MAP_FAILED);
	EXPECT_TRUE(!strcmp((char *)map + 100, "passway"));
	map[100] = 'P';
	EXPECT(region_read(served.device, index, 100, text, 8), 8);
	EXPECT_TRUE(!strcmp(text, "Passway"));
	munmap(map, PAGE_SIZE);
}

/* The driver answers for its part of the BAR, and the device for the rest */
static void trapped_registers(void)
{
	uint32_t value = 0x12345678, pair[2];
	uint64_t wide = 0x1122334455667788ull;

	config_write(served.device, 4, 2, config_read(served.device, 4, 2) | 2);
	EXPECT(region_write(served.device, BAR0, 4, &value, 4), 4);
	value = 0;
	EXPECT(region_read(served.device, BAR0, 4, &value, 4), 4);
	EXPECT(value, 0x12345678);
	EXPECT(region_read(served.device, BAR0, 0, pair, 8), 8);
	EXPECT(pair[0], EDU_ID_VALUE);
	EXPECT(pair[1], 0x12345678);
	EXPECT(region_write(served.device, BAR0, 4, &value, 1), -EINVAL);
	EXPECT(region_write(served.device, BAR0, 0x3ff8, &wide, 8), 8);
	wide = 0;
	EXPECT(region_read(served.device, BAR0, 0x3ff8, &wide, 8), 8);
	EXPECT_TRUE(wide == 0x1122334455667788ull);
	EXPECT(region_read(served.device, BAR0, 0x3ffe, &value, 2), 2);
	EXPECT(value & 0xffff, 0x1122);
	/* nor is the driver asked while memory is off */
	config_write(served.device, 4, 2, config_read(served.device, 4, 2) & ~2u);
	EXPECT(region_read(served.device, BAR0, 4, &value, 4), -EIO);
	config_write(served.device, 4, 2, config_read(served.device, 4, 2) | 2);
	EXPECT(region_read(served.device, BAR0, 4, &value, 4), 4);
}

static long map_bar(uint64_t at, uint64_t size)
{
	struct region r;
	void *map;

	if (region(BAR0, &r))
		return -EIO;
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, served.device, r.info.offset + at);
	if (map == MAP_FAILED)
		return -errno;
	munmap(map, size);
	return 0;
}

/* Pages 0 and 3 of the BAR are the driver's */
static void trapped_pages(void)
{
	const struct vfio_region_info_cap_sparse_mmap *sparse;
	struct region r;

	EXPECT(region(BAR0, &r), 0);
	EXPECT_TRUE(r.info.flags & VFIO_REGION_INFO_FLAG_MMAP);
	sparse = capability(&r, VFIO_REGION_INFO_CAP_SPARSE_MMAP);
	REQUIRE_TRUE(sparse != NULL);
	REQUIRE(sparse->nr_areas, 2);
	EXPECT(sparse->areas[0].offset, PAGE_SIZE);
	EXPECT(sparse->areas[0].size, 2 * PAGE_SIZE);
	EXPECT(sparse->areas[1].offset, 4 * PAGE_SIZE);
	EXPECT(sparse->areas[1].size, r.info.size - 4 * PAGE_SIZE);
	EXPECT(map_bar(PAGE_SIZE, 2 * PAGE_SIZE), 0);
	EXPECT(map_bar(4 * PAGE_SIZE, r.info.size - 4 * PAGE_SIZE), 0);
	EXPECT(map_bar(0, PAGE_SIZE), -EINVAL);
	EXPECT(map_bar(0, r.info.size), -EINVAL);
	EXPECT(map_bar(PAGE_SIZE, 3 * PAGE_SIZE), -EINVAL);
	EXPECT(map_bar(3 * PAGE_SIZE, PAGE_SIZE), -EINVAL);
}

static void setup(void)
{
	struct pci_dev dev;

	if (EXPECT(find_bound(EDU_ID, 0, &dev), 0))
		EXPECT(session_open(&served, &dev), 0);
}

static void teardown(void)
{
	session_close(&served);
}

static CU_TestInfo generic_tests[] = {
	{ "nothing but what vfio-pci gives", generic },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo igd_pt_tests[] = {
	{ "host bridge", host_bridge },
	{ "LPC bridge", lpc_bridge },
	{ "no OpRegion where firmware gave none", no_opregion },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo igd_opregion_tests[] = {
	{ "OpRegion", opregion },
	{ "its address is not the user's", opregion_address },
	{ "and it is there for the next one", opregion },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo vendor_edu_tests[] = {
	{ "a region of the driver's", own_region },
	{ "trapped registers", trapped_registers },
	{ "trapped pages are not mapped", trapped_pages },
	CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		CU_TestInfo *tests;
	} drivers[] = {
		{ "generic", generic_tests },
		{ "igd_pt", igd_pt_tests },
		{ "igd_opregion", igd_opregion_tests },
		{ "vendor_edu", vendor_edu_tests },
	};

	for (unsigned int i = 0; argc == 2 && i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		CU_SuiteInfo suites[] = {
			{ drivers[i].name, NULL, NULL, setup, teardown, drivers[i].tests },
			CU_SUITE_INFO_NULL,
		};

		if (!strcmp(argv[1], drivers[i].name))
			return check_main(suites);
	}
	fprintf(stderr, "usage: abi-vendor generic|igd_pt|igd_opregion|vendor_edu\n");
	return 2;
}
