// SPDX-License-Identifier: GPL-2.0-only
// sources: samples/mtty/uart.c
/* The register model of the sample's UARTs, against the PC16550D's data sheet. */
#include <linux/serial_reg.h>

#include "../../samples/mtty/uart.h"
#include "unit.h"

#define FIFOS_ON	0xc0	/* bits 7:6 of IIR */
#define TRIGGER(n)	((n) << 6 | UART_FCR_ENABLE_FIFO)
#define ERRORS		(UART_LSR_OE | UART_LSR_PE | UART_LSR_FE | UART_LSR_BI)
#define READY		(UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2)

static struct mtty_uart a, b;

static u8 get(struct mtty_uart *uart, unsigned int reg)
{
	return mtty_uart_read(uart, reg);
}

static void put(struct mtty_uart *uart, unsigned int reg, u8 value)
{
	mtty_uart_write(uart, reg, value);
}

static void put_some(struct mtty_uart *uart, u8 first, unsigned int count)
{
	while (count--)
		put(uart, UART_TX, first++);
}

static void get_some(struct mtty_uart *uart, u8 first, unsigned int count)
{
	while (count--) {
		CHECK(get(uart, UART_LSR) & UART_LSR_DR);
		CHECK_EQ(get(uart, UART_RX), first++);
	}
}

/* Memory as dirty as it can be: nothing of it may show */
static void fresh(void)
{
	memset(&a, 0xff, sizeof(a));
	memset(&b, 0xff, sizeof(b));
	mtty_uart_connect(&a, &b);
}

/* Both ends as a driver opens them: FIFOs of trigger level 8, 8 bits, ready */
static void opened(void)
{
	struct mtty_uart *ports[] = { &a, &b };

	fresh();
	for (int i = 0; i < 2; i++) {
		put(ports[i], UART_LCR, UART_LCR_WLEN8);
		put(ports[i], UART_FCR, TRIGGER(2));
		put(ports[i], UART_MCR, READY);
	}
	get(&a, UART_MSR);
	get(&b, UART_MSR);
}

static void after_reset(void)
{
	static const struct {
		u8 reg, value;
	} table[] = {
		{ UART_IER, 0 }, { UART_IIR, UART_IIR_NO_INT }, { UART_LCR, 0 }, { UART_MCR, 0 },
		{ UART_LSR, UART_LSR_THRE | UART_LSR_TEMT }, { UART_MSR, 0 }, { UART_SCR, 0 },
		{ UART_RX, 0 },
	};

	fresh();
	for (unsigned int i = 0; i < ARRAY_SIZE(table); i++) {
		CHECK_EQ(get(&a, table[i].reg), table[i].value);
		CHECK_EQ(get(&b, table[i].reg), table[i].value);
	}
	CHECK(!mtty_uart_interrupts(&a));
	put(&a, UART_SCR, 0x5a);
	put(&a, UART_LCR, UART_LCR_WLEN8);
	mtty_uart_reset(&a);
	CHECK_EQ(get(&a, UART_SCR), 0);
	CHECK_EQ(get(&a, UART_LCR), 0);
	CHECK(a.peer == &b);
}

static void divisor_behind_dlab(void)
{
	fresh();
	put(&a, UART_IER, UART_IER_MSI);
	put(&a, UART_LCR, UART_LCR_DLAB | UART_LCR_WLEN8);
	CHECK_EQ(get(&a, UART_DLL) | get(&a, UART_DLM) << 8, 12);
	put(&a, UART_DLL, 0x34);
	put(&a, UART_DLM, 0x12);
	CHECK_EQ(get(&a, UART_DLL), 0x34);
	CHECK_EQ(get(&a, UART_DLM), 0x12);
	put(&a, UART_LCR, UART_LCR_WLEN8);
	CHECK_EQ(get(&a, UART_IER), UART_IER_MSI);
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);	/* nothing was sent */
	put(&a, UART_IER, 0xff);
	CHECK_EQ(get(&a, UART_IER), 0x0f);
	put(&a, UART_MCR, 0xff);
	CHECK_EQ(get(&a, UART_MCR), 0x1f);
	/* not for writing */
	put(&b, UART_LSR, 0xff);
	put(&b, UART_MSR, 0xff);
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
}

