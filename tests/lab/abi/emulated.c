// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices with an emulated IOMMU, by the test driver emulated.ko: which memory they reach, what
 * is pinned, charged and dirty, and how they share a container with a real device.
 *
 * abi-emulated BDF: of a device with an IOMMU.
 */
#define _GNU_SOURCE
#include "check.h"

#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../modules/emulated.h"

#define NOBODY	65534
#define N	64
#define SIZE	(N * PAGE_SIZE)
#define PROT	3		/* IOMMU_READ | IOMMU_WRITE */

static struct pci_dev real, emu[2];
static struct session s;
static int second = -1;		/* group of emulated.1, in the container of s */
static int other = -1;		/* and its device */
static char *memory;
static long pinned, locked;	/* before the test */

static int find_emulated(unsigned int nth, struct pci_dev *dev)
{
	char path[80], target[256];
	ssize_t n;

	snprintf(dev->name, sizeof(dev->name), "emulated.%u", nth);
	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/iommu_group", dev->name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = 0;
	dev->group = atoi(strrchr(target, '/') + 1);
	return 0;
}

static long call(int device, unsigned long number, uint64_t iova, uint64_t len, void *data,
		 uint32_t flags)
{
	struct emulated_call args = {
		.iova = iova, .len = len, .data = (uintptr_t)data, .flags = flags,
	};

	return vf_ioctl(device, number, &args);
}

static long pin(uint64_t iova, uint64_t pages)
{
	return call(s.device, EMULATED_PIN, iova, pages, NULL, PROT);
}

static long unpin(uint64_t iova, uint64_t pages)
{
	return call(s.device, EMULATED_UNPIN, iova, pages, NULL, 0);
}

static long get(uint64_t iova, void *data, uint64_t len)
{
	return call(s.device, EMULATED_READ, iova, len, data, 0);
}

static long put(uint64_t iova, const void *data, uint64_t len)
{
	return call(s.device, EMULATED_WRITE, iova, len, (void *)data, 0);
}

static long told(bool deaf)
{
	return call(s.device, EMULATED_TOLD, 0, 0, NULL, deaf ? EMULATED_DEAF : 0);
}

static int map(uint64_t iova, uint64_t size)
{
	return dma_map(s.container, memory + (iova - IOVA), iova, size, RW);
}

static int unmap(uint64_t iova, uint64_t size)
{
	return dma_unmap(s.container, iova, size, 0, NULL);
}

/* Pins of the machine; other programs have some for moments */
static long pins_at_rest(void)
{
	long least = pinned_pages();

	for (int look = 0; look < 10; look++) {
		long now = pinned_pages();

		least = now < least ? now : least;
		usleep(1000);
	}
	return least;
}

static void setup(void)
{
	pinned = pins_at_rest();
	locked = locked_pages();
	memory = memory_small(SIZE);
	EXPECT(session_open(&s, &emu[0]), 0);
	second = group_open(emu[1].group);
	EXPECT(group_attach(second, s.container), 0);
	other = group_device(second, emu[1].name);
	EXPECT_TRUE(other >= 0);
}

/* Whatever a test has left mapped and pinned, closing gives it back */
static void teardown(void)
{
	close_fd(&other);
	close_fd(&second);
	session_close(&s);
	EXPECT(locked_pages(), locked);
	munmap(memory, SIZE);
	EXPECT_TRUE(pins_returned(pinned));
}

