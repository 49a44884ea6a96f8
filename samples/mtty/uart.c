// SPDX-License-Identifier: GPL-2.0-only
/*
 * The register model of two UARTs that a null modem cable connects.
 *
 * Nothing here takes time. A character that is written arrives within the same register access,
 * so there is no shift register, no divisor to wait for, and the silence of four character times
 * after which a FIFO below its trigger level interrupts has always passed. What interrupts is
 * therefore a function of the registers and FIFOs alone, asked for when somebody wants to know;
 * the one thing that is remembered is @thre_event, since reading IIR withdraws it.
 *
 * A cable that takes no time would drown any receiver. So a character waits in the sender for
 * as long as a receiver whose DTR says that somebody is there has no room; one whose DTR is off
 * overruns as the data sheet has it, and so does loopback, where there is no cable.
 *
 * The cable: TX to RX; RTS to CTS; DTR to DSR and DCD; RI is open. Each register access ends
 * with settle(), which carries what the access has set free at either end.
 */
#include <linux/kernel.h>
#include <linux/serial_reg.h>

#include "uart.h"

/* In the order of bits 7:6 of FCR */
static const u8 trigger_levels[] = { 1, 4, 8, 14 };

#define IER_BITS	(UART_IER_RDI | UART_IER_THRI | UART_IER_RLSI | UART_IER_MSI)
#define MCR_BITS	(UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT1 | UART_MCR_OUT2 | \
			 UART_MCR_LOOP)
#define MSR_INPUTS	(UART_MSR_CTS | UART_MSR_DSR | UART_MSR_RI | UART_MSR_DCD)
/* Bits 7:6 of IIR while the FIFOs are on; the name in <linux/serial_reg.h> is newer than 6.1 */
#define IIR_FIFOS	0xc0
/* What software finds in the divisor if it never sets it: 9600 Bd of 1.8432 MHz */
#define DIVISOR_AT_RESET 12

static void fifo_clear(struct mtty_fifo *fifo)
{
	fifo->head = 0;
	fifo->count = 0;
}

static void fifo_put(struct mtty_fifo *fifo, u8 data, u8 errors)
{
	unsigned int at = (fifo->head + fifo->count) % MTTY_UART_DEPTH;

	fifo->slot[at].data = data;
	fifo->slot[at].errors = errors;
	fifo->count++;
}

/* The oldest character leaves; 0 where there is none */
static u8 fifo_get(struct mtty_fifo *fifo)
{
	u8 data;

	if (!fifo->count)
		return 0;
	data = fifo->slot[fifo->head].data;
	fifo->head = (fifo->head + 1) % MTTY_UART_DEPTH;
	fifo->count--;
	return data;
}

/* Errors of the oldest character, which is the one that LSR tells of */
static u8 fifo_top_errors(const struct mtty_fifo *fifo)
{
	return fifo->count ? fifo->slot[fifo->head].errors : 0;
}

static bool fifo_any_errors(const struct mtty_fifo *fifo)
{
	for (unsigned int i = 0; i < fifo->count; i++)
		if (fifo->slot[(fifo->head + i) % MTTY_UART_DEPTH].errors)
			return true;
	return false;
}

static bool fifo_mode(const struct mtty_uart *uart)
{
	return uart->fcr & UART_FCR_ENABLE_FIFO;
}

/* Characters that the receiver or the transmitter holds */
static unsigned int depth(const struct mtty_uart *uart)
{
	return fifo_mode(uart) ? MTTY_UART_DEPTH : 1;
}

static bool loops(const struct mtty_uart *uart)
{
	return uart->mcr & UART_MCR_LOOP;
}

static bool breaks(const struct mtty_uart *uart)
{
	return uart->lcr & UART_LCR_SBC;
}

/* LSR, bit 1: without FIFOs the new character replaces the old one, with them it is lost */
static void receive(struct mtty_uart *uart, u8 data, u8 errors)
{
	if (uart->rx.count == depth(uart)) {
		uart->overrun = UART_LSR_OE;
		if (fifo_mode(uart))
			return;
		fifo_clear(&uart->rx);
	}
	fifo_put(&uart->rx, data, errors);
}

/* Who hears the transmitter; NULL when nobody does, since the other end listens to itself */
static struct mtty_uart *listener(struct mtty_uart *uart)
{
	if (loops(uart))
		return uart;
	return loops(uart->peer) ? NULL : uart->peer;
}

