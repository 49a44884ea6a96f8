// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ethernet frames of our own, both ways, none lost.
 *
 *	frames echo INTERFACE				sends back what comes, until killed
 *	frames send INTERFACE MAC COUNT WINDOW		to where an echo runs
 *
 * Of the frames that are sent at most WINDOW are under way, so that no queue overflows: whatever
 * is missing then was lost by a driver or a device. Each must come back in its turn, as long as
 * it was, with every byte; the lengths change from frame to frame.
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROTOCOL	0x88b5	/* IEEE 802: for experiments */
#define SILENCE		60000	/* milliseconds after which nothing is expected any more */
#define SHORTEST	60
#define BUFFER		(4 << 20)

struct frame {
	struct ethhdr head;
	uint32_t number;
	uint8_t data[ETH_FRAME_LEN - sizeof(struct ethhdr) - sizeof(uint32_t)];
} __attribute__((packed));

struct port {
	const char *name;
	int fd;
	uint8_t address[ETH_ALEN];
};

static void open_port(struct port *port, const char *name)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(PROTOCOL),
		.sll_ifindex = if_nametoindex(name),
	};
	struct ifreq request = { 0 };
	int size = BUFFER;

	port->name = name;
	if (!at.sll_ifindex)
		err(1, "%s", name);
	/* no protocol until it is bound, so that nothing of other interfaces comes */
	port->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (port->fd < 0)
		err(1, "AF_PACKET");
	if (setsockopt(port->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    bind(port->fd, (struct sockaddr *)&at, sizeof(at)))
		err(1, "%s", name);
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(port->fd, SIOCGIFHWADDR, &request))
		err(1, "%s: address", name);
	memcpy(port->address, request.ifr_hwaddr.sa_data, ETH_ALEN);
}

static void send_frame(const struct port *port, const struct frame *frame, size_t length)
{
	ssize_t done = send(port->fd, frame, length, 0);

	if (done < 0)
		err(1, "%s: frame %u", port->name, frame->number);
	if ((size_t)done != length)
		errx(1, "%s: %zd of %zu bytes sent", port->name, done, length);
}

static size_t receive_frame(const struct port *port, struct frame *frame)
{
	ssize_t got = recv(port->fd, frame, sizeof(*frame), MSG_TRUNC);

	if (got < 0)
		err(1, "%s: receive", port->name);
	if (got < SHORTEST || got > (ssize_t)sizeof(*frame))
		errx(1, "%s: a frame of %zd bytes", port->name, got);
	return got;
}

static void echo(const struct port *port)
{
	struct frame frame;

	for (;;) {
		size_t length = receive_frame(port, &frame);

		memcpy(frame.head.h_dest, frame.head.h_source, ETH_ALEN);
		memcpy(frame.head.h_source, port->address, ETH_ALEN);
		send_frame(port, &frame, length);
	}
}

/* Frame number NUMBER but for its addresses, and its length; a prime step takes every length */
static size_t fill(struct frame *frame, uint32_t number)
{
	size_t length = SHORTEST + number * 131u % (ETH_FRAME_LEN - SHORTEST + 1);

	frame->number = number;
	memset(frame->data, number * 7u + 1, sizeof(frame->data));
	return length;
}

static void check_frame(const struct port *port, const struct frame *got, size_t length,
			uint32_t number)
{
	struct frame want;
	size_t size = fill(&want, number);

	if (got->number != number)
		errx(1, "%s: frame %u came back when it was %u's turn", port->name, got->number,
		     number);
	if (length != size)
		errx(1, "%s: frame %u came back with %zu bytes, not %zu", port->name, number,
		     length, size);
	if (memcmp(got->data, want.data, size - offsetof(struct frame, data)))
		errx(1, "%s: frame %u came back with other contents", port->name, number);
}

static void exchange(const struct port *port, const uint8_t *to, uint32_t count, uint32_t window)
{
	struct frame out = { .head.h_proto = htons(PROTOCOL) }, in;
	struct pollfd wait = { .fd = port->fd, .events = POLLIN };
	uint32_t sent = 0, back = 0;

	memcpy(out.head.h_dest, to, ETH_ALEN);
	memcpy(out.head.h_source, port->address, ETH_ALEN);
	while (back < count) {
		if (sent < count && sent - back < window) {
			size_t length = fill(&out, sent);

			send_frame(port, &out, length);
			sent++;
			continue;
		}
		if (poll(&wait, 1, SILENCE) != 1)
			errx(1, "%s: silence: %u frames sent, %u came back", port->name, sent,
			     back);
		check_frame(port, &in, receive_frame(port, &in), back);
		back++;
	}
	printf("%s: %u frames sent, %u came back\n", port->name, sent, back);
}

int main(int argc, char **argv)
{
	struct port port;

	if (argc == 3 && !strcmp(argv[1], "echo")) {
		open_port(&port, argv[2]);
		echo(&port);
	} else if (argc == 6 && !strcmp(argv[1], "send")) {
		struct ether_addr *to = ether_aton(argv[3]);

		if (!to)
			errx(1, "%s is no address", argv[3]);
		open_port(&port, argv[2]);
		exchange(&port, to->ether_addr_octet, atol(argv[4]), atol(argv[5]));
	} else {
		errx(1, "usage: frames echo INTERFACE | send INTERFACE MAC COUNT WINDOW");
	}
	return 0;
}
