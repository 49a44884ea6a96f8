/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine with a PCI function bound to vfio-pci, and what user space does with it. For
 * tests with machine.c and pci_machine.c among their sources.
 *
 * The function has memory in BAR 0 (16 KiB, its MSI-X table at 8 KiB) and BAR 4 (64 KiB, 64
 * bits wide), ports in BAR 2 (32), a ROM of 64 KiB without an image; INTx, 8 MSI, 16 MSI-X
 * vectors; power management; AER.
 */
#ifndef PCI_MACHINE_H
#define PCI_MACHINE_H

#include <shim/pci.h>

#include "machine.h"

#define PCI_BDF "0000:01:00.0"
#define MSIX_VECTORS 16
#define MSI_VECTORS 8

struct pci_machine {
	struct shim_iommu hw;
	struct iommu_group *group;
	struct pci_dev *pdev;
	char path[16];
	/* user space, after pci_user_open() */
	int container, group_fd, fd;
};
extern struct pci_machine pm;

/** pci_machine_make() - the machine, nothing loaded. */
void pci_machine_make(void);
void pci_machine_break(void);
/** pci_machine_load() - load all modules and bind; 0, or -errno with nothing loaded. */
int pci_machine_load(void);
/** pci_machine_unload() - unbind, if a test has not, and unload; nothing may be open. */
void pci_machine_unload(void);
/* Where a user of a device keeps its files; -1 for none. */
struct pci_user { int *container, *group, *fd; };
/** pci_open_as() - container, group at @path and device @name; 0 or -errno with nothing open. */
int pci_open_as(const struct pci_user *user, const char *path, const char *name);
void pci_close_as(const struct pci_user *user);
/** pci_user_open() - container, group and device; 0 or -errno with nothing open. */
int pci_user_open(void);
void pci_user_close(void);

/* All of it, where nothing may fail; down ends the process with all still open. */
void pci_up(void);
/* The same with a device that cannot mask INTx. */
void pci_up_exclusive_intx(void);
void pci_down(void);

long pci_set_irqs(u32 index, u32 flags, u32 start, u32 count, const void *data, size_t size);
/* Eventfds @fds for vectors from @start on. */
long pci_set_eventfds(u32 index, u32 start, u32 count, const s32 *fds);
/* A new eventfd, for the first vector. */
s32 pci_event(u32 index);
/* Configuration space as user space sees it. */
u32 pci_config_get(unsigned int at, unsigned int width);
ssize_t pci_config_put(unsigned int at, unsigned int width, u32 value);
void pci_set_command(u16 set, u16 clear);
/* @state 0 to 3 for D0 to D3hot. */
void pci_set_power(unsigned int state);
/* The device's file, at an offset of a region. */
ssize_t pci_region_read(unsigned int region, u64 at, void *to, size_t n);
ssize_t pci_region_write(unsigned int region, u64 at, const void *from, size_t n);

#endif
