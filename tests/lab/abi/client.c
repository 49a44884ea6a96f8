// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of the VFIO ABI, from container to interrupt. See client.h.
 */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int result(long value)
{
	return value < 0 ? -errno : (int)value;
}

int vf_ioctl(int fd, unsigned long request, void *arg)
{
	return result(ioctl(fd, request, arg));
}

int vf_ioctl_number(int fd, unsigned long request, unsigned long arg)
{
	return result(ioctl(fd, request, arg));
}

int container_open(void)
{
	return result(open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC));
}

int group_open(int number)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/vfio/%d", number);
	return result(open(path, O_RDWR | O_CLOEXEC));
}

int group_attach(int group, int container)
{
	return vf_ioctl(group, VFIO_GROUP_SET_CONTAINER, &container);
}

int group_device(int group, const char *name)
{
	return vf_ioctl(group, VFIO_GROUP_GET_DEVICE_FD, (void *)name);
}

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void session_close(struct session *s)
{
	close_fd(&s->device);
	close_fd(&s->group);
	close_fd(&s->container);
}

int session_reopen_device(struct session *s)
{
	close_fd(&s->device);
	s->device = group_device(s->group, s->dev.name);
	return s->device < 0 ? s->device : 0;
}

int session_open(struct session *s, const struct pci_dev *dev)
{
	return session_open_as(s, dev, "");
}

int session_open_as(struct session *s, const struct pci_dev *dev, const char *options)
{
	char name[128];
	int err;

	*s = (struct session){ .dev = *dev, .container = -1, .group = -1, .device = -1 };
	s->container = container_open();
	s->group = group_open(dev->group);
	if (s->container < 0 || s->group < 0) {
		err = s->container < 0 ? s->container : s->group;
		goto fail;
	}
	err = group_attach(s->group, s->container);
	if (!err)
		err = vf_ioctl_number(s->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	if (!err && options) {
		snprintf(name, sizeof(name), "%s%s", dev->name, options);
		s->device = group_device(s->group, name);
		err = s->device < 0 ? s->device : 0;
	}
	if (!err)
		return 0;
fail:
	session_close(s);
	return err;
}

int dma_map(int container, const void *memory, uint64_t iova, uint64_t size, uint32_t flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = flags,
		.vaddr = (uintptr_t)memory,
		.iova = iova,
		.size = size,
	};

	return vf_ioctl(container, VFIO_IOMMU_MAP_DMA, &map);
}

int dma_unmap(int container, uint64_t iova, uint64_t size, uint32_t flags, uint64_t *unmapped)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.flags = flags,
		.iova = iova,
		.size = size,
	};
	int err = vf_ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap);

	if (unmapped)
		*unmapped = unmap.size;
	return err;
}

int region_info(int device, uint32_t index, struct vfio_region_info *info)
{
	*info = (struct vfio_region_info){ .argsz = sizeof(*info), .index = index };
	return vf_ioctl(device, VFIO_DEVICE_GET_REGION_INFO, info);
}

int irq_info(int device, uint32_t index, struct vfio_irq_info *info)
{
	*info = (struct vfio_irq_info){ .argsz = sizeof(*info), .index = index };
	return vf_ioctl(device, VFIO_DEVICE_GET_IRQ_INFO, info);
}

int irq_set(int device, uint32_t flags, uint32_t index, uint32_t start, uint32_t count,
	    const void *data, size_t size)
{
	struct vfio_irq_set *set = malloc(sizeof(*set) + size);
	int err;

	if (!set)
		return -ENOMEM;
	*set = (struct vfio_irq_set){
		.argsz = sizeof(*set) + size,
		.flags = flags,
		.index = index,
		.start = start,
		.count = count,
	};
	if (size)
		memcpy(set->data, data, size);
	err = vf_ioctl(device, VFIO_DEVICE_SET_IRQS, set);
	free(set);
	return err;
}

int irq_eventfds(int device, uint32_t index, uint32_t start, uint32_t count, const int *fds)
{
	return irq_set(device, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, index,
		       start, count, fds, count * sizeof(*fds));
}

int irq_disable(int device, uint32_t index)
{
	return irq_set(device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER, index, 0, 0,
		       NULL, 0);
}

long region_read(int device, uint32_t index, uint64_t offset, void *data, size_t size)
{
	struct vfio_region_info info;
	int err = region_info(device, index, &info);

	if (err)
		return err;
	return result(pread(device, data, size, info.offset + offset));
}

long region_write(int device, uint32_t index, uint64_t offset, const void *data, size_t size)
{
	struct vfio_region_info info;
	int err = region_info(device, index, &info);

	if (err)
		return err;
	return result(pwrite(device, data, size, info.offset + offset));
}

/* All ones when the read fails, as a PCI bus answers. */
uint32_t config_read(int device, unsigned int offset, unsigned int size)
{
	uint32_t value = 0;

	if (region_read(device, VFIO_PCI_CONFIG_REGION_INDEX, offset, &value, size) != (long)size)
		return ~0u;
	return value;
}

long config_write(int device, unsigned int offset, unsigned int size, uint32_t value)
{
	return region_write(device, VFIO_PCI_CONFIG_REGION_INDEX, offset, &value, size);
}

/* Offset of a standard capability in virtual configuration space, 0 if absent. */
unsigned int config_cap(int device, unsigned int id)
{
	unsigned int at = config_read(device, PCI_CAPABILITY_LIST, 1) & ~3u;

	for (int steps = 0; at >= 0x40 && at < 0xff && steps < 48; steps++) {
		uint32_t head = config_read(device, at, 2);

		if ((head & 0xff) == id)
			return at;
		at = (head >> 8) & ~3u;
	}
	return 0;
}

static void *anonymous(size_t size, int flags)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags,
			    -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* Address space without memory behind it, aligned to 2 MiB; the caller places maps in it. */
void *memory_reserve(size_t size)
{
	char *memory = mmap(NULL, size + HUGE_SIZE, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t head;

	if (memory == MAP_FAILED)
		return NULL;
	head = -(uintptr_t)memory & (HUGE_SIZE - 1);
	if (head)
		munmap(memory, head);
	if (head != HUGE_SIZE)
		munmap(memory + head + size, HUGE_SIZE - head);
	return memory + head;
}

/* Pages of 4 KiB, present and zero. */
void *memory_small(size_t size)
{
	void *memory = anonymous(size, 0);

	if (!memory)
		return NULL;
	madvise(memory, size, MADV_NOHUGEPAGE);
	return memset(memory, 0, size);
}

/* Pages of 2 MiB out of hugetlb; NULL when the pool has too few. */
void *memory_huge(size_t size)
{
	void *memory = anonymous(size, MAP_HUGETLB);

	return memory ? memset(memory, 0, size) : NULL;
}

/* Transparent huge pages where the kernel has them, present and zero, aligned to 2 MiB. */
void *memory_thp(size_t size)
{
	void *memory = memory_reserve(size);

	if (!memory || mprotect(memory, size, PROT_READ | PROT_WRITE))
		return NULL;
	madvise(memory, size, MADV_HUGEPAGE);
	return memset(memory, 0, size);
}