/* The head of the file tells when a character waits */
static bool must_wait(const struct mtty_uart *uart, const struct mtty_uart *to)
{
	return to && to != uart && to->mcr & UART_MCR_DTR && to->rx.count == depth(to);
}

static void transmit(struct mtty_uart *uart)
{
	struct mtty_uart *to = listener(uart);
	u8 word = GENMASK(4 + (uart->lcr & UART_LCR_WLEN8), 0);

	if (!uart->tx.count)
		return;
	while (uart->tx.count && !must_wait(uart, to)) {
		u8 data = fifo_get(&uart->tx) & word;

		/* a line that is held low carries nothing */
		if (to && !breaks(uart))
			receive(to, data, 0);
	}
	if (!uart->tx.count)
		uart->thre_event = true;
}

/* The modem inputs as they are now, in MSR's upper half; for loopback see MCR, bit 4 */
static u8 modem_inputs(const struct mtty_uart *uart)
{
	const struct mtty_uart *from = loops(uart) ? uart : uart->peer;
	u8 inputs = 0;

	/* the pins of one that loops are inactive */
	if (from != uart && loops(from))
		return 0;
	if (from->mcr & UART_MCR_RTS)
		inputs |= UART_MSR_CTS;
	if (from->mcr & UART_MCR_DTR)
		inputs |= UART_MSR_DSR;
	if (from->mcr & (from == uart ? UART_MCR_OUT2 : UART_MCR_DTR))
		inputs |= UART_MSR_DCD;
	if (from == uart && from->mcr & UART_MCR_OUT1)
		inputs |= UART_MSR_RI;
	return inputs;
}

/* Each input has its change four bits below; of RI only the end of ringing counts */
static void notice_modem(struct mtty_uart *uart)
{
	u8 inputs = modem_inputs(uart);
	u8 changed = (uart->msr ^ inputs) & MSR_INPUTS;

	if (inputs & UART_MSR_RI)
		changed &= ~UART_MSR_RI;
	uart->msr = (uart->msr & UART_MSR_ANY_DELTA) | changed >> 4 | inputs;
}

static void settle(struct mtty_uart *uart)
{
	notice_modem(uart);
	notice_modem(uart->peer);
	transmit(uart);
	transmit(uart->peer);
}

static u8 line_errors(const struct mtty_uart *uart)
{
	return uart->overrun | fifo_top_errors(&uart->rx);
}

/* The source of highest priority, as IIR identifies it */
static u8 identify(const struct mtty_uart *uart)
{
	if (uart->ier & UART_IER_RLSI && line_errors(uart))
		return UART_IIR_RLSI;
	if (uart->ier & UART_IER_RDI && uart->rx.count) {
		if (!fifo_mode(uart) || uart->rx.count >= trigger_levels[uart->fcr >> 6])
			return UART_IIR_RDI;
		return UART_IIR_RX_TIMEOUT;
	}
	if (uart->ier & UART_IER_THRI && uart->thre_event)
		return UART_IIR_THRI;
	if (uart->ier & UART_IER_MSI && uart->msr & UART_MSR_ANY_DELTA)
		return UART_IIR_MSI;
	return UART_IIR_NO_INT;
}

static u8 read_iir(struct mtty_uart *uart)
{
	u8 iir = identify(uart);

	if (iir == UART_IIR_THRI)
		uart->thre_event = false;
	return iir | (fifo_mode(uart) ? IIR_FIFOS : 0);
}

static u8 read_lsr(struct mtty_uart *uart)
{
	u8 lsr = line_errors(uart);

	if (uart->rx.count)
		lsr |= UART_LSR_DR;
	if (!uart->tx.count)
		lsr |= UART_LSR_THRE | UART_LSR_TEMT;
	if (fifo_mode(uart) && fifo_any_errors(&uart->rx))
		lsr |= UART_LSR_FIFOE;
	uart->overrun = 0;
	uart->rx.slot[uart->rx.head].errors = 0;
	return lsr;
}

static u8 read_msr(struct mtty_uart *uart)
{
	u8 msr = uart->msr;

	uart->msr &= MSR_INPUTS;
	return msr;
}

static u8 read_register(struct mtty_uart *uart, unsigned int reg)
{
	bool dlab = uart->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_RX:
		return dlab ? uart->dll : fifo_get(&uart->rx);
	case UART_IER:
		return dlab ? uart->dlm : uart->ier;
	case UART_IIR:
		return read_iir(uart);
	case UART_LCR:
		return uart->lcr;
	case UART_MCR:
		return uart->mcr;
	case UART_LSR:
		return read_lsr(uart);
	case UART_MSR:
		return read_msr(uart);
	default:
		return uart->scr;
	}
}

