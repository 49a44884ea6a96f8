// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/* A PF and its VFs: how they come and go, who may open which, and with which token. */
#include <pthread.h>
#include <unistd.h>

#include <linux/uuid.h>

#include "../../vfio/pci/sriov.h"
#include "pci_machine.h"
#include "unit.h"

#define A "11111111-2222-3333-4444-555555555555"
#define B "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

extern bool *const shim_param_enable_sriov;

/* A process with one device */
struct user {
	int container, group, fd;
};

static void leave(struct user *user)
{
	if (user->fd >= 0)
		shim_close(user->fd);
	shim_close(user->group);
	shim_close(user->container);
	user->fd = -1;
}

/* 0 with the device open, or -errno with nothing open */
static int enter(struct user *user, struct pci_dev *pdev, const char *options)
{
	char path[16], name[128];

	snprintf(path, sizeof(path), "vfio/%d", iommu_group_id(pdev->dev.iommu_group));
	snprintf(name, sizeof(name), "%s%s", pci_name(pdev), options);
	user->container = shim_open("vfio/vfio");
	user->group = user_join(user->container, path);
	CHECK(user->container >= 0 && user->group >= 0);
	CHECK_EQ(user_set_iommu(user->container, VFIO_TYPE1v2_IOMMU), 0);
	user->fd = user_device(user->group, name);
	if (user->fd >= 0)
		return 0;
	shim_close(user->group);
	shim_close(user->container);
	return user->fd;
}

/* What opening it gives; it is closed again */
static int try(struct pci_dev *pdev, const char *options)
{
	struct user user;
	int ret = enter(&user, pdev, options);

	if (!ret)
		leave(&user);
	return ret;
}

static long set_token(struct user *user, const char *text, u32 flags, u32 size)
{
	u8 buf[sizeof(struct vfio_device_feature) + sizeof(uuid_t)] = { 0 };
	struct vfio_device_feature *feature = (void *)buf;

	feature->argsz = sizeof(*feature) + size;
	feature->flags = VFIO_DEVICE_FEATURE_PCI_VF_TOKEN | flags;
	if (text)
		uuid_parse(text, (uuid_t *)feature->data);
	return shim_ioctl(user->fd, VFIO_DEVICE_FEATURE, shim_user_dup(buf, feature->argsz));
}

static struct pci_dev *vf(unsigned int n)
{
	return shim_pci(pm.pdev)->vf[n];
}

static void pf_up(void)
{
	pci_machine_make();
	pm.pdev->is_physfn = true;
	shim_pci(pm.pdev)->vf_iommu = &pm.hw;
	*shim_param_enable_sriov = true;
	CHECK_EQ(pci_machine_load(), 0);
}

static void pf_down(void)
{
	shim_task_reset();
	pci_machine_unload();
	pci_machine_break();
	*shim_param_enable_sriov = false;
}

static void names(void)
{
	static const struct {
		const char *name;
		int want;
	} cases[] = {
		{ PCI_BDF, VFIO_PCI_NAME_PLAIN },
		{ PCI_BDF " ", VFIO_PCI_NAME_PLAIN },
		{ PCI_BDF " vf_token=" A, VFIO_PCI_NAME_TOKEN },
		{ PCI_BDF "   vf_token=" A "  ", VFIO_PCI_NAME_TOKEN },
		{ "", 0 },
		{ "0000:01:00.", 0 },
		{ PCI_BDF "0", 0 },
		{ PCI_BDF "\tvf_token=" A, 0 },
		{ "0000:01:00.1", 0 },
		{ " " PCI_BDF, 0 },
		{ PCI_BDF " vf_token=", -EINVAL },
		{ PCI_BDF " vf_token", -EINVAL },
		{ PCI_BDF " vf_token=" A "0", -EINVAL },
		{ PCI_BDF " vf_token=" A ",", -EINVAL },
		{ PCI_BDF " vf_token=1111111-2222-3333-4444-5555555555555", -EINVAL },
		{ PCI_BDF " vf_token=11111111-2222-3333-4444-55555555555", -EINVAL },
		{ PCI_BDF " vf_token=g1111111-2222-3333-4444-555555555555", -EINVAL },
		{ PCI_BDF " vf_token={11111111-2222-3333-4444-5555555555}", -EINVAL },
		{ PCI_BDF " vf_token=" A " vf_token=" A, -EINVAL },
		{ PCI_BDF " vf_token=" A " x", -EINVAL },
		{ PCI_BDF " x vf_token=" A, -EINVAL },
		{ PCI_BDF " VF_TOKEN=" A, -EINVAL },
		{ PCI_BDF " vf_token =" A, -EINVAL },
	};
	uuid_t want, uuid;

	uuid_parse(A, &want);
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret = vfio_pci_name_parse(cases[i].name, PCI_BDF, &uuid);

		CHECK_STR(ret == cases[i].want ? "" : cases[i].name, "");
		if (ret == VFIO_PCI_NAME_TOKEN)
			CHECK(!memcmp(&uuid, &want, sizeof(want)));
	}
}

