// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kinds of memory, and DMA by the edu device to each: what the program wrote, the device reads
 * through the IOVA, and what the device writes, the program sees.
 */
#define _GNU_SOURCE
#include "type1.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LENGTH	64

/* A pattern from the first page goes through the device to the last page of the mapping. */
static void check_dma(char *memory, uint64_t iova, size_t size)
{
	uint64_t last = size - PAGE_SIZE;
	char pattern[LENGTH];

	for (int i = 0; i < LENGTH; i++)
		pattern[i] = (char)(i * 7 + (iova >> 12));
	memcpy(memory, pattern, LENGTH);
	memset(memory + last + LENGTH, 0, LENGTH);
	EXPECT(edu_store(&edu, iova, 0, LENGTH), 0);
	EXPECT(edu_load(&edu, iova + last + LENGTH, 0, LENGTH), 0);
	EXPECT(memcmp(memory + last + LENGTH, pattern, LENGTH), 0);
}

static void check_mapping(char *memory, size_t size)
{
	uint64_t unmapped;

	REQUIRE_TRUE(memory && memory != MAP_FAILED);
	REQUIRE(map(memory, IOVA, size), 0);
	check_dma(memory, IOVA, size);
	EXPECT(dma_unmap(space(), IOVA, size, 0, &unmapped), 0);
	EXPECT(unmapped, size);
	munmap(memory, size);
}

static void small_pages(void)
{
	check_mapping(memory_small(64 * PAGE_SIZE), 64 * PAGE_SIZE);
}

static void single_page(void)
{
	check_mapping(memory_small(PAGE_SIZE), PAGE_SIZE);
}

