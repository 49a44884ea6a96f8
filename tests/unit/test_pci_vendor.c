// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/* Vendor drivers: who serves a device, and for how long its module stays. */
#include "vendor_driver.h"

extern bool *const shim_param_enable_sriov;

/* Who serves a device */

static void it_serves_and_stays(void)
{
	char page[64];

	tester_load(&first, first_ids, "first");
	up();
	CHECK_EQ(first.probes, 1);
	CHECK(shim_log_has("served by vendor driver first"));
	CHECK_EQ(shim_pci_attr(pm.pdev, "vfio_vendor", page), 6);
	CHECK_STR(page, "first\n");
	CHECK_EQ(atomic_read(&first.module.refs), 1);
	CHECK_EQ(pci_user_open(), 0);
	pci_user_close();
	CHECK_EQ(atomic_read(&first.module.refs), 1);
	down();
	CHECK_EQ(first.removes, 1);
	tester_unload(&first);
}

static char asked[64];
static unsigned int questions;

static int remember(const char *name)
{
	questions++;
	snprintf(asked, sizeof(asked), "%s", name);
	return -ENOENT;
}

static int load_first(const char *name)
{
	tester_load(&first, first_ids, "first");
	return remember(name);
}

static void it_is_asked_for(void)
{
	questions = 0;
	shim_on_request_module = load_first;
	up();
	CHECK_STR(asked, "vfio-pci:1234-5678");
	CHECK_EQ(questions, 1);
	CHECK_EQ(first.probes, 1);
	down();
	/* it is there: no question */
	shim_on_request_module = remember;
	up();
	CHECK_EQ(questions, 1);
	CHECK_EQ(first.probes, 2);
	down();
	tester_unload(&first);
	shim_on_request_module = NULL;
}

/* One that declines does not hide the one that has to be loaded, and is not asked twice */
static void it_is_asked_for_after_others(void)
{
	char page[64];

	tester_load(&second, second_ids, "second");
	second.error = -ENODEV;
	questions = 0;
	shim_on_request_module = load_first;
	up();
	CHECK_EQ(questions, 1);
	CHECK_EQ(second.probes, 1);
	CHECK_EQ(shim_pci_attr(pm.pdev, "vfio_vendor", page), 6);
	CHECK_STR(page, "first\n");
	down();
	tester_unload(&first);
	tester_unload(&second);
	shim_on_request_module = NULL;
}

static int fail_to_ask(const char *name)
{
	return -ETIME;
}

static int be_killed(const char *name)
{
	current->killed = true;
	return -EINTR;
}

static void it_cannot_be_asked_for(void)
{
	shim_on_request_module = fail_to_ask;
	up();
	CHECK(shim_log_has("no vendor driver for 1234:5678 could be asked for: -62"));
	down();
	shim_on_request_module = be_killed;
	pci_machine_make();
	CHECK_EQ(pci_machine_load(), -EINTR);
	current->killed = false;
	pci_machine_break();
	shim_on_request_module = NULL;
}

static const struct pci_device_id vf_ids[] = {
	{ PCI_DEVICE(0x1234, 0x5679), .driver_data = (unsigned long)&first }, { }
};

static int load_for_vfs(const char *name)
{
	if (strcmp(name, "vfio-pci:1234-5679"))
		return -ENOENT;
	tester_load(&first, vf_ids, "first");
	return remember(name);
}

