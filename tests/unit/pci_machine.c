// SPDX-License-Identifier: GPL-2.0-only
/* See pci_machine.h. */
#include <linux/sizes.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

int shim_init_irqbypass_init(void);
void shim_exit_irqbypass_exit(void);
int shim_init_vfio_pci_init(void);
void shim_exit_vfio_pci_exit(void);

struct pci_machine pm;

void pci_machine_make(void)
{
	pm = (struct pci_machine){ .hw = SHIM_VTD, .container = -1, .group_fd = -1, .fd = -1 };
	pm.group = shim_group_new(&pm.hw);
	snprintf(pm.path, sizeof(pm.path), "vfio/%d", iommu_group_id(pm.group));
	pm.pdev = shim_pci_new(PCI_BDF, 0x1234, 0x5678);
	shim_pci_add_bar(pm.pdev, 0, SZ_16K, IORESOURCE_MEM);
	shim_pci_add_bar(pm.pdev, 2, 32, IORESOURCE_IO);
	shim_pci_add_bar(pm.pdev, 4, SZ_64K, IORESOURCE_MEM | IORESOURCE_MEM_64 |
			 IORESOURCE_PREFETCH);
	shim_pci_add_rom(pm.pdev, SZ_64K);
	shim_pci_add_pm(pm.pdev);
	shim_pci_add_msi(pm.pdev, MSI_VECTORS);
	shim_pci_add_msix(pm.pdev, MSIX_VECTORS, 0, 0x2000);
	shim_pci_add_ext_cap(pm.pdev, PCI_EXT_CAP_ID_ERR, 2, 0x48);
	shim_group_join(pm.group, &pm.pdev->dev);
}

void pci_machine_break(void)
{
	shim_group_leave(&pm.pdev->dev);
	shim_pci_free(pm.pdev);
	shim_group_free(pm.group);
}

int pci_machine_load(void)
{
	int ret = shim_init_irqbypass_init();

	if (ret)
		return ret;
	ret = machine_load();
	if (ret)
		goto err_irqbypass;
	ret = shim_init_vfio_pci_init();
	if (ret)
		goto err_vfio;
	ret = shim_pci_bind(pm.pdev, shim_pci_driver("vfio-pci"));
	if (!ret)
		return 0;
	shim_exit_vfio_pci_exit();
err_vfio:
	machine_unload();
err_irqbypass:
	shim_exit_irqbypass_exit();
	return ret;
}

void pci_machine_unload(void)
{
	if (pm.pdev->driver)
		shim_pci_unbind(pm.pdev);
	shim_exit_vfio_pci_exit();
	machine_unload();
	shim_exit_irqbypass_exit();
}

void pci_close_as(const struct pci_user *user)
{
	int *fds[] = { user->fd, user->group, user->container };

	for (int i = 0; i < 3; i++) {
		if (*fds[i] >= 0)
			shim_close(*fds[i]);
		*fds[i] = -1;
	}
}

int pci_open_as(const struct pci_user *user, const char *path, const char *name)
{
	int ret = shim_open("vfio/vfio");

	if (ret < 0)
		return ret;
	*user->container = ret;
	ret = *user->group = user_join(*user->container, path);
	if (ret >= 0)
		ret = user_set_iommu(*user->container, VFIO_TYPE1v2_IOMMU);
	if (!ret)
		ret = *user->fd = user_device(*user->group, name);
	if (ret >= 0)
		return 0;
	pci_close_as(user);
	return ret;
}

static const struct pci_user me = { &pm.container, &pm.group_fd, &pm.fd };

int pci_user_open(void)
{
	return pci_open_as(&me, pm.path, PCI_BDF);
}

void pci_user_close(void)
{
	pci_close_as(&me);
}

void pci_up(void)
{
	pci_machine_make();
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
}

void pci_up_exclusive_intx(void)
{
	pci_machine_make();
	pm.pdev->broken_intx_masking = true;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
}

void pci_down(void)
{
	shim_task_reset();
	CHECK_EQ(shim_live(SHIM_IRQ) + shim_live(SHIM_VECTOR) + shim_live(SHIM_EVENTFD) +
		 shim_live(SHIM_IOMAP) + shim_live(SHIM_REGION) + shim_live(SHIM_ENABLED), 0);
	CHECK(!(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	pci_machine_unload();
	pci_machine_break();
}

long pci_set_irqs(u32 index, u32 flags, u32 start, u32 count, const void *data, size_t size)
{
	struct vfio_irq_set set = { .argsz = sizeof(set) + size, .flags = flags, .index = index,
				    .start = start, .count = count };
	u8 *user = shim_user_alloc(set.argsz);
	long ret;

	memcpy(shim_user_body(user), &set, sizeof(set));
	if (size)
		memcpy(shim_user_body(user + sizeof(set)), data, size);
	ret = shim_ioctl(pm.fd, VFIO_DEVICE_SET_IRQS, user);
	shim_user_free(user);
	return ret;
}

long pci_set_eventfds(u32 index, u32 start, u32 count, const s32 *fds)
{
	return pci_set_irqs(index, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
			    start, count, fds, count * sizeof(*fds));
}

s32 pci_event(u32 index)
{
	s32 fd = shim_eventfd();

	CHECK_EQ(pci_set_eventfds(index, 0, 1, &fd), 0);
	return fd;
}

ssize_t pci_region_read(unsigned int region, u64 at, void *to, size_t n)
{
	u8 *user = shim_user_alloc(n);
	ssize_t ret = shim_pread(pm.fd, user, n, VFIO_PCI_INDEX_TO_OFFSET(region) + at);

	memcpy(to, shim_user_body(user), n);
	shim_user_free(user);
	return ret;
}

ssize_t pci_region_write(unsigned int region, u64 at, const void *from, size_t n)
{
	u8 *user = shim_user_dup(from, n);
	ssize_t ret = shim_pwrite(pm.fd, user, n, VFIO_PCI_INDEX_TO_OFFSET(region) + at);

	shim_user_free(user);
	return ret;
}

u32 pci_config_get(unsigned int at, unsigned int width)
{
	u32 value = 0;

	CHECK_EQ(pci_region_read(VFIO_PCI_CONFIG_REGION_INDEX, at, &value, width), width);
	return value;
}

ssize_t pci_config_put(unsigned int at, unsigned int width, u32 value)
{
	return pci_region_write(VFIO_PCI_CONFIG_REGION_INDEX, at, &value, width);
}

void pci_set_command(u16 set, u16 clear)
{
	CHECK_EQ(pci_config_put(PCI_COMMAND, 2, (pci_config_get(PCI_COMMAND, 2) & ~clear) | set),
		 2);
}

void pci_set_power(unsigned int state)
{
	CHECK_EQ(pci_config_put(pm.pdev->pm_cap + PCI_PM_CTRL, 2, state), 2);
}
