// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data through serial ports, by the kernel's driver.
 *
 *	serial cross TTY TTY BYTES	between two ports, both ways at once
 *	serial loop TTY BYTES		through a port's own loopback, and its modem lines
 *
 * What arrives must be what was sent, byte by byte; each direction has a sequence of its own.
 * Prints what was moved; exits with 1 and a message when anything is wrong.
 */
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* as in <asm/termios.h>, which cannot be included beside libc's headers */
#define TIOCM_OUT1	0x2000
#define TIOCM_OUT2	0x4000
#define TIOCM_LOOP	0x8000

#define SILENCE	30000	/* milliseconds after which nothing is expected any more */

struct port {
	const char *name;
	int fd;
	uint32_t sends, expects;	/* states of the sequences */
	long sent, received;
};

/* Numerical Recipes' generator; its upper bits are good enough to notice what is lost or swapped */
static uint8_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 24;
}

static void open_port(struct port *port, const char *name)
{
	struct termios raw;

	*port = (struct port){ .name = name };
	port->fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->fd < 0 || tcgetattr(port->fd, &raw))
		fail("%s: %s", name, strerror(errno));
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	raw.c_cflag |= CLOCAL;
	if (tcsetattr(port->fd, TCSANOW, &raw) || tcflush(port->fd, TCIOFLUSH))
		fail("%s: %s", name, strerror(errno));
}

static void receive(struct port *port)
{
	uint8_t data[256];
	ssize_t got = read(port->fd, data, sizeof(data));

	if (got < 0 && errno != EAGAIN)
		fail("%s: read: %s", port->name, strerror(errno));
	for (ssize_t i = 0; i < got; i++) {
		uint8_t want = next(&port->expects);

		if (data[i] != want)
			fail("%s: byte %ld is %#x, not %#x", port->name, port->received, data[i],
			     want);
		port->received++;
	}
}

static void send(struct port *port, long total)
{
	uint32_t state = port->sends;
	uint8_t data[64];
	long want = total - port->sent;
	ssize_t done;

	if (want > (long)sizeof(data))
		want = sizeof(data);
	for (long i = 0; i < want; i++)
		data[i] = next(&state);
	done = write(port->fd, data, want);
	if (done < 0 && errno != EAGAIN)
		fail("%s: write: %s", port->name, strerror(errno));
	for (ssize_t i = 0; i < done; i++)
		next(&port->sends);
	if (done > 0)
		port->sent += done;
}

/* Each port sends and receives so many */
static void exchange(struct port *ports, int count, long total)
{
	for (;;) {
		struct pollfd polls[2];
		bool done = true;

		for (int i = 0; i < count; i++) {
			polls[i] = (struct pollfd){ .fd = ports[i].fd, .events = POLLIN };
			if (ports[i].sent < total)
				polls[i].events |= POLLOUT;
			done &= ports[i].sent == total && ports[i].received >= total;
		}
		if (done)
			return;
		if (poll(polls, count, SILENCE) <= 0)
			fail("silence; %s received %ld of %ld", ports->name, ports->received,
			     total);
		for (int i = 0; i < count; i++) {
			if (polls[i].revents & POLLIN)
				receive(&ports[i]);
			if (polls[i].revents & POLLOUT)
				send(&ports[i], total);
		}
	}
}

/* What the driver counted agrees, and no character came to harm */
static void check_counts(const struct port *port, long total)
{
	struct serial_icounter_struct counts;

	if (port->received != total)
		fail("%s: received %ld, not %ld", port->name, port->received, total);
	if (ioctl(port->fd, TIOCGICOUNT, &counts))
		fail("%s: TIOCGICOUNT: %s", port->name, strerror(errno));
	if (counts.overrun || counts.frame || counts.parity || counts.brk || counts.buf_overrun)
		fail("%s: %d overruns, %d framing and %d parity errors, %d breaks, %d lost",
		     port->name, counts.overrun, counts.frame, counts.parity, counts.brk,
		     counts.buf_overrun);
	printf("%s: sent %ld, received %ld\n", port->name, port->sent, port->received);
}

static void cross(const char *a, const char *b, long total)
{
	struct port ports[2];

	open_port(&ports[0], a);
	open_port(&ports[1], b);
	ports[0].sends = ports[1].expects = 1;
	ports[1].sends = ports[0].expects = 2;
	exchange(ports, 2, total);
	check_counts(&ports[0], total);
	check_counts(&ports[1], total);
}

/* OUT2 stays on: it lets the interrupt through */
static void set_lines(const struct port *port, int lines)
{
	lines |= TIOCM_OUT2;
	if (ioctl(port->fd, TIOCMSET, &lines))
		fail("%s: TIOCMSET: %s", port->name, strerror(errno));
}

static int modem_inputs(const struct port *port)
{
	int lines;

	if (ioctl(port->fd, TIOCMGET, &lines))
		fail("%s: TIOCMGET: %s", port->name, strerror(errno));
	return lines & (TIOCM_CTS | TIOCM_DSR | TIOCM_CD | TIOCM_RI);
}

static void expect_inputs(const struct port *port, int want)
{
	int have = modem_inputs(port);

	if (have != want)
		fail("%s: modem inputs are %#x, not %#x", port->name, have, want);
}

static void loop(const char *name, long total)
{
	struct port port;
	int before;

	open_port(&port, name);
	before = modem_inputs(&port);
	port.sends = port.expects = 3;
	set_lines(&port, TIOCM_LOOP | TIOCM_RTS | TIOCM_OUT1);
	expect_inputs(&port, TIOCM_CTS | TIOCM_RI | TIOCM_CD);
	set_lines(&port, TIOCM_LOOP | TIOCM_DTR);
	expect_inputs(&port, TIOCM_DSR | TIOCM_CD);
	exchange(&port, 1, total);
	check_counts(&port, total);
	set_lines(&port, TIOCM_DTR | TIOCM_RTS);
	expect_inputs(&port, before);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 5 && !strcmp(argv[1], "cross"))
		cross(argv[2], argv[3], atol(argv[4]));
	else if (argc == 4 && !strcmp(argv[1], "loop"))
		loop(argv[2], atol(argv[3]));
	else
		fail("usage: serial cross TTY TTY BYTES | loop TTY BYTES");
	return 0;
}