static void all_addresses(void)
{
	struct vfio_iommu_type1_info *info = calloc(1, 4096);
	struct vfio_iommu_type1_info_cap_iova_range *cap;

	info->argsz = 4096;
	EXPECT(vf_ioctl(s.container, VFIO_IOMMU_GET_INFO, info), 0);
	EXPECT(info->iova_pgsizes, -PAGE_SIZE);
	for (uint32_t at = info->cap_offset; at; at = cap->header.next) {
		cap = (void *)((char *)info + at);
		if (cap->header.id != VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
			continue;
		EXPECT(cap->nr_iovas, 1);
		EXPECT(cap->iova_ranges[0].start, 0);
		EXPECT_TRUE(cap->iova_ranges[0].end == UINT64_MAX - PAGE_SIZE + 1 ||
			    cap->iova_ranges[0].end == UINT64_MAX);
	}
	EXPECT(dma_map(s.container, memory, -PAGE_SIZE, PAGE_SIZE, RW), 0);
	EXPECT(pin(-PAGE_SIZE, 1), 1);
	EXPECT(vf_ioctl_number(s.container, VFIO_CHECK_EXTENSION, VFIO_UPDATE_VADDR), 0);
	EXPECT(map(IOVA, PAGE_SIZE), 0);
	EXPECT(dma_unmap(s.container, IOVA, PAGE_SIZE, VFIO_DMA_UNMAP_FLAG_VADDR, NULL), -EBUSY);
	free(info);
}

static void only_pins_are_charged(void)
{
	char data[8] = "device";

	EXPECT(map(IOVA, SIZE), 0);
	EXPECT(locked_pages(), locked);
	strcpy(memory + 5 * PAGE_SIZE, "user");
	EXPECT(pin(IOVA + 4 * PAGE_SIZE, 3), 3);
	EXPECT(locked_pages() - locked, 3);
	EXPECT_TRUE(pinned_pages() - pinned >= 3);
	/* the page that is pinned is the user's */
	EXPECT(call(s.device, EMULATED_SWAP, IOVA + 5 * PAGE_SIZE, sizeof(data), data, 0), 0);
	EXPECT_TRUE(!strcmp(data, "user") && !strcmp(memory + 5 * PAGE_SIZE, "device"));
	/* by the other device, too: counted, and charged once */
	EXPECT(call(other, EMULATED_PIN, IOVA + 6 * PAGE_SIZE, 2, NULL, PROT), 2);
	EXPECT(pin(IOVA + 4 * PAGE_SIZE, 1), 1);
	EXPECT(locked_pages() - locked, 4);
	EXPECT(unpin(IOVA + 4 * PAGE_SIZE, 3), 0);
	EXPECT(locked_pages() - locked, 3);
	EXPECT(unpin(IOVA + 4 * PAGE_SIZE, 1), 0);
	EXPECT(call(other, EMULATED_UNPIN, IOVA + 6 * PAGE_SIZE, 2, NULL, 0), 0);
	EXPECT(locked_pages(), locked);
	EXPECT_TRUE(pins_returned(pinned));
}

static void errors(void)
{
	char byte = 0;

	EXPECT(map(IOVA, 2 * PAGE_SIZE), 0);
	EXPECT(dma_map(s.container, memory, IOVA + 2 * PAGE_SIZE, PAGE_SIZE,
		       VFIO_DMA_MAP_FLAG_READ), 0);
	EXPECT(dma_map(s.container, memory, IOVA + 8 * PAGE_SIZE, PAGE_SIZE,
		       VFIO_DMA_MAP_FLAG_WRITE), 0);
	EXPECT(pin(IOVA, 0), -EINVAL);
	EXPECT(pin(IOVA, 513), -E2BIG);
	EXPECT(pin(IOVA, 3), -EPERM);
	EXPECT(call(s.device, EMULATED_PIN, IOVA, 3, NULL, 1), 3);
	EXPECT(pin(IOVA + 2 * PAGE_SIZE, 2), -EPERM);
	EXPECT(pin(IOVA + PAGE_SIZE, 1), 1);
	EXPECT(call(s.device, EMULATED_PIN, IOVA, 4, NULL, 1), -EINVAL);
	EXPECT(pin(IOVA - PAGE_SIZE, 2), -EINVAL);
	EXPECT(get(IOVA, &byte, 0), -EINVAL);
	EXPECT(put(IOVA + 2 * PAGE_SIZE, &byte, 1), -EPERM);
	EXPECT(get(IOVA + 8 * PAGE_SIZE, &byte, 1), -EPERM);
	EXPECT(put(IOVA + 8 * PAGE_SIZE, &byte, 1), 0);
	EXPECT(get(IOVA + 3 * PAGE_SIZE - 1, &byte, 1), 0);
	EXPECT(get(-1, &byte, 2), -EINVAL);
	munmap(memory + PAGE_SIZE, PAGE_SIZE);
	EXPECT(get(IOVA + PAGE_SIZE, &byte, 1), -EFAULT);
}

static void reads_and_writes(void)
{
	char *data = malloc(SIZE);

	EXPECT(map(IOVA, PAGE_SIZE), 0);
	EXPECT(map(IOVA + PAGE_SIZE, SIZE - PAGE_SIZE), 0);
	for (size_t i = 0; i < SIZE; i++)
		memory[i] = i * 7 + i / PAGE_SIZE;
	EXPECT(get(IOVA, data, SIZE), 0);
	EXPECT_TRUE(!memcmp(data, memory, SIZE));
	memset(data, 0, SIZE);
	EXPECT(call(s.device, EMULATED_READ, IOVA + 5, SIZE - 5, data, EMULATED_KTHREAD), 0);
	EXPECT_TRUE(!memcmp(data, memory + 5, SIZE - 5));
	memset(data, 0x5a, SIZE);
	EXPECT(call(s.device, EMULATED_WRITE, IOVA + PAGE_SIZE - 9, 18, data, EMULATED_KTHREAD),
	       0);
	EXPECT_TRUE(!memcmp(data, memory + PAGE_SIZE - 9, 18));
	EXPECT_TRUE(memory[PAGE_SIZE - 10] != 0x5a || memory[PAGE_SIZE + 9] != 0x5a);
	EXPECT(locked_pages(), locked);
	free(data);
}

static int elsewhere_child(void *unused)
{
	char byte = 0;
	long ret = get(IOVA, &byte, 1);

	(void)unused;
	if (ret != -EPERM)
		return 1;
	if (call(s.device, EMULATED_READ, IOVA, 1, &byte, EMULATED_KTHREAD) || byte != 'x')
		return 2;
	/* pages can be pinned from everywhere, and the mapper pays */
	if (pin(IOVA, 2) != 2 || locked_pages())
		return 3;
	return 0;
}

static void from_another_process(void)
{
	EXPECT(map(IOVA, SIZE), 0);
	memory[0] = 'x';
	EXPECT(in_child(elsewhere_child, NULL), 0);
	EXPECT(locked_pages() - locked, 2);
	EXPECT(unpin(IOVA, 2), 0);
}

static int limited_child(void *unused)
{
	struct rlimit memlock = { .rlim_cur = 16 * PAGE_SIZE, .rlim_max = 16 * PAGE_SIZE };

	(void)unused;
	if (setrlimit(RLIMIT_MEMLOCK, &memlock) || setgroups(0, NULL) || setgid(NOBODY) ||
	    setuid(NOBODY))
		return 1;
	if (map(IOVA, SIZE) || locked_pages())
		return 2;
	if (pin(IOVA, 17) != -ENOMEM || locked_pages())
		return 3;
	if (pin(IOVA, 16) != 16 || locked_pages() != 16)
		return 4;
	if (pin(IOVA, 16) != 16 || pin(IOVA + 16 * PAGE_SIZE, 1) != -ENOMEM)
		return 5;
	return unmap(IOVA, SIZE) || locked_pages() ? 6 : 0;
}

static void limited(void)
{
	EXPECT(in_child(limited_child, NULL), 0);
	EXPECT(told(false), 1);
}

static void unmap_unpins(void)
{
	EXPECT(map(IOVA, PAGE_SIZE), 0);
	EXPECT(map(IOVA + PAGE_SIZE, SIZE - PAGE_SIZE), 0);
	EXPECT(unmap(IOVA, PAGE_SIZE), 0);
	EXPECT(told(false), 0);
	EXPECT(pin(IOVA + PAGE_SIZE, 5), 5);
	EXPECT(pin(IOVA + PAGE_SIZE, 5), 5);
	EXPECT(unmap(IOVA, SIZE), 0);
	EXPECT(told(false), 1);
	EXPECT(locked_pages(), locked);
	EXPECT_TRUE(pins_returned(pinned));
	EXPECT(pin(IOVA + PAGE_SIZE, 1), -EINVAL);
}

/* A driver that does not do what it is told cannot have a page freed below it */
static void deaf_driver(void)
{
	EXPECT(map(IOVA, SIZE), 0);
	EXPECT(pin(IOVA, 3), 3);
	EXPECT(told(true), 0);
	EXPECT(unmap(IOVA, SIZE), 0);
	EXPECT(told(true), 1);
	EXPECT_TRUE(pinned_pages() - pinned >= 3);
	EXPECT(locked_pages() - locked, 3);
	EXPECT(map(IOVA, SIZE), 0);
	EXPECT(told(false), 1);
	EXPECT(pin(IOVA, 1), 1);
	EXPECT(locked_pages() - locked, 4);
	EXPECT(unmap(IOVA, SIZE), 0);
	EXPECT(locked_pages() - locked, 3);
}

static int dirty(uint32_t flags)
{
	struct vfio_iommu_type1_dirty_bitmap args = { .argsz = sizeof(args), .flags = flags };

	return vf_ioctl(s.container, VFIO_IOMMU_DIRTY_PAGES, &args);
}

/* The dirty ones of the N pages from IOVA on */
static uint64_t dirty_pages(void)
{
	__u64 bits = 0;
	struct {
		struct vfio_iommu_type1_dirty_bitmap args;
		struct vfio_iommu_type1_dirty_bitmap_get get;
	} a = {
		.args = { .argsz = sizeof(a), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP },
		.get = { .iova = IOVA, .size = SIZE,
			 .bitmap = { .pgsize = PAGE_SIZE, .size = sizeof(bits), .data = &bits } },
	};

	EXPECT(vf_ioctl(s.container, VFIO_IOMMU_DIRTY_PAGES, &a), 0);
	return bits;
}

static uint64_t dirty_pages_of_unmap(void)
{
	__u64 bits = 0;
	struct {
		struct vfio_iommu_type1_dma_unmap args;
		struct vfio_bitmap bitmap;
	} a = {
		.args = { .argsz = sizeof(a), .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
			  .iova = IOVA, .size = SIZE },
		.bitmap = { .pgsize = PAGE_SIZE, .size = sizeof(bits), .data = &bits },
	};

	EXPECT(vf_ioctl(s.container, VFIO_IOMMU_UNMAP_DMA, &a), 0);
	return bits;
}

static void dirty_bitmap(void)
{
	EXPECT(map(IOVA, SIZE), 0);
	EXPECT(put(IOVA, "x", 1), 0);
	EXPECT(pin(IOVA + 3 * PAGE_SIZE, 2), 2);
	EXPECT(dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_START), 0);
	EXPECT(dirty_pages(), 0x18);
	EXPECT(unpin(IOVA + 3 * PAGE_SIZE, 1), 0);
	EXPECT(dirty_pages(), 0x18);
	EXPECT(dirty_pages(), 0x10);
	EXPECT(put(IOVA + 8 * PAGE_SIZE - 1, "xy", 2), 0);
	EXPECT(call(s.device, EMULATED_WRITE, IOVA + 60 * PAGE_SIZE, 1, "x", EMULATED_KTHREAD),
	       0);
	EXPECT(pin(IOVA + 63 * PAGE_SIZE, 1), 1);
	EXPECT(unpin(IOVA + 63 * PAGE_SIZE, 1), 0);
	EXPECT_TRUE(dirty_pages() == 0x9000000000000190);
	EXPECT(dirty_pages(), 0x10);
	EXPECT(put(IOVA, "x", 1), 0);
	EXPECT(dirty_pages_of_unmap(), 0x11);
	EXPECT(told(false), 1);
	EXPECT(dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP), 0);
}

