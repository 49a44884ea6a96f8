// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that a driver adds behind those of the PCI ABI.
 *
 * They are registered while the device is being opened and go when it is closed, so
 * whoever has a file of the device sees an array that does not change. User space finds them by
 * type and subtype, which stand in a capability of their VFIO_DEVICE_GET_REGION_INFO.
 */
#include <linux/nospec.h>
#include <linux/slab.h>

#include "priv.h"

#define REGION_FLAGS \
	(VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE | VFIO_REGION_INFO_FLAG_MMAP)

/**
 * vfio_pci_core_register_dev_region() - add a region to a device that is being opened
 * @vdev: device
 * @type: VFIO_REGION_TYPE_*
 * @subtype: within @type
 * @ops: operations; not called before open_device() has returned, except for @ops->release
 * @size: bytes, at least 1; whole pages for a region that can be mapped
 * @flags: VFIO_REGION_INFO_FLAG_READ, _WRITE and _MMAP
 * @data: for the driver, in struct vfio_pci_region
 *
 * Its index is VFIO_PCI_NUM_REGIONS and the number of regions added before.
 * vfio_pci_core_disable() removes it and calls @ops->release.
 *
 * Context: open_device(), after vfio_pci_core_enable().
 * Return: 0; -EINVAL; -ENOMEM. After an error @ops->release is not called.
 */
int vfio_pci_core_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				      unsigned int subtype, const struct vfio_pci_regops *ops,
				      size_t size, u32 flags, void *data)
{
	struct vfio_pci_region *grown;

	lockdep_assert_held(&vdev->vdev.lock);
	if (!ops || !ops->rw || !size || size > VFIO_PCI_OFFSET_MASK || flags & ~REGION_FLAGS ||
	    (flags & VFIO_REGION_INFO_FLAG_MMAP && (!ops->mmap || !PAGE_ALIGNED(size))))
		return -EINVAL;
	grown = krealloc_array(vdev->region, vdev->num_regions + 1, sizeof(*grown), GFP_KERNEL);
	if (!grown)
		return -ENOMEM;
	grown[vdev->num_regions++] = (struct vfio_pci_region){
		.type = type,
		.subtype = subtype,
		.ops = ops,
		.data = data,
		.size = size,
		.flags = flags,
	};
	vdev->region = grown;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_register_dev_region);

/**
 * vfio_pci_core_dev_region() - the driver's region behind an index from user space
 * @vdev: open device
 * @index: region index, from a file offset by VFIO_PCI_OFFSET_TO_INDEX()
 *
 * Return: the region, also under speculation one of the device's; NULL when there is none.
 */
struct vfio_pci_region *vfio_pci_core_dev_region(struct vfio_pci_core_device *vdev, u64 index)
{
	if (index < VFIO_PCI_NUM_REGIONS || index - VFIO_PCI_NUM_REGIONS >= vdev->num_regions)
		return NULL;
	index -= VFIO_PCI_NUM_REGIONS;
	return &vdev->region[array_index_nospec(index, vdev->num_regions)];
}
EXPORT_SYMBOL_GPL(vfio_pci_core_dev_region);

/* What VFIO_DEVICE_GET_REGION_INFO says of it: its type, and what the driver adds */
int vfio_pci_dev_region_caps(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
			     struct vfio_info_cap *caps)
{
	struct vfio_region_info_cap_type *type;
	struct vfio_info_cap_header *header;

	header = vfio_info_cap_add(caps, sizeof(*type), VFIO_REGION_INFO_CAP_TYPE, 1);
	if (IS_ERR(header))
		return PTR_ERR(header);
	type = container_of(header, struct vfio_region_info_cap_type, header);
	type->type = region->type;
	type->subtype = region->subtype;
	return region->ops->add_capability ? region->ops->add_capability(vdev, region, caps) : 0;
}

/* The device is being closed: the last that came goes first */
void vfio_pci_dev_regions_free(struct vfio_pci_core_device *vdev)
{
	while (vdev->num_regions) {
		struct vfio_pci_region *region = &vdev->region[--vdev->num_regions];

		if (region->ops->release)
			region->ops->release(vdev, region);
	}
	kfree(vdev->region);
	vdev->region = NULL;
}