/* Memory that no one touched yet: pinning makes it present. */
static void untouched(void)
{
	char *memory = mmap(NULL, 16 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check_mapping(memory, 16 * PAGE_SIZE);
}

static void transparent(void)
{
	check_mapping(memory_thp(4 * HUGE_SIZE), 4 * HUGE_SIZE);
}

static void huge(void)
{
	check_mapping(memory_huge(4 * HUGE_SIZE), 4 * HUGE_SIZE);
}

/* Parts of huge pages, at an IOVA that is not congruent with the address. */
static void huge_in_part(void)
{
	char *memory = memory_huge(2 * HUGE_SIZE);

	REQUIRE_TRUE(memory);
	REQUIRE(map(memory + PAGE_SIZE, IOVA, HUGE_SIZE), 0);
	check_dma(memory + PAGE_SIZE, IOVA, HUGE_SIZE);
	REQUIRE(map(memory, IOVA + 2 * HUGE_SIZE + 5 * PAGE_SIZE, 2 * HUGE_SIZE), 0);
	check_dma(memory, IOVA + 2 * HUGE_SIZE + 5 * PAGE_SIZE, 2 * HUGE_SIZE);
	EXPECT(dma_unmap(space(), 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), 0);
	munmap(memory, 2 * HUGE_SIZE);
}

static void shared_anonymous(void)
{
	char *memory = mmap(NULL, HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);

	check_mapping(memory, HUGE_SIZE);
}

/* Two mappings of one file are one memory: DMA through one shows in the other. */
static void memfd(void)
{
	int fd = memfd_create("abi", MFD_CLOEXEC);
	char *memory, *twin;

	REQUIRE(ftruncate(fd, HUGE_SIZE), 0);
	memory = mmap(NULL, HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	twin = mmap(NULL, HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	REQUIRE(map(memory, IOVA, HUGE_SIZE), 0);
	check_dma(twin, IOVA, HUGE_SIZE);
	EXPECT(dma_unmap(space(), IOVA, HUGE_SIZE, 0, NULL), 0);
	munmap(memory, HUGE_SIZE);
	munmap(twin, HUGE_SIZE);
	close(fd);
}

static void memfd_huge(void)
{
	int fd = memfd_create("abi", MFD_CLOEXEC | MFD_HUGETLB);

	REQUIRE(ftruncate(fd, 2 * HUGE_SIZE), 0);
	check_mapping(mmap(NULL, 2 * HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
		      2 * HUGE_SIZE);
	close(fd);
}

/* A private mapping of a file is copied when pinned for writing. */
static void private_file(void)
{
	int fd = memfd_create("abi", MFD_CLOEXEC);

	REQUIRE(ftruncate(fd, 16 * PAGE_SIZE), 0);
	check_mapping(mmap(NULL, 16 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0),
		      16 * PAGE_SIZE);
	close(fd);
}

/* Long-term pins of pages that a file system writes back are refused. */
static void shared_disk_file(void)
{
	int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *memory;

	REQUIRE_TRUE(fd >= 0);
	REQUIRE(ftruncate(fd, PAGE_SIZE), 0);
	memory = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memory[0] = 1;
	EXPECT(map(memory, IOVA, PAGE_SIZE), -EFAULT);
	munmap(memory, PAGE_SIZE);
	close(fd);
}

/* Several kinds in one mapping, with borders inside it. */
static void mixed(void)
{
	char *memory = memory_reserve(4 * HUGE_SIZE);
	char *huge = mmap(memory + HUGE_SIZE, HUGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0);

	REQUIRE_TRUE(huge != MAP_FAILED);
	EXPECT(mprotect(memory, HUGE_SIZE, PROT_READ | PROT_WRITE), 0);
	EXPECT(mprotect(memory + 2 * HUGE_SIZE, 2 * HUGE_SIZE, PROT_READ | PROT_WRITE), 0);
	madvise(memory + 2 * HUGE_SIZE, HUGE_SIZE, MADV_HUGEPAGE);
	madvise(memory + 3 * HUGE_SIZE, HUGE_SIZE, MADV_NOHUGEPAGE);
	check_mapping(memory, 4 * HUGE_SIZE);
}

/* Peer to peer: the BAR of another device, mapped by VFIO, is a target of DMA. */
static void device_bar(void)
{
	struct vfio_region_info info;
	struct session peer;
	struct pci_dev dev;
	uint64_t unmapped;
	char *bar;

	REQUIRE(find_bound(EDU_ID, 1, &dev), 0);
	REQUIRE(session_open(&peer, &dev), 0);
	EXPECT(region_info(peer.device, VFIO_PCI_BAR0_REGION_INDEX, &info), 0);
	bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, peer.device, info.offset);
	if (EXPECT_TRUE(bar != MAP_FAILED)) {
		EXPECT(map(bar, IOVA, info.size), 0);
		/* the register that returns the inverse of what it is given */
		*(volatile uint32_t *)(bar + EDU_LIVENESS) = 0x0f1e2d3c;
		EXPECT(edu_store(&edu, IOVA + EDU_LIVENESS, 0, 4), 0);
		EXPECT(edu_load(&edu, IOVA + EDU_LIVENESS, 0, 4), 0);
		EXPECT(*(volatile uint32_t *)(bar + EDU_LIVENESS), 0x0f1e2d3c);
		EXPECT(dma_unmap(space(), IOVA, info.size, 0, &unmapped), 0);
		EXPECT(unmapped, info.size);
		munmap(bar, info.size);
	}
	session_close(&peer);
}

/* The memory may go from the address space; the pinned pages stay until unmapped. */
static void unmapped_under_it(void)
{
	char *memory = memory_small(HUGE_SIZE);
	long pinned = pinned_pages();

	REQUIRE(map(memory, IOVA, HUGE_SIZE), 0);
	memset(memory, 0x5a, PAGE_SIZE);
	munmap(memory, HUGE_SIZE);
	EXPECT(edu_store(&edu, IOVA, 0, LENGTH), 0);
	EXPECT(edu_load(&edu, IOVA + HUGE_SIZE - PAGE_SIZE, 0, LENGTH), 0);
	EXPECT_TRUE(pinned_pages() - pinned > (long)(HUGE_SIZE / PAGE_SIZE) / 2);
	EXPECT(dma_unmap(space(), IOVA, HUGE_SIZE, 0, NULL), 0);
	EXPECT_TRUE(pins_returned(pinned));
}

/* A mapping made before a second group comes works for that group's device. */
static void replay_to_second_group(void)
{
	char *memory = memory_small(HUGE_SIZE);
	struct edu other;
	struct pci_dev dev;
	int group, device;

	REQUIRE(map(memory, IOVA, HUGE_SIZE), 0);
	REQUIRE(find_bound(EDU_ID, 1, &dev), 0);
	group = group_open(dev.group);
	REQUIRE(group_attach(group, space()), 0);
	device = group_device(group, dev.name);
	REQUIRE(edu_start(&other, device), 0);
	memset(memory, 0x3c, LENGTH);
	EXPECT(edu_store(&other, IOVA, 0, LENGTH), 0);
	EXPECT(edu_load(&other, IOVA + HUGE_SIZE - LENGTH, 0, LENGTH), 0);
	EXPECT(memcmp(memory + HUGE_SIZE - LENGTH, memory, LENGTH), 0);
	/* one made now works for both */
	EXPECT(map(memory, IOVA + HUGE_SIZE, HUGE_SIZE), 0);
	check_dma(memory, IOVA + HUGE_SIZE, HUGE_SIZE);
	EXPECT(edu_load(&other, IOVA + 2 * HUGE_SIZE - 2 * LENGTH, 0, LENGTH), 0);
	EXPECT(memory[HUGE_SIZE - 2 * LENGTH], 0x3c);
	edu_stop(&other);
	close_fd(&device);
	close_fd(&group);
	/* and the first goes on when the second has left */
	check_dma(memory, IOVA, HUGE_SIZE);
	munmap(memory, HUGE_SIZE);
}

CU_TestInfo memory_tests[] = {
	{ "DMA: one page", single_page },
	{ "DMA: small pages", small_pages },
	{ "DMA: memory never touched", untouched },
	{ "DMA: transparent huge pages", transparent },
	{ "DMA: hugetlb", huge },
	{ "DMA: hugetlb, in part and not congruent", huge_in_part },
	{ "DMA: shared anonymous memory", shared_anonymous },
	{ "DMA: memfd, two views", memfd },
	{ "DMA: memfd of huge pages", memfd_huge },
	{ "DMA: private mapping of a file", private_file },
	{ "shared file on disk: EFAULT", shared_disk_file },
	{ "DMA: kinds mixed in one mapping", mixed },
	{ "DMA: BAR of another device", device_bar },
	{ "DMA after munmap of the memory", unmapped_under_it },
	{ "DMA: a second group gets the mappings", replay_to_second_group },
	CU_TEST_INFO_NULL,
};