/* A device with an IOMMU comes into the container, and goes */
static void beside_a_real_device(void)
{
	int group = group_open(real.group);

	REQUIRE_TRUE(group >= 0);
	EXPECT(map(IOVA, SIZE), 0);
	EXPECT(pin(IOVA, 3), 3);
	EXPECT(dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_START), 0);
	EXPECT(group_attach(group, s.container), 0);
	EXPECT(locked_pages() - locked, N);
	EXPECT_TRUE(dirty_pages() == UINT64_MAX);
	EXPECT(pin(IOVA + 8 * PAGE_SIZE, 2), 2);
	EXPECT(unpin(IOVA, 1), 0);
	EXPECT(locked_pages() - locked, N);
	EXPECT(put(IOVA + 5, "mixed", 6), 0);
	EXPECT_TRUE(!strcmp(memory + 5, "mixed"));
	EXPECT(vf_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	EXPECT(locked_pages() - locked, 4);
	EXPECT_TRUE(dirty_pages() == UINT64_MAX);
	EXPECT(dirty_pages(), 0x306);
	EXPECT(dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP), 0);
	/* and again, with a mapping that the IOMMU cannot have */
	EXPECT(dma_map(s.container, memory, 1ull << 60, PAGE_SIZE, RW), 0);
	EXPECT(group_attach(group, s.container), -EINVAL);
	EXPECT(locked_pages() - locked, 4);
	EXPECT(unmap(1ull << 60, PAGE_SIZE), 0);
	EXPECT(group_attach(group, s.container), 0);
	EXPECT(unmap(IOVA, SIZE), 0);
	EXPECT(locked_pages(), locked);
	close_fd(&group);
}

