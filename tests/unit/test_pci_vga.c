// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * Legacy VGA: who has the region, what lies in it, and that the arbiter's route is had for each
 * access and given back.
 */
#include <linux/vgaarb.h>
#include <shim/io.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

#define VGA VFIO_PCI_VGA_REGION_INDEX
#define MODERN (VGA_RSRC_NORMAL_IO | VGA_RSRC_NORMAL_MEM)

extern bool *const shim_param_disable_vga;

static void vga_make(void)
{
	pci_machine_make();
	pm.pdev->class = PCI_CLASS_DISPLAY_VGA << 8;
	shim_pci_set(pm.pdev, PCI_CLASS_REVISION, 4, pm.pdev->class << 8);
}

static void vga_up(void)
{
	vga_make();
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
}

static long region(struct vfio_region_info *info)
{
	void *user;
	long ret;

	*info = (struct vfio_region_info){ .argsz = sizeof(*info), .index = VGA };
	user = shim_user_dup(info, sizeof(*info));
	ret = shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user);
	memcpy(info, shim_user_body(user), sizeof(*info));
	shim_user_free(user);
	return ret;
}

static ssize_t peek(u64 at, size_t n)
{
	u8 buf[32];

	return pci_region_read(VGA, at, buf, n);
}

static void ranges(void)
{
	struct vfio_region_info info;

	vga_up();
	CHECK_EQ(region(&info), 0);
	CHECK_EQ(info.size, 0xc0000);
	CHECK_EQ(info.flags, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE);
	CHECK_EQ(peek(0xa0000, 4), 4);
	CHECK_EQ(peek(0xbfffc, 8), 4);
	CHECK_EQ(peek(0x3b0, 4), 4);
	CHECK_EQ(peek(0x3b8, 8), 4);
	CHECK_EQ(peek(0x3c0, 4), 4);
	CHECK_EQ(peek(0x3df, 4), 1);
	CHECK_EQ(peek(0, 4), -EINVAL);
	CHECK_EQ(peek(0x3af, 4), -EINVAL);
	CHECK_EQ(peek(0x3bc, 4), -EINVAL);
	CHECK_EQ(peek(0x3e0, 1), -EINVAL);
	CHECK_EQ(peek(0x9ffff, 4), -EINVAL);
	CHECK_EQ(peek(0xc0000, 1), -EINVAL);
	CHECK_EQ(peek(VFIO_PCI_OFFSET_MASK, 1), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, 0x7f0000000000UL, 4096, VM_SHARED | VM_READ,
			      VFIO_PCI_INDEX_TO_OFFSET(VGA) + 0xa0000), -EINVAL);
	pci_down();
}

/* Between accesses the route is whoever's it was */
static void route_for_each_access(void)
{
	long clients;

	vga_up();
	CHECK(shim_pci(pm.pdev)->vga_client);
	clients = shim_live(SHIM_VGA);
	CHECK_EQ(pci_region_write(VGA, 0xa0010, "word", 4), 4);
	CHECK_EQ(shim_pci(pm.pdev)->vga_route, VGA_RSRC_LEGACY_MEM);
	CHECK_EQ(shim_io_last.offset, 0x10);
	CHECK_EQ(shim_io_last.width, 4);
	CHECK(shim_io_last.write);
	CHECK_EQ(shim_live(SHIM_VGA), clients);
	CHECK_EQ(pci_region_write(VGA, 0x3c5, "b", 1), 1);
	CHECK_EQ(shim_pci(pm.pdev)->vga_route, VGA_RSRC_LEGACY_IO);
	CHECK_EQ(shim_io_last.offset, 5);
	CHECK_EQ(shim_io_last.width, 1);
	CHECK_EQ(shim_live(SHIM_VGA), clients);
	/* also of one that cannot be made */
	CHECK_EQ(shim_pwrite(pm.fd, SHIM_USER_WILD, 4, VFIO_PCI_INDEX_TO_OFFSET(VGA) + 0xa0000),
		 -EFAULT);
	CHECK_EQ(shim_live(SHIM_VGA), clients);
	pci_down();
}

