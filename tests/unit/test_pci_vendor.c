// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * Vendor drivers: who serves a device, for how long its module stays, regions behind those
 * of the ABI, and parts of BARs that the driver answers for.
 */
#include <linux/module.h>
#include <linux/sizes.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

#define VA 0x7f0000000000UL
#define OFFSET(region) VFIO_PCI_INDEX_TO_OFFSET(region)
#define OWN VFIO_PCI_NUM_REGIONS

/* A vendor driver that the tests register, and what it is told to do */
struct tester {
	struct vfio_pci_vendor_driver driver;
	struct module module;
	long error;		/* probe() fails with it */
	unsigned int probes, removes;
};

struct tester_device {
	struct vfio_pci_core_device core;
	struct tester *tester;
};

/* What it does when a device is opened */
static int (*setup)(struct vfio_pci_core_device *vdev);

static int tester_open(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int ret = vfio_pci_core_enable(vdev);

	if (ret)
		return ret;
	ret = setup ? setup(vdev) : 0;
	if (ret) {
		vfio_pci_core_disable(vdev);
		return ret;
	}
	vfio_pci_core_finish_enable(vdev);
	return 0;
}

static const struct vfio_device_ops tester_ops = {
	.name = "tester",
	.init = vfio_pci_core_init_dev,
	.release = vfio_pci_core_release_dev,
	.open_device = tester_open,
	.close_device = vfio_pci_core_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
};

static struct tester first, second;

static struct tester *tester_of(const struct pci_device_id *id)
{
	return (struct tester *)id->driver_data;
}

static struct vfio_pci_core_device *tester_probe(struct pci_dev *pdev,
						 const struct pci_device_id *id)
{
	struct tester *tester = tester_of(id);
	struct tester_device *dev;

	tester->probes++;
	CHECK(atomic_read(&tester->module.refs) >= 1);
	if (tester->error)
		return ERR_PTR(tester->error);
	dev = vfio_alloc_device(tester_device, core.vdev, &pdev->dev, &tester_ops);
	if (IS_ERR(dev))
		return ERR_CAST(dev);
	dev->tester = tester;
	return &dev->core;
}

static void tester_remove(struct vfio_pci_core_device *vdev)
{
	container_of(vdev, struct tester_device, core)->tester->removes++;
}

static const struct pci_device_id first_ids[] = {
	{ PCI_DEVICE(0x1234, 0x5678), .driver_data = (unsigned long)&first }, { }
};
static const struct pci_device_id second_ids[] = {
	{ PCI_DEVICE(0x1234, PCI_ANY_ID), .driver_data = (unsigned long)&second }, { }
};
static const struct pci_device_id other_ids[] = { { PCI_DEVICE(0x1234, 0x9999) }, { } };

static void tester_load(struct tester *tester, const struct pci_device_id *ids,
			const char *name)
{
	*tester = (struct tester){
		.driver = { .id_table = ids, .probe = tester_probe, .remove = tester_remove },
	};
	CHECK_EQ(__vfio_pci_register_vendor_driver(&tester->driver, &tester->module, name), 0);
}

static void tester_unload(struct tester *tester)
{
	CHECK_EQ(atomic_read(&tester->module.refs), 0);
	vfio_pci_unregister_vendor_driver(&tester->driver);
}

static void up(void)
{
	pci_machine_make();
	CHECK_EQ(pci_machine_load(), 0);
}

static void down(void)
{
	pci_machine_unload();
	pci_machine_break();
	setup = NULL;
}

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

static const struct pci_device_id vf_ids[] = {
	{ PCI_DEVICE(0x1234, 0x5679), .driver_data = (unsigned long)&first }, { }
};

static int load_for_vfs(const char *name)
{
	if (!questions)
		tester_load(&first, vf_ids, "first");
	return remember(name);
}

extern bool *const shim_param_enable_sriov;

/* One question for all VFs, answered before the first is bound */
static void it_is_asked_for_vfs(void)
{
	u16 sriov;

	pci_machine_make();
	pm.pdev->is_physfn = true;
	shim_pci(pm.pdev)->vf_iommu = &pm.hw;
	sriov = shim_pci_add_ext_cap(pm.pdev, PCI_EXT_CAP_ID_SRIOV, 1, PCI_EXT_CAP_SRIOV_SIZEOF);
	shim_pci_set(pm.pdev, sriov + PCI_SRIOV_VF_DID, 2, 0x5679);
	*shim_param_enable_sriov = true;
	CHECK_EQ(pci_machine_load(), 0);
	questions = 0;
	shim_on_request_module = load_for_vfs;
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 3), 3);
	CHECK_STR(asked, "vfio-pci:1234-5679");
	CHECK_EQ(questions, 1);
	CHECK_EQ(first.probes, 3);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	/* none is made: the question does not outlive the attempt */
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, SHIM_PCI_VFS + 1), -EINVAL);
	CHECK_EQ(questions, 2);
	down();
	tester_unload(&first);
	shim_on_request_module = NULL;
	*shim_param_enable_sriov = false;
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
	CHECK(shim_log_has("served by second and not by first"));
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

