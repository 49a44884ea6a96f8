// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * A PCI device in user space: its life, its regions, and that nobody touches memory that
 * does not decode. The shim complains of each access that no device would answer.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/mm.h>
#include <linux/sizes.h>
#include <shim/io.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

#define VA 0x7f0000000000UL
#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX
#define ROM VFIO_PCI_ROM_REGION_INDEX
#define OFFSET(region) VFIO_PCI_INDEX_TO_OFFSET(region)

static struct shim_pci *hw(void)
{
	return shim_pci(pm.pdev);
}

/* Life */

static void sleeps_while_nobody_has_it(void)
{
	pci_machine_make();
	CHECK_EQ(pci_machine_load(), 0);
	CHECK(pm.pdev->dev.power.suspended);
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	CHECK_EQ(pci_user_open(), 0);
	CHECK(!pm.pdev->dev.power.suspended);
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	pci_user_close();
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	pci_machine_unload();
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	CHECK_EQ(pm.pdev->dev.power.usage, 1);
	pci_machine_break();
}

static void nothing_of_a_user_stays(void)
{
	u8 before[4096];

	pci_up();
	memcpy(before, hw()->config, sizeof(before));
	CHECK(hw()->resets > 0);
	pci_set_command(PCI_COMMAND_MASTER, 0);
	CHECK(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER);
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x77), 1);
	hw()->resets = 0;
	pci_user_close();
	CHECK_EQ(hw()->resets, 1);
	CHECK(!(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), before[PCI_CACHE_LINE_SIZE]);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_BASE_ADDRESS_0, 4),
		 *(u32 *)(before + PCI_BASE_ADDRESS_0));
	CHECK_EQ(pm.pdev->enable_cnt, 0);
	/* a second user finds it as the first did */
	CHECK_EQ(pci_user_open(), 0);
	CHECK(!(pci_config_get(PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	pci_down();
}

static void closed_while_asleep(void)
{
	pci_up();
	hw()->soft_reset = true;
	CHECK_EQ(pci_region_write(4, 0, "12345678", 8), 8);
	pci_set_power(3);
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	pci_down();
}

static void a_device_that_cannot_be_reset(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) }, *user = SHIM_USER(&info);

	pci_machine_make();
	hw()->can_reset = false;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_INFO, user), 0);
	CHECK_EQ(((struct vfio_device_info *)shim_user_body(user))->flags,
		 VFIO_DEVICE_FLAGS_PCI);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), -EINVAL);
	/* so what it asserts when its user has gone must not reach the host */
	CHECK_EQ(pci_set_eventfds(VFIO_PCI_INTX_IRQ_INDEX, 0, 1, (s32[]){ shim_eventfd() }), 0);
	pci_user_close();
	CHECK(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	pci_down();
}

static void bridges_are_refused(void)
{
	pci_machine_make();
	pm.pdev->hdr_type = PCI_HEADER_TYPE_BRIDGE;
	CHECK_EQ(pci_machine_load(), -EINVAL);
	CHECK(shim_log_has(PCI_BDF));
	pci_machine_break();
}

static void device_info(void)
{
	struct vfio_device_info info = { .argsz = offsetofend(typeof(info), num_irqs) }, *out;
	u8 *user = shim_user_alloc(64);

	pci_up();
	memcpy(shim_user_body(user), &info, info.argsz);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_INFO, user), 0);
	out = shim_user_body(user);
	CHECK_EQ(out->flags, VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET);
	CHECK_EQ(out->num_regions, VFIO_PCI_NUM_REGIONS);
	CHECK_EQ(out->num_irqs, VFIO_PCI_NUM_IRQS);
	CHECK_EQ(((u8 *)out)[info.argsz], 0xa5);
	info.argsz--;
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_INFO, SHIM_USER(&info)), -EINVAL);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_GET_INFO, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_GROUP_GET_STATUS, NULL), -ENOTTY);
	pci_down();
}

/* Regions */

static int region(u32 index, struct vfio_region_info *out, u32 argsz)
{
	struct vfio_region_info info = { .argsz = argsz, .index = index };
	u8 *user = shim_user_alloc(256);
	int ret;

	memcpy(shim_user_body(user), &info, sizeof(info));
	ret = shim_ioctl(pm.fd, VFIO_DEVICE_GET_REGION_INFO, user);
	memcpy(out, shim_user_body(user), 64);
	shim_user_free(user);
	return ret;
}

