// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reset of a slot or a bus reaches, and VFIO_DEVICE_GET_PCI_HOT_RESET_INFO.
 *
 * The PCI core resets the slot where hardware can do that, else the bus. Behind a PCIe port
 * the link is one device's (PCIe 6.6.1), so that a slot there is all of its bus: also functions
 * that ARI gives other device numbers. VFs are reset with their PF, whatever bus their numbers
 * lie on.
 */
#include <linux/iommu.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "priv.h"

/**
 * vfio_pci_scope_get() - what would be reset with a device
 * @vdev: device
 * @scope: result
 *
 * Context: may sleep.
 * Return: 0; -ENODEV when neither its slot nor its bus can be reset.
 */
int vfio_pci_scope_get(struct vfio_pci_core_device *vdev, struct vfio_pci_scope *scope)
{
	struct pci_dev *pdev = pci_physfn(vdev->pdev);

	*scope = (struct vfio_pci_scope){ .target = pdev, .bus = pdev->bus };
	if (!pci_probe_reset_slot(pdev->slot)) {
		scope->by_slot = true;
		if (!pdev->bus->self || !pci_is_pcie(pdev->bus->self))
			scope->slot = pdev->slot;
		return 0;
	}
	return pci_probe_reset_bus(pdev->bus) ? -ENODEV : 0;
}

/**
 * vfio_pci_scope_has() - is a function reset with the others?
 * @scope: what is reset
 * @pdev: function
 */
bool vfio_pci_scope_has(const struct vfio_pci_scope *scope, struct pci_dev *pdev)
{
	struct pci_bus *bus = pdev->bus;
	struct pci_dev *at = pdev;

	/* Numbers of VFs can lie on a bus that no bridge leads to, below that of their PF */
	for (; bus && bus != scope->bus; bus = bus->parent)
		at = bus->self;
	return bus && (!scope->slot || (at && at->slot == scope->slot));
}

/**
 * vfio_pci_scope_count() - how many functions are reset, bridges among them
 * @scope: what is reset
 */
unsigned int vfio_pci_scope_count(const struct vfio_pci_scope *scope)
{
	struct pci_dev *pdev = NULL;
	unsigned int count = 0;

	for_each_pci_dev(pdev)
		count += vfio_pci_scope_has(scope, pdev);
	return count;
}

/* Functions in the words of the ABI */
struct function_list {
	struct vfio_pci_dependent_device *entry;
	unsigned int num;
	unsigned int room;
};

static int list_reserve(struct function_list *list)
{
	unsigned int room = list->room ? 2 * list->room : 8;
	void *entry;

	if (list->num < list->room)
		return 0;
	entry = krealloc_array(list->entry, room, sizeof(*list->entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return -ENOMEM;
	list->entry = entry;
	list->room = room;
	return 0;
}

/* A function without an IOMMU group is nobody's to give, and would have no number to tell */
static int list_add_function(struct function_list *list, struct pci_dev *pdev)
{
	struct iommu_group *group = iommu_group_get(&pdev->dev);
	int ret;

	if (!group)
		return -EPERM;
	ret = list_reserve(list);
	if (!ret)
		list->entry[list->num++] = (struct vfio_pci_dependent_device){
			.group_id = iommu_group_id(group),
			.segment = pci_domain_nr(pdev->bus),
			.bus = pdev->bus->number,
			.devfn = pdev->devfn,
		};
	iommu_group_put(group);
	return ret;
}

static int list_scope(struct function_list *list, const struct vfio_pci_scope *scope)
{
	struct pci_dev *pdev = NULL;
	int ret = 0;

	for_each_pci_dev(pdev) {
		if (vfio_pci_scope_has(scope, pdev))
			ret = list_add_function(list, pdev);
		if (ret) {
			pci_dev_put(pdev);
			return ret;
		}
	}
	return 0;
}

static int info_to_user(void __user *uarg, struct vfio_pci_hot_reset_info *info,
			const struct function_list *list)
{
	size_t size = list->num * sizeof(*list->entry);
	bool fits = size <= info->argsz - sizeof(*info);

	info->flags = 0;
	info->count = list->num;
	if (fits && copy_to_user(uarg + sizeof(*info), list->entry, size))
		return -EFAULT;
	if (copy_to_user(uarg, info, sizeof(*info)))
		return -EFAULT;
	return fits ? 0 : -ENOSPC;
}

/**
 * vfio_pci_get_hot_reset_info() - VFIO_DEVICE_GET_PCI_HOT_RESET_INFO
 * @vdev: open device
 * @uarg: struct vfio_pci_hot_reset_info
 *
 * Return: 0; -ENOSPC when argsz leaves too little room, and count tells how much it takes; -ENODEV
 * without such a reset; -EPERM when it reaches a function that is in no IOMMU group; -EINVAL;
 * -EFAULT; -ENOMEM.
 */
long vfio_pci_get_hot_reset_info(struct vfio_pci_core_device *vdev, void __user *uarg)
{
	struct vfio_pci_hot_reset_info info;
	struct function_list list = { };
	struct vfio_pci_scope scope;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), sizeof(info), uarg);
	if (!ret)
		ret = vfio_pci_scope_get(vdev, &scope);
	if (!ret)
		ret = list_scope(&list, &scope);
	if (!ret)
		ret = info_to_user(uarg, &info, &list);
	kfree(list.entry);
	return ret;
}
