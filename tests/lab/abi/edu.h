/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's educational device (its documentation: docs/specs/edu): a DMA engine with 4 KiB of
 * memory, an interrupt that software raises, all through BAR 0.
 */
#ifndef ABI_EDU_H
#define ABI_EDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct edu {
	volatile char *bar;
	size_t size;
	int device;
};

int edu_start(struct edu *edu, int device);
void edu_stop(struct edu *edu);

uint32_t edu_read(const struct edu *edu, unsigned int reg);
void edu_write(struct edu *edu, unsigned int reg, uint32_t value);

#define EDU_ID_REG	0x00
#define EDU_ID_VALUE	0x010000edu
#define EDU_LIVENESS	0x04		/* reads as the inverse of what was written */
#define EDU_IRQ_STATUS	0x24
#define EDU_IRQ_RAISE	0x60
#define EDU_IRQ_ACK	0x64

/* Device memory is private to it: what was stored at an offset can be loaded from there. */
int edu_store(struct edu *edu, uint64_t iova, unsigned int offset, size_t size);
int edu_load(struct edu *edu, uint64_t iova, unsigned int offset, size_t size);

#endif