/* One that finds no room is lost */
static void write_thr(struct mtty_uart *uart, u8 data)
{
	uart->thre_event = false;
	if (uart->tx.count < depth(uart))
		fifo_put(&uart->tx, data, 0);
}

/* An empty transmitter tells so as soon as it may; drivers start sending that way */
static void write_ier(struct mtty_uart *uart, u8 value)
{
	if (value & ~uart->ier & UART_IER_THRI && !uart->tx.count)
		uart->thre_event = true;
	uart->ier = value & IER_BITS;
}

static void clear_tx(struct mtty_uart *uart)
{
	if (uart->tx.count)
		uart->thre_event = true;
	fifo_clear(&uart->tx);
}

/* Turning the FIFOs on or off empties them; off, the other bits mean nothing */
static void write_fcr(struct mtty_uart *uart, u8 value)
{
	bool toggles = (value ^ uart->fcr) & UART_FCR_ENABLE_FIFO;
	bool on = value & UART_FCR_ENABLE_FIFO;

	if (toggles || (on && value & UART_FCR_CLEAR_RCVR))
		fifo_clear(&uart->rx);
	if (toggles || (on && value & UART_FCR_CLEAR_XMIT))
		clear_tx(uart);
	uart->fcr = on ? value & (UART_FCR_ENABLE_FIFO | UART_FCR_TRIGGER_MASK) : 0;
}

/* A break arrives as one character of zeroes without a stop bit, however long it lasts */
static void write_lcr(struct mtty_uart *uart, u8 value)
{
	struct mtty_uart *to = listener(uart);

	if (value & ~uart->lcr & UART_LCR_SBC && to)
		receive(to, 0, UART_LSR_BI | UART_LSR_FE);
	uart->lcr = value;
}

/* LSR and MSR are for reading: the data sheet leaves writes to factory tests */
static void write_register(struct mtty_uart *uart, unsigned int reg, u8 value)
{
	bool dlab = uart->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_TX:
		if (dlab)
			uart->dll = value;
		else
			write_thr(uart, value);
		break;
	case UART_IER:
		if (dlab)
			uart->dlm = value;
		else
			write_ier(uart, value);
		break;
	case UART_FCR:
		write_fcr(uart, value);
		break;
	case UART_LCR:
		write_lcr(uart, value);
		break;
	case UART_MCR:
		uart->mcr = value & MCR_BITS;
		break;
	case UART_SCR:
		uart->scr = value;
		break;
	}
}

/**
 * mtty_uart_read() - software reads a register
 * @uart: connected port
 * @reg: offset, below MTTY_UART_REGS
 */
u8 mtty_uart_read(struct mtty_uart *uart, unsigned int reg)
{
	u8 value = read_register(uart, reg);

	settle(uart);
	return value;
}

/**
 * mtty_uart_write() - software writes a register
 * @uart: connected port
 * @reg: offset, below MTTY_UART_REGS
 * @value: what it writes
 */
void mtty_uart_write(struct mtty_uart *uart, unsigned int reg, u8 value)
{
	write_register(uart, reg, value);
	settle(uart);
}

/**
 * mtty_uart_interrupts() - does the port assert its interrupt?
 * @uart: connected port
 *
 * As on a PC, OUT2 gates the chip's INTR on its way to the line. It does so in loopback, too, where
 * the pin itself is inactive: the data sheet has interrupts work there, and a driver that tests
 * itself by them could not see them otherwise.
 */
bool mtty_uart_interrupts(const struct mtty_uart *uart)
{
	return uart->mcr & UART_MCR_OUT2 && identify(uart) != UART_IIR_NO_INT;
}

/**
 * mtty_uart_reset() - the state after master reset
 * @uart: connected port; its peer notices at its own next access
 *
 * Also scratch and divisor, which the chip's reset leaves alone: nobody may read there what an
 * earlier user wrote.
 */
void mtty_uart_reset(struct mtty_uart *uart)
{
	struct mtty_uart *peer = uart->peer;

	*uart = (struct mtty_uart){ .peer = peer, .dll = DIVISOR_AT_RESET };
}

/**
 * mtty_uart_connect() - lay the cable between two ports and reset both
 * @a: one
 * @b: the other
 */
void mtty_uart_connect(struct mtty_uart *a, struct mtty_uart *b)
{
	a->peer = b;
	b->peer = a;
	mtty_uart_reset(a);
	mtty_uart_reset(b);
}
