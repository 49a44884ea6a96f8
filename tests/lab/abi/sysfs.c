// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests need of sysfs and procfs: to find a device, to bind it, to read a number.
 */
#define _GNU_SOURCE
#include "client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES		"/sys/bus/pci/devices/"

int sysfs_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t done;
	int err;

	if (fd < 0)
		return -errno;
	done = write(fd, text, strlen(text));
	err = done < 0 ? -errno : 0;
	close(fd);
	return err;
}

static long attribute(const char *device, const char *name)
{
	char path[128], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), DEVICES "%s/%s", device, name);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return strtol(text, NULL, 16);
}

static int link_base(const char *device, const char *name, char *base, size_t size)
{
	char path[128], target[256];
	const char *last;
	ssize_t length;

	snprintf(path, sizeof(path), DEVICES "%s/%s", device, name);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	last = strrchr(target, '/');
	snprintf(base, size, "%s", last ? last + 1 : target);
	return 0;
}

static int name_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The nth device with these numbers in the order of bus addresses; -ENODEV when there is none. */
int pci_named(const char *name, struct pci_dev *found)
{
	char group[16];
	int err = link_base(name, "iommu_group", group, sizeof(group));

	snprintf(found->name, sizeof(found->name), "%.15s", name);
	found->group = err ? -1 : atoi(group);
	return err;
}

int pci_find(unsigned int vendor, unsigned int device, unsigned int nth, struct pci_dev *found)
{
	struct dirent **entries;
	int count = scandir(DEVICES, &entries, NULL, name_order);
	int err = -ENODEV;

	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (err && name[0] != '.' && attribute(name, "vendor") == vendor &&
		    attribute(name, "device") == device && nth-- == 0) {
			err = pci_named(name, found) ? -ENXIO : 0;
		}
		free(entries[i]);
	}
	free(entries);
	return err;
}

int pci_driver(const struct pci_dev *dev, char *name, size_t size)
{
	return link_base(dev->name, "driver", name, size);
}

int pci_unbind(const struct pci_dev *dev)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), DEVICES "%s/driver/unbind", dev->name);
	err = sysfs_write(path, dev->name);
	return err == -ENOENT ? 0 : err;
}

/* Unbinds whatever driver holds the device and binds this one; NULL: the kernel's own choice. */
int pci_bind(const struct pci_dev *dev, const char *driver)
{
	char path[128], now[64];
	int err;

	snprintf(path, sizeof(path), DEVICES "%s/driver_override", dev->name);
	err = sysfs_write(path, driver ? driver : "\n");
	if (!err)
		err = pci_unbind(dev);
	if (!err)
		err = sysfs_write("/sys/bus/pci/drivers_probe", dev->name);
	if (err || !driver)
		return err;
	err = pci_driver(dev, now, sizeof(now));
	return err ? err : strcmp(now, driver) ? -EBUSY : 0;
}

/* Where and how large a BAR is (6: ROM); size 0 when it is not implemented. */
int pci_resource(const struct pci_dev *dev, unsigned int bar, uint64_t *start, uint64_t *size)
{
	unsigned long long from = 0, to = 0;
	char path[128], line[128];
	FILE *file;

	snprintf(path, sizeof(path), DEVICES "%s/resource", dev->name);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	for (unsigned int i = 0; i <= bar; i++)
		if (!fgets(line, sizeof(line), file))
			line[0] = '\0';
	fclose(file);
	if (sscanf(line, "%llx %llx", &from, &to) != 2)
		return -EIO;
	*start = from;
	*size = to ? to - from + 1 : 0;
	return 0;
}

/* The number after "key" in a file such as /proc/meminfo; -ENOENT when it has none. */
long file_number(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(key);
	long value = -ENOENT;
	char line[256];

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, key, length) && strchr(": \t", line[length])) {
			value = strtol(line + length + 1, NULL, 10);
			break;
		}
	}
	fclose(file);
	return value;
}

/* Pages pinned for DMA in the whole machine; the counters of all CPUs are folded first. */
long pinned_pages(void)
{
	const char *vmstat = "/proc/vmstat";

	sysfs_write("/proc/sys/vm/stat_refresh", "1");
	return file_number(vmstat, "nr_foll_pin_acquired") -
	       file_number(vmstat, "nr_foll_pin_released");
}

/*
 * Whether no more are pinned than before. Other programs' input and output pins pages too, for
 * moments: those have two seconds to go.
 */
bool pins_returned(long before)
{
	for (int look = 0; look < 200; look++) {
		if (pinned_pages() <= before)
			return true;
		usleep(10000);
	}
	return false;
}

/* Memory charged to this process as locked, in pages. */
long locked_pages(void)
{
	return file_number("/proc/self/status", "VmLck") * 1024 / (long)PAGE_SIZE;
}