static void region_info(void)
{
	const u32 rw = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	const u32 map = VFIO_REGION_INFO_FLAG_MMAP, caps = VFIO_REGION_INFO_FLAG_CAPS;
	const struct { u64 size; u32 flags; } want[] = {
		{ SZ_16K, rw | map | caps }, { 0, 0 }, { 32, rw }, { 0, 0 },
		{ SZ_64K, rw | map }, { 0, 0 },
		{ 0, 0 }, { 4096, rw },
	};
	union { struct vfio_region_info info; u8 bytes[64]; } out;
	struct vfio_info_cap_header *cap;

	pci_up();
	for (u32 i = 0; i < ARRAY_SIZE(want); i++) {
		CHECK_EQ(region(i, &out.info, 64), 0);
		CHECK_EQ(out.info.index, i);
		CHECK_EQ(out.info.size, want[i].size);
		CHECK_EQ(out.info.flags, want[i].flags);
		CHECK_EQ(out.info.offset, OFFSET(i));
		CHECK_EQ(!!out.info.cap_offset, i == 0);
	}
	CHECK_EQ(region(0, &out.info, 64), 0);
	cap = (void *)(out.bytes + out.info.cap_offset);
	CHECK_EQ(cap->id, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE);
	CHECK_EQ(cap->next, 0);
	CHECK_EQ(region(0, &out.info, sizeof(out.info)), 0);
	CHECK(out.info.flags & caps && out.info.argsz > sizeof(out.info) && !out.info.cap_offset);
	CHECK_EQ(region(0, &out.info, sizeof(out.info) - 1), -EINVAL);
	CHECK_EQ(region(VFIO_PCI_VGA_REGION_INDEX, &out.info, 64), -EINVAL);
	CHECK_EQ(region(VFIO_PCI_NUM_REGIONS, &out.info, 64), -EINVAL);
	CHECK_EQ(region(~0u, &out.info, 64), -EINVAL);
	memcpy(hw()->rom, "\x55\xaa", 2);
	CHECK_EQ(region(ROM, &out.info, 64), 0);
	CHECK_EQ(out.info.size, SZ_64K);
	CHECK_EQ(out.info.flags, VFIO_REGION_INFO_FLAG_READ);
	pci_down();
}

static void small_bars_have_their_page_alone(void)
{
	union { struct vfio_region_info info; u8 bytes[64]; } out;
	struct resource neighbour = { .name = "neighbour", .flags = IORESOURCE_MEM };

	pci_machine_make();
	shim_pci_add_bar(pm.pdev, 1, 256, IORESOURCE_MEM);
	shim_pci_add_bar(pm.pdev, 3, 256, IORESOURCE_MEM);
	neighbour.start = pci_resource_end(pm.pdev, 3) + 1;
	neighbour.end = neighbour.start + 15;
	shim_resource_add(&iomem_resource, &neighbour);
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(region(1, &out.info, 64), 0);
	CHECK(out.info.flags & VFIO_REGION_INFO_FLAG_MMAP);
	CHECK_EQ(region(3, &out.info, 64), 0);
	CHECK(!(out.info.flags & VFIO_REGION_INFO_FLAG_MMAP));
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, SHIM_RW | VM_SHARED, OFFSET(1)), 0);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA + SZ_1M, 4096, SHIM_RW | VM_SHARED, OFFSET(3)), -EINVAL);
	shim_resource_del(&neighbour);
	pci_down();
}

