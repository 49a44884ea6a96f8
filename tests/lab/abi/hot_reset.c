// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot resets. With igb-dual: a bus of two functions in IOMMU groups of their own, each of which
 * may be somebody else's. With edu-pair: two devices of one group behind a bridge, which cannot
 * be reset one by one, and so are once the last of them is closed.
 *
 * That a function was reset shows in its MSI address, which nobody saves while MSI is off: root
 * leaves a mark there.
 *
 *	abi-hot-reset			both
 *	abi-hot-reset dual		the first alone
 *	abi-hot-reset sriov PF VF PF	the first with a VF of its first function
 */
#define _GNU_SOURCE
#include "check.h"
#include "../../irq_set.h"

#include <fcntl.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK		0xfee5a000u
#define RESET_HEAD	sizeof(struct vfio_pci_hot_reset)
#define INFO_HEAD	sizeof(struct vfio_pci_hot_reset_info)
#define RESETS		5

/* 82576 datasheet, 8: device status; causes and masks of MSI-X vectors. */
#define IGB_STATUS	0x0008
#define IGB_GPIE	0x1514
#define IGB_EICS	0x1520
#define IGB_EIMS	0x1524

/* Two of a kind, in the order of their addresses */
static struct session s[2] = {
	{ .container = -1, .group = -1, .device = -1 },
	{ .container = -1, .group = -1, .device = -1 },
};
static struct edu pair[2];

static int config_file(const struct pci_dev *dev)
{
	char path[160];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", dev->name);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* Where a capability is; 0 when there is none */
static off_t cap_place(int fd, unsigned char id)
{
	unsigned char at = 0, head[2];

	if (pread(fd, &at, 1, PCI_CAPABILITY_LIST) != 1)
		return 0;
	for (int steps = 0; at >= 0x40 && steps < 48; steps++, at = head[1]) {
		if (pread(fd, head, 2, at) != 2)
			return 0;
		if (head[0] == id)
			return at;
	}
	return 0;
}

/* Where the mark is: the low half of the MSI address; 0 when there is no MSI */
static off_t mark_place(int fd)
{
	off_t at = cap_place(fd, PCI_CAP_ID_MSI);

	return at ? at + PCI_MSI_ADDRESS_LO : 0;
}

static void mark(void)
{
	for (int i = 0; i < 2; i++) {
		uint32_t value = MARK;
		int fd = config_file(&s[i].dev);
		off_t at = mark_place(fd);

		EXPECT_TRUE(at > 0);
		EXPECT(pwrite(fd, &value, 4, at), 4);
		close(fd);
	}
}

/* Bit per function that has lost its mark */
static int reset_seen(void)
{
	int seen = 0;

	for (int i = 0; i < 2; i++) {
		uint32_t value = MARK;
		int fd = config_file(&s[i].dev);

		EXPECT(pread(fd, &value, 4, mark_place(fd)), 4);
		seen |= (value != MARK) << i;
		close(fd);
	}
	return seen;
}

static int hot_reset(int device, uint32_t count, const int *fds)
{
	struct vfio_pci_hot_reset *reset = calloc(1, RESET_HEAD + count * sizeof(*fds));
	int err;

	reset->argsz = RESET_HEAD + count * sizeof(*fds);
	reset->count = count;
	if (count)
		memcpy(reset->group_fds, fds, count * sizeof(*fds));
	err = vf_ioctl(device, VFIO_DEVICE_PCI_HOT_RESET, reset);
	free(reset);
	return err;
}

/* What comes of it, and whether both were reset or neither */
static void resets(int device, uint32_t count, const int *fds, int want)
{
	mark();
	EXPECT(hot_reset(device, count, fds), want);
	EXPECT(reset_seen(), want ? 0 : 3);
}

struct info {
	struct vfio_pci_hot_reset_info head;
	struct vfio_pci_dependent_device of[16];
};

static int hot_info(int device, uint32_t argsz, struct info *info)
{
	memset(info, 0xff, sizeof(*info));
	info->head.argsz = argsz;
	return vf_ioctl(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, info);
}

static bool told(const struct info *info, const struct pci_dev *dev)
{
	unsigned int segment, bus, slot, function;

	sscanf(dev->name, "%x:%x:%x.%x", &segment, &bus, &slot, &function);
	for (uint32_t i = 0; i < info->head.count; i++)
		if (info->of[i].segment == segment && info->of[i].bus == bus &&
		    info->of[i].devfn == (slot << 3 | function))
			return info->of[i].group_id == (uint32_t)dev->group;
	return false;
}

/* igb-dual */

static void dual_setup(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct pci_dev dev;

		if (!EXPECT(find_bound(IGB_ID, i, &dev), 0) ||
		    !EXPECT(session_open(&s[i], &dev), 0))
			return;
		EXPECT(config_write(s[i].device, PCI_COMMAND, 2,
				    PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), 2);
	}
	EXPECT_TRUE(s[0].dev.group != s[1].dev.group);
}

