// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c tests/unit/bus_machine.c
/*
 * Sleep that the user of an open device allows. The shim puts the device to sleep as soon as nobody
 * uses it, and complains of what reaches it then: BARs, and the MSI-X table, which the kernel
 * writes when it restores the device.
 */
#include <pthread.h>

#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>
#include <shim/irq.h>
#include <shim/mm.h>
#include <vfio/pci_core.h>

#include "bus_machine.h"
#include "unit.h"
#include "../irq_set.h"

#define ENTRY VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY
#define WAKEUP VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP
#define EXIT VFIO_DEVICE_FEATURE_LOW_POWER_EXIT
#define GET VFIO_DEVICE_FEATURE_GET
#define SET VFIO_DEVICE_FEATURE_SET
#define PROBE VFIO_DEVICE_FEATURE_PROBE

#define VA 0x7f0000000000UL
#define TEST_MARK 0x1badb002

extern bool *const shim_param_disable_idle_d3;

static long feature_of(int fd, u32 flags, const void *data, size_t size)
{
	struct vfio_device_feature head = { .argsz = sizeof(head) + size, .flags = flags };
	u8 *user = shim_user_alloc(head.argsz);
	long ret;

	memcpy(shim_user_body(user), &head, sizeof(head));
	if (size)
		memcpy(shim_user_body(user + sizeof(head)), data, size);
	ret = shim_ioctl(fd, VFIO_DEVICE_FEATURE, user);
	shim_user_free(user);
	return ret;
}

static long feature(u32 flags, const void *data, size_t size)
{
	return feature_of(pm.fd, flags, data, size);
}

static long enter(void)
{
	return feature(ENTRY | SET, NULL, 0);
}

static long enter_with(s32 fd)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = fd };

	return feature(WAKEUP | SET, &entry, sizeof(entry));
}

static long leave(void)
{
	return feature(EXIT | SET, NULL, 0);
}

static bool asleep(void)
{
	return pm.pdev->dev.power.suspended && pm.pdev->current_state == PCI_D3hot;
}

static bool awake(void)
{
	return !pm.pdev->dev.power.suspended && pm.pdev->current_state == PCI_D0;
}

/* Something of the host wants it for a moment, or it has a wake-up event */
static void host_uses_it(void)
{
	CHECK_EQ(pm_runtime_resume_and_get(&pm.pdev->dev), 0);
	CHECK(awake());
	pm_runtime_put(&pm.pdev->dev);
}

/* What is known is told without the device; whether a ROM has an image is asked of it */
static void rom_is_looked_at_awake(void)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	void *user = shim_user_dup(&info, sizeof(info));
	struct vfio_region_info *body = shim_user_body(user);
	unsigned long reads = shim_pci(pm.pdev)->config_reads;

	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user), 0);
	CHECK_EQ(body->size, SZ_16K);
	CHECK_EQ(shim_pci(pm.pdev)->config_reads, reads);
	memcpy(shim_pci(pm.pdev)->rom, "\x55\xaa", 2);
	body->index = VFIO_PCI_ROM_REGION_INDEX;
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user), 0);
	CHECK_EQ(body->size, SZ_64K);
	shim_pci(pm.pdev)->rom[0] = 0;
	body->index = VFIO_PCI_ROM_REGION_INDEX;
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user), 0);
	CHECK_EQ(body->size, 0);
	CHECK(asleep());
	shim_user_free(user);
}

static void sleeps_while_nobody_uses_it(void)
{
	u32 value = TEST_MARK;

	pci_up();
	CHECK_EQ(enter(), 0);
	CHECK(asleep());
	/* each access wakes it, and it sleeps again */
	CHECK_EQ(pci_region_write(4, 0x10, &value, 4), 4);
	CHECK(asleep());
	value = 0;
	CHECK_EQ(pci_region_read(4, 0x10, &value, 4), 4);
	CHECK_EQ(value, TEST_MARK);
	CHECK_EQ(pci_config_get(PCI_VENDOR_ID, 4), 0x56781234);
	CHECK_EQ(pci_set_irqs(INTX, NONE | TRIGGER, 0, 0, NULL, 0), -EINVAL);
	rom_is_looked_at_awake();
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
	host_uses_it();
	CHECK(asleep());
	CHECK_EQ(enter(), -EINVAL);
	CHECK(asleep());
	CHECK_EQ(leave(), 0);
	CHECK(awake());
	CHECK_EQ(leave(), 0);
	host_uses_it();
	CHECK(awake());
	/* as often as its user likes */
	CHECK_EQ(enter(), 0);
	CHECK(asleep());
	pci_user_close();
	pci_down();
}