static void vfs_come_and_go(void)
{
	pf_up();
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 3), 3);
	CHECK_STR(vf(0)->dev.driver_override, "vfio-pci");
	CHECK(vf(2)->driver && !strcmp(vf(2)->driver->name, "vfio-pci"));
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 2), -EBUSY);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	/* the parameter is about making them only */
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	*shim_param_enable_sriov = false;
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), -ENOENT);
	CHECK(shim_log_has("enable_sriov"));
	/* they go with their PF */
	*shim_param_enable_sriov = true;
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 8), 8);
	pf_down();
}

static void vfs_of_another_driver(void)
{
	pf_up();
	shim_pci_unbind(pm.pdev);
	CHECK_EQ(pci_enable_sriov(pm.pdev, 1), 0);
	CHECK_EQ(shim_pci_bind(pm.pdev, shim_pci_driver("vfio-pci")), -EBUSY);
	/* VFs of a PF that the host drives: no token, and none may be given */
	CHECK(!vf(0)->dev.driver_override);
	CHECK_EQ(shim_pci_probe_vf(vf(0), "vfio-pci"), 0);
	CHECK_EQ(try(vf(0), ""), 0);
	CHECK_EQ(try(vf(0), " vf_token=" A), -EINVAL);
	CHECK(shim_log_has("its PF is not bound to vfio-pci"));
	pci_disable_sriov(pm.pdev);
	pf_down();
}

static void vfs_of_the_host(void)
{
	struct pci_driver *driver;

	pf_up();
	driver = shim_pci_driver("vfio-pci");
	shim_pci(pm.pdev)->no_autoprobe = true;
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	driver->driver_managed_dma = false;
	CHECK_EQ(shim_pci_probe_vf(vf(0), "vfio-pci"), 0);
	driver->driver_managed_dma = true;
	CHECK(shim_log_has("has to trust the user of its PF " PCI_BDF));
	pf_down();
}

static void plain_devices_take_no_token(void)
{
	pci_machine_make();
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(try(pm.pdev, ""), 0);
	CHECK_EQ(try(pm.pdev, " vf_token=" A), -EINVAL);
	CHECK(shim_log_has("must not be given a VF token, it has no VFs"));
	CHECK_EQ(try(pm.pdev, " vf_token="), -EINVAL);
	CHECK_EQ(try(pm.pdev, "x"), -ENODEV);
	pci_machine_unload();
	pci_machine_break();
}

