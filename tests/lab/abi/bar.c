// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping BARs: what may be mapped, and what becomes of a mapping when memory decode goes off.
 */
#include "pci.h"

#include <linux/pci_regs.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BAR0	VFIO_PCI_BAR0_REGION_INDEX
#define VET	0x38			/* 82576: a register of 16 bits that software may set */

static struct vfio_region_info info;

static void decode(bool on)
{
	EXPECT(config_write(nic.device, PCI_COMMAND, 2, on ? PCI_COMMAND_MEMORY : 0), 2);
}

/* 0, or the errno of mmap; the mapping is taken down again. */
static int try_map(uint64_t offset, size_t size, int protection, int flags)
{
	void *at = mmap(NULL, size, protection, flags, nic.device, offset);

	if (at == MAP_FAILED)
		return -errno;
	munmap(at, size);
	return 0;
}

static void rules(void)
{
	REQUIRE(region_info(nic.device, BAR0, &info), 0);
	EXPECT(try_map(info.offset, info.size, PROT_READ | PROT_WRITE, MAP_SHARED), 0);
	EXPECT(try_map(info.offset, PAGE_SIZE, PROT_READ, MAP_SHARED), 0);
	EXPECT(try_map(info.offset + info.size - PAGE_SIZE, PAGE_SIZE, PROT_READ, MAP_SHARED), 0);
	EXPECT(try_map(info.offset, info.size, PROT_READ | PROT_WRITE, MAP_PRIVATE), -EINVAL);
	EXPECT(try_map(info.offset, info.size + PAGE_SIZE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT(try_map(info.offset + info.size, PAGE_SIZE, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT(try_map(info.offset + PAGE_SIZE, info.size, PROT_READ, MAP_SHARED), -EINVAL);
	EXPECT(try_map(info.offset + (1ull << 32), PAGE_SIZE, PROT_READ, MAP_SHARED), -EINVAL);
}

static void other_regions(void)
{
	static const uint32_t unmappable[] = {
		VFIO_PCI_BAR2_REGION_INDEX,	/* ports */
		VFIO_PCI_BAR5_REGION_INDEX,	/* not there */
		VFIO_PCI_ROM_REGION_INDEX, VFIO_PCI_CONFIG_REGION_INDEX,
	};

	for (unsigned int i = 0; i < sizeof(unmappable) / sizeof(unmappable[0]); i++) {
		EXPECT(region_info(nic.device, unmappable[i], &info), 0);
		EXPECT(try_map(info.offset, PAGE_SIZE, PROT_READ, MAP_SHARED), -EINVAL);
	}
	EXPECT(try_map((uint64_t)VFIO_PCI_VGA_REGION_INDEX << 40, PAGE_SIZE, PROT_READ, MAP_SHARED),
	       -EINVAL);
	EXPECT(try_map((uint64_t)20 << 40, PAGE_SIZE, PROT_READ, MAP_SHARED), -EINVAL);
}

/* Mapping the page of the MSI-X table is for the user's convenience: programming it is not. */
static void msix_page(void)
{
	unsigned int cap = config_cap(nic.device, PCI_CAP_ID_MSIX);
	uint32_t bar = config_read(nic.device, cap + PCI_MSIX_TABLE, 4) & PCI_MSIX_TABLE_BIR;
	const struct vfio_info_cap_header *header;
	char buffer[256];
	struct vfio_region_info *with_caps = (void *)buffer;

	memset(buffer, 0, sizeof(buffer));
	with_caps->argsz = sizeof(buffer);
	with_caps->index = bar;
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_GET_REGION_INFO, buffer), 0);
	EXPECT_TRUE(with_caps->flags & VFIO_REGION_INFO_FLAG_CAPS);
	REQUIRE_TRUE(with_caps->cap_offset >= sizeof(*with_caps) &&
		     with_caps->cap_offset + sizeof(*header) <= sizeof(buffer));
	header = (void *)(buffer + with_caps->cap_offset);
	EXPECT(header->id, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE);
	EXPECT(header->version, 1);
	EXPECT(header->next, 0);
	EXPECT(try_map(with_caps->offset, with_caps->size, PROT_READ, MAP_SHARED), 0);
}

static sigjmp_buf escape;

static void on_bus_error(int signal)
{
	siglongjmp(escape, signal);
}

/* Reads a word that may fault: 0 and the word, or the signal. */
static int touch(volatile uint32_t *at, uint32_t *word)
{
	struct sigaction catch = { .sa_handler = on_bus_error }, before;
	int signal;

	sigaction(SIGBUS, &catch, &before);
	signal = sigsetjmp(escape, 1);
	if (!signal)
		*word = *at;
	sigaction(SIGBUS, &before, NULL);
	return signal;
}

/* With memory decode on or off. */
static volatile uint32_t *map_bar(bool on)
{
	void *bar;

	decode(on);
	EXPECT(region_info(nic.device, BAR0, &info), 0);
	bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, nic.device, info.offset);
	return bar == MAP_FAILED ? NULL : bar;
}

static void decode_off_faults(void)
{
	volatile uint32_t *bar = map_bar(true);
	uint32_t word = 0;

	REQUIRE_TRUE(bar);
	bar[VET / 4] = 0x1234;
	EXPECT(touch(&bar[VET / 4], &word), 0);
	EXPECT(word & 0xffff, 0x1234);
	decode(false);
	EXPECT(touch(&bar[VET / 4], &word), SIGBUS);
	EXPECT(touch(&bar[info.size / 4 - 1], &word), SIGBUS);
	decode(true);
	EXPECT(touch(&bar[VET / 4], &word), 0);
	EXPECT(word & 0xffff, 0x1234);
	munmap((void *)bar, info.size);
}

/* A page that was never touched faults the same way. */
static void decode_off_first_touch(void)
{
	volatile uint32_t *bar = map_bar(false);
	uint32_t word = 0;

	REQUIRE_TRUE(bar);
	EXPECT(touch(bar, &word), SIGBUS);
	decode(true);
	EXPECT(touch(bar, &word), 0);
	munmap((void *)bar, info.size);
}

static void decode_off_read_write(void)
{
	uint32_t word = 0;

	decode(false);
	EXPECT(region_read(nic.device, BAR0, 0, &word, 4), -EIO);
	EXPECT(region_write(nic.device, BAR0, VET, &word, 4), -EIO);
	decode(true);
	EXPECT(region_read(nic.device, BAR0, 0, &word, 4), 4);
}

/* Ports have a switch of their own. */
static void port_decode(void)
{
	uint32_t word = 0;

	EXPECT(config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_IO), 2);
	EXPECT(region_read(nic.device, VFIO_PCI_BAR2_REGION_INDEX, 0, &word, 4), 4);
	EXPECT(region_read(nic.device, BAR0, 0, &word, 4), -EIO);
}