/* VFs that are made together ask once, by the ID that all of them have, before they come */
static void vfs_ask_once(void)
{
	u16 cap;
	char page[64];

	pci_machine_make();
	pm.pdev->is_physfn = true;
	cap = shim_pci_add_ext_cap(pm.pdev, PCI_EXT_CAP_ID_SRIOV, 1, PCI_EXT_CAP_SRIOV_SIZEOF);
	shim_pci_set(pm.pdev, cap + PCI_SRIOV_VF_DID, 2, 0x5679);
	shim_pci(pm.pdev)->vf_iommu = &pm.hw;
	*shim_param_enable_sriov = true;
	CHECK_EQ(pci_machine_load(), 0);
	questions = 0;
	shim_on_request_module = load_for_vfs;
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 2), 2);
	CHECK_EQ(questions, 1);
	CHECK_EQ(first.probes, 2);
	for (unsigned int i = 0; i < 2; i++)
		CHECK_EQ(shim_pci_attr(shim_pci(pm.pdev)->vf[i], "vfio_vendor", page), 6);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	CHECK_EQ(first.removes, 2);
	tester_unload(&first);
	/* none is made: the question does not outlive the attempt */
	shim_on_request_module = remember;
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, SHIM_PCI_VFS + 1), -EINVAL);
	CHECK_EQ(questions, 2);
	/* and nobody's VFs ask each for itself */
	shim_on_request_module = remember;
	questions = 0;
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 2), 2);
	CHECK_EQ(questions, 1);
	*shim_param_enable_sriov = false;
	down();
	shim_on_request_module = NULL;
}

static void nobody_comes(void)
{
	char page[64];

	tester_load(&first, other_ids, "first");
	shim_on_request_module = remember;
	up();
	CHECK_EQ(first.probes, 0);
	CHECK_EQ(shim_pci_attr(pm.pdev, "vfio_vendor", page), -ENOENT);
	CHECK_EQ(pci_user_open(), 0);
	pci_user_close();
	down();
	tester_unload(&first);
	shim_on_request_module = NULL;
}

static void errors_fall_back(void)
{
	char page[64];

	tester_load(&first, first_ids, "first");
	tester_load(&second, second_ids, "second");
	first.error = -EIO;
	up();
	CHECK(shim_log_has(PCI_BDF));
	CHECK(shim_log_has("vendor driver first failed"));
	CHECK(shim_log_has("served without it"));
	CHECK_EQ(second.probes, 0);
	CHECK_EQ(first.removes, 0);
	CHECK_EQ(atomic_read(&first.module.refs), 0);
	CHECK_EQ(shim_pci_attr(pm.pdev, "vfio_vendor", page), -ENOENT);
	CHECK_EQ(pci_user_open(), 0);
	pci_user_close();
	down();
	/* not one of its own: the next */
	first.error = -ENODEV;
	up();
	CHECK_EQ(shim_pci_attr(pm.pdev, "vfio_vendor", page), 7);
	CHECK_STR(page, "second\n");
	CHECK_EQ(atomic_read(&first.module.refs), 0);
	down();
	tester_unload(&first);
	tester_unload(&second);
}

static void the_first_wins(void)
{
	tester_load(&second, second_ids, "second");
	tester_load(&first, first_ids, "first");
	up();
	CHECK_EQ(second.probes, 1);
	CHECK_EQ(first.probes, 0);
	CHECK(shim_log_has("vendor driver first was not asked: second came first"));
	down();
	/* one that is being unloaded is none */
	second.module.leaving = true;
	up();
	CHECK_EQ(first.probes, 1);
	down();
	tester_unload(&first);
	tester_unload(&second);
}

static void nothing_is_left_of_a_failed_bind(void)
{
	SHIM_SWEEP() {
		int ret;

		shim_fail_pause();
		tester_load(&first, first_ids, "first");
		pci_machine_make();
		shim_fail_resume();
		ret = pci_machine_load();
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		if (!ret)
			pci_machine_unload();
		CHECK_EQ(atomic_read(&first.module.refs), 0);
		pci_machine_break();
		tester_unload(&first);
	}
}

UNIT_TESTS(pci_vendor,
	{ "it serves and stays", it_serves_and_stays },
	{ "it is asked for", it_is_asked_for },
	{ "it is asked for after others", it_is_asked_for_after_others },
	{ "it cannot be asked for", it_cannot_be_asked_for },
	{ "VFs ask once", vfs_ask_once },
	{ "nobody comes", nobody_comes },
	{ "errors fall back", errors_fall_back },
	{ "the first wins", the_first_wins },
	{ "nothing is left of a failed bind", nothing_is_left_of_a_failed_bind })
