// SPDX-License-Identifier: GPL-2.0-only
/* VFs of fake PCI functions, who is told of them, and UUIDs. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/uuid.h>
#include <shim/fault.h>
#include <shim/iommu.h>
#include <shim/pci.h>

static struct notifier_block *listeners;

int bus_register_notifier(const struct bus_type *bus, struct notifier_block *block)
{
	block->next = listeners;
	listeners = block;
	return 0;
}

int bus_unregister_notifier(const struct bus_type *bus, struct notifier_block *block)
{
	struct notifier_block **at = &listeners;

	while (*at && *at != block)
		at = &(*at)->next;
	if (!*at)
		shim_die("a bus notifier is unregistered that is not registered");
	*at = block->next;
	return 0;
}

static void tell(unsigned long event, struct pci_dev *pdev)
{
	struct notifier_block *block, *next;

	for (block = listeners; block; block = next) {
		next = block->next;
		block->notifier_call(block, event, &pdev->dev);
	}
}

int device_set_driver_override(struct device *dev, const char *name)
{
	if (shim_should_fail("driver_override"))
		return -ENOMEM;
	free(dev->driver_override);
	dev->driver_override = strdup(name);
	return 0;
}

int shim_pci_probe_vf(struct pci_dev *vf, const char *driver)
{
	int ret = shim_pci_bind(vf, shim_pci_driver(driver));

	if (!ret)
		tell(BUS_NOTIFY_BOUND_DRIVER, vf);
	return ret;
}

static struct pci_dev *vf_new(struct pci_dev *pf, unsigned int n)
{
	struct pci_dev *vf;
	char name[16];

	snprintf(name, sizeof(name), "%04x:%02x:10.%u", pf->bus->domain, pf->bus->number, n);
	vf = shim_pci_new(name, pf->vendor, pf->device + 1);
	vf->bus->parent = pf->bus;
	vf->is_virtfn = true;
	vf->no_command_memory = true;
	vf->physfn = pf;
	vf->pin = 0;
	shim_pci_add_bar(vf, 0, 16384, IORESOURCE_MEM);
	shim_group_join(shim_group_new(shim_pci(pf)->vf_iommu), &vf->dev);
	tell(BUS_NOTIFY_ADD_DEVICE, vf);
	if (vf->dev.driver_override && !shim_pci(pf)->no_autoprobe)
		shim_pci_probe_vf(vf, vf->dev.driver_override);
	return vf;
}

static void vf_free(struct pci_dev *vf)
{
	struct iommu_group *group = vf->dev.iommu_group;

	if (vf->driver)
		shim_pci_unbind(vf);
	free(vf->dev.driver_override);
	shim_group_leave(&vf->dev);
	shim_pci_free(vf);
	shim_group_free(group);
}

int pci_enable_sriov(struct pci_dev *pdev, int num)
{
	might_sleep();
	if (!pdev->is_physfn || pdev->num_vfs || num <= 0 || num > SHIM_PCI_VFS)
		return -EINVAL;
	if (pdev->current_state != PCI_D0)
		shim_complain("%s: VFs are made while it sleeps", pci_name(pdev));
	if (shim_should_fail("pci_enable_sriov"))
		return -ENOMEM;
	for (int n = 0; n < num; n++)
		shim_pci(pdev)->vf[n] = vf_new(pdev, n);
	pdev->num_vfs = num;
	return 0;
}

void pci_disable_sriov(struct pci_dev *pdev)
{
	might_sleep();
	for (int n = 0; n < pdev->num_vfs; n++) {
		vf_free(shim_pci(pdev)->vf[n]);
		shim_pci(pdev)->vf[n] = NULL;
	}
	pdev->num_vfs = 0;
}

int shim_pci_set_numvfs(struct pci_dev *pdev, int num)
{
	int ret = -ENOENT;

	device_lock(&pdev->dev);
	if (pdev->driver && pdev->driver->sriov_configure)
		ret = pdev->driver->sriov_configure(pdev, num);
	device_unlock(&pdev->dev);
	return ret;
}

void uuid_gen(uuid_t *uuid)
{
	for (unsigned int i = 0; i < sizeof(uuid->b); i++)
		uuid->b[i] = rand();
}

int uuid_parse(const char *text, uuid_t *uuid)
{
	static const u8 digits[] = { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34 };

	for (unsigned int i = 0; i < UUID_STRING_LEN; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' :
							      !isxdigit((u8)text[i]))
			return -EINVAL;
	for (unsigned int i = 0; i < 16; i++)
		if (sscanf(text + digits[i], "%2hhx", &uuid->b[i]) != 1)
			return -EINVAL;
	return 0;
}
