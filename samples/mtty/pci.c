// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space: one table says what each register is after reset and which of its bits
 * software may write. Everything that is not in it is 0 and read-only.
 *
 * The device is QEMU's pci-serial-2x (its documentation: docs/specs/pci-serial): ID 1b36:0003, one
 * I/O BAR with two UARTs after each other, interrupt pin A. Linux drives it by 8250_pci, without an
 * entry for it: the driver takes any function of class "16550-compatible serial controller" with
 * a single I/O BAR for ports of eight registers each.
 */
#include <linux/kernel.h>
#include <linux/pci_regs.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "pci.h"

#define VENDOR_REDHAT	0x1b36
#define DEVICE_SERIAL2	0x0003
/* Base class, subclass and interface: communication, serial, 16550 */
#define CLASS_16550	0x070002
#define SUBSYS_VENDOR	0x1af4
#define SUBSYS_QEMU	0x1100

/**
 * struct config_register - one register of the header
 * @at: offset
 * @width: bytes, 1 to 4
 * @reset: value after reset
 * @writable: bits that software can change
 */
struct config_register {
	u8 at;
	u8 width;
	u32 reset;
	u32 writable;
};

static const struct config_register registers[] = {
	{ PCI_VENDOR_ID, 2, VENDOR_REDHAT, 0 },
	{ PCI_DEVICE_ID, 2, DEVICE_SERIAL2, 0 },
	/* no memory, no DMA: those bits are wired to 0 */
	{ PCI_COMMAND, 2, 0, PCI_COMMAND_IO | PCI_COMMAND_INTX_DISABLE },
	{ PCI_CLASS_REVISION, 4, CLASS_16550 << 8, 0 },
	/* the bits below its size are wired, which is how software learns that */
	{ PCI_BASE_ADDRESS_0, 4, PCI_BASE_ADDRESS_SPACE_IO, ~(MTTY_BAR_SIZE - 1u) },
	{ PCI_SUBSYSTEM_VENDOR_ID, 2, SUBSYS_VENDOR, 0 },
	{ PCI_SUBSYSTEM_ID, 2, SUBSYS_QEMU, 0 },
	/* means nothing to the device */
	{ PCI_INTERRUPT_LINE, 1, 0, 0xff },
	{ PCI_INTERRUPT_PIN, 1, 1, 0 },
};

/* The bits of one byte that software can change */
static u8 writable_bits(unsigned int at)
{
	const struct config_register *reg = registers;

	for (; reg < registers + ARRAY_SIZE(registers); reg++)
		if (at >= reg->at && at < reg->at + reg->width)
			return reg->writable >> 8 * (at - reg->at);
	return 0;
}

/**
 * mtty_config_reset() - the state after the bus was reset
 * @config: configuration space
 */
void mtty_config_reset(struct mtty_config *config)
{
	const struct config_register *reg = registers;

	memset(config, 0, sizeof(*config));
	for (; reg < registers + ARRAY_SIZE(registers); reg++)
		for (unsigned int i = 0; i < reg->width; i++)
			config->space[reg->at + i] = reg->reset >> 8 * i;
}

/**
 * mtty_config_write() - software writes a byte
 * @config: configuration space
 * @at: offset, below MTTY_CONFIG_SIZE
 * @value: what it writes
 */
void mtty_config_write(struct mtty_config *config, unsigned int at, u8 value)
{
	u8 writable = writable_bits(at);

	config->space[at] = (config->space[at] & ~writable) | (value & writable);
}

/**
 * mtty_config_command() - the command register
 * @config: configuration space
 */
u16 mtty_config_command(const struct mtty_config *config)
{
	return get_unaligned_le16(config->space + PCI_COMMAND);
}

/**
 * mtty_config_set_interrupt() - the Interrupt Status bit of the status register
 * @config: configuration space
 * @asserted: whether the device has something to tell, whatever the Interrupt Disable bit says
 */
void mtty_config_set_interrupt(struct mtty_config *config, bool asserted)
{
	/* bit 3, in the lower byte */
	config->space[PCI_STATUS] = asserted ? PCI_STATUS_INTERRUPT : 0;
}
