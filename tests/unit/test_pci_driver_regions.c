// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * What a driver adds to a device: regions behind those of the ABI, parts of BARs that it answers
 * for, registers that it keeps from user space.
 */
#include <linux/sizes.h>

#include "vendor_driver.h"

#define VA 0x7f0000000000UL
#define OFFSET(region) VFIO_PCI_INDEX_TO_OFFSET(region)
#define OWN VFIO_PCI_NUM_REGIONS

/* Regions */

static u8 content[4096];
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
	/* it was asked for this range, and for no other */
	CHECK(vma->vm_flags & VM_DONTEXPAND);
	CHECK_EQ(!!(vma->vm_flags & VM_MAYWRITE), !!(region->flags & VFIO_REGION_INFO_FLAG_WRITE));
	return region->subtype == 7 ? -ENXIO : -ENOSPC;
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

	last_released = 4;
	ret = vfio_pci_core_register_dev_region(vdev, 0x80001234, 7, &content_ops,
						sizeof(content), RD_FLAG | WR_FLAG | MAP_FLAG,
						(void *)1);
	if (!ret)
		ret = vfio_pci_core_register_dev_region(vdev, 0x80001234, 8, &content_ops, 5,
							RD_FLAG, (void *)2);
	if (!ret)
		ret = vfio_pci_core_register_dev_region(vdev, 0x80001234, 9, &content_ops, 4096,
							RD_FLAG | MAP_FLAG, (void *)3);
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
	CHECK_EQ(REGION(&content_ops, 4095, RD_FLAG | MAP_FLAG), -EINVAL);
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
	CHECK_EQ(((struct vfio_device_info *)shim_user_body(user))->num_regions, OWN + 3);
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
	CHECK_EQ(region_info(OWN + 3, &out, sizeof(out)), -EINVAL);

	CHECK_EQ(pci_region_write(OWN, 0, "abcdefgh", 8), 8);
	CHECK_EQ(pci_region_read(OWN, 2, buf, 4), 4);
	CHECK(!memcmp(buf, "cdef", 4));
	/* no further than its end, and as it allows */
	CHECK_EQ(pci_region_read(OWN, 4094, buf, 64), 2);
	CHECK_EQ(pci_region_read(OWN, 4096, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_read(OWN + 1, 4, buf, 4), 1);
	CHECK_EQ(pci_region_write(OWN + 1, 0, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_read(OWN + 3, 0, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_read(VFIO_PCI_VGA_REGION_INDEX, 0, buf, 1), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW | VM_SHARED, OFFSET(OWN)), -ENXIO);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 8192, SHIM_RW | VM_SHARED, OFFSET(OWN)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW, OFFSET(OWN)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW | VM_SHARED, OFFSET(OWN + 1)), -EINVAL);
	/* one that cannot be written to is not written to by this way either */
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW | VM_SHARED, OFFSET(OWN + 2)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, VM_READ | VM_SHARED | VM_MAYWRITE,
			      OFFSET(OWN + 2)), -ENOSPC);
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

/* BAR 1 is smaller than a page, BAR 2 has ports, BAR 0 the MSI-X table at 8 KiB */
static int odd_traps(struct vfio_pci_core_device *vdev)
{
	int ret = TRAP(1, 0, 4);

	ret = ret ?: TRAP(2, 8, 8);
	ret = ret ?: TRAP(0, 0x2008, 16);
	return ret ?: TRAP(0, 0x2ff0, 8);
}

static void odd_places(void)
{
	union { struct vfio_region_info info; u8 bytes[256]; } out;
	struct vfio_region_info_cap_sparse_mmap *sparse;
	struct vfio_info_cap_header *msix;
	u8 buf[64];

	setup = odd_traps;
	tester_load(&first, first_ids, "first");
	pci_machine_make();
	shim_pci_add_bar(pm.pdev, 1, 256, IORESOURCE_MEM);
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	/* a small BAR with a trap is not mapped, so nothing is reserved for it */
	CHECK_EQ(region_info(1, &out, sizeof(out)), 0);
	CHECK_EQ(out.info.flags, RD_FLAG | WR_FLAG);
	CHECK_EQ(pci_region_read(1, 0, buf, 8), 8);
	/* ports: no wider than 4 bytes, while ports are decoded, and no areas to map */
	CHECK_EQ(region_info(2, &out, sizeof(out)), 0);
	CHECK_EQ(out.info.flags, RD_FLAG | WR_FLAG);
	CHECK_EQ(pci_region_read(2, 8, buf, 8), 8);
	CHECK_EQ(last_pos, 12);
	CHECK_EQ(last_width, 4);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(pci_region_read(2, 8, buf, 4), 4);
	CHECK_EQ(pci_region_read(0, 0x2008, buf, 4), -EIO);
	pci_set_command(PCI_COMMAND_MEMORY, PCI_COMMAND_IO);
	CHECK_EQ(pci_region_read(2, 8, buf, 4), -EIO);
	/* table, driver, table: ones where the host's are, the driver's answer between */
	answer = 0;
	CHECK_EQ(pci_region_read(0, 0x2000, buf, 32), 32);
	for (unsigned int i = 0; i < 32; i++)
		CHECK_EQ(buf[i], i >= 8 && i < 24 ? 0 : 0xff);
	/* two traps in a page are one gap; both capabilities, or how much room they need */
	CHECK_EQ(region_info(0, &out, sizeof(out)), 0);
	sparse = (void *)(out.bytes + out.info.cap_offset);
	CHECK_EQ(sparse->header.id, VFIO_REGION_INFO_CAP_SPARSE_MMAP);
	CHECK_EQ(sparse->nr_areas, 2);
	CHECK_EQ(sparse->areas[1].offset, 0x3000);
	msix = (void *)(out.bytes + sparse->header.next);
	CHECK_EQ(msix->id, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE);
	CHECK_EQ(msix->next, 0);
	CHECK_EQ(region_info(0, &out, 64), 0);
	CHECK(out.info.argsz > 64 && !out.info.cap_offset);
	served_down();
}