static void data_crosses(void)
{
	opened();
	put_some(&a, 1, 5);
	put_some(&b, 101, 7);
	get_some(&b, 1, 5);
	get_some(&a, 101, 7);
	CHECK_EQ(get(&a, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
	/* a word has as many bits as the sender's LCR says */
	for (unsigned int bits = 5; bits <= 8; bits++) {
		put(&a, UART_LCR, bits - 5);
		put(&a, UART_TX, 0xff);
		CHECK_EQ(get(&b, UART_RX), (1 << bits) - 1);
	}
}

static void without_fifos(void)
{
	fresh();
	put(&a, UART_LCR, UART_LCR_WLEN8);
	put(&a, UART_MCR, READY);
	put(&b, UART_LCR, UART_LCR_WLEN8);
	put(&b, UART_IER, UART_IER_RDI);
	put(&a, UART_TX, 1);
	CHECK_EQ(get(&b, UART_IIR), UART_IIR_RDI);
	/* nobody is there: the second destroys the first */
	put(&a, UART_TX, 2);
	CHECK_EQ(get(&b, UART_LSR),
		 UART_LSR_DR | UART_LSR_OE | UART_LSR_THRE | UART_LSR_TEMT);
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_DR | UART_LSR_THRE | UART_LSR_TEMT);
	CHECK_EQ(get(&b, UART_RX), 2);
	CHECK_EQ(get(&b, UART_IIR), UART_IIR_NO_INT);
	/* somebody is: the second waits */
	put(&b, UART_MCR, READY);
	put_some(&a, 3, 2);
	CHECK_EQ(get(&a, UART_LSR) & (UART_LSR_THRE | UART_LSR_TEMT), 0);
	put(&a, UART_TX, 5);	/* no room */
	get_some(&b, 3, 2);
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
	CHECK_EQ(get(&a, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
}

static void trigger_levels(void)
{
	static const u8 levels[] = { 1, 4, 8, 14 };

	for (unsigned int i = 0; i < ARRAY_SIZE(levels); i++) {
		opened();
		put(&b, UART_FCR, TRIGGER(i));
		put(&b, UART_IER, UART_IER_RDI);
		CHECK_EQ(get(&b, UART_IIR), FIFOS_ON | UART_IIR_NO_INT);
		for (unsigned int n = 1; n <= MTTY_UART_DEPTH; n++) {
			put(&a, UART_TX, n);
			CHECK(mtty_uart_interrupts(&b));
			CHECK_EQ(get(&b, UART_IIR), FIFOS_ON | (n < levels[i] ?
				 UART_IIR_RX_TIMEOUT : UART_IIR_RDI));
		}
		get_some(&b, 1, MTTY_UART_DEPTH);
		CHECK_EQ(get(&b, UART_IIR), FIFOS_ON | UART_IIR_NO_INT);
		CHECK(!mtty_uart_interrupts(&b));
	}
}

static void a_full_receiver_holds_the_sender(void)
{
	opened();
	put(&a, UART_IER, UART_IER_THRI);
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_THRI);
	put_some(&a, 0, MTTY_UART_DEPTH);
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_THRI);
	put_some(&a, 16, MTTY_UART_DEPTH);
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_NO_INT);
	put_some(&a, 200, 3);	/* both are full: lost, as the data sheet has it */
	CHECK_EQ(get(&a, UART_LSR) & (UART_LSR_THRE | UART_LSR_TEMT), 0);
	get_some(&b, 0, MTTY_UART_DEPTH - 1);
	CHECK(!mtty_uart_interrupts(&a));
	get_some(&b, 15, 1);
	/* the last one has left */
	CHECK(mtty_uart_interrupts(&a));
	CHECK_EQ(get(&a, UART_LSR) & UART_LSR_THRE, UART_LSR_THRE);
	get_some(&b, 16, MTTY_UART_DEPTH);
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
}

