// SPDX-License-Identifier: GPL-2.0-only
/* See bus_machine.h. */
#include <linux/sizes.h>
#include <vfio/pci_core.h>

#include "bus_machine.h"
#include "unit.h"

struct bus_machine bm;

void bus_make(void)
{
	pci_machine_make();
	bm = (struct bus_machine){ .container = -1, .group_fd = -1, .fd = -1 };
	bm.bridge = shim_pci_bridge(BRIDGE_BDF, 1);
	bm.other = shim_pci_new(OTHER_BDF, 0x1234, 0x5678);
	shim_pci_add_bar(bm.other, 0, SZ_16K, IORESOURCE_MEM);
	shim_pci_add_pm(bm.other);
	shim_pci_add_msix(bm.other, MSIX_VECTORS, 0, 0x2000);
	shim_pci_put_below(pm.pdev, bm.bridge);
	shim_pci_put_below(bm.other, bm.bridge);
	bm.other_group = shim_group_new(&pm.hw);
	shim_group_join(bm.other_group, &bm.other->dev);
}

void bus_break(void)
{
	shim_group_leave(&bm.other->dev);
	shim_pci_free(bm.other);
	shim_group_free(bm.other_group);
	pci_machine_break();
	shim_pci_free(bm.bridge);
}

int bus_load(void)
{
	int ret = pci_machine_load();

	if (ret)
		return ret;
	ret = shim_pci_bind(bm.other, shim_pci_driver("vfio-pci"));
	if (ret)
		pci_machine_unload();
	return ret;
}

void bus_unload(void)
{
	if (bm.other->driver)
		shim_pci_unbind(bm.other);
	pci_machine_unload();
}

static const struct pci_user other = { &bm.container, &bm.group_fd, &bm.fd };

int bus_other_open(void)
{
	char path[16];

	snprintf(path, sizeof(path), "vfio/%d", iommu_group_id(bm.other_group));
	return pci_open_as(&other, path, OTHER_BDF);
}

void bus_other_close(void)
{
	pci_close_as(&other);
}

void bus_up(bool both)
{
	bus_make();
	CHECK_EQ(bus_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	if (both)
		CHECK_EQ(bus_other_open(), 0);
}

void bus_down(void)
{
	shim_task_reset();
	bus_unload();
	bus_break();
}

long bus_info(int fd, unsigned int room, struct bus_info *info)
{
	struct vfio_pci_hot_reset_info head = { .flags = ~0, .count = ~0,
		.argsz = sizeof(head) + room * sizeof(info->of[0]) };
	u8 *user = shim_user_alloc(head.argsz);
	long ret;

	memset(shim_user_body(user), 0, head.argsz);
	memcpy(shim_user_body(user), &head, sizeof(head));
	ret = shim_ioctl(fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, user);
	memset(info, 0xee, sizeof(*info));
	memcpy(info, shim_user_body(user), min(sizeof(*info), (size_t)head.argsz));
	shim_user_free(user);
	return ret;
}

long bus_reset(int fd, unsigned int count, const int *fds)
{
	struct vfio_pci_hot_reset head = { .argsz = sizeof(head) + count * sizeof(*fds),
					   .count = count };
	u8 *user = shim_user_alloc(head.argsz);
	long ret;

	memcpy(shim_user_body(user), &head, sizeof(head));
	if (count)
		memcpy(shim_user_body(user + sizeof(head)), fds, count * sizeof(*fds));
	ret = shim_ioctl(fd, VFIO_DEVICE_PCI_HOT_RESET, user);
	shim_user_free(user);
	return ret;
}
