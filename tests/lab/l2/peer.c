// SPDX-License-Identifier: GPL-2.0-only
/*
 * From device to device: QEMU's educational device (its documentation: docs/specs/edu), whose DMA
 * engine goes wherever it is told, reads and writes the registers of an NVMe controller.
 *
 *	peer EDU NVME	their addresses; no driver has either, and the controller is not enabled
 *	peer EDU	only from page to page of memory, for some seconds
 *
 * The engine moves between its own memory and a bus address, which is as good in RAM as in a
 * BAR. Each transfer is compared with what the CPU sees there. Prints what was moved; exits with 1
 * and a message when anything is wrong.
 */
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>


/* edu */
#define EDU_ID		0x00
#define EDU_ID_VALUE	0x010000edu
#define EDU_SOURCE	0x80
#define EDU_TARGET	0x88
#define EDU_COUNT	0x90
#define EDU_COMMAND	0x98
#define EDU_START	1u
#define EDU_TO_BUS	2u
#define EDU_MEMORY	0x40000u

/* NVM Express base specification, controller properties */
#define NVME_CAP	0x00	/* read-only, 64 bits */
#define NVME_VS		0x08	/* read-only, 32 bits */
#define NVME_ASQ	0x28	/* 64 bits, a page, free to change while not enabled */
#define NVME_ACQ	0x30	/* likewise */

struct device {
	const char *bdf;
	volatile char *bar;
	uint64_t bus;	/* where BAR 0 is */
};

static int open_attribute(const char *bdf, const char *name, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		fail("%s: %s", path, strerror(errno));
	return fd;
}

/* Memory decode and bus mastering on, BAR 0 mapped */
static struct device open_device(const char *bdf)
{
	struct device device = { .bdf = bdf };
	char text[64] = "";
	uint64_t last;
	uint16_t command;
	int fd;

	fd = open_attribute(bdf, "config", O_RDWR);
	if (pread(fd, &command, sizeof(command), PCI_COMMAND) != sizeof(command))
		fail("%s: no configuration space", bdf);
	command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	if (pwrite(fd, &command, sizeof(command), PCI_COMMAND) != sizeof(command))
		fail("%s: configuration space is read-only", bdf);
	close(fd);

	fd = open_attribute(bdf, "resource", O_RDONLY);
	if (read(fd, text, sizeof(text) - 1) <= 0 ||
	    sscanf(text, "%lx %lx", &device.bus, &last) != 2 || !device.bus)
		fail("%s: no BAR 0", bdf);
	close(fd);

	fd = open_attribute(bdf, "resource0", O_RDWR | O_SYNC);
	device.bar = mmap(NULL, last - device.bus + 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (device.bar == MAP_FAILED)
		fail("%s: BAR 0: %s", bdf, strerror(errno));
	close(fd);
	return device;
}

static uint32_t get32(const struct device *device, unsigned int at)
{
	return *(volatile uint32_t *)(device->bar + at);
}

static uint64_t get64(const struct device *device, unsigned int at)
{
	return get32(device, at) | (uint64_t)get32(device, at + 4) << 32;
}

static void set64(const struct device *device, unsigned int at, uint64_t value)
{
	*(volatile uint64_t *)(device->bar + at) = value;
}

/* The engine works off a timer; the start bit falls when it is done. */
static void transfer(const struct device *edu, uint64_t from, uint64_t to, size_t size,
		     uint32_t direction)
{
	int polls = 1000;

	set64(edu, EDU_SOURCE, from);
	set64(edu, EDU_TARGET, to);
	set64(edu, EDU_COUNT, size);
	set64(edu, EDU_COMMAND, EDU_START | direction);
	while (get32(edu, EDU_COMMAND) & EDU_START) {
		if (!polls--)
			fail("%s: the transfer does not end", edu->bdf);
		usleep(5000);
	}
}

/* By way of the engine's memory */
static void copy(const struct device *edu, uint64_t from, uint64_t to, size_t size)
{
	transfer(edu, from, EDU_MEMORY, size, 0);
	transfer(edu, EDU_MEMORY, to, size, EDU_TO_BUS);
}

/* A page of RAM, and its bus address */
static volatile uint64_t *get_page(uint64_t *bus)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);

	if (page == MAP_FAILED)
		fail("no page of memory: %s", strerror(errno));
	*bus = physical(page);
	return page;
}

static void same(const char *what, uint64_t have, uint64_t want)
{
	if (have != want)
		fail("%s: %#lx, not %#lx", what, have, want);
	printf("%s: %#lx\n", what, have);
}

static void move_pages(const struct device *edu, int rounds)
{
	uint64_t from, to;
	volatile uint64_t *source = get_page(&from), *target = get_page(&to);

	for (int round = 0; round < rounds; round++) {
		for (uint64_t i = 0; i < PAGE / sizeof(*source); i++)
			source[i] = i << 32 | round;
		copy(edu, from, to, PAGE);
		if (memcmp((void *)source, (void *)target, PAGE))
			fail("page %d of memory came wrong", round);
	}
	printf("%d pages of memory\n", rounds);
}

static void between_devices(const struct device *edu, const struct device *nvme)
{
	const uint64_t words[] = { 0x5a00111122223000, 0x7c00444455556000 };
	uint64_t bus;
	volatile uint64_t *ram = get_page(&bus);

	copy(edu, nvme->bus + NVME_CAP, bus, 8);
	same("CAP to RAM", ram[0], get64(nvme, NVME_CAP));
	ram[0] = 0;
	copy(edu, nvme->bus + NVME_VS, bus, 4);
	same("VS to RAM", ram[0], get32(nvme, NVME_VS));

	ram[0] = words[0];
	ram[1] = words[1];
	copy(edu, bus, nvme->bus + NVME_ASQ, 8);
	same("RAM to ASQ", get64(nvme, NVME_ASQ), words[0]);
	copy(edu, bus + 8, nvme->bus + NVME_ACQ, 8);
	same("RAM to ACQ", get64(nvme, NVME_ACQ), words[1]);
	copy(edu, nvme->bus + NVME_ASQ, nvme->bus + NVME_ACQ, 8);
	same("ASQ to ACQ", get64(nvme, NVME_ACQ), words[0]);
}

int main(int argc, char **argv)
{
	struct device edu, nvme;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2 && argc != 3)
		fail("usage: peer EDU [NVME]");
	edu = open_device(argv[1]);
	same("edu", get32(&edu, EDU_ID), EDU_ID_VALUE);
	if (argc == 2) {
		move_pages(&edu, 20);
		return 0;
	}
	nvme = open_device(argv[2]);
	printf("BARs at %#lx and %#lx\n", edu.bus, nvme.bus);
	move_pages(&edu, 1);
	between_devices(&edu, &nvme);
	return 0;
}
