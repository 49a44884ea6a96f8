// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c tests/unit/bus_machine.c
/* What a hot reset reaches, as user space is told. */
#include <linux/sizes.h>
#include <vfio/pci_core.h>

#include "bus_machine.h"
#include "unit.h"

extern bool *const shim_param_enable_sriov;

/* Is the function among what was told, once and right? */
static bool told(const struct bus_info *info, struct pci_dev *pdev)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < info->head.count; i++) {
		const struct vfio_pci_dependent_device *of = &info->of[i];

		if (of->segment == pci_domain_nr(pdev->bus) && of->bus == pdev->bus->number &&
		    of->devfn == pdev->devfn)
			n += of->group_id == (u32)iommu_group_id(pdev->dev.iommu_group);
	}
	return n == 1;
}

static void both_functions(void)
{
	struct bus_info info;

	bus_up(false);
	CHECK_EQ(bus_info(pm.fd, 8, &info), 0);
	CHECK_EQ(info.head.argsz, sizeof(info.head) + 8 * sizeof(info.of[0]));
	CHECK_EQ(info.head.flags, 0);
	CHECK_EQ(info.head.count, 2);
	CHECK(told(&info, pm.pdev) && told(&info, bm.other));
	bus_down();
}

static void room(void)
{
	struct bus_info info;

	bus_up(false);
	for (unsigned int room = 0; room < 2; room++) {
		CHECK_EQ(bus_info(pm.fd, room, &info), -ENOSPC);
		CHECK_EQ(info.head.count, 2);
		CHECK_EQ(info.head.flags, 0);
		/* what did not fit is not begun */
		if (room)
			CHECK_EQ(info.of[0].group_id, 0);
	}
	CHECK_EQ(bus_info(pm.fd, 2, &info), 0);
	CHECK(told(&info, pm.pdev) && told(&info, bm.other));
	bus_down();
}

/* argsz that is not a multiple of anything, too small, or far beyond the memory that is there */
static void argsz(void)
{
	static const struct { u32 argsz; long want; } cases[] = {
		{ 0, -EINVAL }, { 11, -EINVAL }, { 12, -ENOSPC }, { 13, -ENOSPC },
		{ 12 + 15, -ENOSPC }, { 12 + 16, 0 }, { 12 + 17, 0 }, { U32_MAX, 0 },
	};

	bus_up(false);
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bus_info info = { .head.argsz = cases[i].argsz };
		u8 *user = shim_user_dup(&info, 12 + 16);

		CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, user),
			 cases[i].want);
		shim_user_free(user);
	}
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, SHIM_USER_WILD), -EFAULT);
	bus_down();
}

static void no_reset(void)
{
	struct bus_info info;

	bus_up(false);
	shim_pci(bm.bridge)->no_bus_reset = true;
	CHECK_EQ(bus_info(pm.fd, 8, &info), -ENODEV);
	/* the slot may still be able to */
	shim_pci(bm.bridge)->slot.can_reset = true;
	CHECK_EQ(bus_info(pm.fd, 8, &info), 0);
	bus_down();
	/* on a root bus */
	pci_up();
	CHECK_EQ(bus_info(pm.fd, 8, &info), -ENODEV);
	pci_down();
}

/* A third function, wherever the test puts it; in a group of its own */
struct third {
	struct pci_dev *pdev;
	struct iommu_group *group;
};

static void third_new(struct third *third, const char *name, struct pci_dev *bridge)
{
	third->pdev = shim_pci_new(name, 0x1234, 0x9999);
	third->group = shim_group_new(&pm.hw);
	shim_group_join(third->group, &third->pdev->dev);
	if (bridge)
		shim_pci_put_below(third->pdev, bridge);
}

static void third_free(struct third *third)
{
	shim_group_leave(&third->pdev->dev);
	shim_pci_free(third->pdev);
	shim_group_free(third->group);
}

/* One link, one device: what ARI numbers as another device belongs to the slot, too */
static void slot_behind_a_port(void)
{
	struct third third, elsewhere;
	struct bus_info info;

	bus_make();
	third_new(&third, "0000:01:01.0", bm.bridge);
	third_new(&elsewhere, "0000:00:05.0", NULL);
	CHECK_EQ(bus_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK(!third.pdev->slot);
	shim_pci(bm.bridge)->slot.can_reset = true;
	CHECK_EQ(bus_info(pm.fd, 8, &info), 0);
	CHECK_EQ(info.head.count, 3);
	CHECK(told(&info, third.pdev) && !told(&info, elsewhere.pdev));
	/* conventional PCI: that slot only */
	bm.bridge->pcie_cap = 0;
	CHECK_EQ(bus_info(pm.fd, 8, &info), 0);
	CHECK_EQ(info.head.count, 2);
	CHECK(!told(&info, third.pdev));
	third_free(&third);
	third_free(&elsewhere);
	bus_down();
}

/* A bridge on the bus, a function below it, and VFs */
static void all_below(void)
{
	struct third bridge = { .pdev = NULL }, below;
	struct bus_info info;

	bus_make();
	bridge.pdev = shim_pci_bridge("0000:01:02.0", 2);
	bridge.group = shim_group_new(&pm.hw);
	shim_group_join(bridge.group, &bridge.pdev->dev);
	shim_pci_put_below(bridge.pdev, bm.bridge);
	third_new(&below, "0000:02:00.0", bridge.pdev);
	bm.other->is_physfn = true;
	shim_pci(bm.other)->vf_iommu = &pm.hw;
	*shim_param_enable_sriov = true;
	CHECK_EQ(bus_load(), 0);
	CHECK_EQ(shim_pci_set_numvfs(bm.other, 2), 2);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(bus_info(pm.fd, 8, &info), 0);
	CHECK_EQ(info.head.count, 6);
	CHECK(told(&info, bridge.pdev) && told(&info, below.pdev));
	CHECK(told(&info, shim_pci(bm.other)->vf[1]));
	third_free(&below);
	third_free(&bridge);
	shim_task_reset();
	CHECK_EQ(shim_pci_set_numvfs(bm.other, 0), 0);
	*shim_param_enable_sriov = false;
	bus_down();
}

static void no_group(void)
{
	struct bus_info info;

	bus_make();
	shim_group_leave(&bm.other->dev);
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(bus_info(pm.fd, 8, &info), -EPERM);
	shim_group_join(bm.other_group, &bm.other->dev);
	bus_down();
}

static void sweep(void)
{
	struct bus_info info;

	bus_up(false);
	SHIM_SWEEP() {
		long ret = bus_info(pm.fd, 8, &info);

		if (!shim_failed())
			CHECK_EQ(ret, 0);
		else
			CHECK(ret == -ENOMEM || ret == -EFAULT);
	}
	bus_down();
}

UNIT_TESTS(pci_scope,
	{ "both functions are told", both_functions },
	{ "room for them", room },
	{ "argsz", argsz },
	{ "neither bus nor slot can be reset", no_reset },
	{ "a slot behind a port, and on a conventional bus", slot_behind_a_port },
	{ "bridges, what is below, and VFs", all_below },
	{ "a function without an IOMMU group", no_group },
	{ "each step fails", sweep })