static void both_close(void)
{
	session_close(&s[0]);
	session_close(&s[1]);
}

static void info(void)
{
	uint32_t exact = INFO_HEAD + 2 * sizeof(struct vfio_pci_dependent_device);
	struct info info;

	EXPECT(hot_info(s[0].device, sizeof(info), &info), 0);
	EXPECT(info.head.argsz, sizeof(info));
	EXPECT(info.head.flags, 0);
	REQUIRE(info.head.count, 2);
	EXPECT_TRUE(told(&info, &s[0].dev) && told(&info, &s[1].dev));
	EXPECT(info.of[2].group_id, ~0u);
	EXPECT(hot_info(s[1].device, exact, &info), 0);
	EXPECT_TRUE(told(&info, &s[0].dev) && told(&info, &s[1].dev));
	EXPECT(hot_info(s[1].device, exact - 1, &info), -ENOSPC);
	EXPECT(info.head.count, 2);
	EXPECT(hot_info(s[1].device, INFO_HEAD, &info), -ENOSPC);
	EXPECT(info.head.count, 2);
	EXPECT(hot_info(s[1].device, INFO_HEAD - 1, &info), -EINVAL);
}

static void owner_of_all(void)
{
	int fds[] = { s[0].group, s[1].group };

	resets(s[0].device, 2, fds, 0);
	resets(s[1].device, 2, fds, 0);
	/* open or not, the group is what counts */
	close_fd(&s[1].device);
	resets(s[0].device, 2, fds, 0);
	EXPECT(session_reopen_device(&s[1]), 0);
}

/* Files of devices prove as much; the distribution's kernel takes them with iommufd only */
static void owner_by_devices(void)
{
	int fds[] = { s[0].device, s[1].device };

	resets(s[0].device, 2, fds, under_passway() ? 0 : -EINVAL);
	fds[1] = s[1].group;
	resets(s[0].device, 2, fds, under_passway() ? 0 : -EINVAL);
}

static void refused(void)
{
	int fds[] = { s[0].group, s[0].group, s[1].group };
	int event = eventfd_new();
	struct vfio_pci_hot_reset reset = { .argsz = RESET_HEAD - 1 };

	resets(s[0].device, 1, fds, -EINVAL);
	resets(s[1].device, 1, fds, -EINVAL);
	resets(s[0].device, 2, fds, -EINVAL);
	resets(s[0].device, 0, fds, -EINVAL);
	resets(s[0].device, 3, fds, -EINVAL);
	fds[1] = event;
	resets(s[0].device, 2, fds, -EINVAL);
	fds[1] = s[1].container;
	resets(s[0].device, 2, fds, -EINVAL);
	fds[1] = -1;
	resets(s[0].device, 2, fds, -EBADF);
	EXPECT(vf_ioctl(s[0].device, VFIO_DEVICE_PCI_HOT_RESET, &reset), -EINVAL);
	reset = (struct vfio_pci_hot_reset){ .argsz = RESET_HEAD, .flags = 1, .count = 1 };
	EXPECT(vf_ioctl(s[0].device, VFIO_DEVICE_PCI_HOT_RESET, &reset), -EINVAL);
	close(event);
}

/* Opens the other function, says so, and stays until it is killed */
static void other_process(int ready)
{
	struct session other;

	if (!session_open(&other, &s[1].dev) && write(ready, "", 1) == 1)
		pause();
	_exit(1);
}

static void owned_by_another(void)
{
	int fds[] = { s[0].group, s[0].device }, pipes[2];
	char byte;
	pid_t pid;

	session_close(&s[1]);
	REQUIRE(pipe(pipes), 0);
	pid = fork();
	if (!pid)
		other_process(pipes[1]);
	close(pipes[1]);
	EXPECT(read(pipes[0], &byte, 1), 1);
	resets(s[0].device, 1, fds, -EINVAL);
	resets(s[0].device, 2, fds, -EINVAL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* now it is nobody's, which is not ours either */
	resets(s[0].device, 1, fds, -EINVAL);
	close(pipes[0]);
}

static void other_not_bound(void)
{
	int fds[] = { s[0].group, s[1].group };

	session_close(&s[1]);
	EXPECT(pci_unbind(&s[1].dev), 0);
	resets(s[0].device, 1, fds, -EINVAL);
	/* with a driver of the host */
	EXPECT(pci_bind(&s[1].dev, "igb"), 0);
	resets(s[0].device, 1, fds, -EINVAL);
	EXPECT(pci_bind(&s[1].dev, "vfio-pci"), 0);
}

static uint32_t *bar_map(const struct session *of)
{
	struct vfio_region_info bar;
	void *at;

	if (region_info(of->device, VFIO_PCI_BAR0_REGION_INDEX, &bar))
		return NULL;
	at = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, of->device, bar.offset);
	return at == MAP_FAILED ? NULL : at;
}

