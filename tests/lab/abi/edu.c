// SPDX-License-Identifier: GPL-2.0-only
/*
 * See edu.h.
 */
#include "edu.h"
#include "client.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <sys/mman.h>
#include <unistd.h>

#define DMA_SOURCE	0x80
#define DMA_TARGET	0x88
#define DMA_COUNT	0x90
#define DMA_COMMAND	0x98
#define DMA_START	1u
#define DMA_TO_HOST	2u
#define DMA_MEMORY	0x40000u
#define POLL_US		5000
#define POLLS		1000

int edu_start(struct edu *edu, int device)
{
	struct vfio_region_info info;
	uint32_t command = config_read(device, PCI_COMMAND, 2);
	void *bar;
	int err;

	config_write(device, PCI_COMMAND, 2,
		     command | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	err = region_info(device, VFIO_PCI_BAR0_REGION_INDEX, &info);
	if (err)
		return err;
	bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, device, info.offset);
	if (bar == MAP_FAILED)
		return -errno;
	*edu = (struct edu){ .bar = bar, .size = info.size, .device = device };
	return edu_read(edu, EDU_ID_REG) == EDU_ID_VALUE ? 0 : -EIO;
}

void edu_stop(struct edu *edu)
{
	if (edu->bar)
		munmap((void *)edu->bar, edu->size);
	*edu = (struct edu){ .device = -1 };
}

uint32_t edu_read(const struct edu *edu, unsigned int reg)
{
	return *(volatile uint32_t *)(edu->bar + reg);
}

void edu_write(struct edu *edu, unsigned int reg, uint32_t value)
{
	*(volatile uint32_t *)(edu->bar + reg) = value;
}

static void set64(struct edu *edu, unsigned int reg, uint64_t value)
{
	*(volatile uint64_t *)(edu->bar + reg) = value;
}

/* The engine works off a timer; the start bit falls when it is done, faulty or not. */
static int transfer(struct edu *edu, uint64_t from, uint64_t to, size_t size, uint32_t direction)
{
	set64(edu, DMA_SOURCE, from);
	set64(edu, DMA_TARGET, to);
	set64(edu, DMA_COUNT, size);
	set64(edu, DMA_COMMAND, DMA_START | direction);
	for (int i = 0; i < POLLS; i++) {
		if (!(edu_read(edu, DMA_COMMAND) & DMA_START))
			return 0;
		usleep(POLL_US);
	}
	return -ETIMEDOUT;
}

/* From the IOVA into device memory. */
int edu_store(struct edu *edu, uint64_t iova, unsigned int offset, size_t size)
{
	return transfer(edu, iova, DMA_MEMORY + offset, size, 0);
}

/* From device memory to the IOVA. */
int edu_load(struct edu *edu, uint64_t iova, unsigned int offset, size_t size)
{
	return transfer(edu, DMA_MEMORY + offset, iova, size, DMA_TO_HOST);
}