/* The container began with the real device, whose group stays when all others have gone */
static void real_device_first(void)
{
	struct session r;
	int group;

	teardown();
	setup();
	close_fd(&other);
	close_fd(&second);
	session_close(&s);
	REQUIRE(session_open(&r, &real), 0);
	EXPECT(dma_map(r.container, memory, IOVA, SIZE, RW), 0);
	EXPECT(locked_pages() - locked, N);
	group = group_open(emu[0].group);
	EXPECT(group_attach(group, r.container), 0);
	s.device = group_device(group, emu[0].name);
	EXPECT_TRUE(s.device >= 0);
	EXPECT(pin(IOVA, 4), 4);
	EXPECT(locked_pages() - locked, N);
	close_fd(&s.device);
	close_fd(&group);
	EXPECT(locked_pages() - locked, N);
	EXPECT(dma_unmap(r.container, IOVA, SIZE, 0, NULL), 0);
	EXPECT(locked_pages(), locked);
	session_close(&r);
}

static int pinning_child(void *unused)
{
	struct session mine;

	(void)unused;
	if (session_open(&mine, &emu[0]) ||
	    dma_map(mine.container, memory, IOVA, SIZE, RW) ||
	    call(mine.device, EMULATED_PIN, IOVA, N, NULL, PROT) != N || locked_pages() != N)
		return 1;
	kill(getpid(), SIGKILL);
	return 2;
}