static void the_rules(void)
{
	struct user pf, user;

	pf_up();
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 2), 2);
	/* nobody knows the first token */
	CHECK_EQ(try(vf(0), ""), -EACCES);
	CHECK_EQ(try(vf(0), " vf_token=00000000-0000-0000-0000-000000000000"), -EACCES);
	CHECK_EQ(try(pm.pdev, ""), 0);
	/* the PF's user sets it when it opens */
	CHECK_EQ(enter(&pf, pm.pdev, " vf_token=" A), 0);
	CHECK_EQ(try(vf(0), ""), -EACCES);
	CHECK(shim_log_has("the VF token is needed"));
	CHECK_EQ(try(vf(0), " vf_token=" B), -EACCES);
	CHECK(shim_log_has("the VF token is not its PF's"));
	CHECK_EQ(try(vf(0), " vf_token=x"), -EINVAL);
	CHECK_EQ(enter(&user, vf(0), " vf_token=" A), 0);
	leave(&pf);
	/* also after it has gone; and with VFs in use the next must be the same */
	CHECK_EQ(try(vf(1), " vf_token=" A), 0);
	CHECK_EQ(try(pm.pdev, ""), -EACCES);
	CHECK_EQ(try(pm.pdev, " vf_token=" B), -EACCES);
	CHECK_EQ(enter(&pf, pm.pdev, " vf_token=" A), 0);
	/* or it sets another by the feature: who is there stays, who comes needs the new one */
	CHECK_EQ(set_token(&pf, B, VFIO_DEVICE_FEATURE_SET, sizeof(uuid_t)), 0);
	CHECK_EQ(try(vf(1), " vf_token=" A), -EACCES);
	CHECK_EQ(try(vf(1), " vf_token=" B), 0);
	leave(&user);
	leave(&pf);
	/* with no VF in use the PF is free again */
	CHECK_EQ(try(pm.pdev, ""), 0);
	CHECK_EQ(try(vf(0), " vf_token=" B), 0);
	/* and the token ends with the binding */
	shim_pci_unbind(pm.pdev);
	CHECK_EQ(shim_pci_bind(pm.pdev, shim_pci_driver("vfio-pci")), 0);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	CHECK_EQ(try(vf(0), " vf_token=" B), -EACCES);
	pf_down();
}

static void the_feature(void)
{
	const u32 set = VFIO_DEVICE_FEATURE_SET, get = VFIO_DEVICE_FEATURE_GET;
	const u32 probe = VFIO_DEVICE_FEATURE_PROBE;
	struct user pf, user;

	pf_up();
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	CHECK_EQ(enter(&pf, pm.pdev, ""), 0);
	CHECK_EQ(set_token(&pf, NULL, probe, 0), 0);
	CHECK_EQ(set_token(&pf, NULL, probe | set, 0), 0);
	CHECK_EQ(set_token(&pf, NULL, probe | get, 0), -EINVAL);
	CHECK_EQ(set_token(&pf, NULL, probe | get | set, 0), -EINVAL);
	CHECK_EQ(set_token(&pf, NULL, get, sizeof(uuid_t)), -EINVAL);
	CHECK_EQ(set_token(&pf, A, set, sizeof(uuid_t) - 1), -EINVAL);
	CHECK_EQ(set_token(&pf, NULL, 0, sizeof(uuid_t)), -EINVAL);
	CHECK_EQ(try(vf(0), " vf_token=" A), -EACCES);
	CHECK_EQ(set_token(&pf, A, set, sizeof(uuid_t)), 0);
	CHECK_EQ(enter(&user, vf(0), " vf_token=" A), 0);
	/* a VF has none of its own */
	CHECK_EQ(set_token(&user, A, set, sizeof(uuid_t)), -ENOTTY);
	CHECK_EQ(set_token(&user, NULL, probe | set, 0), -ENOTTY);
	leave(&user);
	leave(&pf);
	pf_down();
}

static void the_pf_stays_awake(void)
{
	unsigned int ctrl;

	pf_up();
	CHECK(pm.pdev->dev.power.suspended);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	CHECK_EQ(pci_user_open(), 0);
	ctrl = pm.pdev->pm_cap + PCI_PM_CTRL;
	for (int state = 1; state <= 3; state++) {
		pci_set_power(state);
		CHECK_EQ(pm.pdev->current_state, PCI_D0);
		CHECK_EQ(pci_config_get(ctrl, 2) & PCI_PM_CTRL_STATE_MASK, 0);
	}
	pci_user_close();
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	/* nor are VFs made of one that its user has put to sleep */
	CHECK_EQ(pci_user_open(), 0);
	pci_set_power(3);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), -EBUSY);
	CHECK(shim_log_has("its user has put it into D3"));
	pci_set_power(0);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	pf_down();
}

