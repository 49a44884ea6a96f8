// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ tests/unit/machine.c
/*
 * Devices with an emulated IOMMU: their groups and containers.
 */
#include <linux/sizes.h>
#include <shim/log.h>
#include <shim/task.h>

#include "machine.h"
#include "unit.h"

#define V2 VFIO_TYPE1v2_IOMMU

static int opens, closes;

static int emu_open(struct vfio_device *vdev)
{
	if (shim_should_fail("driver's open_device"))
		return -EIO;
	opens++;
	return 0;
}

static void emu_close(struct vfio_device *vdev)
{
	closes++;
}

static const struct vfio_device_ops emu_ops = {
	.name = "emu", .open_device = emu_open, .close_device = emu_close,
};

struct emu { struct vfio_device vdev; };

static struct device *dev;
static struct emu *emu;
static char path[16];

static int emu_add(void)
{
	int ret;

	opens = closes = 0;
	dev = shim_group_device(NULL, "emu");
	emu = vfio_alloc_device(emu, vdev, dev, &emu_ops);
	if (IS_ERR(emu)) {
		shim_device_free(dev);
		return PTR_ERR(emu);
	}
	ret = vfio_register_emulated_iommu_dev(&emu->vdev);
	if (ret) {
		vfio_put_device(&emu->vdev);
		shim_device_free(dev);
		return ret;
	}
	snprintf(path, sizeof(path), "vfio/%d", iommu_group_id(dev->iommu_group));
	return 0;
}

static void emu_remove(void)
{
	vfio_unregister_group_dev(&emu->vdev);
	CHECK(!dev->iommu_group);
	CHECK(!shim_node_exists(path));
	vfio_put_device(&emu->vdev);
	shim_device_free(dev);
	CHECK_EQ(opens, closes);
}

static int open_all(unsigned long type)
{
	int container = shim_open("vfio/vfio"), group, ret;

	if (container < 0)
		return container;
	group = user_join(container, path);
	if (group < 0)
		return group;
	ret = user_set_iommu(container, type);
	return ret ? ret : user_device(group, "emu");
}

static void opens_in_a_container(void)
{
	static const unsigned long types[] = { VFIO_TYPE1_IOMMU, V2 };

	for (int i = 0; i < 2; i++) {
		CHECK_EQ(machine_load(), 0);
		CHECK_EQ(emu_add(), 0);
		CHECK(shim_node_exists(path));
		CHECK(open_all(types[i]) >= 0);
		CHECK_EQ(opens, 1);
		shim_task_reset();
		emu_remove();
		machine_unload();
	}
}

static void fails_without_a_trace(void)
{
	SHIM_SWEEP() {
		int ret = machine_load();

		if (!ret) {
			ret = emu_add();
			if (!ret) {
				ret = open_all(V2);
				shim_task_reset();
				emu_remove();
			}
			machine_unload();
		}
		if (!shim_failed())
			CHECK(ret >= 0);
	}
}

static void refuses_a_device_with_an_iommu(void)
{
	struct shim_iommu hw = SHIM_VTD;
	struct iommu_group *group = shim_group_new(&hw);
	struct device *real = shim_group_device(group, "real");
	struct emu *e;

	CHECK_EQ(machine_load(), 0);
	e = vfio_alloc_device(emu, vdev, real, &emu_ops);
	CHECK_EQ(vfio_register_emulated_iommu_dev(&e->vdev), -EINVAL);
	CHECK(shim_log_has("real: "));
	vfio_put_device(&e->vdev);
	machine_unload();
	shim_device_free(real);
	shim_group_free(group);
}

UNIT_TESTS(emulated,
	{ "a device opens in a container of its own", opens_in_a_container },
	{ "each step can fail, and leaves nothing", fails_without_a_trace },
	{ "a device with an IOMMU is refused", refuses_a_device_with_an_iommu })