static void what_can_be_asked(void)
{
	static const u32 features[] = { ENTRY, WAKEUP, EXIT };
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = -1 };
	int plain = shim_plain_fd();

	pci_up();
	for (unsigned int i = 0; i < ARRAY_SIZE(features); i++) {
		CHECK_EQ(feature(features[i] | PROBE, NULL, 0), 0);
		CHECK_EQ(feature(features[i] | PROBE | SET, NULL, 0), 0);
		CHECK_EQ(feature(features[i] | PROBE | GET, NULL, 0), -EINVAL);
		CHECK_EQ(feature(features[i] | GET, &entry, sizeof(entry)), -EINVAL);
		CHECK_EQ(feature(features[i], &entry, sizeof(entry)), -EINVAL);
	}
	CHECK_EQ(feature(WAKEUP | SET, &entry, sizeof(entry) - 1), -EINVAL);
	CHECK_EQ(feature(WAKEUP | SET, &entry, sizeof(entry)), -EINVAL);
	entry.wakeup_eventfd = 250;
	CHECK_EQ(feature(WAKEUP | SET, &entry, sizeof(entry)), -EBADF);
	entry.wakeup_eventfd = plain;
	CHECK_EQ(feature(WAKEUP | SET, &entry, sizeof(entry)), -EINVAL);
	CHECK(awake());
	pci_user_close();
	shim_close(plain);
	pci_down();
}

static void memory_faults_meanwhile(void)
{
	pci_up();
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K, VM_SHARED | VM_READ | VM_WRITE,
			      VFIO_PCI_INDEX_TO_OFFSET(4)), 0);
	CHECK_EQ(shim_touch(VA, true), 0);
	CHECK_EQ(enter(), 0);
	CHECK_EQ(shim_touch(VA, false), VM_FAULT_SIGBUS);
	CHECK(asleep());
	/* also while somebody else keeps it awake, who may go at any time */
	CHECK_EQ(pm_runtime_resume_and_get(&pm.pdev->dev), 0);
	CHECK_EQ(shim_touch(VA, false), VM_FAULT_SIGBUS);
	pm_runtime_put(&pm.pdev->dev);
	CHECK_EQ(leave(), 0);
	CHECK_EQ(shim_touch(VA, false), 0);
	pci_down();
}