/* Regions */

static u8 content[32];
static unsigned long last_released;

static ssize_t content_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			  loff_t *ppos, bool iswrite)
{
	u64 pos = *ppos & VFIO_PCI_OFFSET_MASK;

	CHECK(count && pos + count <= sizeof(content));
	if (iswrite ? copy_from_user(content + pos, buf, count) :
		      copy_to_user(buf, content + pos, count))
		return -EFAULT;
	*ppos += count;
	return count;
}

static void content_release(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region)
{
	/* the last that came goes first */
	CHECK((unsigned long)region->data < last_released);
	last_released = (unsigned long)region->data;
}

static int content_mmap(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
			struct vm_area_struct *vma)
{
	return region->subtype == 7 ? -ENXIO : -EFAULT;
}

static int content_caps(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
			struct vfio_info_cap *caps)
{
	return PTR_ERR_OR_ZERO(vfio_info_cap_add(caps, sizeof(struct vfio_info_cap_header),
						 0x4242, 3));
}

static const struct vfio_pci_regops content_ops = {
	.rw = content_rw,
	.release = content_release,
	.mmap = content_mmap,
	.add_capability = content_caps,
};
static const struct vfio_pci_regops bare_ops = { .rw = content_rw };

#define RD_FLAG VFIO_REGION_INFO_FLAG_READ
#define WR_FLAG VFIO_REGION_INFO_FLAG_WRITE
#define MAP_FLAG VFIO_REGION_INFO_FLAG_MMAP

static int two_regions(struct vfio_pci_core_device *vdev)
{
	int ret;

	last_released = 3;
	ret = vfio_pci_core_register_dev_region(vdev, 0x80001234, 7, &content_ops,
						sizeof(content), RD_FLAG | WR_FLAG | MAP_FLAG,
						(void *)1);
	if (!ret)
		ret = vfio_pci_core_register_dev_region(vdev, 0x80001234, 8, &content_ops, 5,
							RD_FLAG, (void *)2);
	return ret;
}

static int no_regions(struct vfio_pci_core_device *vdev)
{
	const struct vfio_pci_regops none = { .release = content_release };

#define REGION(ops, size, flags) \
	vfio_pci_core_register_dev_region(vdev, 1, 1, ops, size, flags, NULL)
	CHECK_EQ(REGION(NULL, 4096, RD_FLAG), -EINVAL);
	CHECK_EQ(REGION(&none, 4096, RD_FLAG), -EINVAL);
	CHECK_EQ(REGION(&bare_ops, 0, RD_FLAG), -EINVAL);
	CHECK_EQ(REGION(&bare_ops, VFIO_PCI_OFFSET_MASK + 1, RD_FLAG), -EINVAL);
	CHECK_EQ(REGION(&bare_ops, 4096, RD_FLAG | MAP_FLAG), -EINVAL);
	CHECK_EQ(REGION(&bare_ops, 4096, RD_FLAG | VFIO_REGION_INFO_FLAG_CAPS), -EINVAL);
	CHECK_EQ(vdev->num_regions, 0);
	return 0;
}

static void served_up(int (*with)(struct vfio_pci_core_device *vdev))
{
	setup = with;
	tester_load(&first, first_ids, "first");
	up();
	CHECK_EQ(pci_user_open(), 0);
}

static void served_down(void)
{
	shim_task_reset();
	down();
	tester_unload(&first);
}

static int region_info(u32 index, void *out, u32 argsz)
{
	struct vfio_region_info info = { .argsz = argsz, .index = index };
	u8 *user = shim_user_alloc(argsz);
	int ret;

	memcpy(shim_user_body(user), &info, sizeof(info));
	ret = shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user);
	memcpy(out, shim_user_body(user), argsz);
	shim_user_free(user);
	return ret;
}

