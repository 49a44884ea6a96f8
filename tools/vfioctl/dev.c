// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model of a PCI function: what sysfs tells, read once into a plain structure. Only attributes
 * that every verb needs are read here; costly ones are left to the verb that shows them.
 */
#include "dev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int dev_open(const char *bdf)
{
	char path[SYS_PATH];

	snprintf(path, sizeof(path), SYS_PCI_DEVICES "/%s", bdf);
	return sys_open(path, O_PATH | O_DIRECTORY);
}

int dev_open_vf(const struct dev *pf, unsigned int i, char bdf[BDF_LEN])
{
	char name[24], target[SYS_NAME];
	int fd = dev_open(pf->bdf), err;

	if (fd < 0)
		return fd;
	snprintf(name, sizeof(name), "virtfn%u", i);
	err = sys_link(fd, name, target, sizeof(target));
	close(fd);
	if (err)
		return err;
	return pci_normalise(target, bdf) ? dev_open(bdf) : -EINVAL;
}

static unsigned int read_or_0(int fd, const char *name)
{
	unsigned int value;

	return sys_read_uint(fd, name, &value) ? 0 : value;
}

/* A negative number, which stands for "none", is not unsigned: it reads as -1. */
static int read_or_none(int fd, const char *name)
{
	unsigned int value;

	return sys_read_uint(fd, name, &value) || value > 0xffff ? -1 : (int)value;
}

static int read_group(int fd)
{
	char name[SYS_NAME], *end;
	unsigned long group;

	if (sys_link(fd, "iommu_group", name, sizeof(name)))
		return -1;
	group = strtoul(name, &end, 10);
	return end == name || *end || group > 0x7fffffff ? -1 : (int)group;
}

/* Only the PF has sriov_totalvfs, only a VF has physfn; most have neither. */
static void read_sriov(int fd, struct dev *dev)
{
	char name[SYS_NAME];

	if (!sys_link(fd, "physfn", name, sizeof(name)))
		pci_normalise(name, dev->physfn);
	dev->totalvfs = read_or_0(fd, "sriov_totalvfs");
	if (dev->totalvfs)
		dev->numvfs = read_or_0(fd, "sriov_numvfs");
}

/* Variant drivers have names of their own; what they share is the vfio-dev folder of the core. */
static bool held_by_vfio(int fd, const struct dev *dev)
{
	if (!dev->driver[0])
		return false;
	return !strcmp(dev->driver, VFIO_PCI_DRIVER) || !faccessat(fd, "vfio-dev", F_OK, 0);
}

int dev_load(const char *bdf, struct dev *dev)
{
	int fd;

	memset(dev, 0, sizeof(*dev));
	if (!pci_parse(bdf, &dev->addr))
		return -EINVAL;
	pci_format(&dev->addr, dev->bdf);
	fd = dev_open(dev->bdf);
	if (fd < 0)
		return fd;
	dev->vendor = (uint16_t)read_or_0(fd, "vendor");
	dev->device = (uint16_t)read_or_0(fd, "device");
	dev->class = read_or_0(fd, "class");
	dev->group = read_group(fd);
	dev->numa = read_or_none(fd, "numa_node");
	dev->boot_vga = read_or_0(fd, "boot_vga");
	read_sriov(fd, dev);
	if (sys_link(fd, "driver", dev->driver, sizeof(dev->driver)))
		dev->driver[0] = '\0';
	if (sys_link(fd, "iommu", dev->iommu, sizeof(dev->iommu)))
		dev->iommu[0] = '\0';
	/* An attribute without a value reads as "(null)". */
	if (sys_read(fd, "driver_override", dev->override, sizeof(dev->override)) < 0 ||
	    !strcmp(dev->override, "(null)"))
		dev->override[0] = '\0';
	dev->vfio = held_by_vfio(fd, dev);
	close(fd);
	return 0;
}

bool dev_is_bridge(const struct dev *dev)
{
	return dev->class >> 16 == PCI_BASE_CLASS_BRIDGE_CODE;
}

struct dev *devs_find(const struct devs *devs, const char *bdf)
{
	size_t i;

	for (i = 0; i < devs->n; i++) {
		if (!strcmp(devs->v[i].bdf, bdf))
			return &devs->v[i];
	}
	return NULL;
}

static int append(struct devs *devs, const char *bdf)
{
	struct dev *bigger;
	int err;

	/* Room doubles at powers of two. */
	if (!(devs->n & (devs->n - 1))) {
		bigger = realloc(devs->v, (devs->n ? devs->n * 2 : 1) * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		devs->v = bigger;
	}
	err = dev_load(bdf, &devs->v[devs->n]);
	if (!err)
		devs->n++;
	return err;
}

int devs_add(struct devs *devs, const char *bdf)
{
	return devs_find(devs, bdf) ? 0 : append(devs, bdf);
}

static int by_address(const void *a, const void *b)
{
	return pci_compare(&((const struct dev *)a)->addr, &((const struct dev *)b)->addr);
}

/* Entries that are no PCI address are passed over: a group may hold platform devices. */
static int add_folder(struct devs *devs, const char *path, bool fresh)
{
	DIR *dir = sys_opendir(path);
	char bdf[BDF_LEN];
	const char *name;
	int err = 0;

	if (!dir)
		return -errno;
	while ((name = sys_next(dir))) {
		if (!pci_normalise(name, bdf))
			continue;
		err = fresh ? append(devs, bdf) : devs_add(devs, bdf);
		if (err == -ENOENT)	/* unplugged meanwhile */
			err = 0;
		if (err)
			break;
	}
	closedir(dir);
	if (devs->n)
		qsort(devs->v, devs->n, sizeof(*devs->v), by_address);
	return err;
}

int devs_scan(struct devs *devs)
{
	return add_folder(devs, SYS_PCI_DEVICES, true);
}

int devs_add_group(struct devs *devs, int group)
{
	char path[SYS_PATH];

	snprintf(path, sizeof(path), SYS_IOMMU_GROUPS "/%d/devices", group);
	return add_folder(devs, path, false);
}

int devs_add_vfs(struct devs *devs, const struct dev *pf, unsigned int num)
{
	char bdf[BDF_LEN];
	unsigned int i;
	int fd, err;

	for (i = 0; i < num; i++) {
		fd = dev_open_vf(pf, i, bdf);
		if (fd >= 0)
			close(fd);
		err = fd < 0 ? fd : devs_add(devs, bdf);
		if (err && err != -ENOENT)	/* that one comes, or goes, just now */
			return err;
	}
	return 0;
}

void devs_free(struct devs *devs)
{
	free(devs->v);
	*devs = (struct devs){ 0 };
}
