/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A UART as software sees it: National Semiconductor's PC16550D, whose
 * data sheet is what uart.c refers to by the names of registers. Their numbers and bits are in
 * <linux/serial_reg.h>.
 */
#ifndef MTTY_UART_H
#define MTTY_UART_H

#include <linux/types.h>

#define MTTY_UART_REGS	8	/* bytes of I/O space */
#define MTTY_UART_DEPTH	16	/* characters in each FIFO */

/**
 * struct mtty_fifo - characters on their way, the oldest first
 * @slot: a ring of characters, each with what was wrong with it (UART_LSR_BI, FE, PE)
 * @head: index of the oldest
 * @count: how many there are
 */
struct mtty_fifo {
	struct {
		u8 data;
		u8 errors;
	} slot[MTTY_UART_DEPTH];
	u8 head;
	u8 count;
};

/**
 * struct mtty_uart - one port
 * @peer: the port at the other end of the cable; constant after mtty_uart_connect()
 * @ier: interrupt enable; this and the others are as written
 * @fcr: FIFO enable and trigger level
 * @lcr: line control
 * @mcr: modem control
 * @msr: modem inputs as they were last seen, and their changes since MSR was read
 * @scr: scratch
 * @dll: divisor latch, low byte
 * @dlm: its high byte
 * @overrun: UART_LSR_OE or 0
 * @thre_event: the transmitter ran empty, and nobody has been told yet
 * @rx: received, not read
 * @tx: written, not sent
 *
 * No locks: whoever calls has both ends of the cable for himself.
 */
struct mtty_uart {
	struct mtty_uart *peer;
	u8 ier;
	u8 fcr;
	u8 lcr;
	u8 mcr;
	u8 msr;
	u8 scr;
	u8 dll;
	u8 dlm;
	u8 overrun;
	bool thre_event;
	struct mtty_fifo rx;
	struct mtty_fifo tx;
};

void mtty_uart_connect(struct mtty_uart *a, struct mtty_uart *b);
void mtty_uart_reset(struct mtty_uart *uart);
u8 mtty_uart_read(struct mtty_uart *uart, unsigned int reg);
void mtty_uart_write(struct mtty_uart *uart, unsigned int reg, u8 value);
bool mtty_uart_interrupts(const struct mtty_uart *uart);

#endif