static void regions_behind_the_abis(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) }, *user = SHIM_USER(&info);
	union { struct vfio_region_info info; u8 bytes[128]; } out;
	struct vfio_region_info_cap_type *type;
	struct vfio_info_cap_header *more;
	u8 buf[64];

	served_up(two_regions);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_INFO, user), 0);
	CHECK_EQ(((struct vfio_device_info *)shim_user_body(user))->num_regions, OWN + 2);
	CHECK_EQ(region_info(OWN, &out, sizeof(out)), 0);
	CHECK_EQ(out.info.size, sizeof(content));
	CHECK_EQ(out.info.offset, OFFSET(OWN));
	CHECK_EQ(out.info.flags, RD_FLAG | WR_FLAG | MAP_FLAG | VFIO_REGION_INFO_FLAG_CAPS);
	type = (void *)(out.bytes + out.info.cap_offset);
	CHECK_EQ(type->header.id, VFIO_REGION_INFO_CAP_TYPE);
	CHECK_EQ(type->type, 0x80001234);
	CHECK_EQ(type->subtype, 7);
	more = (void *)(out.bytes + type->header.next);
	CHECK_EQ(more->id, 0x4242);
	CHECK_EQ(more->version, 3);
	CHECK_EQ(region_info(OWN + 1, &out, sizeof(out)), 0);
	CHECK_EQ(out.info.size, 5);
	CHECK_EQ(region_info(OWN + 2, &out, sizeof(out)), -EINVAL);

	CHECK_EQ(pci_region_write(OWN, 0, "abcdefgh", 8), 8);
	CHECK_EQ(pci_region_read(OWN, 2, buf, 4), 4);
	CHECK(!memcmp(buf, "cdef", 4));
	/* no further than its end, and as it allows */
	CHECK_EQ(pci_region_read(OWN, 30, buf, 64), 2);
	CHECK_EQ(pci_region_read(OWN, 32, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_read(OWN + 1, 4, buf, 4), 1);
	CHECK_EQ(pci_region_write(OWN + 1, 0, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_read(OWN + 2, 0, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_read(VFIO_PCI_VGA_REGION_INDEX, 0, buf, 1), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW | VM_SHARED, OFFSET(OWN)), -ENXIO);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 8192, SHIM_RW | VM_SHARED, OFFSET(OWN)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW, OFFSET(OWN)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW | VM_SHARED, OFFSET(OWN + 1)), -EINVAL);
	served_down();
	CHECK_EQ(last_released, 1);
}

static void regions_that_are_none(void)
{
	served_up(no_regions);
	served_down();
}

/* Traps */

static u64 last_pos, last_value, answer;
static unsigned int last_width, trap_calls;
static int trap_error;

static int trap_read(struct vfio_pci_core_device *vdev, void *data, u64 pos,
		     unsigned int width, u64 *value)
{
	trap_calls++;
	last_pos = pos;
	last_width = width;
	CHECK_EQ(pos % width, 0);
	*value = answer;
	return trap_error;
}

static int trap_write(struct vfio_pci_core_device *vdev, void *data, u64 pos,
		      unsigned int width, u64 value)
{
	trap_calls++;
	last_pos = pos;
	last_width = width;
	last_value = value;
	return trap_error;
}

static const struct vfio_pci_trap_ops trap_ops = { .read = trap_read, .write = trap_write };

/* BAR 4 has 16 pages: of the third a register, of the fifth and sixth one that lies across */
static int three_traps(struct vfio_pci_core_device *vdev)
{
	const struct vfio_pci_trap_ops half = { .read = trap_read };
	int ret;

#define TRAP(bar, start, size) vfio_pci_core_trap_bar(vdev, bar, start, size, &trap_ops, NULL)
	ret = TRAP(4, 0x4ff8, 16);
	if (!ret)
		ret = TRAP(4, 0x2010, 4);
	if (!ret)
		ret = TRAP(0, 0, SZ_16K);
	if (ret)
		return ret;
	CHECK_EQ(TRAP(4, 0x2013, 1), -EBUSY);
	CHECK_EQ(TRAP(4, 0x200f, 2), -EBUSY);
	CHECK_EQ(TRAP(4, 0, SZ_64K), -EBUSY);
	CHECK_EQ(TRAP(4, 0, 0), -EINVAL);
	CHECK_EQ(TRAP(4, SZ_64K, 1), -EINVAL);
	CHECK_EQ(TRAP(4, 1, SZ_64K), -EINVAL);
	CHECK_EQ(TRAP(4, ~0ULL, 2), -EINVAL);
	CHECK_EQ(TRAP(1, 0, 1), -EINVAL);
	CHECK_EQ(TRAP(6, 0, 1), -EINVAL);
	CHECK_EQ(vfio_pci_core_trap_bar(vdev, 4, 0, 4, NULL, NULL), -EINVAL);
	CHECK_EQ(vfio_pci_core_trap_bar(vdev, 4, 0, 4, &half, NULL), -EINVAL);
	return 0;
}