static void what_sets_it_free(void)
{
	static const struct {
		u8 reg, value;
		bool room;
	} ways[] = {
		{ UART_MCR, READY & ~UART_MCR_DTR, false },
		{ UART_MCR, READY | UART_MCR_LOOP, false },
		{ UART_FCR, TRIGGER(2) | UART_FCR_CLEAR_RCVR, true },
		{ UART_FCR, 0, true },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		opened();
		put_some(&a, 0, MTTY_UART_DEPTH + 1);
		CHECK(!(get(&a, UART_LSR) & UART_LSR_THRE));
		put(&b, ways[i].reg, ways[i].value);
		CHECK(get(&a, UART_LSR) & UART_LSR_THRE);
		if (ways[i].room)
			CHECK_EQ(get(&b, UART_RX), MTTY_UART_DEPTH);
	}
}

/* With FIFOs the newest is lost, and the error belongs to no character */
static void overrun(void)
{
	opened();
	put(&b, UART_MCR, UART_MCR_OUT2);
	put(&b, UART_IER, UART_IER_RLSI);
	put_some(&a, 0, MTTY_UART_DEPTH);
	CHECK(!mtty_uart_interrupts(&b));
	put(&a, UART_TX, 99);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_RLSI);
	CHECK_EQ(get(&b, UART_LSR) & (UART_LSR_OE | UART_LSR_FIFOE), UART_LSR_OE);
	CHECK_EQ(get(&b, UART_LSR) & UART_LSR_OE, 0);
	CHECK(!mtty_uart_interrupts(&b));
	get_some(&b, 0, MTTY_UART_DEPTH);
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
}

static void a_break(void)
{
	const u8 errors = UART_LSR_BI | UART_LSR_FE;

	opened();
	put(&b, UART_IER, UART_IER_RLSI | UART_IER_RDI);
	put(&a, UART_TX, 7);
	put(&a, UART_LCR, UART_LCR_WLEN8 | UART_LCR_SBC);
	put(&a, UART_LCR, UART_LCR_WLEN8 | UART_LCR_SBC);	/* still the same one */
	put_some(&a, 50, 3);					/* into the void */
	CHECK(get(&a, UART_LSR) & UART_LSR_TEMT);
	put(&a, UART_LCR, UART_LCR_WLEN8);
	put(&a, UART_TX, 8);
	/* the errors wait until their character is the oldest; the FIFO says that there are some */
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_RX_TIMEOUT);
	CHECK_EQ(get(&b, UART_LSR) & (errors | UART_LSR_FIFOE), UART_LSR_FIFOE);
	CHECK_EQ(get(&b, UART_RX), 7);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_RLSI);
	CHECK_EQ(get(&b, UART_LSR) & (errors | UART_LSR_FIFOE), errors | UART_LSR_FIFOE);
	CHECK_EQ(get(&b, UART_LSR) & (errors | UART_LSR_FIFOE), 0);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_RX_TIMEOUT);
	CHECK_EQ(get(&b, UART_RX), 0);
	CHECK_EQ(get(&b, UART_RX), 8);
	CHECK(!(get(&b, UART_LSR) & UART_LSR_DR));
}

/* Errors that were read, or left with their character, do not come back with a later one */
static void errors_do_not_stick(void)
{
	opened();
	for (unsigned int i = 0; i < 3 * MTTY_UART_DEPTH; i++) {
		put(&a, UART_LCR, UART_LCR_WLEN8 | UART_LCR_SBC);
		put(&a, UART_LCR, UART_LCR_WLEN8);
		if (i % 2)
			CHECK(get(&b, UART_LSR) & UART_LSR_BI);
		CHECK_EQ(get(&b, UART_RX), 0);
		CHECK_EQ(get(&b, UART_LSR) & ERRORS, 0);
		put(&a, UART_TX, i);
		CHECK_EQ(get(&b, UART_LSR) & (ERRORS | UART_LSR_FIFOE), 0);
		CHECK_EQ(get(&b, UART_RX), i);
	}
}

