// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs in user space's memory, and when they may be touched.
 *
 * mmap() maps nothing. A fault looks below memory_lock whether the device answers, and then
 * maps the aligned 2 MiB around the address. Whoever is about to make the device stop
 * answering (memory decode off, D3, reset, low power) takes memory_lock for write and takes all
 * mappings away first; the next touch faults again, and gets SIGBUS for as long as the device
 * does not answer.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nospec.h>

#include "priv.h"

/**
 * vfio_pci_zap_bars() - take the BARs out of all user memory
 * @vdev: device
 *
 * Context: memory_lock held for write.
 */
void vfio_pci_zap_bars(struct vfio_pci_core_device *vdev)
{
	lockdep_assert_held_write(&vdev->memory_lock);
	unmap_mapping_range(vfio_device_mapping(&vdev->vdev),
			    VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_BAR0_REGION_INDEX),
			    VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_ROM_REGION_INDEX), 1);
}

/* Page frame of the first byte of a mapping */
static unsigned long bar_first_pfn(struct vfio_pci_core_device *vdev,
				   const struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	unsigned int bar = VFIO_PCI_OFFSET_TO_INDEX(offset);

	return PHYS_PFN(pci_resource_start(vdev->pdev, bar) + (offset & VFIO_PCI_OFFSET_MASK));
}

static vm_fault_t bar_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct vfio_pci_core_device *vdev = vma->vm_private_data;
	unsigned long addr = vmf->address & PAGE_MASK;
	unsigned long at = max(addr & PMD_MASK, vma->vm_start);
	unsigned long end = min((addr & PMD_MASK) + PMD_SIZE, vma->vm_end);
	vm_fault_t ret = VM_FAULT_SIGBUS;

	down_read(&vdev->memory_lock);
	/* An access to mapped memory wakes nothing, and does not find the device awake by chance */
	if (!vdev->low_power.allowed && vfio_pci_decodes(vdev, PCI_COMMAND_MEMORY)) {
		unsigned long pfn = bar_first_pfn(vdev, vma) - PHYS_PFN(vma->vm_start);

		ret = vmf_insert_pfn(vma, addr, pfn + PHYS_PFN(addr));
		/* The others save faults only */
		for (; at < end && !(ret & VM_FAULT_ERROR); at += PAGE_SIZE)
			if (at != addr && vmf_insert_pfn(vma, at, pfn + PHYS_PFN(at)) &
			    VM_FAULT_ERROR)
				break;
	}
	up_read(&vdev->memory_lock);
	return ret;
}

static const struct vm_operations_struct bar_vm_ops = {
	.fault = bar_fault,
};

/* Pages of a BAR that are the device's alone */
static int bar_mmap(struct vfio_pci_core_device *vdev, unsigned int bar, u64 pos, u64 len,
		    struct vm_area_struct *vma)
{
	u64 start, end;
	int ret;

	if (!vfio_pci_trap_free_area(vdev, bar, pos, &start, &end) || start != pos ||
	    len > end - start)
		return -EINVAL;
	/* The BAR must be ours before user space can touch it */
	ret = vfio_pci_core_setup_barmap(vdev, bar);
	if (ret)
		return ret;
	vma->vm_private_data = vdev;
	vma->vm_page_prot = pgprot_decrypted(pgprot_noncached(vma->vm_page_prot));
	vm_flags_set(vma, VM_ALLOW_ANY_UNCACHED | VM_IO | VM_PFNMAP | VM_DONTEXPAND |
			  VM_DONTDUMP);
	vma->vm_ops = &bar_vm_ops;
	return 0;
}

/* The driver's region: it was asked about this range, and no other may come of it */
static int dev_region_mmap(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
			   struct vm_area_struct *vma)
{
	if (!(region->flags & VFIO_REGION_INFO_FLAG_WRITE)) {
		if (vma->vm_flags & VM_WRITE)
			return -EINVAL;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	return region->ops->mmap(vdev, region, vma);
}

/**
 * vfio_pci_core_mmap() - the mmap op
 * @core_vdev: device
 * @vma: what user space maps
 *
 * BARs, and regions of the driver that allow it; MAP_SHARED only, not beyond the region (or the
 * page that a small BAR has), and nothing of a BAR that the driver answers for.
 */
int vfio_pci_core_mmap(struct vfio_device *core_vdev, struct vm_area_struct *vma)
{
	struct vfio_pci_core_device *vdev = vfio_pci_from_vdev(core_vdev);
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT, index = VFIO_PCI_OFFSET_TO_INDEX(offset);
	u64 pos = offset & VFIO_PCI_OFFSET_MASK, len = vma->vm_end - vma->vm_start;
	struct vfio_pci_region_desc desc;
	u64 size;
	int ret;

	/* A page offset whose byte offset does not fit would name another region */
	if (offset >> PAGE_SHIFT != vma->vm_pgoff || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	ret = vfio_pci_region_get(vdev, index, &desc);
	if (ret)
		return ret;
	if (!(desc.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return -EINVAL;
	size = PAGE_ALIGN(desc.size);
	if (!len || len > size || pos > size - len)
		return -EINVAL;
	if (desc.kind == VFIO_PCI_REGION_DRIVER)
		return dev_region_mmap(vdev, desc.own, vma);
	return bar_mmap(vdev, array_index_nospec(index, PCI_STD_NUM_BARS), pos, len, vma);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_mmap);