static void mapped_over_reset(void)
{
	volatile uint32_t *bar = map_bar(true);
	uint32_t word = 0;

	REQUIRE_TRUE(bar);
	bar[VET / 4] = 0x1234;
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_RESET, NULL), 0);
	EXPECT(touch(&bar[VET / 4], &word), 0);
	EXPECT_TRUE((word & 0xffff) != 0x1234);
	munmap((void *)bar, info.size);
}

/* munmap of a part, mprotect, and a child's copy of the mapping. */
static int child_reads(void *bar)
{
	uint32_t word = 0;

	return touch(bar, &word) ? 1 : (word & 0xffff) != 0x1234;
}

static void mapping_pieces(void)
{
	volatile uint32_t *bar = map_bar(true);
	uint32_t word;

	REQUIRE_TRUE(bar);
	bar[VET / 4] = 0x1234;
	EXPECT(munmap((char *)bar + info.size / 2, info.size / 2), 0);
	EXPECT(mprotect((void *)bar, PAGE_SIZE, PROT_READ), 0);
	EXPECT(touch(&bar[VET / 4], &word), 0);
	EXPECT(in_child(child_reads, (void *)&bar[VET / 4]), 0);
	decode(false);
	EXPECT(touch(&bar[VET / 4], &word), SIGBUS);
	munmap((void *)bar, info.size / 2);
}

CU_TestInfo bar_tests[] = {
	{ "what may be mapped", rules },
	{ "regions that cannot be mapped: EINVAL", other_regions },
	{ "the page of the MSI-X table", msix_page },
	{ "decode off: SIGBUS, on: works again", decode_off_faults },
	{ "decode off before the first touch", decode_off_first_touch },
	{ "decode off: read and write EIO", decode_off_read_write },
	{ "ports have a switch of their own", port_decode },
	{ "a mapping over a reset", mapped_over_reset },
	{ "parts, protection and children", mapping_pieces },
	CU_TEST_INFO_NULL,
};