/* A count where 0 is due is the driver's mistake, and is not taken for bytes */
static void trap_results(void)
{
	u8 buf[4];

	served_up(three_traps);
	shim_quiet(true);
	trap_error = 4;
	CHECK_EQ(pci_region_read(4, 0x2010, buf, 4), -EIO);
	UNIT_EXPECT_COMPLAINTS(1);
	trap_error = 0;
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

/* Registers that are kept from user space */

static int virtual_setup(struct vfio_pci_core_device *vdev)
{
	CHECK_EQ(vfio_pci_core_virtual_config(vdev, 0xf0), 0);
	CHECK_EQ(vfio_pci_core_virtual_config(vdev, 0xf2), -EINVAL);
	CHECK_EQ(vfio_pci_core_virtual_config(vdev, 4096), -EINVAL);
	CHECK_EQ(vfio_pci_core_virtual_config(vdev, PCI_COMMAND), -EINVAL);
	CHECK_EQ(vfio_pci_core_virtual_config(vdev, vdev->pdev->pm_cap), -EINVAL);
	return 0;
}

static void registers_kept_from_the_user(void)
{
	setup = virtual_setup;
	tester_load(&first, first_ids, "first");
	pci_machine_make();
	shim_pci_set(pm.pdev, 0xf0, 4, 0x11223344);
	shim_pci_set_writable(pm.pdev, 0xf0, 4, ~0);
	shim_pci_set_writable(pm.pdev, 0xf4, 4, ~0);
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(pci_config_get(0xf0, 4), 0x11223344);
	CHECK_EQ(pci_config_put(0xf1, 1, 0xaa), 1);
	CHECK_EQ(pci_config_get(0xf0, 4), 0x1122aa44);
	CHECK_EQ(pci_config_put(0xf4, 4, 0x55667788), 4);
	CHECK_EQ(shim_pci_get(pm.pdev, 0xf0, 4), 0x11223344);
	CHECK_EQ(shim_pci_get(pm.pdev, 0xf4, 4), 0x55667788);
	pci_user_close();
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(pci_config_get(0xf0, 4), 0x11223344);
	served_down();
}

/* Whoever serves it: the address of the OpRegion is the host's */
static void the_opregions_address(void)
{
	pci_machine_make();
	pm.pdev->vendor = PCI_VENDOR_ID_INTEL;
	shim_pci_set(pm.pdev, PCI_CLASS_REVISION, 4, PCI_CLASS_DISPLAY_VGA << 16);
	shim_pci_set_writable(pm.pdev, VFIO_PCI_INTEL_ASLS, 4, ~0);
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(pci_config_put(VFIO_PCI_INTEL_ASLS, 4, 0x12345678), 4);
	CHECK_EQ(pci_config_get(VFIO_PCI_INTEL_ASLS, 4), 0x12345678);
	CHECK_EQ(shim_pci_get(pm.pdev, VFIO_PCI_INTEL_ASLS, 4), 0);
	pci_user_close();
	down();
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

UNIT_TESTS(pci_driver_regions,
	{ "regions behind the ABI's", regions_behind_the_abis },
	{ "regions that are none", regions_that_are_none },
	{ "trapped accesses", trapped_accesses },
	{ "odd places", odd_places },
	{ "trap results", trap_results },
	{ "trapped pages are not mapped", trapped_pages_are_not_mapped },
	{ "nothing is left of a failed open", nothing_is_left_of_a_failed_open },
	{ "registers kept from the user", registers_kept_from_the_user },
	{ "the OpRegion's address", the_opregions_address },
	{ "accessors", accessors },
	{ "ranges", ranges })