static void bar_accesses(void)
{
	u8 buf[64];
	u64 value = 0x1122334455667788ULL;

	pci_up();
	for (unsigned int width = 1; width <= 8; width *= 2) {
		CHECK_EQ(pci_region_write(4, 8 * width, &value, width), width);
		CHECK_EQ(shim_io_last.width, width);
		CHECK_EQ(shim_io_last.offset, 8 * width);
		CHECK(!memcmp(hw()->bar[4] + 8 * width, &value, width));
		memset(buf, 0, sizeof(buf));
		CHECK_EQ(pci_region_read(4, 8 * width, buf, width), width);
		CHECK_EQ(shim_io_last.width, width);
		CHECK(!memcmp(buf, &value, width));
	}
	/* any offset and length */
	for (unsigned int i = 0; i < 256; i++)
		hw()->bar[4][i] = i;
	for (unsigned int at = 0; at < 9; at++)
		for (unsigned int n = 1; n < 40; n++) {
			CHECK_EQ(pci_region_read(4, at, buf, n), n);
			for (unsigned int i = 0; i < n; i++)
				CHECK_EQ(buf[i], at + i);
		}
	/* the exact end, across it, behind it */
	CHECK_EQ(pci_region_read(4, SZ_64K - 4, buf, 4), 4);
	CHECK_EQ(pci_region_read(4, SZ_64K - 4, buf, 8), 4);
	CHECK_EQ(pci_region_read(4, SZ_64K, buf, 4), -EINVAL);
	CHECK_EQ(pci_region_read(4, VFIO_PCI_OFFSET_MASK, buf, 1), -EINVAL);
	CHECK_EQ(pci_region_read(1, 0, buf, 4), -EINVAL);
	CHECK_EQ(pci_region_read(VFIO_PCI_VGA_REGION_INDEX, 0xa0000, buf, 4), -EINVAL);
	CHECK_EQ(pci_region_read(9, 0, buf, 4), -EINVAL);
	CHECK_EQ(shim_pread(pm.fd, SHIM_USER_WILD, 4, OFFSET(4)), -EFAULT);
	CHECK_EQ(shim_pwrite(pm.fd, SHIM_USER_WILD, 4, OFFSET(4)), -EFAULT);
	CHECK_EQ(shim_pread(pm.fd, NULL, 0, OFFSET(4)), 0);
	/* ports */
	CHECK_EQ(pci_region_write(2, 4, &value, 8), 8);
	CHECK_EQ(shim_io_last.width, 4);
	CHECK_EQ(pci_region_read(2, 30, buf, 4), 2);
	pci_down();
}

static void msix_table_is_the_hosts(void)
{
	u8 buf[MSIX_VECTORS * 16 + 32];

	pci_up();
	memset(hw()->bar[0], 0x5a, SZ_16K);
	CHECK_EQ(pci_region_read(0, 0x2000 - 16, buf, sizeof(buf)), sizeof(buf));
	for (unsigned int i = 0; i < sizeof(buf); i++)
		CHECK_EQ(buf[i], i < 16 || i >= 16 + MSIX_VECTORS * 16 ? 0x5a : 0xff);
	memset(buf, 0x11, sizeof(buf));
	CHECK_EQ(pci_region_write(0, 0x2000 - 16, buf, sizeof(buf)), sizeof(buf));
	for (unsigned int i = 0; i < sizeof(buf); i++)
		CHECK_EQ(hw()->bar[0][0x2000 - 16 + i],
			 i < 16 || i >= 16 + MSIX_VECTORS * 16 ? 0x11 : 0x5a);
	pci_down();
}

static void no_access_while_it_does_not_answer(void)
{
	u8 buf[8];

	pci_up();
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(pci_region_read(4, 0, buf, 8), -EIO);
	CHECK_EQ(pci_region_write(4, 0, buf, 8), -EIO);
	CHECK_EQ(pci_region_read(2, 0, buf, 4), 4);
	pci_set_command(0, PCI_COMMAND_IO);
	CHECK_EQ(pci_region_read(2, 0, buf, 4), -EIO);
	pci_set_command(PCI_COMMAND_MEMORY | PCI_COMMAND_IO, 0);
	CHECK_EQ(pci_region_read(4, 0, buf, 8), 8);
	pci_set_power(3);
	CHECK_EQ(pci_region_read(4, 0, buf, 8), -EIO);
	CHECK_EQ(pci_region_read(2, 0, buf, 4), -EIO);
	pci_set_power(0);
	CHECK_EQ(pci_region_read(4, 0, buf, 8), 8);
	/* configuration stays in reach */
	pci_set_power(3);
	CHECK_EQ(pci_config_get(PCI_VENDOR_ID, 2), 0x1234);
	pci_down();
}

static void rom(void)
{
	u8 buf[8];

	pci_up();
	CHECK_EQ(pci_region_read(ROM, 0, buf, 8), -EIO);
	memcpy(hw()->rom, "\x55\xaa" "abcdef", 8);
	CHECK_EQ(pci_region_read(ROM, 0, buf, 8), 8);
	CHECK(!memcmp(buf, hw()->rom, 8));
	CHECK_EQ(pci_region_read(ROM, SZ_64K - 2, buf, 8), 2);
	CHECK_EQ(pci_region_read(ROM, SZ_64K, buf, 8), -EINVAL);
	CHECK_EQ(pci_region_write(ROM, 0, buf, 8), -EINVAL);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(pci_region_read(ROM, 0, buf, 8), 8);
	CHECK(!(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY));
	pci_down();
}

