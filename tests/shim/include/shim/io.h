/* SPDX-License-Identifier: GPL-2.0-only */
/* Mapped device memory. */
#ifndef SHIM_IO_H
#define SHIM_IO_H

#include <linux/types.h>

struct pci_dev;

/** struct shim_io_last - the last access to device memory. */
struct shim_io_last {
	u64 offset, value;
	unsigned int width;
	bool write;
	unsigned long count;	/* all accesses since the start */
};
extern struct shim_io_last shim_io_last;

/* Between io.c and pci.c: @command is the bit that must be on for @pdev to answer. */
void __iomem *shim_io_map(struct pci_dev *pdev, u16 command, u8 *memory, u64 size);
void shim_io_unmap(void __iomem *at);

/** shim_io_memory() - what memremap() finds at a physical address; one such place at a time. */
void shim_io_memory(phys_addr_t at, void *content, size_t size);

#endif