static void killed(void)
{
	close_fd(&other);
	close_fd(&second);
	session_close(&s);
	EXPECT(in_child(pinning_child, NULL), 128 + SIGKILL);
	EXPECT_TRUE(pins_returned(pinned));
	/* and nothing is in the way of the next one */
	REQUIRE(session_open(&s, &emu[0]), 0);
	EXPECT(map(IOVA, SIZE), 0);
	EXPECT(pin(IOVA, 1), 1);
}

static void module_is_in_use(void)
{
	EXPECT_TRUE(system("rmmod emulated 2>/dev/null") != 0);
	EXPECT_TRUE(system("rmmod vfio_iommu_type1 2>/dev/null") != 0);
}

static atomic_int wrong;
static atomic_bool stop;

static void expect_one_of(long got, long a, long b)
{
	if (got != a && got != b)
		wrong++;
}

static void *storm_pins(void *device)
{
	int fd = *(int *)device;
	char byte;

	while (!stop) {
		long ret = call(fd, EMULATED_PIN, IOVA + 2 * PAGE_SIZE, 8, NULL, PROT);

		expect_one_of(ret, 8, -EINVAL);
		expect_one_of(call(fd, EMULATED_WRITE, IOVA, 1, "x", 0), 0, -EINVAL);
		expect_one_of(call(fd, EMULATED_READ, IOVA + SIZE - 1, 1, &byte,
				   EMULATED_KTHREAD), 0, -EINVAL);
		/* it may have been told to, meanwhile */
		expect_one_of(call(fd, EMULATED_UNPIN, IOVA + 2 * PAGE_SIZE, 8, NULL, 0), 0,
			      -ENOENT);
	}
	return NULL;
}

static void *storm_maps(void *unused)
{
	while (!stop) {
		expect_one_of(map(IOVA, SIZE), 0, 0);
		usleep(2000);
		expect_one_of(unmap(IOVA, SIZE), 0, 0);
	}
	return unused;
}

static void *storm_groups(void *unused)
{
	int group = group_open(real.group);

	while (!stop) {
		expect_one_of(group_attach(group, s.container), 0, 0);
		usleep(1000);
		expect_one_of(vf_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0, 0);
		usleep(1000);
	}
	close_fd(&group);
	return unused;
}

static void storm(void)
{
	static void *(*const bodies[])(void *) = {
		storm_pins, storm_pins, storm_maps, storm_groups,
	};
	void *arguments[] = { &s.device, &other, NULL, NULL };
	pthread_t threads[4];

	wrong = 0;
	stop = false;
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, bodies[i], arguments[i]);
	sleep(1);
	stop = true;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	EXPECT(wrong, 0);
	EXPECT(unmap(IOVA, SIZE), 0);
	EXPECT(locked_pages(), locked);
	EXPECT_TRUE(told(false) > 0);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "all addresses, and VADDR refused", all_addresses },
		{ "only pins are charged, and once", only_pins_are_charged },
		{ "errors", errors },
		{ "reads and writes", reads_and_writes },
		{ "from another process", from_another_process },
		{ "RLIMIT_MEMLOCK of the mapper", limited },
		{ "unmap has pages unpinned", unmap_unpins },
		{ "a driver that does not listen", deaf_driver },
		{ "dirty bitmap", dirty_bitmap },
		{ "beside a real device", beside_a_real_device },
		{ "a real device first", real_device_first },
		{ "SIGKILL with pages pinned", killed },
		{ "modules in use stay", module_is_in_use },
		{ "all at once", storm },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{ .pName = "emulated IOMMU", .pSetUpFunc = setup, .pTearDownFunc = teardown,
		  .pTests = tests },
		CU_SUITE_INFO_NULL,
	};

	if (argc != 2 || pci_named(argv[1], &real) || find_emulated(0, &emu[0]) ||
	    find_emulated(1, &emu[1])) {
		fprintf(stderr, "usage: abi-emulated BDF\n");
		return 2;
	}
	return check_main(suites);
}
