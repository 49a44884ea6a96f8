/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration space that a guest sees: PCI 3.0, chapter 6, header type 0, no capabilities.
 */
#ifndef MTTY_PCI_H
#define MTTY_PCI_H

#include <linux/types.h>

#define MTTY_CONFIG_SIZE	256
#define MTTY_BAR_SIZE		16	/* bytes of I/O space in BAR 0: two UARTs of 8 */

/**
 * struct mtty_config - configuration space as it stands
 * @space: its bytes, little-endian as on the bus; beyond the header all are 0
 */
struct mtty_config {
	u8 space[MTTY_CONFIG_SIZE];
};

void mtty_config_reset(struct mtty_config *config);
void mtty_config_write(struct mtty_config *config, unsigned int at, u8 value);
u16 mtty_config_command(const struct mtty_config *config);
void mtty_config_set_interrupt(struct mtty_config *config, bool asserted);

/**
 * mtty_config_read() - software reads a byte
 * @config: configuration space
 * @at: offset, below MTTY_CONFIG_SIZE
 */
static inline u8 mtty_config_read(const struct mtty_config *config, unsigned int at)
{
	return config->space[at];
}

#endif