static void thre_interrupt(void)
{
	opened();
	CHECK(!mtty_uart_interrupts(&a));
	put(&a, UART_IER, UART_IER_THRI);
	CHECK(mtty_uart_interrupts(&a));
	CHECK_EQ(get(&a, UART_LSR) & UART_LSR_THRE, UART_LSR_THRE);
	CHECK(mtty_uart_interrupts(&a));
	/* reading IIR withdraws it, writing a character that leaves at once brings it back */
	CHECK_EQ(get(&a, UART_IIR), FIFOS_ON | UART_IIR_THRI);
	CHECK_EQ(get(&a, UART_IIR), FIFOS_ON | UART_IIR_NO_INT);
	put(&a, UART_IER, UART_IER_THRI);
	CHECK(!mtty_uart_interrupts(&a));
	put(&a, UART_TX, 1);
	CHECK(mtty_uart_interrupts(&a));
	/* so does enabling it anew */
	get(&a, UART_IIR);
	put(&a, UART_IER, 0);
	put(&a, UART_IER, UART_IER_THRI);
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_THRI);
	/* one that is not identified is not withdrawn */
	put(&a, UART_TX, 1);
	put(&a, UART_IER, UART_IER_THRI | UART_IER_RDI);
	put(&b, UART_TX, 2);
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_RX_TIMEOUT);
	get(&a, UART_RX);
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_THRI);
	/* characters that are thrown away leave it empty, too */
	put_some(&a, 0, 2 * MTTY_UART_DEPTH);
	CHECK(!mtty_uart_interrupts(&a));
	put(&a, UART_FCR, TRIGGER(2) | UART_FCR_CLEAR_XMIT);
	CHECK(mtty_uart_interrupts(&a));
}

static void priority(void)
{
	static const u8 order[] = {
		UART_IIR_RLSI, UART_IIR_RDI, UART_IIR_THRI, UART_IIR_MSI, UART_IIR_NO_INT,
	};
	unsigned int i = 0;

	opened();
	put(&b, UART_MCR, READY & ~UART_MCR_DTR);
	put(&b, UART_IER, 0x0f);
	put(&a, UART_MCR, UART_MCR_OUT2);		/* CTS, DSR, DCD fall */
	put_some(&a, 0, MTTY_UART_DEPTH + 1);		/* overrun */
	CHECK_EQ(get(&b, UART_IIR) & 0xf, order[i++]);
	get(&b, UART_LSR);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, order[i++]);
	get_some(&b, 0, MTTY_UART_DEPTH);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, order[i++]);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, order[i++]);
	get(&b, UART_MSR);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, order[i++]);
	/* each needs its own bit */
	put(&b, UART_IER, 0);
	put(&a, UART_MCR, READY);
	put_some(&a, 0, MTTY_UART_DEPTH + 1);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_NO_INT);
	put(&b, UART_IER, UART_IER_MSI);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_MSI);
	put(&b, UART_IER, UART_IER_RDI);
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_RDI);
}

static void out2_gates(void)
{
	opened();
	put(&b, UART_IER, UART_IER_RDI);
	put(&a, UART_TX, 1);
	CHECK(mtty_uart_interrupts(&b));
	put(&b, UART_MCR, READY & ~UART_MCR_OUT2);
	CHECK(!mtty_uart_interrupts(&b));
	CHECK_EQ(get(&b, UART_IIR) & 0xf, UART_IIR_RX_TIMEOUT);	/* the chip still says so */
	put(&b, UART_MCR, READY);
	CHECK(mtty_uart_interrupts(&b));
}