static void trapped_accesses(void)
{
	u8 buf[64], *bar;

	served_up(three_traps);
	bar = shim_pci(pm.pdev)->bar[4];
	memset(bar, 0x5a, SZ_64K);
	answer = 0x1122334455667788ULL;
	CHECK_EQ(pci_region_read(4, 0x2010, buf, 4), 4);
	CHECK_EQ(last_pos, 0x2010);
	CHECK_EQ(last_width, 4);
	CHECK(!memcmp(buf, "\x88\x77\x66\x55", 4));
	CHECK_EQ(pci_region_read(4, 0x2012, buf, 1), 1);
	CHECK_EQ(last_width, 1);
	CHECK_EQ(pci_region_write(4, 0x2010, "\1\2\3\4", 4), 4);
	CHECK_EQ(last_value, 0x04030201);
	CHECK_EQ(bar[0x2010], 0x5a);
	/* across its edges: the device, the driver, the device */
	trap_calls = 0;
	CHECK_EQ(pci_region_read(4, 0x2008, buf, 16), 16);
	CHECK_EQ(trap_calls, 1);
	CHECK(buf[7] == 0x5a && buf[8] == 0x88 && buf[11] == 0x55 && buf[12] == 0x5a);
	memset(buf, 0x33, sizeof(buf));
	CHECK_EQ(pci_region_write(4, 0x200c, buf, 12), 12);
	CHECK(bar[0x200f] == 0x33 && bar[0x2010] == 0x5a && bar[0x2014] == 0x33);
	CHECK_EQ(pci_region_read(4, 0x4ff0, buf, 32), 32);
	CHECK_EQ(last_pos, 0x5000);
	CHECK_EQ(last_width, 8);
	/* errors end it where they come */
	trap_error = -EPERM;
	CHECK_EQ(pci_region_read(4, 0x2010, buf, 4), -EPERM);
	CHECK_EQ(pci_region_read(4, 0x2008, buf, 16), 8);
	trap_error = 0;
	CHECK_EQ(shim_pread(pm.fd, SHIM_USER_WILD, 4, OFFSET(4) + 0x2010), -EFAULT);
	CHECK_EQ(shim_pwrite(pm.fd, SHIM_USER_WILD, 4, OFFSET(4) + 0x2010), -EFAULT);
	/* and the driver is not asked while the device does not answer */
	pci_set_command(0, PCI_COMMAND_MEMORY);
	trap_calls = 0;
	CHECK_EQ(pci_region_read(4, 0x2010, buf, 4), -EIO);
	CHECK_EQ(pci_region_write(4, 0x2010, buf, 4), -EIO);
	CHECK_EQ(trap_calls, 0);
	served_down();
}

static void trapped_pages_are_not_mapped(void)
{
	static const struct { u64 start, size; } want[] = {
		{ 0, 0x2000 }, { 0x3000, 0x1000 }, { 0x6000, 0xa000 },
	};
	union { struct vfio_region_info info; u8 bytes[256]; } out;
	struct vfio_region_info_cap_sparse_mmap *sparse;
	const unsigned long flags = SHIM_RW | VM_SHARED;

	served_up(three_traps);
	CHECK_EQ(region_info(4, &out, sizeof(out)), 0);
	CHECK(out.info.flags & MAP_FLAG);
	sparse = (void *)(out.bytes + out.info.cap_offset);
	CHECK_EQ(sparse->header.id, VFIO_REGION_INFO_CAP_SPARSE_MMAP);
	CHECK_EQ(sparse->header.next, 0);
	CHECK_EQ(sparse->nr_areas, ARRAY_SIZE(want));
	for (unsigned int i = 0; i < ARRAY_SIZE(want); i++) {
		CHECK_EQ(sparse->areas[i].offset, want[i].start);
		CHECK_EQ(sparse->areas[i].size, want[i].size);
		CHECK_EQ(shim_mmap_fd(pm.fd, VA + i * SZ_1M, want[i].size, flags,
				      OFFSET(4) + want[i].start), 0);
		CHECK_EQ(shim_touch(VA + i * SZ_1M + want[i].size - 1, true), 0);
	}
	for (u64 at = 0; at < SZ_64K; at += 4096) {
		bool free = at < 0x2000 || at == 0x3000 || at >= 0x6000;

		CHECK_EQ(shim_mmap_fd(pm.fd, VA + SZ_16M + 2 * at, 4096, flags, OFFSET(4) + at),
			 free ? 0 : -EINVAL);
	}
	CHECK_EQ(shim_mmap_fd(pm.fd, VA + SZ_1G, SZ_64K, flags, OFFSET(4)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA + SZ_1G, 8192, flags, OFFSET(4) + 0x1000), -EINVAL);
	/* nothing is left of BAR 0 */
	CHECK_EQ(region_info(0, &out, sizeof(out)), 0);
	CHECK_EQ(out.info.flags, RD_FLAG | WR_FLAG);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA + SZ_1G, 4096, flags, OFFSET(0)), -EINVAL);
	served_down();
}

