// SPDX-License-Identifier: GPL-2.0-only
/*
 * Low power features of VFIO_DEVICE_FEATURE: what sysfs says of the device's state, what wakes it,
 * who is told, and what of the device's state survives. Needs igb and e1000e, which have D3hot,
 * and edu, which has no power management at all.
 *
 *	abi-power [STATE-THAT-IGB-REACHES]
 */
#include "check.h"

#include <fcntl.h>
#include <linux/pci_regs.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BAR0	VFIO_PCI_BAR0_REGION_INDEX
#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define INTX	VFIO_PCI_INTX_IRQ_INDEX

#define PROBE	VFIO_DEVICE_FEATURE_PROBE
#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define ENTRY	VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY
#define WAKEUP	VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP
#define EXIT	VFIO_DEVICE_FEATURE_LOW_POWER_EXIT

/* 82576: a register of 16 bits that software may set; interrupts by message */
#define VET		0x38
#define GPIE		0x1514
#define GPIE_MULTIPLE	0x10
#define EICS		0x1520
#define EIMS		0x1524

/* 82574: interrupt cause read, set, mask set */
#define ICR		0xc0
#define ICS		0xc8
#define IMS		0xd0
#define LSC		0x4

/* The state in which the device sleeps, and that of igb, which the platform decides */
static const char *deepest, *igb_deepest = "D3hot";

static struct session nic = { .container = -1, .group = -1, .device = -1 };

static void begin(unsigned int vendor, unsigned int device)
{
	struct pci_dev dev;

	if (!EXPECT(find_bound(vendor, device, 0, &dev), 0) ||
	    !EXPECT(session_open(&nic, &dev), 0))
		return;
	EXPECT(config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
	       2);
}

static void igb_setup(void)
{
	deepest = igb_deepest;
	begin(IGB_ID);
}

static void e1000e_setup(void)
{
	deepest = "D3hot";
	begin(E1000E_ID);
}

static void teardown(void)
{
	session_close(&nic);
}

static int feature_of(int device, uint32_t flags, const void *data, size_t size)
{
	struct {
		struct vfio_device_feature head;
		unsigned char data[64];
	} call = { .head = { .argsz = sizeof(call.head) + size, .flags = flags } };

	if (data)
		memcpy(call.data, data, size);
	return vf_ioctl(device, VFIO_DEVICE_FEATURE, &call);
}

static int feature(uint32_t flags, const void *data, size_t size)
{
	return feature_of(nic.device, flags, data, size);
}

static int enter(void)
{
	return feature(ENTRY | SET, NULL, 0);
}

static int enter_with(int fd)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = fd };

	return feature(WAKEUP | SET, &entry, sizeof(entry));
}

static int leave(void)
{
	return feature(EXIT | SET, NULL, 0);
}

static void attribute(const char *name, char *path, size_t size)
{
	snprintf(path, size, "/sys/bus/pci/devices/%s/%s", nic.dev.name, name);
}

/* Does the attribute come to say this soon? */
static bool becomes(const char *name, const char *want)
{
	char path[128], text[32] = "";

	attribute(name, path, sizeof(path));
	for (int i = 0; i < EVENT_SOON; i += 5) {
		FILE *file = fopen(path, "re");

		if (!file)
			return false;
		if (fgets(text, sizeof(text), file))
			text[strcspn(text, "\n")] = '\0';
		fclose(file);
		if (!strcmp(text, want))
			return true;
		usleep(5000);
	}
	printf("%s says %s\n", name, text);
	return false;
}

static bool asleep(void)
{
	return becomes("power/runtime_status", "suspended") && becomes("power_state", deepest);
}

static bool awake(void)
{
	return becomes("power/runtime_status", "active") && becomes("power_state", "D0");
}

static int administrator(const char *name, const char *text)
{
	char path[128];

	attribute(name, path, sizeof(path));
	return sysfs_write(path, text);
}

