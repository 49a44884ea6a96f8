// SPDX-License-Identifier: GPL-2.0-only
/*
 * Announcements of the kernel (uevents), straight from it and not by way of udev: strings
 * "KEY=value", each with its NUL, behind one that repeats action and path.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "monitor.h"

#define UEVENTS_OF_KERNEL 1		/* multicast group */
#define ROOM (1 << 20)			/* a burst, as when a module with many devices goes */

int uevent_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = UEVENTS_OF_KERNEL };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);
	int err, room = ROOM;

	if (fd < 0)
		return -errno;
	/* without the right to more, what is usual has to do */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* The value of a key in a message, or "" */
static const char *value_of(const char *text, size_t len, const char *key)
{
	const char *at, *end = text + len;
	size_t n = strlen(key);

	for (at = text; at < end; at += strlen(at) + 1) {
		if (!strncmp(at, key, n) && at[n] == '=')
			return at + n + 1;
	}
	return "";
}

bool uevent_read(int fd, void (*pci)(void *arg, const char *action, const char *bdf,
				     const char *driver),
		 void (*lost)(void *arg), void *arg)
{
	struct sockaddr_nl from = { 0 };
	char text[8192];
	socklen_t size = sizeof(from);
	ssize_t len;

	len = recvfrom(fd, text, sizeof(text) - 1, 0, (struct sockaddr *)&from, &size);
	if (len < 0 && errno == ENOBUFS) {
		lost(arg);
		return true;
	}
	if (len < 0)
		return false;
	text[len] = '\0';
	if (!from.nl_pid && !strcmp(value_of(text, (size_t)len, "SUBSYSTEM"), "pci"))
		pci(arg, value_of(text, (size_t)len, "ACTION"),
		    value_of(text, (size_t)len, "PCI_SLOT_NAME"),
		    value_of(text, (size_t)len, "DRIVER"));
	return true;
}
