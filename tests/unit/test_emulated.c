// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ tests/unit/machine.c
/*
 * Devices with an emulated IOMMU: their groups and containers.
 */
#include <linux/iommu.h>
#include <linux/sizes.h>
#include <shim/log.h>
#include <vfio/iommu.h>
#include <shim/task.h>

#include "machine.h"
#include "unit.h"

#define V2 VFIO_TYPE1v2_IOMMU
#define VA 0x7f0000000000UL
#define IOVA 0x10000UL
#define PROT (IOMMU_READ | IOMMU_WRITE)

static int opens, closes, told;
static bool untidy;

static int emu_open(struct vfio_device *vdev)
{
	if (shim_should_fail("driver's open_device"))
		return -EIO;
	opens++;
	return 0;
}

/* Pins are in whole mappings of one page */
static struct page *page;

static void emu_close(struct vfio_device *vdev)
{
	closes++;
	if (page && !untidy)
		vfio_unpin_pages(vdev, IOVA, 1);
	page = NULL;
}

static void emu_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	CHECK_EQ(iova, IOVA);
	CHECK_EQ(length, PAGE_SIZE);
	told++;
	vfio_unpin_pages(vdev, iova, 1);
	page = NULL;
}

static const struct vfio_device_ops emu_ops = {
	.name = "emu", .open_device = emu_open, .close_device = emu_close,
	.dma_unmap = emu_unmap,
};

struct emu { struct vfio_device vdev; };

static struct device *dev;
static struct emu *emu;
static char path[16];

static int emu_add(void)
{
	int ret;

	opens = closes = told = 0;
	untidy = false;
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

static int container, group;

/* Open the device in a container */
static int open_into(unsigned long type)
{
	int ret;

	group = user_join(container, path);
	if (group < 0)
		return group;
	ret = user_set_iommu(container, type);
	return ret ? ret : user_device(group, "emu");
}

static int open_all(unsigned long type)
{
	container = shim_open("vfio/vfio");
	return container < 0 ? container : open_into(type);
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

/* A backend that knows of no such devices */

static int bare_extension(void *space, unsigned long ext)
{
	return ext == 99;
}

static void *bare_open(unsigned long type)
{
	return &container;
}

static void bare_release(void *space)
{
}

static struct vfio_iommu_backend bare = {
	.name = "bare", .owner = &shim_module, .extension = bare_extension, .open = bare_open,
	.release = bare_release,
};

static void a_backend_without_them(void)
{
	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(vfio_register_iommu_backend(&bare), 0);
	CHECK_EQ(emu_add(), 0);
	CHECK_EQ(open_all(99), -ENODEV);
	shim_task_reset();
	emu_remove();
	vfio_unregister_iommu_backend(&bare);
	machine_unload();
}

/* A machine with the device opened, and one page mapped */
static int up(void)
{
	int fd;

	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(emu_add(), 0);
	fd = open_all(V2);
	CHECK(fd >= 0);
	shim_map(VA, 1, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(user_map(container, IOVA, VA, PAGE_SIZE, RW), 0);
	return fd;
}

static void down(void)
{
	shim_task_reset();
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 0);
	emu_remove();
	machine_unload();
}

static void drivers_calls(void)
{
	struct vfio_device *vdev;
	char byte;
	int fd = up();

	vdev = &emu->vdev;
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 1, PROT, &page), 1);
	CHECK_EQ(page_to_pfn(page), shim_pfn_at(VA));
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 1);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 0, PROT, &page), -EINVAL);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, -1, PROT, &page), -EINVAL);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 1, 0, &page), -EINVAL);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 1, 4, &page), -EINVAL);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 1, PROT, NULL), -EINVAL);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 513, PROT, &page), -E2BIG);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 2, PROT, &page), -EINVAL);
	CHECK_EQ(vfio_dma_rw(vdev, IOVA, NULL, 1, false), -EINVAL);
	CHECK_EQ(vfio_dma_rw(vdev, IOVA, &byte, 0, false), -EINVAL);
	CHECK_EQ(vfio_dma_rw(vdev, IOVA, &byte, 1, false), -EFAULT);	/* no content there */
	vfio_unpin_pages(vdev, IOVA, 0);
	CHECK(shim_log_has("unpins 0 pages"));
	vfio_unpin_pages(vdev, IOVA, 513);
	CHECK(shim_log_has("unpins 513 pages"));
	vfio_unpin_pages(vdev, -PAGE_SIZE, 2);
	CHECK(shim_log_has("unpins 2 pages"));
	CHECK(!shim_log_has("not pinned"));
	vfio_unpin_pages(vdev, IOVA + PAGE_SIZE, 1);
	CHECK(shim_log_has("not pinned"));
	CHECK_EQ(user_unmap(container, IOVA, PAGE_SIZE, 0, NULL), 0);
	CHECK_EQ(told, 1);
	CHECK_EQ(shim_live(SHIM_PIN), 0);

	/* only while it is open */
	shim_close(fd);
	CHECK_EQ(vfio_pin_pages(vdev, IOVA, 1, PROT, &page), -EINVAL);
	CHECK_EQ(vfio_dma_rw(vdev, IOVA, &byte, 1, false), -EINVAL);
	vfio_unpin_pages(vdev, IOVA, 1);
	CHECK(shim_log_has("not open"));
	down();
}