static void mmap_rules(void)
{
	const unsigned long flags = SHIM_RW | VM_SHARED;

	pci_up();
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K, SHIM_RW, OFFSET(4)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K + 4096, flags, OFFSET(4)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, flags, OFFSET(4) + SZ_64K), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 8192, flags, OFFSET(4) + SZ_64K - 4096), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, flags, OFFSET(1)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, flags, OFFSET(2)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, flags, OFFSET(CONFIG)), -EINVAL);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, flags, OFFSET(20)), -EINVAL);
	hw()->claimed[4] = true;
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, 4096, flags, OFFSET(4)), -EBUSY);
	hw()->claimed[4] = false;
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K - 8192, flags, OFFSET(4) + 8192), 0);
	CHECK_EQ(shim_touch(VA + 4096, true), 0);
	CHECK_EQ(shim_pfn_at(VA + 4096), PHYS_PFN(pci_resource_start(pm.pdev, 4)) + 3);
	CHECK_EQ(shim_touch(VA + SZ_64K - 8192 - 1, true), 0);
	pci_down();
}

/* Mappings are taken away before the device stops to answer, and come back by a fault. */
static void mappings_are_revoked(void)
{
	pci_up();
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K, SHIM_RW | VM_SHARED, OFFSET(4)), 0);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA + SZ_1M, SZ_16K, SHIM_RW | VM_SHARED, OFFSET(0)), 0);
	CHECK_EQ(shim_touch(VA, true) | shim_touch(VA + SZ_1M, true), 0);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK(!shim_pfn_at(VA) && !shim_pfn_at(VA + SZ_1M));
	CHECK_EQ(shim_touch(VA, true), VM_FAULT_SIGBUS);
	pci_set_command(PCI_COMMAND_MEMORY, 0);
	CHECK_EQ(shim_touch(VA, true), 0);
	pci_set_power(3);
	CHECK(!shim_pfn_at(VA));
	CHECK_EQ(shim_touch(VA, false), VM_FAULT_SIGBUS);
	pci_set_power(0);
	CHECK_EQ(shim_touch(VA, false), 0);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
	CHECK(!shim_pfn_at(VA));
	CHECK_EQ(shim_touch(VA, false), 0);
	/* other bits of Command take nothing away */
	pci_set_command(PCI_COMMAND_MASTER, 0);
	CHECK(shim_pfn_at(VA));
	pci_down();
}

static void bars_as_memory_of_peers(void)
{
	pci_up();
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K, SHIM_RW | VM_SHARED, OFFSET(4)), 0);
	CHECK_EQ(user_map(pm.container, SZ_1M, VA, SZ_64K, RW), 0);
	CHECK_EQ(shim_dma(pm.group, SZ_1M + 4096, true),
		 PHYS_PFN(pci_resource_start(pm.pdev, 4)) + 1);
	CHECK_EQ(user_unmap(pm.container, SZ_1M, SZ_64K, 0, NULL), 0);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(user_map(pm.container, SZ_1M, VA, SZ_64K, RW), -EFAULT);
	pci_down();
}

static void reset_keeps_the_configuration(void)
{
	pci_up();
	pci_set_command(PCI_COMMAND_MASTER, 0);
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x33), 1);
	hw()->resets = 0;
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
	CHECK_EQ(hw()->resets, 1);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x33);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_BASE_ADDRESS_0, 4),
		 (u32)pci_resource_start(pm.pdev, 0));
	/* from D3hot, too */
	pci_set_power(3);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), 0);
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	CHECK_EQ(pci_config_get(pm.pdev->pm_cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 0);
	/* not while it is being unbound */
	device_lock(&pm.pdev->dev);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), -EAGAIN);
	device_unlock(&pm.pdev->dev);
	pci_down();
}

static void power_states(void)
{
	unsigned int ctrl;

	pci_up();
	ctrl = pm.pdev->pm_cap + PCI_PM_CTRL;
	hw()->soft_reset = true;	/* what D3hot loses is brought back */
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x44), 1);
	pci_set_power(3);
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	CHECK_EQ(pci_config_get(ctrl, 2) & PCI_PM_CTRL_STATE_MASK, 3);
	CHECK_EQ(pci_config_put(ctrl, 1, 0), 1);	/* a byte will do */
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x44);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_BASE_ADDRESS_0, 4),
		 (u32)pci_resource_start(pm.pdev, 0));
	pci_down();
}

