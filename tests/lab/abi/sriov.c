// SPDX-License-Identifier: GPL-2.0-only
/*
 * VF tokens: who may open a PF and its VFs, with which name. abi-sriov PF VF VF, all bound to
 * vfio-pci; or abi-sriov DEVICE RULE for one that must not be given a token, and what the log is
 * to say of that.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <time.h>
#include <unistd.h>

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

/* Messages of the kernel's log that tell of a refused open of the device by us, for this rule */
static unsigned int told(const struct pci_dev *dev, const char *rule)
{
	static char log[1 << 20];
	char message[160];
	unsigned int n = 0;
	int size = klogctl(3 /* all that is there */, log, sizeof(log) - 1);

	log[size < 0 ? 0 : size] = '\0';
	snprintf(message, sizeof(message), "vfio-pci %s: open by abi-sriov[%d] refused: %s\n",
		 dev->name, getpid(), rule);
	for (const char *at = log; (at = strstr(at, message)); at++)
		n++;
	return n;
}

/*
 * User space cannot flood the log, whose limit is 10 messages in 5 s. The device is refused by this
 * name for this rule.
 */
static void flood(const struct pci_dev *dev, const char *options, int error, const char *rule)
{
	struct timespec from, to;
	struct session user;
	char name[128];

	snprintf(name, sizeof(name), "%s%s", dev->name, options);
	REQUIRE(session_open_as(&user, dev, NULL), 0);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int n = 0; n < 100; n++)
		EXPECT(group_device(user.group, name), error);
	clock_gettime(CLOCK_MONOTONIC, &to);
	session_close(&user);
	EXPECT_TRUE(told(dev, rule) <= 10 * (2 + (to.tv_sec - from.tv_sec) / 5));
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

/* Options that are none, for any device */
static void malformed_for(const struct pci_dev *dev)
{
	static const char *const bad[] = {
		" vf_token", " vf_token=", " vf_token=1", A "0", A "x", A A, A " x", " x" A, " x",
		" VF_TOKEN=11111111-2222-3333-4444-555555555555",
		" vf_token=11111111-2222-3333-4444-55555555555",
		" vf_token=111111112222333344445555555555555555",
		" vf_token=g1111111-2222-3333-4444-555555555555",
	};

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(opens(dev, bad[i]), -EINVAL);
	/* another device's name, for all that the group knows */
	EXPECT(opens(dev, "0"), -ENODEV);
	EXPECT(opens(dev, ",vf_token=11111111-2222-3333-4444-555555555555"), -ENODEV);
}

static void malformed(void)
{
	malformed_for(&pf);
	malformed_for(&vf[0]);
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

/* Each refusal names device and rule in the log. */
static void log_of_rules(void)
{
	static const char option[] = "option that is not one vf_token=UUID";
	static const char needed[] = "its PF is bound to vfio-pci, the VF token is needed";
	struct session user, vf_user;

	EXPECT_TRUE(told(&vf[0], needed) == 1);		/* unset() */
	REQUIRE(session_open_as(&user, &pf, A), 0);
	EXPECT(opens(&vf[1], ""), -EACCES);
	EXPECT_TRUE(told(&vf[1], needed) == 1);
	EXPECT(opens(&vf[1], B), -EACCES);
	EXPECT_TRUE(told(&vf[1], "the VF token is not its PF's") == 1);
	EXPECT(session_open_as(&vf_user, &vf[0], A), 0);
	session_close(&user);
	EXPECT(opens(&pf, ""), -EACCES);
	EXPECT_TRUE(told(&pf, "its VFs are in use, the VF token is needed") == 1);
	EXPECT(opens(&pf, B), -EACCES);
	EXPECT_TRUE(told(&pf, "its VFs are in use with another VF token") == 1);
	EXPECT(opens(&pf, " x"), -EINVAL);
	EXPECT_TRUE(told(&pf, option) == 1);
	session_close(&vf_user);
	flood(&vf[1], " x", -EINVAL, option);
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

/* A device that must not be given a token is @pf, and this is why */
static const char *why;

static void forbidden(void)
{
	struct session user;
	char name[128];

	EXPECT(opens(&pf, A), -EINVAL);
	EXPECT(opens(&pf, " vf_token=00000000-0000-0000-0000-000000000000"), -EINVAL);
	REQUIRE(session_open_as(&user, &pf, ""), 0);
	EXPECT(feature(&user, PROBE | SET, NULL, 0), -ENOTTY);
	EXPECT(feature(&user, SET, token_b, 16), -ENOTTY);
	/* in use or not */
	snprintf(name, sizeof(name), "%s" A, pf.name);
	EXPECT(group_device(user.group, name), -EINVAL);
	session_close(&user);
	EXPECT_TRUE(told(&pf, why) == 3);
	/* and then it has none to remember */
	EXPECT(opens(&pf, ""), 0);
	flood(&pf, A, -EINVAL, why);
}

static void malformed_plain(void)
{
	malformed_for(&pf);
}

static int check_forbidden(const char *device)
{
	static CU_TestInfo tests[] = {
		{ "token where none belongs", forbidden },
		{ "malformed names", malformed_plain },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{ .pName = "no VF token", .pTests = tests },
		CU_SUITE_INFO_NULL,
	};

	return pci_named(device, &pf) ? 2 : check_main(suites);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "no token is right before one is set", unset },
		{ "the log tells each rule", log_of_rules },
		{ "malformed names", malformed },
		{ "token by name", by_name },
		{ "token by feature", by_feature },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {
		{ .pName = "VF token", .pTests = tests },
		CU_SUITE_INFO_NULL,
	};

	if (argc == 3) {
		why = argv[2];
		return check_forbidden(argv[1]);
	}
	if (argc != 4 || pci_named(argv[1], &pf) || pci_named(argv[2], &vf[0]) ||
	    pci_named(argv[3], &vf[1])) {
		fprintf(stderr, "usage: abi-sriov PF VF VF\n       abi-sriov DEVICE RULE\n");
		return 2;
	}
	return check_main(suites);
}
