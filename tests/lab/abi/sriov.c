// SPDX-License-Identifier: GPL-2.0-only
/*
 * VF tokens: who may open a PF and its VFs, with which name. abi-sriov PF VF VF, all bound to
 * vfio-pci.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A	" vf_token=11111111-2222-3333-4444-555555555555"
#define B	" vf_token=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
#define TOKEN	VFIO_DEVICE_FEATURE_PCI_VF_TOKEN
#define PROBE	VFIO_DEVICE_FEATURE_PROBE
#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET

static const unsigned char token_b[16] = {
	0xaa, 0xaa, 0xaa, 0xaa, 0xbb, 0xbb, 0xcc, 0xcc,
	0xdd, 0xdd, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
};

static struct pci_dev pf, vf[2];

/* What opening a device by such a name gives; it is closed again */
static int opens(const struct pci_dev *dev, const char *options)
{
	struct session session;
	int err = session_open_as(&session, dev, options);

	if (!err)
		session_close(&session);
	return err;
}

static int feature(const struct session *session, uint32_t flags, const void *data, size_t size)
{
	struct vfio_device_feature *call = calloc(1, sizeof(*call) + size);
	int err;

	call->argsz = sizeof(*call) + size;
	call->flags = TOKEN | flags;
	if (data)
		memcpy(call->data, data, size);
	err = vf_ioctl(session->device, VFIO_DEVICE_FEATURE, call);
	free(call);
	return err;
}

/* Before anybody has set it, no token is right */
static void unset(void)
{
	EXPECT(opens(&vf[0], ""), -EACCES);
	EXPECT(opens(&vf[0], A), -EACCES);
	EXPECT(opens(&vf[0], " vf_token=00000000-0000-0000-0000-000000000000"), -EACCES);
	EXPECT(opens(&pf, ""), 0);
	EXPECT(opens(&vf[0], A), -EACCES);
}

static void malformed(void)
{
	static const char *const bad[] = {
		" vf_token", " vf_token=", " vf_token=1", A "0", A "x", A A, A " x", " x" A, " x",
		" VF_TOKEN=11111111-2222-3333-4444-555555555555",
		" vf_token=11111111-2222-3333-4444-55555555555",
		" vf_token=111111112222333344445555555555555555",
		" vf_token=g1111111-2222-3333-4444-555555555555",
	};

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT(opens(&pf, bad[i]), -EINVAL);
		EXPECT(opens(&vf[0], bad[i]), -EINVAL);
	}
	/* another device's name, for all that the group knows */
	EXPECT(opens(&pf, "0"), -ENODEV);
	EXPECT(opens(&pf, ",vf_token=11111111-2222-3333-4444-555555555555"), -ENODEV);
}

static void by_name(void)
{
	struct session user, vf_user;

	REQUIRE(session_open_as(&user, &pf, A), 0);
	EXPECT(opens(&vf[0], ""), -EACCES);
	EXPECT(opens(&vf[0], B), -EACCES);
	EXPECT(opens(&vf[0], A), 0);
	EXPECT(session_open_as(&vf_user, &vf[0], A), 0);
	session_close(&user);
	EXPECT(opens(&vf[1], A), 0);
	EXPECT(opens(&vf[1], B), -EACCES);
	/* its driver starts again */
	EXPECT(opens(&pf, ""), -EACCES);
	EXPECT(opens(&pf, B), -EACCES);
	EXPECT(opens(&pf, A), 0);
	session_close(&vf_user);
	/* nobody uses a VF: a new user, with a new token */
	EXPECT(opens(&pf, ""), 0);
	EXPECT(opens(&pf, B), 0);
	EXPECT(opens(&vf[0], A), -EACCES);
	EXPECT(opens(&vf[0], B), 0);
}

static void by_feature(void)
{
	struct session user, vf_user;

	REQUIRE(session_open_as(&user, &pf, A), 0);
	EXPECT(feature(&user, PROBE, NULL, 0), 0);
	EXPECT(feature(&user, PROBE | SET, NULL, 0), 0);
	EXPECT(feature(&user, PROBE | GET, NULL, 0), -EINVAL);
	EXPECT(feature(&user, GET, NULL, 16), -EINVAL);
	EXPECT(feature(&user, SET, token_b, 15), -EINVAL);
	EXPECT(opens(&vf[0], A), 0);
	EXPECT(session_open_as(&vf_user, &vf[0], A), 0);
	/* VFs in use stay so */
	EXPECT(feature(&user, SET, token_b, 16), 0);
	EXPECT_TRUE(config_read(vf_user.device, 0, 4) != ~0u);
	EXPECT(opens(&vf[1], A), -EACCES);
	EXPECT(opens(&vf[1], B), 0);
	EXPECT(feature(&vf_user, PROBE | SET, NULL, 0), -ENOTTY);
	EXPECT(feature(&vf_user, SET, token_b, 16), -ENOTTY);
	session_close(&vf_user);
	session_close(&user);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "no token is right before one is set", unset },
		{ "malformed names", malformed },
		{ "token by name", by_name },
		{ "token by feature", by_feature },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{ .pName = "VF token", .pTests = tests },
		CU_SUITE_INFO_NULL,
	};

	if (argc != 4 || pci_named(argv[1], &pf) || pci_named(argv[2], &vf[0]) ||
	    pci_named(argv[3], &vf[1])) {
		fprintf(stderr, "usage: abi-sriov PF VF VF\n");
		return 2;
	}
	return check_main(suites);
}