static void killed_with_pages_pinned(void)
{
	for (int i = 0; i < 2; i++) {
		up();
		CHECK_EQ(vfio_pin_pages(&emu->vdev, IOVA, 1, PROT, &page), 1);
		untidy = i;
		down();
		CHECK_EQ(shim_log_has("closed with 1 pages pinned"), i);
	}
}

static u64 pgsizes(void)
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) }, *user = SHIM_USER(&info);

	CHECK_EQ(shim_ioctl(container, VFIO_IOMMU_GET_INFO, user), 0);
	return ((struct vfio_iommu_type1_info *)shim_user_body(user))->iova_pgsizes;
}

static long extension(unsigned long ext)
{
	return shim_ioctl(container, VFIO_CHECK_EXTENSION, (void *)ext);
}

/* A device with an IOMMU in the same container, before SET_IOMMU and after */
static void beside_a_real_device(void)
{
	struct shim_iommu hw = SHIM_VTD;
	struct machine_device a;
	int real;

	CHECK_EQ(machine_load(), 0);
	CHECK_EQ(machine_add(&a, &hw, "a"), 0);
	CHECK_EQ(emu_add(), 0);
	shim_map(VA, 1, SHIM_RW, SHIM_CONTIGUOUS);
	container = shim_open("vfio/vfio");
	real = user_join(container, a.path);
	CHECK(open_into(V2) >= 0);
	CHECK_EQ(extension(VFIO_UPDATE_VADDR), 0);
	CHECK_EQ(extension(VFIO_DMA_CC_IOMMU), 1);
	CHECK_EQ(pgsizes(), hw.pgsizes);
	CHECK_EQ(user_map(container, IOVA, VA, PAGE_SIZE, RW), 0);
	CHECK_EQ(user_unmap(container, IOVA, PAGE_SIZE, VFIO_DMA_UNMAP_FLAG_VADDR, NULL), -EBUSY);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 1);
	CHECK_EQ(shim_ioctl(real, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 0);
	CHECK_EQ(pgsizes(), PAGE_MASK);
	CHECK_EQ(extension(VFIO_DMA_CC_IOMMU), 1);
	CHECK_EQ(vfio_pin_pages(&emu->vdev, IOVA, 1, PROT, &page), 1);
	CHECK_EQ(shim_ioctl(real, VFIO_GROUP_SET_CONTAINER, SHIM_USER(&container)), 0);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 1);
	CHECK_EQ(shim_live(SHIM_PIN), 2);
	CHECK(shim_dma(a.group, IOVA, true));
	/* an open device keeps its group in the container */
	CHECK_EQ(shim_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EBUSY);
	shim_task_reset();
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(shim_live(SHIM_LOCKED_VM), 0);
	emu_remove();
	machine_remove(&a);
	machine_unload();
}

UNIT_TESTS(emulated,
	{ "what drivers can call", drivers_calls },
	{ "a process ends with pages pinned", killed_with_pages_pinned },
	{ "beside a device with an IOMMU", beside_a_real_device },
	{ "a device opens in a container of its own", opens_in_a_container },
	{ "each step can fail, and leaves nothing", fails_without_a_trace },
	{ "a backend that knows of no such devices", a_backend_without_them },
	{ "a device with an IOMMU is refused", refuses_a_device_with_an_iommu })
