/* SPDX-License-Identifier: GPL-2.0-only */
/* A PCI function and its IOMMU group as sysfs tells of them. See dev.c. */
#ifndef VFIOCTL_DEV_H
#define VFIOCTL_DEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci.h"
#include "sysfs.h"
#include "vfioctl.h"

#define SYS_PCI_DEVICES "/sys/bus/pci/devices"
#define SYS_PCI_DRIVERS "/sys/bus/pci/drivers"
#define SYS_IOMMU_GROUPS "/sys/kernel/iommu_groups"
#define VFIO_PCI_DRIVER "vfio-pci"

/** struct dev - one PCI function; what sysfs does not tell is 0, -1 or "" */
struct dev {
	struct pci_addr addr;
	char bdf[BDF_LEN];
	uint16_t vendor, device;
	uint32_t class;			/* base class, sub-class, interface: 0xBBSSII */
	int group;			/* IOMMU group, or -1 */
	int numa;			/* node, or -1 */
	char driver[SYS_NAME];
	char override[SYS_NAME];	/* driver_override */
	char iommu[SYS_NAME];		/* IOMMU unit that translates for it */
	char physfn[BDF_LEN];		/* the PF, if this is a VF */
	unsigned int numvfs, totalvfs;	/* of a PF */
	bool boot_vga;
	bool vfio;			/* held by vfio-pci or a variant of it */
	bool selected;			/* the command at hand is about this one */
};

/** struct devs - functions in the order of their addresses */
struct devs {
	struct dev *v;
	size_t n;
};

/* Walks a list, which may be empty. */
#define for_each_dev(dev, devs) \
	for ((dev) = (devs)->v; (dev) && (dev) < (devs)->v + (devs)->n; (dev)++)

/** dev_open - the sysfs folder of a function; returns an fd or -errno */
int dev_open(const char *bdf);

/** dev_open_vf - likewise of a PF's VF number @i, and its address; an fd or -errno */
int dev_open_vf(const struct dev *pf, unsigned int i, char bdf[BDF_LEN]);

/** dev_load - read one function; 0 or -errno */
int dev_load(const char *bdf, struct dev *dev);

/** dev_is_bridge - whether it is a bridge, which never can be assigned */
bool dev_is_bridge(const struct dev *dev);

/** devs_scan - all functions of the machine; 0 or -errno */
int devs_scan(struct devs *devs);

/** devs_add - add one function unless it is there; 0 or -errno */
int devs_add(struct devs *devs, const char *bdf);

/** devs_add_group - add all PCI functions of a group; 0 or -errno */
int devs_add_group(struct devs *devs, int group);

/** devs_add_vfs - add those of a PF's first @num VFs that are there; 0 or -errno */
int devs_add_vfs(struct devs *devs, const struct dev *pf, unsigned int num);

/** devs_find - look one up by its address, or NULL */
struct dev *devs_find(const struct devs *devs, const char *bdf);

void devs_free(struct devs *devs);

#endif