/* Counts readings of a device that does not answer: a reset below user space's feet */
static struct {
	volatile uint32_t *bar;
	volatile bool stop;
	unsigned long reads;
	unsigned long ones;
} reader;

static void *read_on(void *unused)
{
	(void)unused;
	while (!reader.stop) {
		reader.reads++;
		reader.ones += reader.bar[IGB_STATUS / 4] == ~0u;
	}
	return NULL;
}

static void all_quiet(void)
{
	int fds[] = { s[0].group, s[1].group };
	pthread_t thread;

	memset(&reader, 0, sizeof(reader));
	reader.bar = bar_map(&s[1]);
	REQUIRE_TRUE(reader.bar);
	pthread_create(&thread, NULL, read_on, NULL);
	for (int i = 0; i < RESETS; i++) {
		int err = hot_reset(s[0].device, 2, fds);

		/* the distribution's does not wait for those that are just at the BARs */
		EXPECT_TRUE(!err || (err == -EBUSY && !under_passway()));
	}
	reader.stop = true;
	pthread_join(thread, NULL);
	EXPECT_TRUE(reader.reads > 0);
	EXPECT(reader.ones, 0);
	munmap((void *)reader.bar, PAGE_SIZE);
}

static uint32_t get(const struct session *from, uint32_t reg)
{
	uint32_t value = 0;

	EXPECT(region_read(from->device, VFIO_PCI_BAR0_REGION_INDEX, reg, &value, 4), 4);
	return value;
}

static void put(const struct session *to, uint32_t reg, uint32_t value)
{
	EXPECT(region_write(to->device, VFIO_PCI_BAR0_REGION_INDEX, reg, &value, 4), 4);
}

/*
 * MSI-X goes on: the table is written again, also with memory decode off at the time, where the
 * distribution's loses it
 */
