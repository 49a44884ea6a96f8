// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts of BARs that a driver answers for, and not the device.
 *
 * read() and write() there call the driver, access by access. User space cannot map the pages
 * that a trap touches; it learns from the sparse mmap capability which others it can.
 *
 * Invariants: traps of a BAR do not overlap and are kept in their order; they are made
 * while the device is being opened and go when it is closed, so readers need no lock.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "priv.h"

/**
 * struct vfio_pci_trap - a part of a BAR that the driver answers for
 * @node: in vdev->traps
 * @bar: BAR
 * @start: first byte
 * @end: byte behind the last
 * @ops: operations
 * @data: the driver's
 */
struct vfio_pci_trap {
	struct list_head node;
	unsigned int bar;
	u64 start;
	u64 end;
	const struct vfio_pci_trap_ops *ops;
	void *data;
};

static bool trap_before(const struct vfio_pci_trap *a, const struct vfio_pci_trap *b)
{
	return a->bar < b->bar || (a->bar == b->bar && a->end <= b->start);
}

/**
 * vfio_pci_core_trap_bar() - answer for a part of a BAR of a device that is being opened
 * @vdev: device
 * @bar: BAR, 0 to 5
 * @start: first byte
 * @size: bytes; ends in the BAR
 * @ops: operations, both
 * @data: for them
 *
 * The driver reaches the device there by vfio_pci_core_setup_barmap() and
 * vfio_pci_core_ioread32() and the like. The trap goes at vfio_pci_core_disable().
 *
 * Context: open_device(), between vfio_pci_core_enable() and vfio_pci_core_finish_enable().
 * Return: 0; -EINVAL; -EBUSY when a part of it is trapped already; -ENOMEM.
 */
int vfio_pci_core_trap_bar(struct vfio_pci_core_device *vdev, unsigned int bar, u64 start,
			   u64 size, const struct vfio_pci_trap_ops *ops, void *data)
{
	const struct vfio_pci_trap made = {
		.bar = bar,
		.start = start,
		.end = start + size,
		.ops = ops,
		.data = data,
	};
	struct vfio_pci_trap *trap, *next;
	u64 len;

	lockdep_assert_held(&vdev->vdev.lock);
	if (bar >= PCI_STD_NUM_BARS || !ops || !ops->read || !ops->write)
		return -EINVAL;
	len = pci_resource_len(vdev->pdev, bar);
	if (!size || size > len || start > len - size)
		return -EINVAL;
	list_for_each_entry(next, &vdev->traps, node)
		if (!trap_before(next, &made))
			break;
	if (!list_entry_is_head(next, &vdev->traps, node) && !trap_before(&made, next))
		return -EBUSY;
	trap = kmemdup(&made, sizeof(made), GFP_KERNEL);
	if (!trap)
		return -ENOMEM;
	list_add_tail(&trap->node, &next->node);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_trap_bar);

/**
 * vfio_pci_trap_at() - who answers at a place of a BAR?
 * @vdev: open device
 * @bar: BAR
 * @pos: place
 * @until: where that ends: the byte behind the trap, or the next trap; U64_MAX for none
 *
 * Return: the trap, or NULL for the device.
 */
struct vfio_pci_trap *vfio_pci_trap_at(struct vfio_pci_core_device *vdev, unsigned int bar,
				       u64 pos, u64 *until)
{
	struct vfio_pci_trap *trap;

	list_for_each_entry(trap, &vdev->traps, node) {
		if (trap->bar != bar || pos >= trap->end)
			continue;
		*until = pos < trap->start ? trap->start : trap->end;
		return pos < trap->start ? NULL : trap;
	}
	*until = U64_MAX;
	return NULL;
}

static int trap_check_decode(struct vfio_pci_core_device *vdev, bool io)
{
	bool decodes;

	down_read(&vdev->memory_lock);
	decodes = vfio_pci_decodes(vdev, io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY);
	up_read(&vdev->memory_lock);
	return decodes ? 0 : -EIO;
}