static void wakes_once_and_tells(void)
{
	s32 fd = shim_eventfd();
	u32 value;

	pci_up();
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K, VM_SHARED | VM_READ | VM_WRITE,
			      VFIO_PCI_INDEX_TO_OFFSET(4)), 0);
	CHECK_EQ(enter_with(fd), 0);
	CHECK(asleep());
	CHECK_EQ(shim_eventfd_count(fd), 0);
	/* a call wakes it: so that is the second entry */
	CHECK_EQ(enter_with(fd), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(asleep());
	CHECK_EQ(shim_touch(VA, false), VM_FAULT_SIGBUS);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK_EQ(pci_region_read(4, 0, &value, 4), 4);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(awake());
	CHECK_EQ(shim_touch(VA, false), 0);
	CHECK_EQ(leave(), 0);
	CHECK_EQ(shim_eventfd_count(fd), 0);

	CHECK_EQ(enter_with(fd), 0);
	host_uses_it();
	CHECK(awake());
	CHECK_EQ(shim_eventfd_count(fd), 1);

	/* exit wakes it */
	CHECK_EQ(enter_with(fd), 0);
	CHECK_EQ(leave(), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(awake());
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	/* what was told last time holds no longer */
	CHECK_EQ(enter(), 0);
	host_uses_it();
	CHECK(asleep());
	CHECK_EQ(shim_eventfd_count(fd), 0);
	pci_down();
}

/* Sleep that is allowed, and does not come, is nothing to wake from */
static void told_only_if_it_slept(void)
{
	s32 fd = shim_eventfd();
	u32 value;

	pci_up();
	pm_runtime_forbid(&pm.pdev->dev);
	CHECK_EQ(enter_with(fd), 0);
	CHECK(awake());
	CHECK_EQ(pci_region_read(4, 0, &value, 4), 4);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK_EQ(leave(), 0);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
	pm_runtime_allow(&pm.pdev->dev);
	CHECK(awake());
	pci_user_close();
	shim_close(fd);
	pci_down();
}

static u16 command(void)
{
	return shim_pci_get(pm.pdev, PCI_COMMAND, 2);
}

/* Level-triggered, and masked for as long as it sleeps; nothing fires, nothing is lost */
static void intx_holds_its_breath(void)
{
	s32 fd, unmask = shim_eventfd();
	unsigned long reads;

	pci_up();
	fd = pci_event(INTX);
	CHECK_EQ(pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &unmask, 4), 0);
	CHECK_EQ(enter(), 0);
	CHECK(command() & PCI_COMMAND_INTX_DISABLE);
	/* another device of the line: it is not even asked */
	reads = shim_pci(pm.pdev)->config_reads;
	CHECK(!shim_irq_raise(pm.pdev->irq));
	CHECK_EQ(shim_pci(pm.pdev)->config_reads, reads);
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK(asleep());
	/* asserted when it wakes: fires, and stays masked when it sleeps again */
	host_uses_it();
	CHECK_EQ(shim_eventfd_count(fd), 1);
	host_uses_it();
	CHECK_EQ(shim_eventfd_count(fd), 0);
	/* unmasked while it sleeps: fires as soon as it has woken */
	shim_eventfd_write(unmask);
	shim_run_work();
	CHECK(asleep());
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK_EQ(leave(), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK(command() & PCI_COMMAND_INTX_DISABLE);
	shim_pci_assert(pm.pdev, false);
	shim_eventfd_write(unmask);
	shim_run_work();
	CHECK(!(command() & PCI_COMMAND_INTX_DISABLE));
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	shim_pci_assert(pm.pdev, false);
	pci_down();
}

static void exclusive_intx_too(void)
{
	s32 fd;

	pci_up_exclusive_intx();
	fd = pci_event(INTX);
	CHECK_EQ(enter(), 0);
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	CHECK_EQ(leave(), 0);
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	shim_pci_assert(pm.pdev, false);
	pci_down();
}

/* The table is written when it wakes, with memory decode on; then that is its user's again */
static void vectors_survive(void)
{
	s32 fd;

	pci_up();
	shim_pci(pm.pdev)->soft_reset = true;
	fd = pci_event(MSIX);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(enter(), 0);
	CHECK(asleep());
	host_uses_it();
	CHECK_EQ(leave(), 0);
	CHECK(!(command() & PCI_COMMAND_MEMORY));
	CHECK(shim_pci_message(pm.pdev, 0));
	CHECK_EQ(shim_eventfd_count(fd), 1);
	/* and changed while it is allowed to sleep */
	CHECK_EQ(enter(), 0);
	pci_set_command(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
	CHECK(asleep());
	CHECK_EQ(leave(), 0);
	CHECK(command() & PCI_COMMAND_MEMORY);
	CHECK(command() & PCI_COMMAND_MASTER);
	pci_down();
}

/* The state that user space chose is left for the deeper one, and does not come back */
static void from_d3hot_of_its_user(void)
{
	unsigned int ctrl;

	pci_up();
	ctrl = pm.pdev->pm_cap + PCI_PM_CTRL;
	shim_pci(pm.pdev)->soft_reset = true;
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x33), 1);
	pci_set_power(3);
	CHECK_EQ(enter(), 0);
	CHECK(asleep());
	CHECK_EQ(leave(), 0);
	CHECK(awake());
	CHECK_EQ(pci_config_get(ctrl, 2) & PCI_PM_CTRL_STATE_MASK, 0);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x33);
	/* nor is it lost that user space puts it there while it may sleep */
	CHECK_EQ(enter(), 0);
	pci_set_power(3);
	CHECK(asleep());
	CHECK_EQ(leave(), 0);
	CHECK(awake());
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x33);
	pci_user_close();
	pci_down();
}

