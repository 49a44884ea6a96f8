// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a network device in use: does a route leave by it or by an interface stacked on it (bond,
 * bridge, VLAN, ...), has it an address others can reach, or is it a port of another interface.
 *
 * An IPv4 address shows as the connected route that comes with it; IPv6 link-local addresses and
 * multicast come with every interface that is up and say nothing.
 *
 * A file of routes or addresses that cannot be read may tell of a use of any interface in which
 * no other is seen. Those of IPv6 are not there in a kernel without it.
 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IFNAME_LEN 16		/* IFNAMSIZ */
#define MAX_STACK 8		/* the kernel nests interfaces no deeper */

/* linux/route.h and linux/ipv6_route.h */
#define ROUTE_UP 0x1u
/* include/net/ipv6.h as /proc/net/if_inet6 prints it: scope of an address */
#define SCOPE_GLOBAL 0x00u
#define SCOPE_SITE 0x40u

enum net_use { NET_NONE, NET_ADDRESS, NET_ROUTE, NET_DEFAULT };	/* in order of weight */

struct net_iface {
	char name[IFNAME_LEN];
	enum net_use use;
};

struct net_ifaces {
	struct net_iface *v;
	size_t n;
	struct unseen unseen;
};

static void note(struct net_ifaces *ifaces, const char *name, enum net_use use)
{
	size_t i;

	if (!strcmp(name, "lo"))
		return;
	for (i = 0; i < ifaces->n; i++) {
		if (strcmp(ifaces->v[i].name, name))
			continue;
		if (ifaces->v[i].use < use)
			ifaces->v[i].use = use;
		return;
	}
	if (!(ifaces->n & (ifaces->n - 1)))
		ifaces->v = guard_resize(ifaces->v,
					 (ifaces->n ? ifaces->n * 2 : 1) * sizeof(*ifaces->v));
	snprintf(ifaces->v[i].name, IFNAME_LEN, "%s", name);
	ifaces->v[i].use = use;
	ifaces->n++;
}

static void route4(void *ifaces, char *line)
{
	unsigned int dest, flags, mask;
	char name[IFNAME_LEN];

	if (sscanf(line, "%15s %8x %*8x %4x %*d %*d %*d %8x", name, &dest, &flags, &mask) != 4)
		return;		/* the heading */
	if (flags & ROUTE_UP)
		note(ifaces, name, !dest && !mask ? NET_DEFAULT : NET_ROUTE);
}

static void route6(void *ifaces, char *line)
{
	char dest[33], name[IFNAME_LEN];
	unsigned int plen, flags;

	int fields = sscanf(line, "%32s %2x %*s %*s %*s %*s %*s %*s %8x %15s", dest, &plen, &flags,
			    name);

	if (fields != 4)
		return;
	if (!(flags & ROUTE_UP))
		return;
	if (!plen)
		note(ifaces, name, NET_DEFAULT);
	else if (strncmp(dest, "fe80", 4) && strncmp(dest, "ff", 2))
		note(ifaces, name, NET_ROUTE);
}

static void address6(void *ifaces, char *line)
{
	char name[IFNAME_LEN];
	unsigned int scope;

	if (sscanf(line, "%*s %*s %*s %2x %*s %15s", &scope, name) != 2)
		return;
	if (scope == SCOPE_GLOBAL || scope == SCOPE_SITE)
		note(ifaces, name, NET_ADDRESS);
}

static enum net_use use_of(const struct net_ifaces *ifaces, const char *name)
{
	size_t i;

	for (i = 0; i < ifaces->n; i++) {
		if (!strcmp(ifaces->v[i].name, name))
			return ifaces->v[i].use;
	}
	return NET_NONE;
}

/*
 * The heaviest use of an interface and of all that is stacked on it ("upper_NAME" links);
 * @by is set to the interface that is used.
 */
static enum net_use stacked_use(const struct net_ifaces *ifaces, const char *name,
				char by[IFNAME_LEN], int depth)
{
	enum net_use use = use_of(ifaces, name), upper;
	char path[SYS_PATH], upper_by[IFNAME_LEN];
	const char *entry;
	DIR *dir;

	snprintf(by, IFNAME_LEN, "%s", name);
	snprintf(path, sizeof(path), "/sys/class/net/%.15s", name);
	dir = depth < MAX_STACK ? sys_opendir(path) : NULL;
	if (!dir)
		return use;
	while ((entry = sys_next(dir))) {
		if (strncmp(entry, "upper_", 6))
			continue;
		upper = stacked_use(ifaces, entry + 6, upper_by, depth + 1);
		if (upper > use) {
			use = upper;
			strcpy(by, upper_by);
		}
	}
	closedir(dir);
	return use;
}

static bool has_master(const char *name, char *master, size_t size)
{
	char path[SYS_PATH];
	int fd, err;

	snprintf(path, sizeof(path), "/sys/class/net/%.15s", name);
	fd = sys_open(path, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return false;
	err = sys_link(fd, "master", master, size);
	close(fd);
	return !err;
}

static void judge(struct uses *uses, const struct net_ifaces *ifaces, const char *name)
{
	static const struct {
		const char *rule, *text;
	} words[] = {
		[NET_ADDRESS] = { "guard.address", "has an address that others can reach" },
		[NET_ROUTE] = { "guard.route", "carries a route" },
		[NET_DEFAULT] = { "guard.route", "carries the default route" },
	};
	char bdf[BDF_LEN], by[IFNAME_LEN], master[SYS_NAME], what[48];
	enum net_use use;
	struct finding *f;

	if (!guard_class_owner("net", name, bdf))
		return;
	use = stacked_use(ifaces, name, by, 0);
	if (use != NET_NONE) {
		f = guard_add(uses, bdf);
		if (strcmp(by, name))
			finding_say(f, words[use].rule, "its interface %s lies under %s, which %s",
				    name, by, words[use].text);
		else
			finding_say(f, words[use].rule, "its interface %s %s", name,
				    words[use].text);
		finding_fix(f, "move the traffic elsewhere, then ip link set dev %s down", by);
	} else if (has_master(name, master, sizeof(master))) {
		f = guard_add(uses, bdf);
		finding_say(f, "guard.master", "its interface %s is a port of %s", name, master);
		finding_fix(f, "ip link set dev %s nomaster", name);
	} else {
		snprintf(what, sizeof(what), "what uses its interface %s", name);
		guard_say_unseen(uses, bdf, what, &ifaces->unseen);
	}
}

static void read_ifaces(struct net_ifaces *ifaces)
{
	static const struct {
		const char *path;
		void (*line)(void *ifaces, char *text);
		bool optional;
	} files[] = {
		{ "/proc/net/route", route4, false },
		{ "/proc/net/ipv6_route", route6, true },
		{ "/proc/net/if_inet6", address6, true },
	};
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		err = sys_each_line(files[i].path, files[i].line, ifaces);
		if (err && !(files[i].optional && err == ENOENT))
			guard_unseen(&ifaces->unseen, files[i].path, err);
	}
}

void guard_net(struct uses *uses)
{
	DIR *dir = sys_opendir("/sys/class/net");
	struct net_ifaces ifaces = { 0 };
	const char *name;

	if (!dir)
		return;
	read_ifaces(&ifaces);
	while ((name = sys_next(dir)))
		judge(uses, &ifaces, name);
	closedir(dir);
	free(ifaces.v);
}