/* One access; @value is as on the bus, in the first @width of its bytes */
static int trap_access(struct vfio_pci_core_device *vdev, const struct vfio_pci_trap *trap,
		       u64 pos, unsigned int width, __le64 *value, bool write)
{
	u64 number = le64_to_cpu(*value);
	int ret;

	ret = write ? trap->ops->write(vdev, trap->data, pos, width, number) :
		      trap->ops->read(vdev, trap->data, pos, width, &number);
	*value = cpu_to_le64(number);
	/* It says 0 or -errno, not how many bytes */
	return WARN_ON_ONCE(ret > 0) ? -EIO : ret;
}

/**
 * vfio_pci_trap_rw() - read() or write() of a trapped part
 * @vdev: open device
 * @trap: trap
 * @buf: user space's buffer
 * @count: bytes; @pos + @count lies in the trap
 * @pos: offset in the BAR
 * @write: true for write()
 *
 * Return: bytes moved, or if there are none: -EIO when the device does not decode; -EFAULT; what
 * the driver says.
 */
ssize_t vfio_pci_trap_rw(struct vfio_pci_core_device *vdev, const struct vfio_pci_trap *trap,
			 char __user *buf, size_t count, u64 pos, bool write)
{
	bool io = pci_resource_flags(vdev->pdev, trap->bar) & IORESOURCE_IO;
	size_t done = 0;
	int ret = 0;

	while (!ret && done < count) {
		unsigned int width = vfio_pci_access_width(io ? 4 : 8, pos + done, count - done);
		__le64 value = 0;

		ret = trap_check_decode(vdev, io);
		if (!ret && write && copy_from_user(&value, buf + done, width))
			ret = -EFAULT;
		if (!ret)
			ret = trap_access(vdev, trap, pos + done, width, &value, write);
		if (!ret && !write && copy_to_user(buf + done, &value, width))
			ret = -EFAULT;
		if (!ret)
			done += width;
	}
	return done ?: ret;
}

/**
 * vfio_pci_trap_free_area() - the next pages of a BAR that no trap touches
 * @vdev: device
 * @bar: BAR
 * @from: where to begin, a multiple of the page size
 * @start: first byte of the area, at or behind @from
 * @end: byte behind its last page
 *
 * Return: false when there is none.
 */
bool vfio_pci_trap_free_area(struct vfio_pci_core_device *vdev, unsigned int bar, u64 from,
			     u64 *start, u64 *end)
{
	struct vfio_pci_trap *trap;

	*start = from;
	*end = PAGE_ALIGN(pci_resource_len(vdev->pdev, bar));
	list_for_each_entry(trap, &vdev->traps, node) {
		if (trap->bar != bar || PAGE_ALIGN(trap->end) <= *start)
			continue;
		if (PAGE_ALIGN_DOWN(trap->start) > *start) {
			*end = PAGE_ALIGN_DOWN(trap->start);
			break;
		}
		*start = PAGE_ALIGN(trap->end);
	}
	return *start < *end;
}

/* The capability that tells the pages to map; none for a BAR without traps. 0 or -ENOMEM */
int vfio_pci_trap_caps(struct vfio_pci_core_device *vdev, unsigned int bar,
		       struct vfio_info_cap *caps)
{
	struct vfio_region_info_cap_sparse_mmap *sparse;
	struct vfio_info_cap_header *header;
	u64 start, end, until;
	u32 areas = 0;

	if (!vfio_pci_trap_at(vdev, bar, 0, &until) && until == U64_MAX)
		return 0;
	for (end = 0; vfio_pci_trap_free_area(vdev, bar, end, &start, &end);)
		areas++;
	header = vfio_info_cap_add(caps, struct_size(sparse, areas, areas),
				   VFIO_REGION_INFO_CAP_SPARSE_MMAP, 1);
	if (IS_ERR(header))
		return PTR_ERR(header);
	sparse = container_of(header, struct vfio_region_info_cap_sparse_mmap, header);
	for (end = 0; vfio_pci_trap_free_area(vdev, bar, end, &start, &end);)
		sparse->areas[sparse->nr_areas++] = (struct vfio_region_sparse_mmap_area){
			.offset = start,
			.size = end - start,
		};
	return 0;
}

/* The device is being closed */
void vfio_pci_traps_free(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_trap *trap, *next;

	list_for_each_entry_safe(trap, next, &vdev->traps, node) {
		list_del(&trap->node);
		kfree(trap);
	}
}