/* A device that is gone answers all ones. */
static void surprise_removal(void)
{
	u8 buf[4];

	pci_up();
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_64K, SHIM_RW | VM_SHARED, OFFSET(4)), 0);
	CHECK_EQ(pci_set_eventfds(VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, (s32[]){ shim_eventfd() }), 0);
	shim_pci_unplug(pm.pdev);
	CHECK_EQ(pci_config_get(0, 4), 0xffffffff);
	CHECK_EQ(pci_config_put(PCI_COMMAND, 2, 7), 2);
	CHECK_EQ(pci_region_read(4, 0, buf, 4), 4);
	CHECK_EQ(*(u32 *)buf, 0xffffffff);
	shim_task_reset();
	pci_machine_unload();
	pci_machine_break();
}

static void *unbind(void *task)
{
	shim_become(task);
	shim_pci_unbind(pm.pdev);
	return NULL;
}

static void unbind_asks_and_waits(void)
{
	pthread_t thread;
	s32 req;

	pci_up();
	req = pci_event(VFIO_PCI_REQ_IRQ_INDEX);
	pthread_create(&thread, NULL, unbind, current);
	while (!shim_eventfd_count(req))
		usleep(100);
	/* the device lock is held by the one who waits */
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL), -EAGAIN);
	hw()->resets = 0;
	pci_user_close();
	pthread_join(thread, NULL);
	CHECK(hw()->resets > 0);	/* it was reset when it was unbound */
	CHECK_EQ(pm.pdev->enable_cnt, 0);
	pci_machine_unload();
	pci_machine_break();
}

/* Configuration space */

static void bars_are_virtual(void)
{
	u32 bar0;

	pci_up();
	bar0 = shim_pci_get(pm.pdev, PCI_BASE_ADDRESS_0, 4);
	CHECK_EQ(pci_config_put(PCI_BASE_ADDRESS_0, 4, ~0u), 4);
	CHECK_EQ(pci_config_get(PCI_BASE_ADDRESS_0, 4), ~(SZ_16K - 1));
	CHECK_EQ(pci_config_put(PCI_BASE_ADDRESS_0, 4, 0x12345678), 4);
	CHECK_EQ(pci_config_get(PCI_BASE_ADDRESS_0, 4), 0x12345678 & ~(SZ_16K - 1));
	CHECK_EQ(pci_config_put(PCI_BASE_ADDRESS_1, 4, ~0u), 4);
	CHECK_EQ(pci_config_get(PCI_BASE_ADDRESS_1, 4), 0);
	CHECK_EQ(pci_config_put(PCI_BASE_ADDRESS_2, 4, ~0u), 4);
	CHECK_EQ(pci_config_get(PCI_BASE_ADDRESS_2, 4) & ~0xffff0000u, 0xffe1);
	CHECK_EQ(pci_config_put(PCI_BASE_ADDRESS_4, 4, ~0u), 4);
	CHECK_EQ(pci_config_put(PCI_BASE_ADDRESS_5, 4, ~0u), 4);
	CHECK_EQ(pci_config_get(PCI_BASE_ADDRESS_4, 4), ~(SZ_64K - 1) | 0xc);
	CHECK_EQ(pci_config_get(PCI_BASE_ADDRESS_5, 4), ~0u);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_BASE_ADDRESS_0, 4), bar0);
	pci_down();
}

static void config_bounds(void)
{
	u8 buf[8] = { 0 };

	pci_up();
	CHECK_EQ(pci_region_read(CONFIG, 4092, buf, 4), 4);
	CHECK_EQ(pci_region_read(CONFIG, 4092, buf, 8), -EFAULT);
	CHECK_EQ(pci_region_read(CONFIG, 4096, buf, 1), -EFAULT);
	CHECK_EQ(pci_region_read(CONFIG, VFIO_PCI_OFFSET_MASK, buf, 1), -EFAULT);
	CHECK_EQ(pci_region_write(CONFIG, 4095, buf, 2), -EFAULT);
	CHECK_EQ(pci_region_write(CONFIG, 4096, buf, 1), -EFAULT);
	CHECK_EQ(shim_pread(pm.fd, SHIM_USER_WILD, 4, OFFSET(CONFIG)), -EFAULT);
	CHECK_EQ(shim_pwrite(pm.fd, SHIM_USER_WILD, 4, OFFSET(CONFIG)), -EFAULT);
	/* misaligned and odd lengths read the same bytes */
	for (unsigned int at = 0; at < 64; at++) {
		u32 whole = pci_config_get(at & ~3, 4);

		CHECK_EQ(pci_config_get(at, 1), (u8)(whole >> 8 * (at & 3)));
		CHECK_EQ(pci_region_read(CONFIG, at, buf, 7), 7);
		CHECK_EQ(buf[0], (u8)(whole >> 8 * (at & 3)));
	}
	pci_down();
}

