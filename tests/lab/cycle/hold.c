// SPDX-License-Identifier: GPL-2.0-only
/*
 * hold BDF GROUP MODE: has a device in use in one of several ways, says "open", and stays so until
 * it is killed.
 *
 *   group     the group is open
 *   unlinked  the group is open by a node of another name, which is removed
 *   thread    the group is open in a thread that has files of its own
 *   closed    the device is open, its group and container are closed
 *   device    the device is open, by its name and what $OPTIONS has to follow it
 *   mapped    and of each of its regions a page is mapped, where there is one to map
 *   asked     as mapped; says "asked" each time that it is asked to let go, and does at the
 *             $TIMES-th
 *   error     the device is open; says "error" for each error that the device is said to have
 */
#define _GNU_SOURCE
#include "../abi/client.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct pci_dev dev;

static void must(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "hold: %s\n", what);
	exit(1);
}

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

static void stay(void)
{
	say("open");
	for (;;)
		pause();
}

static void hold_group(void)
{
	must(group_open(dev.group) >= 0, "the group does not open");
	stay();
}

static void hold_unlinked(void)
{
	char node[32], path[] = "/tmp/hold-node";
	struct stat st;

	snprintf(node, sizeof(node), "/dev/vfio/%d", dev.group);
	must(!stat(node, &st) && !mknod(path, S_IFCHR | 0600, st.st_rdev), "no other node");
	must(open(path, O_RDWR) >= 0, "the other node does not open");
	must(!unlink(path), "the other node stays");
	stay();
}

static void *open_apart(void *unused)
{
	must(!unshare(CLONE_FILES), "no files of its own");
	hold_group();
	return unused;
}

static void hold_thread(void)
{
	pthread_t thread;

	must(!pthread_create(&thread, NULL, open_apart, NULL), "no thread");
	pthread_join(thread, NULL);
}

static void hold_closed(void)
{
	struct session s;

	must(!session_open(&s, &dev), "the device does not open");
	close_fd(&s.group);
	close_fd(&s.container);
	stay();
}

static void hold_device(void)
{
	const char *options = getenv("OPTIONS");
	struct session s;

	must(!session_open_as(&s, &dev, options ? options : ""), "the device does not open");
	stay();
}

/* Whole, or where that is not allowed its second page */
static void map_region(int device, uint32_t index)
{
	struct vfio_region_info info;

	if (region_info(device, index, &info) || !(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return;
	if (mmap(NULL, info.size, PROT_READ, MAP_SHARED, device, info.offset) != MAP_FAILED)
		return;
	must(mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, device, info.offset + PAGE_SIZE) !=
	     MAP_FAILED, "a region cannot be mapped");
}

static void map_regions(int device)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	must(!vf_ioctl(device, VFIO_DEVICE_GET_INFO, &info), "no information");
	for (uint32_t i = 0; i < info.num_regions; i++)
		map_region(device, i);
}

static void hold_mapped(void)
{
	struct session s;

	must(!session_open(&s, &dev), "the device does not open");
	map_regions(s.device);
	stay();
}

/* The device is open, and an event of it says so on standard output; TIMES events, 0 for ever */
static void listen_to(uint32_t index, const char *event, unsigned int times)
{
	int fd = eventfd(0, EFD_CLOEXEC);
	struct session s;
	uint64_t count;

	must(!session_open(&s, &dev), "the device does not open");
	must(!irq_eventfds(s.device, index, 0, 1, &fd), "no such event");
	if (index == VFIO_PCI_REQ_IRQ_INDEX)
		map_regions(s.device);
	say("open");
	for (unsigned int n = 0; !times || n < times; n++) {
		must(read(fd, &count, sizeof(count)) == sizeof(count), "the eventfd does not read");
		must(count == 1, "several events at once");
		say(event);
	}
	exit(0);
}

static void hold_asked(void)
{
	const char *times = getenv("TIMES");

	listen_to(VFIO_PCI_REQ_IRQ_INDEX, "asked", times ? atoi(times) : 1);
}

static void hold_error(void)
{
	listen_to(VFIO_PCI_ERR_IRQ_INDEX, "error", 0);
}

static const struct {
	const char *name;
	void (*hold)(void);
} modes[] = {
	{ "group", hold_group },
	{ "unlinked", hold_unlinked },
	{ "thread", hold_thread },
	{ "closed", hold_closed },
	{ "device", hold_device },
	{ "mapped", hold_mapped },
	{ "asked", hold_asked },
	{ "error", hold_error },
};

int main(int argc, char **argv)
{
	must(argc == 4 && strlen(argv[1]) < sizeof(dev.name), "usage: hold BDF GROUP MODE");
	strcpy(dev.name, argv[1]);
	dev.group = atoi(argv[2]);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(modes[i].name, argv[3]))
			modes[i].hold();
	}
	must(0, "unknown mode");
	return 1;
}
