/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_machine.h with the function behind a bridge, and a second one beside it that is in a group
 * of its own: a bus that is reset as a whole. For tests with bus_machine.c among their sources.
 */
#ifndef BUS_MACHINE_H
#define BUS_MACHINE_H

#include "pci_machine.h"

#define OTHER_BDF "0000:01:00.1"
#define BRIDGE_BDF "0000:00:10.0"

struct bus_machine {
	struct pci_dev *bridge, *other;
	struct iommu_group *other_group;
	/* a user of the other function, after bus_other_open() */
	int container, group_fd, fd;
};
extern struct bus_machine bm;

/** bus_make() - both functions, nothing loaded: what is in the slot can still be changed. */
void bus_make(void);
void bus_break(void);
/** bus_load() - modules, and both functions bound; 0, or -errno with nothing loaded. */
int bus_load(void);
void bus_unload(void);
/** bus_other_open() - the other function, by a container of its own; 0 or -errno. */
int bus_other_open(void);
void bus_other_close(void);

/* All of it where nothing may fail; the first function is open, the other if @both. */
void bus_up(bool both);
void bus_down(void);

/* GET_PCI_HOT_RESET_INFO with room for @room functions; @info is what came back. */
struct bus_info {
	struct vfio_pci_hot_reset_info head;
	struct vfio_pci_dependent_device of[8];
};
long bus_info(int fd, unsigned int room, struct bus_info *info);
/* PCI_HOT_RESET */
long bus_reset(int fd, unsigned int count, const int *fds);

#endif