static void closed_while_it_sleeps(void)
{
	u32 value;
	s32 fd;

	for (unsigned int stays = 0; stays < 2; stays++) {
		*shim_param_disable_idle_d3 = stays;
		fd = shim_eventfd();
		pci_up();
		CHECK_EQ(enter_with(fd), 0);
		CHECK(asleep());
		/* for devices that are bound from now on */
		*shim_param_disable_idle_d3 = !stays;
		pci_user_close();
		CHECK_EQ(shim_eventfd_count(fd), 0);
		CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
		CHECK(stays ? awake() : asleep());
		/* the next user knows nothing of it */
		CHECK_EQ(pci_user_open(), 0);
		CHECK(awake());
		CHECK_EQ(pci_region_read(4, 0, &value, 4), 4);
		CHECK(awake());
		CHECK_EQ(enter(), 0);
		CHECK(asleep());
		pci_down();
	}
	*shim_param_disable_idle_d3 = false;
}

/* User space puts it into D3hot and resets it, over and over: nothing that was saved is left */
static void sleep_and_reset_in_turns(void)
{
	struct vfio_pci_core_device *vdev;
	long before;

	pci_up();
	vdev = pci_get_drvdata(pm.pdev);
	before = shim_live(SHIM_SLAB);
	for (int i = 0; i < 50; i++) {
		pci_set_power(3);
		CHECK(vdev->d3_saved);
		CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
		CHECK(!vdev->d3_saved);
		CHECK_EQ(pm.pdev->current_state, PCI_D0);
		CHECK_EQ(enter(), 0);
		CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
		CHECK_EQ(leave(), 0);
	}
	CHECK_EQ(shim_live(SHIM_SLAB), before);
	pci_set_power(3);
	pci_user_close();
	pci_down();
}

/* What does not hold a reference is kept off, also before the device has left D0 */
static void no_access_without_a_reference(void)
{
	struct vfio_pci_core_device *vdev;
	struct device *dev;
	u32 value;

	pci_up();
	vdev = pci_get_drvdata(pm.pdev);
	dev = &pm.pdev->dev;
	CHECK_EQ(vfio_pci_core_setup_barmap(vdev, 4), 0);
	CHECK_EQ(enter(), 0);
	CHECK_EQ(vfio_pci_core_ioread32(vdev, true, &value, vdev->barmap[4]), -EIO);
	CHECK_EQ(leave(), 0);
	CHECK_EQ(vfio_pci_core_ioread32(vdev, true, &value, vdev->barmap[4]), 0);
	pm_runtime_get_noresume(dev);
	CHECK_EQ(enter(), 0);
	CHECK_EQ(dev->driver->pm->runtime_suspend(dev), 0);
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	CHECK_EQ(vfio_pci_core_ioread32(vdev, true, &value, vdev->barmap[4]), -EIO);
	CHECK_EQ(dev->driver->pm->runtime_resume(dev), 0);
	pm_runtime_put(dev);
	pci_user_close();
	pci_down();
}

/* A device that is lost, before it sleeps and while it does */
static void unplugged(void)
{
	s32 fd;
	u32 value;

	pci_up();
	shim_pci_unplug(pm.pdev);
	CHECK_EQ(enter(), 0);
	CHECK(!pm.pdev->dev.power.suspended);
	CHECK_EQ(pci_config_get(PCI_VENDOR_ID, 4), ~0U);
	pci_user_close();
	pci_down();

	pci_up();
	fd = pci_event(INTX);
	CHECK_EQ(enter(), 0);
	CHECK(asleep());
	shim_pci_unplug(pm.pdev);
	pci_region_read(4, 0, &value, 4);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	pci_user_close();
	pci_machine_unload();
	pci_machine_break();
	shim_close(fd);
}

static void fails_at_each_step(void)
{
	struct vfio_pci_core_device *vdev;
	u32 value = 0;
	s32 fd;

	SHIM_SWEEP() {
		shim_fail_pause();
		fd = shim_eventfd();
		pci_up();
		vdev = pci_get_drvdata(pm.pdev);
		pci_set_command(0, PCI_COMMAND_MEMORY);
		pci_set_power(3);
		shim_fail_resume();
		if (!enter_with(fd))
			pci_region_read(VFIO_PCI_CONFIG_REGION_INDEX, 0, &value, 4);
		leave();
		if (!enter())
			pci_region_read(VFIO_PCI_CONFIG_REGION_INDEX, 0, &value, 4);
		/* while it sleeps, and cannot be woken */
		pci_user_close();
		shim_fail_pause();
		CHECK_EQ(shim_live(SHIM_EVENTFD), 0);
		CHECK(!vdev->low_power.allowed && !vdev->low_power.asleep);
		CHECK(!vdev->decode_forced);
		/* whatever went wrong: another can have it, and use it */
		CHECK_EQ(pci_user_open(), 0);
		CHECK(awake());
		pci_set_command(PCI_COMMAND_MEMORY, 0);
		CHECK_EQ(pci_region_read(4, 0, &value, 4), 4);
		pci_user_close();
		shim_close(fd);
		pci_down();
		shim_fail_resume();
	}
}

