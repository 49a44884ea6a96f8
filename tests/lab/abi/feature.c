// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_FEATURE: the rules of the call itself. Needs igb.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#define PROBE	VFIO_DEVICE_FEATURE_PROBE
#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define EXIT	VFIO_DEVICE_FEATURE_LOW_POWER_EXIT

static struct session nic = { .container = -1, .group = -1, .device = -1 };

static void setup(void)
{
	struct pci_dev dev;

	if (EXPECT(find_bound(IGB_ID, 0, &dev), 0))
		EXPECT(session_open(&nic, &dev), 0);
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

static CU_TestInfo call_tests[] = {
	{ "unknown features: ENOTTY", unknown },
	{ "no migration: ENOTTY", migration_absent },
	{ "flags", flags },
	{ "argsz", argsz },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "the call", NULL, NULL, setup, teardown, call_tests },
		CU_SUITE_INFO_NULL,
	};

	return check_main(suites);
}
