// SPDX-License-Identifier: GPL-2.0-only
// sources: samples/mtty/pci.c
/* Configuration space of the sample's PCI function. */
#include <linux/pci_regs.h>

#include "../../samples/mtty/pci.h"
#include "unit.h"

static struct mtty_config config;

static u32 get(unsigned int at, unsigned int width)
{
	u32 value = 0;

	for (unsigned int i = 0; i < width; i++)
		value |= (u32)mtty_config_read(&config, at + i) << 8 * i;
	return value;
}

static void put(unsigned int at, unsigned int width, u32 value)
{
	for (unsigned int i = 0; i < width; i++)
		mtty_config_write(&config, at + i, value >> 8 * i);
}

static void fresh(void)
{
	memset(&config, 0xff, sizeof(config));
	mtty_config_reset(&config);
}

/* Which bits of each double word hold what is written to them; the rest of the space has none */
static const struct {
	u8 at;
	u32 reset, writable;
} header[] = {
	{ 0x00, 0x00031b36, 0 },
	{ 0x04, 0, 0x0401 },		/* I/O decode, Interrupt Disable */
	{ 0x08, 0x07000200, 0 },	/* serial controller, 16550 */
	{ 0x0c, 0, 0 },			/* header type 0 */
	{ 0x10, 1, 0xfffffff0 },	/* 16 bytes of I/O space */
	{ 0x2c, 0x11001af4, 0 },
	{ 0x34, 0, 0 },			/* no capabilities */
	{ 0x3c, 0x0100, 0xff },		/* pin A */
};

static void expected(unsigned int at, u32 *reset, u32 *writable)
{
	*reset = *writable = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(header); i++) {
		if (header[i].at == at) {
			*reset = header[i].reset;
			*writable = header[i].writable;
		}
	}
}

static void every_bit(void)
{
	fresh();
	for (unsigned int at = 0; at < MTTY_CONFIG_SIZE; at += 4) {
		u32 reset, writable;

		expected(at, &reset, &writable);
		CHECK_EQ(get(at, 4), reset);
		put(at, 4, ~0u);
		CHECK_EQ(get(at, 4), (reset & ~writable) | writable);
		put(at, 4, 0);
		CHECK_EQ(get(at, 4), reset & ~writable);
		/* a byte changes nothing beside it */
		for (unsigned int i = 0; i < 4; i++) {
			put(at + i, 1, 0xff);
			CHECK_EQ(get(at, 4), (reset & ~writable) | (writable & 0xffu << 8 * i));
			put(at + i, 1, 0);
		}
	}
	mtty_config_reset(&config);
	for (unsigned int at = 0; at < MTTY_CONFIG_SIZE; at += 4) {
		u32 reset, writable;

		expected(at, &reset, &writable);
		CHECK_EQ(get(at, 4), reset);
	}
}

/* As firmware and kernels do it: the size is what the wired bits leave */
static void sizing(void)
{
	fresh();
	put(PCI_BASE_ADDRESS_0, 4, 0xc060);
	CHECK_EQ(get(PCI_BASE_ADDRESS_0, 4), 0xc061);
	put(PCI_BASE_ADDRESS_0, 4, ~0u);
	CHECK_EQ(~(get(PCI_BASE_ADDRESS_0, 4) & ~3u) + 1, MTTY_BAR_SIZE);
	for (unsigned int bar = 1; bar < 6; bar++) {
		put(PCI_BASE_ADDRESS_0 + 4 * bar, 4, ~0u);
		CHECK_EQ(get(PCI_BASE_ADDRESS_0 + 4 * bar, 4), 0);
	}
	put(PCI_ROM_ADDRESS, 4, PCI_ROM_ADDRESS_MASK);
	CHECK_EQ(get(PCI_ROM_ADDRESS, 4), 0);
}

static void interrupt_status(void)
{
	fresh();
	mtty_config_set_interrupt(&config, true);
	CHECK_EQ(get(PCI_STATUS, 2), PCI_STATUS_INTERRUPT);
	put(PCI_STATUS, 2, 0xffff);
	CHECK_EQ(get(PCI_STATUS, 2), PCI_STATUS_INTERRUPT);
	put(PCI_COMMAND, 2, PCI_COMMAND_INTX_DISABLE | PCI_COMMAND_IO);
	CHECK_EQ(mtty_config_command(&config), PCI_COMMAND_INTX_DISABLE | PCI_COMMAND_IO);
	CHECK_EQ(get(PCI_STATUS, 2), PCI_STATUS_INTERRUPT);
	mtty_config_set_interrupt(&config, false);
	CHECK_EQ(get(PCI_STATUS, 2), 0);
	CHECK_EQ(mtty_config_command(&config), PCI_COMMAND_INTX_DISABLE | PCI_COMMAND_IO);
}

UNIT_TESTS(mtty_config,
	{ "every bit", every_bit },
	{ "sizing BARs", sizing },
	{ "interrupt status", interrupt_status })
