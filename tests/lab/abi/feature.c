// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_FEATURE: the rules of the call itself, and power management features. Needs igb,
 * which the kernel may put to sleep.
 */
#include "check.h"

#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#define PROBE	VFIO_DEVICE_FEATURE_PROBE
#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define ENTRY	VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY
#define WAKEUP	VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP
#define EXIT	VFIO_DEVICE_FEATURE_LOW_POWER_EXIT

static struct session nic = { .container = -1, .group = -1, .device = -1 };

static int setup_quietly(void)
{
	struct pci_dev dev;
	int err = find_bound(IGB_ID, 0, &dev);

	return err ? err : session_open(&nic, &dev);
}

static void setup(void)
{
	EXPECT(setup_quietly(), 0);
}

static void teardown(void)
{
	session_close(&nic);
}

static int feature(uint32_t flags, const void *data, size_t size)
{
	struct vfio_device_feature *call = calloc(1, sizeof(*call) + size);
	int err;

	call->argsz = sizeof(*call) + size;
	call->flags = flags;
	if (data)
		memcpy(call->data, data, size);
	err = vf_ioctl(nic.device, VFIO_DEVICE_FEATURE, call);
	free(call);
	return err;
}

static void unknown(void)
{
	static const uint32_t numbers[] = { 50, 100, 0x7fff, 0xffff };

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		EXPECT(feature(numbers[i] | PROBE, NULL, 0), -ENOTTY);
		EXPECT(feature(numbers[i] | PROBE | GET, NULL, 0), -ENOTTY);
		EXPECT(feature(numbers[i] | PROBE | GET | SET, NULL, 0), -ENOTTY);
		EXPECT(feature(numbers[i] | GET, NULL, 64), -ENOTTY);
		EXPECT(feature(numbers[i] | SET, NULL, 64), -ENOTTY);
	}
}

/* Features of migration belong to drivers that migrate; vfio-pci alone does not. */
static void migration_absent(void)
{
	static const uint32_t numbers[] = {
		VFIO_DEVICE_FEATURE_MIGRATION, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		VFIO_DEVICE_FEATURE_DMA_LOGGING_START, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP,
		VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
	};

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		EXPECT(feature(numbers[i] | PROBE, NULL, 0), -ENOTTY);
		EXPECT(feature(numbers[i] | GET, NULL, 64), -ENOTTY);
	}
}

/* One of GET and SET, unless it is a probe; no bit that is not known. */
static void flags(void)
{
	EXPECT(feature(EXIT | GET | SET, NULL, 0), -EINVAL);
	EXPECT_TRUE(feature(EXIT, NULL, 0) < 0);
	EXPECT(feature(EXIT | PROBE | 1u << 19, NULL, 0), -EINVAL);
	EXPECT(feature(EXIT | PROBE | 1u << 31, NULL, 0), -EINVAL);
	EXPECT(feature(~0u, NULL, 0), -EINVAL);
}

static void argsz(void)
{
	struct vfio_device_feature call = { .flags = EXIT | PROBE };

	for (call.argsz = 0; call.argsz < sizeof(call); call.argsz++)
		EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_FEATURE, &call), -EINVAL);
	EXPECT_TRUE(vf_ioctl(nic.device, VFIO_DEVICE_FEATURE, &call) != -EINVAL);
	EXPECT(vf_ioctl(nic.device, VFIO_DEVICE_FEATURE, NULL), -EFAULT);
}

static void probe_power(void)
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
	uint32_t word = 0;

	REQUIRE(config_write(nic.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 2);
	EXPECT(feature(ENTRY | SET, NULL, 0), 0);
	EXPECT(feature(ENTRY | SET, NULL, 0), -EINVAL);
	/* an access from the user wakes the device for as long as it takes */
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
	EXPECT(feature(EXIT | SET, NULL, 0), 0);
	EXPECT(feature(EXIT | SET, NULL, 0), 0);
	EXPECT(region_read(nic.device, VFIO_PCI_BAR0_REGION_INDEX, 8, &word, 4), 4);
	EXPECT_TRUE(word != ~0u);
}

static void wakeup_needs_eventfd(void)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = -1 };

	EXPECT_TRUE(feature(WAKEUP | SET, &entry, sizeof(entry)) < 0);
	EXPECT(feature(WAKEUP | SET, &entry, sizeof(entry) - 1), -EINVAL);
	entry.wakeup_eventfd = nic.group;
	EXPECT(feature(WAKEUP | SET, &entry, sizeof(entry)), -EINVAL);
	entry.wakeup_eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	EXPECT(feature(WAKEUP | SET, &entry, sizeof(entry)), 0);
	EXPECT(feature(EXIT | SET, NULL, 0), 0);
	close_fd(&entry.wakeup_eventfd);
}

static void closed_asleep(void)
{
	EXPECT(feature(ENTRY | SET, NULL, 0), 0);
	EXPECT(session_reopen_device(&nic), 0);
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
	EXPECT(feature(EXIT | SET, NULL, 0), 0);
}

/* Modules that do not offer it say so in every call. */
static void power_absent(void)
{
	static const uint32_t numbers[] = { ENTRY, WAKEUP, EXIT };

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		EXPECT(feature(numbers[i] | PROBE, NULL, 0), -ENOTTY);
		EXPECT(feature(numbers[i] | GET, NULL, 64), -ENOTTY);
		EXPECT(feature(numbers[i] | SET, NULL, 64), -ENOTTY);
	}
}

static CU_TestInfo call_tests[] = {
	{ "unknown features: ENOTTY", unknown },
	{ "no migration: ENOTTY", migration_absent },
	{ "flags", flags },
	{ "argsz", argsz },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo power_tests[] = {
	{ "probe", probe_power },
	{ "sleep and wake", sleep_and_wake },
	{ "wake-up eventfd", wakeup_needs_eventfd },
	{ "closed while asleep", closed_asleep },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo absent_tests[] = {
	{ "not offered: ENOTTY", power_absent },
	CU_TEST_INFO_NULL,
};

/* The feature is optional, but only Passway may leave it out. */
static bool power_offered(void)
{
	bool offered;

	setup_quietly();
	offered = !under_passway() || feature(EXIT | PROBE, NULL, 0) != -ENOTTY;
	session_close(&nic);
	return offered;
}

int main(void)
{
	bool power = power_offered();
	CU_SuiteInfo suites[] = {
		{ "the call", NULL, NULL, setup, teardown, call_tests },
		{ "low power", NULL, NULL, setup, teardown, power ? power_tests : absent_tests },
		CU_SUITE_INFO_NULL,
	};

	return check_main(suites);
}