static void tables_survive(void)
{
	uint32_t decode = under_passway() ? 0 : PCI_COMMAND_MEMORY;
	int fds[] = { s[0].group, s[1].group }, event[2];

	for (int i = 0; i < 2; i++) {
		event[i] = eventfd_new();
		EXPECT(irq_eventfds(s[i].device, MSIX, 0, 1, &event[i]), 0);
	}
	EXPECT(config_write(s[1].device, PCI_COMMAND, 2, PCI_COMMAND_MASTER | decode), 2);
	EXPECT(hot_reset(s[0].device, 2, fds), 0);
	EXPECT(config_read(s[1].device, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY, decode);
	EXPECT(config_read(s[0].device, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, PCI_COMMAND_MASTER);
	EXPECT(config_write(s[1].device, PCI_COMMAND, 2,
			    PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), 2);
	for (int i = 0; i < 2; i++) {
		put(&s[i], IGB_GPIE, 0x10);
		put(&s[i], IGB_EIMS, 1);
		put(&s[i], IGB_EICS, 1);
		EXPECT(eventfd_count(event[i], EVENT_SOON), 1);
		EXPECT(irq_disable(s[i].device, MSIX), 0);
		close(event[i]);
	}
}

static int reset_method(const char *method)
{
	char path[160];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset_method", s[0].dev.name);
	return sysfs_write(path, method);
}

static uint32_t reset_flag(void)
{
	struct vfio_device_info about = { .argsz = sizeof(about) };

	EXPECT(vf_ioctl(s[0].device, VFIO_DEVICE_GET_INFO, &about), 0);
	return about.flags & VFIO_DEVICE_FLAGS_RESET;
}

/* What the administrator chose of the ways to reset one function holds, none of them, too */
static void reset_methods(void)
{
	EXPECT(reset_method("flr\n"), 0);
	EXPECT(session_reopen_device(&s[0]), 0);
	EXPECT(reset_flag(), VFIO_DEVICE_FLAGS_RESET);
	mark();
	EXPECT(vf_ioctl(s[0].device, VFIO_DEVICE_RESET, NULL), 0);
	EXPECT(reset_seen(), 1);

	close_fd(&s[0].device);
	EXPECT(reset_method("\n"), 0);
	mark();
	EXPECT(session_reopen_device(&s[0]), 0);
	EXPECT(reset_flag(), 0);
	EXPECT(vf_ioctl(s[0].device, VFIO_DEVICE_RESET, NULL), -EINVAL);
	EXPECT(reset_seen(), 0);
	/* then the bus is, once nobody has the other */
	close_fd(&s[0].device);
	EXPECT(reset_seen(), 0);
	close_fd(&s[1].device);
	EXPECT(reset_seen(), 3);
	EXPECT(reset_method("default\n"), 0);
}

/* edu-pair: one group, so one session with two devices; s[1] has the second one's file only */

static int pair_open(void)
{
	for (unsigned int i = 0; i < 2; i++)
		if (!EXPECT(find_bound(EDU_ID, i, &s[i].dev), 0))
			return -ENODEV;
	if (!EXPECT(session_open(&s[0], &s[0].dev), 0))
		return -ENODEV;
	s[1].device = group_device(s[0].group, s[1].dev.name);
	return EXPECT_TRUE(s[1].device >= 0) ? 0 : s[1].device;
}

static void pair_setup(void)
{
	if (pair_open())
		return;
	for (int i = 0; i < 2; i++)
		EXPECT(edu_start(&pair[i], s[i].device), 0);
}

static void pair_teardown(void)
{
	edu_stop(&pair[0]);
	edu_stop(&pair[1]);
	session_close(&s[1]);
	session_close(&s[0]);
}

static void pair_works(char *memory)
{
	for (int i = 0; i < 2; i++) {
		memset(memory, 0x41 + i, 64);
		memset(memory + 64, 0, 64);
		EXPECT(edu_store(&pair[i], IOVA, 0, 64), 0);
		EXPECT(edu_load(&pair[i], IOVA + 64, 0, 64), 0);
		EXPECT_TRUE(!memcmp(memory, memory + 64, 64));
		edu_write(&pair[i], EDU_LIVENESS, 0x12345678);
		EXPECT(edu_read(&pair[i], EDU_LIVENESS), ~0x12345678u);
	}
}

static void pair_by_group(void)
{
	char *memory = memory_small(PAGE_SIZE);
	struct info info;

	EXPECT(dma_map(s[0].container, memory, IOVA, PAGE_SIZE, RW), 0);
	EXPECT(hot_info(s[0].device, sizeof(info), &info), 0);
	EXPECT(info.head.count, 2);
	EXPECT_TRUE(told(&info, &s[0].dev) && told(&info, &s[1].dev));
	pair_works(memory);
	resets(s[1].device, 1, &s[0].group, 0);
	pair_works(memory);
	EXPECT(dma_unmap(s[0].container, IOVA, PAGE_SIZE, 0, NULL), 0);
	munmap(memory, PAGE_SIZE);
}

static void not_alone(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	EXPECT(vf_ioctl(s[0].device, VFIO_DEVICE_GET_INFO, &info), 0);
	EXPECT(info.flags & VFIO_DEVICE_FLAGS_RESET, 0);
	EXPECT(vf_ioctl(s[0].device, VFIO_DEVICE_RESET, NULL), -EINVAL);
}

static void after_the_last_close(void)
{
	mark();
	edu_stop(&pair[0]);
	close_fd(&s[0].device);
	EXPECT(reset_seen(), 0);
	edu_stop(&pair[1]);
	close_fd(&s[1].device);
	EXPECT(reset_seen(), 3);
	/* for one that went before, when the other has been closed again since */
	s[1].device = group_device(s[0].group, s[1].dev.name);
	EXPECT_TRUE(s[1].device >= 0);
	mark();
	close_fd(&s[1].device);
	EXPECT(reset_seen(), 3);
}

static int dies_in_use(void *unused)
{
	(void)unused;
	if (pair_open())
		return 1;
	mark();
	return raise(SIGKILL);
}

static void after_sigkill(void)
{
	pair_teardown();
	EXPECT(in_child(dies_in_use, NULL), 128 + SIGKILL);
	EXPECT(reset_seen(), 3);
}

/* Below a function that has no driver the bus is not reset: the host may have its plans with it */
static void not_below_another(void)
{
	pair_teardown();
	EXPECT(pci_unbind(&s[1].dev), 0);
	EXPECT(session_open(&s[0], &s[0].dev), 0);
	mark();
	EXPECT(hot_reset(s[0].device, 1, &s[0].group), -EINVAL);
	session_close(&s[0]);
	EXPECT(reset_seen(), 0);
	EXPECT(pci_bind(&s[1].dev, "vfio-pci"), 0);
}

static CU_TestInfo dual_tests[] = {
	{ "what is reset together", info },
	{ "the owner of all, by groups", owner_of_all },
	{ "by files of devices", owner_by_devices },
	{ "refused", refused },
	{ "owned by another process", owned_by_another },
	{ "not bound, or the host's", other_not_bound },
	{ "all are quiet meanwhile", all_quiet },
	{ "MSI-X tables survive", tables_survive },
	{ "reset methods of one", reset_methods },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo pair_tests[] = {
	{ "by the one group, and both work on", pair_by_group },
	{ "no reset of one alone", not_alone },
	{ "after the last close", after_the_last_close },
	{ "after SIGKILL", after_sigkill },
	{ "never below another", not_below_another },
	CU_TEST_INFO_NULL,
};

/* igb-dual with a VF of its first function: s is that one and the VF, second the other one */

#define TOKEN	" vf_token=11111111-2222-3333-4444-555555555555"

static struct session second = { .container = -1, .group = -1, .device = -1 };

static void sriov_setup(void)
{
	for (int i = 0; i < 2; i++) {
		REQUIRE(session_open_as(&s[i], &s[i].dev, TOKEN), 0);
		EXPECT(config_write(s[i].device, PCI_COMMAND, 2,
				    PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), 2);
	}
	REQUIRE(session_open(&second, &second.dev), 0);
}

static void sriov_teardown(void)
{
	both_close();
	session_close(&second);
}

/* Does the VF answer, and is it as its user has set it up? */
static void vf_is_there(uint32_t bar)
{
	uint16_t msix = 0;
	int fd = config_file(&s[1].dev);

	EXPECT_TRUE(get(&s[1], IGB_STATUS) != ~0u);
	EXPECT(config_read(s[1].device, PCI_COMMAND, 2) &
	       (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
	       PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	EXPECT(config_read(s[1].device, PCI_BASE_ADDRESS_0, 4), bar);
	EXPECT(pread(fd, &msix, 2, cap_place(fd, PCI_CAP_ID_MSIX) + PCI_MSIX_FLAGS), 2);
	EXPECT(msix & PCI_MSIX_FLAGS_ENABLE, PCI_MSIX_FLAGS_ENABLE);
	close(fd);
}

/* The reset takes the VF from its PF; it comes back, with what its user has set. */
static void vf_comes_back(void)
{
	int fds[] = { s[0].group, second.group, s[1].group }, event = eventfd_new();
	uint32_t bar = config_read(s[1].device, PCI_BASE_ADDRESS_0, 4);
	struct info info;

	EXPECT(hot_info(s[0].device, sizeof(info), &info), 0);
	EXPECT(info.head.count, 3);
	EXPECT_TRUE(told(&info, &s[0].dev) && told(&info, &s[1].dev) &&
		    told(&info, &second.dev));
	EXPECT(irq_eventfds(s[1].device, MSIX, 0, 1, &event), 0);
	vf_is_there(bar);
	EXPECT(hot_reset(s[0].device, 2, fds), -EINVAL);
	EXPECT(hot_reset(s[1].device, 2, fds + 1), -EINVAL);
	for (int i = 0; i < RESETS; i++) {
		EXPECT(hot_reset(s[i & 1].device, 3, fds), 0);
		vf_is_there(bar);
	}
	EXPECT(irq_disable(s[1].device, MSIX), 0);
	close(event);
}

static CU_TestInfo sriov_tests[] = {
	{ "its VF comes back", vf_comes_back },
	CU_TEST_INFO_NULL,
};

static int sriov_main(char **names)
{
	CU_SuiteInfo suites[] = {
		{ "a PF and its VF", NULL, NULL, sriov_setup, sriov_teardown, sriov_tests },
		CU_SUITE_INFO_NULL,
	};

	if (pci_named(names[0], &s[0].dev) || pci_named(names[1], &s[1].dev) ||
	    pci_named(names[2], &second.dev))
		return 1;
	return check_main(suites);
}

int main(int argc, char **argv)
{
	CU_SuiteInfo suites[] = {
		{ "a bus of two groups", NULL, NULL, dual_setup, both_close, dual_tests },
		{ "two of a group", NULL, NULL, pair_setup, pair_teardown, pair_tests },
		CU_SUITE_INFO_NULL,
	};

	if (argc == 5 && !strcmp(argv[1], "sriov"))
		return sriov_main(argv + 2);
	if (argc > 1 && !strcmp(argv[1], "dual"))
		suites[1] = (CU_SuiteInfo)CU_SUITE_INFO_NULL;
	return check_main(suites);
}