/* What belongs to the host never changes, whatever is written wherever. */
static void hardware_is_out_of_reach(void)
{
	unsigned int seed = 3, msi, msix, aer;
	u8 before[4096];

	pci_up();
	msi = pm.pdev->msi_cap;
	msix = pm.pdev->msix_cap;
	aer = pci_find_ext_capability(pm.pdev, PCI_EXT_CAP_ID_ERR);
	shim_pci_set_writable(pm.pdev, aer + 8, 4, ~0u);
	memcpy(before, hw()->config, sizeof(before));
	for (int round = 0; round < 20000; round++) {
		unsigned int width = 1u << rand_r(&seed) % 3;
		unsigned int at = rand_r(&seed) % (round % 2 ? 256 : 4096) & ~(width - 1);
		u32 value = rand_r(&seed) ^ rand_r(&seed) << 16;

		if (round % 7 == 0)
			value = 0;
		if (round % 11 == 0)
			value = ~0u;
		CHECK_EQ(pci_config_put(at, width, value), width);
		pci_config_get(at, width);
	}
	pci_set_power(0);
	CHECK(!memcmp(hw()->config, before, 4));
	CHECK(!memcmp(hw()->config + PCI_BASE_ADDRESS_0, before + PCI_BASE_ADDRESS_0, 24));
	CHECK(!memcmp(hw()->config + PCI_ROM_ADDRESS, before + PCI_ROM_ADDRESS, 4));
	CHECK(!memcmp(hw()->config + msi, before + msi, 24));
	CHECK(!memcmp(hw()->config + msix, before + msix, 12));
	CHECK(!memcmp(hw()->config + aer, before + aer, 0x48));
	CHECK_EQ(pci_config_get(PCI_VENDOR_ID, 4), 0x56781234);
	CHECK(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	pci_down();
}

static void under_failure(void)
{
	SHIM_SWEEP() {
		int ret;
		u8 buf[16];

		pci_machine_make();
		memcpy(hw()->rom, "\x55\xaa", 2);
		ret = pci_machine_load();
		if (!ret) {
			ret = pci_user_open();
			if (!ret && pci_region_read(4, 0, buf, 16) != 16)
				ret = -EIO;
			if (!ret && pci_region_read(ROM, 0, buf, 16) != 16)
				ret = -EIO;
			if (!ret && pci_region_write(CONFIG, PCI_COMMAND, "\x07", 1) != 1)
				ret = -EIO;
			if (!ret)
				ret = shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL);
			CHECK(!ret || shim_failed());
			shim_task_reset();
			CHECK_EQ(pm.pdev->enable_cnt, 0);
			CHECK(!pm.pdev->is_busmaster);
			pci_machine_unload();
		}
		CHECK(!ret || shim_failed());
		CHECK_EQ(pm.pdev->dev.power.usage, 1);
		shim_user_free_all();
		pci_machine_break();
	}
}

UNIT_TESTS(pci_device,
	{ "sleeps while nobody has it", sleeps_while_nobody_has_it },
	{ "nothing of a user stays", nothing_of_a_user_stays },
	{ "closed while asleep", closed_while_asleep },
	{ "a device that cannot be reset", a_device_that_cannot_be_reset },
	{ "bridges are refused", bridges_are_refused },
	{ "GET_INFO", device_info },
	{ "GET_REGION_INFO", region_info },
	{ "small BARs have their page alone", small_bars_have_their_page_alone },
	{ "accesses to BARs", bar_accesses },
	{ "the MSI-X table is the host's", msix_table_is_the_hosts },
	{ "no access while it does not answer", no_access_while_it_does_not_answer },
	{ "ROM", rom },
	{ "rules of mmap", mmap_rules },
	{ "mappings are revoked", mappings_are_revoked },
	{ "BARs as memory of peers", bars_as_memory_of_peers },
	{ "reset keeps the configuration", reset_keeps_the_configuration },
	{ "power states", power_states },
	{ "surprise removal", surprise_removal },
	{ "unbind asks and waits", unbind_asks_and_waits },
	{ "BARs are virtual", bars_are_virtual },
	{ "bounds of configuration space", config_bounds },
	{ "hardware is out of reach", hardware_is_out_of_reach },
	{ "under failure", under_failure })