static int traps_and_regions(struct vfio_pci_core_device *vdev)
{
	int ret = two_regions(vdev);

	return ret ?: three_traps(vdev);
}

static void nothing_is_left_of_a_failed_open(void)
{
	SHIM_SWEEP() {
		int ret;

		shim_fail_pause();
		setup = traps_and_regions;
		tester_load(&first, first_ids, "first");
		pci_machine_make();
		CHECK_EQ(pci_machine_load(), 0);
		shim_fail_resume();
		ret = pci_user_open();
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		if (!ret)
			pci_user_close();
		down();
		tester_unload(&first);
	}
}

/* What the library offers to those who reach for a BAR themselves */

static struct vfio_pci_core_device *served;

static int io_setup(struct vfio_pci_core_device *vdev)
{
	u32 value;
	u64 wide;
	void __iomem *at;
	int ret;

	ret = vfio_pci_core_setup_barmap(vdev, 4);
	if (ret)
		return ret;
	at = vdev->barmap[4] + 0x100;
	CHECK_EQ(vfio_pci_core_iowrite32(vdev, true, 0x11223344, at), 0);
	CHECK_EQ(vfio_pci_core_ioread32(vdev, true, &value, at), 0);
	CHECK_EQ(value, 0x11223344);
	CHECK_EQ(vfio_pci_core_ioread64(vdev, false, &wide, at), 0);
	CHECK_EQ(wide, 0x11223344);
	served = vdev;
	return 0;
}

static void accessors(void)
{
	u32 value;

	served_up(io_setup);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_pci_core_ioread32(served, true, &value, served->barmap[4]), -EIO);
	CHECK_EQ(vfio_pci_core_iowrite8(served, true, 1, served->barmap[4]), -EIO);
	pci_set_command(PCI_COMMAND_MEMORY, 0);
	CHECK_EQ(vfio_pci_core_ioread32(served, true, &value, served->barmap[4]), 0);
	served_down();
}

static void ranges(void)
{
	static const struct {
		loff_t start; size_t count; bool hit; loff_t at; size_t n, reg;
	} cases[] = {
		{ 0x10, 4, true, 0, 4, 0 }, { 0x0e, 4, true, 2, 2, 0 },
		{ 0x12, 4, true, 0, 2, 2 }, { 0x00, 64, true, 16, 4, 0 },
		{ 0x0c, 4, false }, { 0x14, 4, false }, { 0x11, 0, false },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		loff_t at = -1;
		size_t n = -1, reg = -1;

		CHECK_EQ(vfio_pci_core_range_intersect_range(cases[i].start, cases[i].count,
							     0x10, 4, &at, &n, &reg),
			 cases[i].hit);
		CHECK(!cases[i].hit || (at == cases[i].at && n == cases[i].n &&
					reg == cases[i].reg));
	}
}

UNIT_TESTS(pci_vendor,
	{ "it serves and stays", it_serves_and_stays },
	{ "it is asked for", it_is_asked_for },
	{ "it is asked for VFs", it_is_asked_for_vfs },
	{ "nobody comes", nobody_comes },
	{ "errors fall back", errors_fall_back },
	{ "the first wins", the_first_wins },
	{ "nothing is left of a failed bind", nothing_is_left_of_a_failed_bind },
	{ "regions behind the ABI's", regions_behind_the_abis },
	{ "regions that are none", regions_that_are_none },
	{ "trapped accesses", trapped_accesses },
	{ "trapped pages are not mapped", trapped_pages_are_not_mapped },
	{ "nothing is left of a failed open", nothing_is_left_of_a_failed_open },
	{ "accessors", accessors },
	{ "ranges", ranges })