/* Another user owns it, and the bus that it is on: it is woken, reset, and sleeps again */
static void reset_with_its_neighbour(void)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { };
	struct device *dev;
	int groups[2];

	bus_up(true);
	dev = &bm.other->dev;
	groups[0] = pm.group_fd;
	groups[1] = bm.group_fd;
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(feature_of(bm.fd, ENTRY | SET, NULL, 0), 0);
	CHECK(dev->power.suspended);
	CHECK_EQ(bus_reset(pm.fd, 2, groups), 0);
	CHECK_EQ(shim_pci(bm.other)->resets, shim_pci(pm.pdev)->resets);
	CHECK(dev->power.suspended);
	CHECK_EQ(feature_of(bm.fd, EXIT | SET, NULL, 0), 0);
	CHECK(!dev->power.suspended);
	/* both, and the one that is told does not sleep again */
	CHECK_EQ(enter(), 0);
	entry.wakeup_eventfd = shim_eventfd();
	CHECK_EQ(feature_of(bm.fd, WAKEUP | SET, &entry, sizeof(entry)), 0);
	CHECK(asleep() && dev->power.suspended);
	CHECK_EQ(bus_reset(pm.fd, 2, groups), 0);
	CHECK_EQ(shim_eventfd_count(entry.wakeup_eventfd), 1);
	CHECK(asleep() && !dev->power.suspended);
	bus_down();
}

#define ROUNDS 300

struct reader {
	struct task_struct *task;
	int stop;
};

static void *reads(void *data)
{
	struct reader *reader = data;
	u32 value;

	shim_become(reader->task);
	while (!READ_ONCE(reader->stop)) {
		value = 0;
		CHECK_EQ(pci_region_read(4, 0x40, &value, 4), 4);
		CHECK_EQ(value, TEST_MARK);
	}
	return NULL;
}

/* One thread lets it sleep and takes that back, another reads all the time */
static void two_threads(void)
{
	struct reader reader = { .task = current };
	u32 value = TEST_MARK;
	pthread_t thread;
	s32 fd;

	fd = shim_eventfd();
	pci_up();
	pci_event(INTX);
	CHECK_EQ(pci_region_write(4, 0x40, &value, 4), 4);
	CHECK_OR_STOP(!pthread_create(&thread, NULL, reads, &reader));
	for (int i = 0; i < ROUNDS; i++) {
		long ret = i & 1 ? enter_with(fd) : enter();

		CHECK_EQ(ret, 0);
		host_uses_it();
		CHECK_EQ(leave(), 0);
	}
	WRITE_ONCE(reader.stop, 1);
	pthread_join(thread, NULL);
	CHECK(awake());
	shim_eventfd_count(fd);
	CHECK_EQ(leave(), 0);
	pci_user_close();
	shim_close(fd);
	pci_down();
}

UNIT_TESTS(pci_low_power,
	   { "sleeps while nobody uses it", sleeps_while_nobody_uses_it },
	   { "what can be asked", what_can_be_asked },
	   { "memory faults meanwhile", memory_faults_meanwhile },
	   { "wakes once and tells", wakes_once_and_tells },
	   { "told only if it slept", told_only_if_it_slept },
	   { "INTx holds its breath", intx_holds_its_breath },
	   { "exclusive INTx, too", exclusive_intx_too },
	   { "vectors survive", vectors_survive },
	   { "from D3hot of its user", from_d3hot_of_its_user },
	   { "closed while it sleeps", closed_while_it_sleeps },
	   { "sleep and reset in turns", sleep_and_reset_in_turns },
	   { "no access without a reference", no_access_without_a_reference },
	   { "unplugged", unplugged },
	   { "reset with its neighbour", reset_with_its_neighbour },
	   { "fails at each step", fails_at_each_step },
	   { "two threads", two_threads })