static uint32_t get(uint32_t reg)
{
	uint32_t value = 0;

	EXPECT(region_read(nic.device, BAR0, reg, &value, 4), 4);
	return value;
}

static void put(uint32_t reg, uint32_t value)
{
	EXPECT(region_write(nic.device, BAR0, reg, &value, 4), 4);
}

static void probe(void)
{
	static const uint32_t numbers[] = { ENTRY, WAKEUP, EXIT };

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		EXPECT(feature(numbers[i] | PROBE, NULL, 0), 0);
		EXPECT(feature(numbers[i] | PROBE | SET, NULL, 0), 0);
		/* there is nothing to read */
		EXPECT(feature(numbers[i] | PROBE | GET, NULL, 0), -EINVAL);
		EXPECT(feature(numbers[i] | GET, NULL, 64), -EINVAL);
	}
}

static void sleep_and_wake(void)
{
	EXPECT_TRUE(awake());
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(enter(), -EINVAL);
	/* an access wakes it for as long as it takes */
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
	EXPECT_TRUE(get(8) != ~0u);
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_RESET, NULL), 0);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	EXPECT_TRUE(awake());
	EXPECT(leave(), 0);
	EXPECT_TRUE(get(8) != ~0u);
}

static void bad_eventfds(void)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = -1 };

	EXPECT_TRUE(enter_with(-1) < 0);
	EXPECT(enter_with(nic.group), -EINVAL);
	EXPECT(feature(WAKEUP | SET, &entry, sizeof(entry) - 1), -EINVAL);
	EXPECT_TRUE(awake());
}

