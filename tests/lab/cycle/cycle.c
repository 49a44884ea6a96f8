// SPDX-License-Identifier: GPL-2.0-only
/*
 * cycle BDF COUNT: opens the device, maps memory of each kind, turns its interrupts on, and closes
 * all of it, COUNT times. How much memory the process is charged is checked at each step; whether
 * the kernel gives back its own is for the caller to see.
 */
#include "../abi/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define SMALL_SIZE	(4UL << 20)
#define IOVA		(1UL << 32)

static void must(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "cycle: %s\n", what);
	exit(1);
}

static long locked_kib(void)
{
	return file_number("/proc/self/status", "VmLck");
}

/* The first kind of interrupt that signals by message, else INTx. */
static void interrupts_on(int device, int *eventfds)
{
	static const uint32_t kinds[] = {
		VFIO_PCI_MSIX_IRQ_INDEX, VFIO_PCI_MSI_IRQ_INDEX, VFIO_PCI_INTX_IRQ_INDEX,
	};
	struct vfio_irq_info info;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (irq_info(device, kinds[i], &info) || !info.count)
			continue;
		must(!irq_eventfds(device, kinds[i], 0, info.count > 2 ? 2 : info.count, eventfds),
		     "interrupts do not turn on");
		return;
	}
	must(0, "the device has no interrupt");
}

static void cycle(const struct pci_dev *dev, void *small, void *huge, int *eventfds)
{
	struct session s;

	must(!session_open(&s, dev), "the device does not open");
	must(!dma_map(s.container, small, IOVA, SMALL_SIZE, RW), "4 KiB pages do not map");
	must(!dma_map(s.container, huge, 2 * IOVA, HUGE_SIZE, RW), "a huge page does not map");
	must(locked_kib() == (long)((SMALL_SIZE + HUGE_SIZE) >> 10), "wrong charge while mapped");
	interrupts_on(s.device, eventfds);
	session_close(&s);
	must(locked_kib() == 0, "memory is charged after the last close");
}

int main(int argc, char **argv)
{
	struct pci_dev dev = { 0 };
	int eventfds[2] = { eventfd(0, EFD_CLOEXEC), eventfd(0, EFD_CLOEXEC) };
	void *small, *huge;

	must(argc == 3, "usage: cycle BDF COUNT");
	must(!pci_named(argv[1], &dev), "the device has no IOMMU group");

	small = memory_small(SMALL_SIZE);
	huge = memory_huge(HUGE_SIZE);
	must(small != MAP_FAILED && huge != MAP_FAILED && small && huge, "no memory");
	for (int n = atoi(argv[2]); n > 0; n--)
		cycle(&dev, small, huge, eventfds);
	return 0;
}
