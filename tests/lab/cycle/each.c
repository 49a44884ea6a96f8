// SPDX-License-Identifier: GPL-2.0-only
/*
 * each BDF: does with a device one of each thing that there is a trace event for: opens it, maps
 * and unmaps memory, once where something is mapped, turns interrupts on and off, resets it if it
 * can be, and closes it.
 */
#include "../abi/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE	(4 * PAGE_SIZE)
#define IOVA	(1UL << 32)

static void must(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "each: %s\n", what);
	exit(1);
}

static void mappings(int container)
{
	void *memory = memory_small(SIZE);
	uint64_t unmapped;

	must(memory && memory != MAP_FAILED, "no memory");
	must(!dma_map(container, memory, IOVA, SIZE, RW), "memory does not map");
	must(dma_map(container, memory, IOVA, SIZE, RW) == -EEXIST, "it maps twice");
	must(!dma_unmap(container, IOVA, SIZE, 0, &unmapped), "memory does not unmap");
	munmap(memory, SIZE);
}

static void interrupts(int device)
{
	uint32_t index = VFIO_PCI_MSIX_IRQ_INDEX;
	int fd = eventfd(0, EFD_CLOEXEC);
	struct vfio_irq_info info;

	while (index && (irq_info(device, index, &info) || !info.count))
		index--;
	must(!irq_eventfds(device, index, 0, 1, &fd), "no interrupt turns on");
	must(!irq_disable(device, index), "it does not turn off");
	close(fd);
}

int main(int argc, char **argv)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct pci_dev dev = { 0 };
	struct session s;

	must(argc == 2, "usage: each BDF");
	must(!pci_named(argv[1], &dev), "the device has no IOMMU group");
	must(!session_open(&s, &dev), "the device does not open");
	mappings(s.container);
	interrupts(s.device);
	must(!vf_ioctl(s.device, VFIO_DEVICE_GET_INFO, &info), "no device information");
	if (info.flags & VFIO_DEVICE_FLAGS_RESET)
		must(!vf_ioctl(s.device, VFIO_DEVICE_RESET, NULL), "the device does not reset");
	session_close(&s);
	return 0;
}