static void modem_lines(void)
{
	fresh();
	put(&b, UART_MCR, UART_MCR_OUT2);
	put(&b, UART_IER, UART_IER_MSI);
	CHECK(!mtty_uart_interrupts(&b));
	put(&a, UART_MCR, UART_MCR_RTS);
	CHECK(mtty_uart_interrupts(&b));
	CHECK_EQ(get(&b, UART_IIR), UART_IIR_MSI);
	CHECK_EQ(get(&b, UART_MSR), UART_MSR_CTS | UART_MSR_DCTS);
	CHECK_EQ(get(&b, UART_MSR), UART_MSR_CTS);
	CHECK(!mtty_uart_interrupts(&b));
	put(&a, UART_MCR, UART_MCR_DTR);
	CHECK_EQ(get(&b, UART_MSR), UART_MSR_DSR | UART_MSR_DCD | UART_MSR_DCTS | UART_MSR_DDSR |
		 UART_MSR_DDCD);
	/* a change and its undoing are still a change */
	put(&a, UART_MCR, 0);
	put(&a, UART_MCR, UART_MCR_DTR);
	CHECK_EQ(get(&b, UART_MSR), UART_MSR_DSR | UART_MSR_DCD | UART_MSR_DDSR | UART_MSR_DDCD);
	/* OUT1 and OUT2 are not in the cable */
	put(&a, UART_MCR, UART_MCR_DTR | UART_MCR_OUT1 | UART_MCR_OUT2);
	CHECK_EQ(get(&b, UART_MSR), UART_MSR_DSR | UART_MSR_DCD);
	CHECK_EQ(get(&a, UART_MSR), 0);
}

static void loopback_lines(void)
{
	static const struct {
		u8 mcr, msr;
	} lines[] = {
		{ 0, 0 },
		{ UART_MCR_RTS, UART_MSR_CTS },
		{ UART_MCR_DTR, UART_MSR_DSR },
		{ UART_MCR_OUT1, UART_MSR_RI },
		{ UART_MCR_OUT2, UART_MSR_DCD },
	};

	opened();
	for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++) {
		put(&a, UART_MCR, UART_MCR_LOOP | lines[i].mcr);
		CHECK_EQ(get(&a, UART_MSR) & 0xf0, lines[i].msr);
	}
	/* the start of ringing is none of the changes, its end is */
	put(&a, UART_MCR, UART_MCR_LOOP);
	get(&a, UART_MSR);
	put(&a, UART_MCR, UART_MCR_LOOP | UART_MCR_OUT1);
	CHECK_EQ(get(&a, UART_MSR), UART_MSR_RI);
	put(&a, UART_MCR, UART_MCR_LOOP);
	CHECK_EQ(get(&a, UART_MSR), UART_MSR_TERI);
	/* to the other end it is as if the cable were pulled */
	put(&a, UART_MCR, UART_MCR_LOOP | READY);
	CHECK_EQ(get(&b, UART_MSR) & 0xf0, 0);
	put(&a, UART_MCR, READY);
	CHECK_EQ(get(&b, UART_MSR) & 0xf0, UART_MSR_CTS | UART_MSR_DSR | UART_MSR_DCD);
}

static void loopback_data(void)
{
	opened();
	put(&a, UART_IER, UART_IER_RDI | UART_IER_RLSI);
	put(&a, UART_MCR, UART_MCR_LOOP | UART_MCR_OUT2);
	put_some(&a, 10, MTTY_UART_DEPTH);
	put_some(&b, 100, 3);	/* nobody hears it */
	CHECK_EQ(get(&b, UART_LSR), UART_LSR_THRE | UART_LSR_TEMT);
	CHECK(mtty_uart_interrupts(&a));
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_RDI);
	/* no cable in which it could wait */
	put(&a, UART_TX, 200);
	CHECK_EQ(get(&a, UART_IIR) & 0xf, UART_IIR_RLSI);
	CHECK(get(&a, UART_LSR) & UART_LSR_OE);
	get_some(&a, 10, MTTY_UART_DEPTH);
	put(&a, UART_LCR, UART_LCR_WLEN8 | UART_LCR_SBC);
	CHECK(get(&a, UART_LSR) & UART_LSR_BI);
	put(&a, UART_LCR, UART_LCR_WLEN8);
	CHECK_EQ(get(&a, UART_RX), 0);
	put(&a, UART_MCR, READY);
	put(&a, UART_TX, 1);
	get_some(&b, 1, 1);
}