static void *no_more_vfs(void *task)
{
	shim_become(task);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	return NULL;
}

/* Removing waits for the user of a VF, who can still do all that it likes meanwhile. */
static void removing_waits_for_users(void)
{
	struct user pf, user;
	pthread_t thread;

	pf_up();
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 2), 2);
	CHECK_EQ(enter(&pf, pm.pdev, " vf_token=" A), 0);
	CHECK_EQ(enter(&user, vf(0), " vf_token=" A), 0);
	CHECK_OR_STOP(!pthread_create(&thread, NULL, no_more_vfs, current));
	while (!shim_log_has("waiting for it"))
		usleep(100);
	CHECK_EQ(shim_ioctl(user.fd, VFIO_DEVICE_RESET, NULL), -EAGAIN);
	CHECK_EQ(shim_ioctl(pf.fd, VFIO_DEVICE_RESET, NULL), -EAGAIN);
	CHECK_EQ(pci_num_vf(pm.pdev), 2);
	leave(&pf);
	leave(&user);
	pthread_join(thread, NULL);
	CHECK_EQ(pci_num_vf(pm.pdev), 0);
	pf_down();
}

static void *open_and_close(void *task)
{
	shim_become(task);
	for (int i = 0; i < 200; i++) {
		int ret = try(pm.pdev, i & 1 ? "" : " vf_token=" A);

		/* busy while sriov_numvfs is written, which has the device lock */
		CHECK(!ret || ret == -EAGAIN);
	}
	return NULL;
}

static void numvfs_against_open_and_close(void)
{
	pthread_t thread;

	pf_up();
	shim_jitter(true);
	CHECK_OR_STOP(!pthread_create(&thread, NULL, open_and_close, current));
	for (int i = 0; i < 100; i++) {
		CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 2), 2);
		CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	}
	pthread_join(thread, NULL);
	shim_jitter(false);
	pf_down();
}

static void under_failure(void)
{
	SHIM_SWEEP() {
		struct user user;
		int ret;

		pci_machine_make();
		pm.pdev->is_physfn = true;
		shim_pci(pm.pdev)->vf_iommu = &pm.hw;
		*shim_param_enable_sriov = true;
		ret = pci_machine_load();
		if (!ret) {
			ret = shim_pci_set_numvfs(pm.pdev, 1);
			if (ret == 1 && vf(0)->driver) {
				shim_fail_pause();
				CHECK_EQ(enter(&user, pm.pdev, " vf_token=" A), 0);
				shim_fail_resume();
				CHECK(!set_token(&user, B, VFIO_DEVICE_FEATURE_SET,
						 sizeof(uuid_t)) || shim_failed());
				leave(&user);
			}
			CHECK(ret == 1 || shim_failed());
			shim_task_reset();
			pci_machine_unload();
		}
		CHECK(ret == 1 || shim_failed());
		CHECK_EQ(pci_num_vf(pm.pdev), 0);
		*shim_param_enable_sriov = false;
		shim_user_free_all();
		pci_machine_break();
	}
}

UNIT_TESTS(pci_sriov,
	{ "names", names },
	{ "VFs come and go", vfs_come_and_go },
	{ "VFs of another driver", vfs_of_another_driver },
	{ "VFs that the host drives", vfs_of_the_host },
	{ "plain devices take no token", plain_devices_take_no_token },
	{ "the rules", the_rules },
	{ "the feature", the_feature },
	{ "the PF stays awake", the_pf_stays_awake },
	{ "removing waits for users", removing_waits_for_users },
	{ "numvfs against open and close", numvfs_against_open_and_close },
	{ "under failure", under_failure })