static void tells_that_it_woke(void)
{
	int fd = eventfd_new();

	/* by an access of its user */
	EXPECT(enter_with(fd), 0);
	EXPECT_TRUE(asleep());
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	/* and it stays awake */
	usleep(1000 * EVENT_NONE);
	EXPECT_TRUE(awake());
	EXPECT(leave(), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	/* by the host */
	EXPECT(enter_with(fd), 0);
	EXPECT_TRUE(asleep());
	EXPECT(administrator("reset", "1"), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT_TRUE(awake());
	/* by the call that ends it */
	EXPECT(enter_with(fd), 0);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT_TRUE(awake());
	close_fd(&fd);
}

/* A device that is kept awake has nothing to tell. */
static void tells_only_if_it_slept(void)
{
	int fd = eventfd_new();

	EXPECT(administrator("power/control", "on"), 0);
	EXPECT(enter_with(fd), 0);
	usleep(1000 * EVENT_NONE);
	EXPECT_TRUE(awake());
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
	EXPECT(leave(), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(administrator("power/control", "auto"), 0);
	close_fd(&fd);
}

/* The host wakes it, and nobody is to be told: it sleeps again. */
static void host_wakes_it(void)
{
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(administrator("power/control", "on"), 0);
	EXPECT_TRUE(awake());
	EXPECT(administrator("power/control", "auto"), 0);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
}

static sigjmp_buf escape;

static void on_bus_error(int signal)
{
	siglongjmp(escape, signal);
}

static int touch(volatile uint32_t *at)
{
	struct sigaction catch = { .sa_handler = on_bus_error }, before;
	int signal;

	sigaction(SIGBUS, &catch, &before);
	signal = sigsetjmp(escape, 1);
	if (!signal)
		(void)*at;
	sigaction(SIGBUS, &before, NULL);
	return signal;
}

static void mapped_memory(void)
{
	struct vfio_region_info info;
	volatile uint32_t *bar;
	int fd = eventfd_new();

	REQUIRE(region_info(nic.device, BAR0, &info), 0);
	bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, nic.device, info.offset);
	REQUIRE_TRUE(bar != MAP_FAILED);
	EXPECT(touch(bar), 0);
	EXPECT(enter(), 0);
	EXPECT(touch(bar), SIGBUS);
	EXPECT_TRUE(asleep());
	/* nor in between */
	EXPECT_TRUE(get(8) != ~0u);
	EXPECT(touch(bar), SIGBUS);
	EXPECT(leave(), 0);
	EXPECT(touch(bar), 0);
	/* after the notification without an exit */
	EXPECT(enter_with(fd), 0);
	EXPECT_TRUE(asleep());
	EXPECT(touch(bar), SIGBUS);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT_TRUE(get(8) != ~0u);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(touch(bar), 0);
	munmap((void *)bar, info.size);
	close_fd(&fd);
}

/* Registers that let the first two vectors signal; the device may have lost them */
static void use_vectors(void)
{
	put(GPIE, GPIE_MULTIPLE);
	put(EIMS, 3);
}

static void vectors_survive(void)
{
	int fds[2] = { eventfd_new(), eventfd_new() };

	EXPECT(irq_eventfds(nic.device, MSIX, 0, 2, fds), 0);
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	use_vectors();
	put(EICS, 2);
	EXPECT(eventfd_count(fds[1], EVENT_SOON), 1);
	EXPECT(eventfd_count(fds[0], EVENT_NONE), 0);
	/* with memory off, and changed while it may sleep */
	EXPECT(config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MASTER), 2);
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(config_write(nic.device, PCI_COMMAND, 2,
			    PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), 2);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	use_vectors();
	put(EICS, 1);
	EXPECT(eventfd_count(fds[0], EVENT_SOON), 1);
	EXPECT(irq_disable(nic.device, MSIX), 0);
	close_fd(&fds[0]);
	close_fd(&fds[1]);
}

/* D3hot of its user comes before, and does not come back. */
static void after_d3hot(void)
{
	unsigned int pm = config_cap(nic.device, PCI_CAP_ID_PM);

	EXPECT(config_write(nic.device, pm + PCI_PM_CTRL, 2, 3), 2);
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	EXPECT_TRUE(awake());
	EXPECT(config_read(nic.device, pm + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 0);
	EXPECT_TRUE(get(8) != ~0u);
}

static void closed_asleep(void)
{
	int fd = eventfd_new();

	EXPECT(enter_with(fd), 0);
	EXPECT_TRUE(asleep());
	EXPECT(session_reopen_device(&nic), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT_TRUE(awake());
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
	EXPECT(leave(), 0);
	close_fd(&fd);
}

static void unbound_after(void)
{
	struct pci_dev dev = nic.dev;

	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	session_close(&nic);
	EXPECT(pci_unbind(&dev), 0);
	EXPECT(pci_bind(&dev, "vfio-pci"), 0);
	EXPECT(session_open(&nic, &dev), 0);
	EXPECT_TRUE(awake());
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
}

static int child_sleeps(void *pipe_end)
{
	struct session s;

	if (session_open(&s, &nic.dev) || feature_of(s.device, ENTRY | SET, NULL, 0) ||
	    write(*(int *)pipe_end, "r", 1) != 1)
		return 1;
	pause();
	return 2;
}

static void killed_asleep(void)
{
	struct pci_dev dev = nic.dev;
	int pipes[2], status;
	char byte;
	pid_t pid;

	session_close(&nic);
	nic.dev = dev;
	REQUIRE(pipe(pipes), 0);
	pid = fork();
	if (pid == 0)
		_exit(child_sleeps(&pipes[1]));
	close(pipes[1]);
	EXPECT(read(pipes[0], &byte, 1), 1);
	EXPECT_TRUE(asleep());
	kill(pid, SIGKILL);
	EXPECT(waitpid(pid, &status, 0), pid);
	close(pipes[0]);
	REQUIRE(session_open(&nic, &dev), 0);
	EXPECT_TRUE(awake());
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
}

/* What has no power has no registers; what the PCI core and we keep for it comes back. */
static void loses_its_registers(void)
{
	uint16_t command = config_read(nic.device, PCI_COMMAND, 2);
	uint32_t bar = config_read(nic.device, PCI_BASE_ADDRESS_0, 4), fresh = get(VET);

	put(VET, fresh ^ 0x5a5a);
	EXPECT(get(VET), fresh ^ 0x5a5a);
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	if (!strcmp(deepest, "D3cold"))
		EXPECT(get(VET), fresh);
	EXPECT(config_read(nic.device, PCI_COMMAND, 2), command);
	EXPECT(config_read(nic.device, PCI_BASE_ADDRESS_0, 4), bar);
}

/* Many times over, with resets in between. */
static void in_turns(void)
{
	for (int i = 0; i < 10; i++) {
		EXPECT(enter(), 0);
		if (i & 1)
			EXPECT_TRUE(asleep());
		if (i & 2)
			EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_RESET, NULL), 0);
		EXPECT(leave(), 0);
	}
	EXPECT_TRUE(awake());
}

static CU_TestInfo igb_tests[] = {
	{ "probe", probe },
	{ "sleep and wake", sleep_and_wake },
	{ "no eventfd", bad_eventfds },
	{ "tells that it woke", tells_that_it_woke },
	{ "tells only if it slept", tells_only_if_it_slept },
	{ "the host wakes it", host_wakes_it },
	{ "mapped memory: SIGBUS", mapped_memory },
	{ "vectors survive", vectors_survive },
	{ "after D3hot of its user", after_d3hot },
	{ "loses its registers", loses_its_registers },
	{ "closed while asleep", closed_asleep },
	{ "unbound afterwards", unbound_after },
	{ "killed while asleep", killed_asleep },
	{ "in turns with resets", in_turns },
	CU_TEST_INFO_NULL,
};

static void raise_line(void)
{
	put(IMS, LSC);
	put(ICS, LSC);
}

static int unmask(void)
{
	return irq_set(nic.device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK, INTX, 0, 1,
		       NULL, 0);
}

/* Level-triggered: one that is pending does not fire while it sleeps, and is not lost. */
static void intx_survives(void)
{
	int fd = eventfd_new();

	REQUIRE(irq_eventfds(nic.device, INTX, 0, 1, &fd), 0);
	raise_line();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	/* masked now, and still asserted */
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(leave(), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	get(ICR);
	EXPECT(unmask(), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	/* unmasked when it fell asleep, and when it wakes */
	EXPECT(enter(), 0);
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	raise_line();
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	get(ICR);
	EXPECT(unmask(), 0);
	/* asserted in the short wake of an access: it fires then, or when it wakes the next time */
	EXPECT(enter(), 0);
	raise_line();
	EXPECT_TRUE(asleep());
	EXPECT(leave(), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(irq_disable(nic.device, INTX), 0);
	close_fd(&fd);
}

static CU_TestInfo e1000e_tests[] = {
	{ "INTx survives", intx_survives },
	CU_TEST_INFO_NULL,
};

static void no_power_management(void)
{
	nic = edu_session;
	EXPECT(enter(), 0);
	EXPECT_TRUE(becomes("power/runtime_status", "suspended"));
	EXPECT(get(EDU_ID_REG), EDU_ID_VALUE);
	EXPECT(touch((volatile uint32_t *)edu.bar), SIGBUS);
	EXPECT(leave(), 0);
	EXPECT(touch((volatile uint32_t *)edu.bar), 0);
	nic = (struct session){ .container = -1, .group = -1, .device = -1 };
}

static CU_TestInfo edu_tests[] = {
	{ "a device without power management", no_power_management },
	CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
	CU_SuiteInfo suites[] = {
		{ "low power of igb", NULL, NULL, igb_setup, teardown, igb_tests },
		{ "low power of e1000e", NULL, NULL, e1000e_setup, teardown, e1000e_tests },
		{ "low power of edu", NULL, NULL, edu_setup, edu_teardown, edu_tests },
		CU_SUITE_INFO_NULL,
	};

	if (argc > 1)
		igb_deepest = argv[1];
	return check_main(suites);
}