static void fifo_control(void)
{
	opened();
	put_some(&a, 1, 3);
	put(&b, UART_FCR, UART_FCR_CLEAR_RCVR | UART_FCR_ENABLE_FIFO);
	CHECK(!(get(&b, UART_LSR) & UART_LSR_DR));
	/* without the enable bit the others count for nothing, but for turning the FIFOs off */
	put_some(&a, 1, 3);
	put(&b, UART_FCR, UART_FCR_TRIGGER_14);
	CHECK(!(get(&b, UART_LSR) & UART_LSR_DR));
	CHECK_EQ(get(&b, UART_IIR), UART_IIR_NO_INT);
	put(&a, UART_TX, 1);
	put(&b, UART_FCR, UART_FCR_CLEAR_RCVR);
	get_some(&b, 1, 1);
	put(&a, UART_TX, 2);
	put(&b, UART_FCR, UART_FCR_ENABLE_FIFO);
	CHECK(!(get(&b, UART_LSR) & UART_LSR_DR));
	CHECK_EQ(get(&b, UART_IIR), FIFOS_ON | UART_IIR_NO_INT);
	/* an empty one gives nothing away, however often it is read */
	for (unsigned int i = 0; i < 2 * MTTY_UART_DEPTH; i++)
		CHECK_EQ(get(&b, UART_RX), 0);
	put(&a, UART_TX, 3);
	get_some(&b, 3, 1);
}

/* Whatever software does, the model keeps within its bounds, and its line agrees with IIR */
static void any_sequence(void)
{
	struct mtty_uart *ports[] = { &a, &b };
	u32 state = 1;

	fresh();
	for (unsigned int i = 0; i < 500000; i++) {
		struct mtty_uart *uart;
		bool line;

		state = state * 1664525u + 1013904223u;
		uart = ports[state >> 31];
		if (state >> 30 & 1)
			put(uart, state >> 27 & 7, state >> 12);
		else
			get(uart, state >> 27 & 7);
		for (int p = 0; p < 2; p++) {
			uart = ports[p];
			if (uart->rx.count > MTTY_UART_DEPTH || uart->tx.count > MTTY_UART_DEPTH ||
			    uart->rx.head >= MTTY_UART_DEPTH || uart->tx.head >= MTTY_UART_DEPTH) {
				CHECK(!"a FIFO is out of its bounds");
				return;
			}
			line = mtty_uart_interrupts(uart);
			if (line && (get(uart, UART_IIR) & UART_IIR_NO_INT)) {
				CHECK(!"the line is up for no reason");
				return;
			}
		}
	}
}

UNIT_TESTS(mtty_uart,
	{ "after reset", after_reset },
	{ "divisor behind DLAB, reserved bits", divisor_behind_dlab },
	{ "data crosses", data_crosses },
	{ "without FIFOs", without_fifos },
	{ "trigger levels and time-out", trigger_levels },
	{ "a full receiver holds the sender", a_full_receiver_holds_the_sender },
	{ "what sets a held sender free", what_sets_it_free },
	{ "overrun", overrun },
	{ "break", a_break },
	{ "errors do not stick", errors_do_not_stick },
	{ "transmitter empty", thre_interrupt },
	{ "priority", priority },
	{ "OUT2 gates the line", out2_gates },
	{ "modem lines", modem_lines },
	{ "modem lines in loopback", loopback_lines },
	{ "data in loopback", loopback_data },
	{ "FIFO control", fifo_control },
	{ "any sequence", any_sequence })