static void needs_decoding(void)
{
	unsigned long before;

	vga_up();
	pci_set_command(PCI_COMMAND_IO, PCI_COMMAND_MEMORY);
	before = shim_io_last.count;
	CHECK_EQ(peek(0xa0000, 4), -EIO);
	CHECK_EQ(shim_io_last.count, before);
	CHECK_EQ(peek(0x3c0, 4), 4);
	pci_set_command(PCI_COMMAND_MEMORY, PCI_COMMAND_IO);
	CHECK_EQ(peek(0xa0000, 4), 4);
	before = shim_io_last.count;
	CHECK_EQ(peek(0x3c0, 4), -EIO);
	pci_set_power(3);
	CHECK_EQ(peek(0xa0000, 4), -EIO);
	CHECK_EQ(shim_io_last.count, before);
	CHECK_EQ(shim_live(SHIM_VGA), 1);
	pci_down();
}

static void not_with_disable_vga(void)
{
	struct vfio_region_info info;

	*shim_param_disable_vga = true;
	vga_up();
	CHECK(shim_pci(pm.pdev)->vga_client);
	CHECK_EQ(shim_pci(pm.pdev)->vga_decodes, MODERN);
	CHECK_EQ(region(&info), -EINVAL);
	CHECK_EQ(peek(0xa0000, 4), -EINVAL);
	CHECK_EQ(peek(0x3c0, 4), -EINVAL);
	*shim_param_disable_vga = false;
	pci_user_close();
	/* the next driver can decode it again */
	shim_pci_unbind(pm.pdev);
	CHECK(!shim_pci(pm.pdev)->vga_client);
	CHECK_EQ(shim_pci(pm.pdev)->vga_decodes, MODERN | VGA_RSRC_LEGACY_MASK);
	pci_down();
}

static void not_of_other_devices(void)
{
	struct vfio_region_info info;

	pci_up();
	CHECK(!shim_pci(pm.pdev)->vga_client);
	CHECK_EQ(region(&info), -EINVAL);
	CHECK_EQ(peek(0xa0000, 4), -EINVAL);
	pci_down();
}

/* A device that cannot be registered is no client any more */
static void binding_fails_at_each_step(void)
{
	int ret;

	SHIM_SWEEP() {
		shim_fail_pause();
		vga_make();
		shim_fail_resume();
		ret = pci_machine_load();
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		shim_fail_pause();
		CHECK_EQ(shim_pci(pm.pdev)->vga_client, !ret);
		if (!ret)
			pci_machine_unload();
		CHECK(!shim_pci(pm.pdev)->vga_client);
		pci_machine_break();
		shim_fail_resume();
	}
}

static void access_fails_at_each_step(void)
{
	SHIM_SWEEP() {
		shim_fail_pause();
		vga_up();
		shim_fail_resume();
		for (u64 at = 0xa0000; at; at = at > 0x3c0 ? 0x3c0 : 0) {
			ssize_t ret = peek(at, 16);

			CHECK(ret == 16 || ret == -ENOMEM || ret == -ERESTARTSYS ||
			      ret == -EFAULT);
			CHECK(ret == 16 || shim_failed());
		}
		shim_fail_pause();
		CHECK_EQ(shim_live(SHIM_VGA), 1);
		pci_down();
		shim_fail_resume();
	}
}

UNIT_TESTS(pci_vga,
	   { "the ranges", ranges },
	   { "the route is had for each access", route_for_each_access },
	   { "needs decoding", needs_decoding },
	   { "not with disable_vga", not_with_disable_vga },
	   { "not of other devices", not_of_other_devices },
	   { "binding fails at each step", binding_fails_at_each_step },
	   { "access fails at each step", access_fails_at_each_step })
