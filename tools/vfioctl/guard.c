// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guards: a device that the host uses is not taken away from it without --force.
 *
 *   guard.route, guard.address, guard.master    guard_net.c
 *   guard.mount, guard.swap, guard.holder       guard_block.c
 *   guard.display, guard.drm, guard.vfio, guard.vfs   here
 *
 * Each looks from the side of the use (routes, mounts, open files) to the device, because uses are
 * few and each tells where it leads; a device does not tell who uses it. What another network
 * namespace uses is not seen: sysfs hides its interfaces.
 */
#include "guard.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct finding *guard_add(struct uses *uses, const char *bdf)
{
	struct use *bigger;

	if (!(uses->n & (uses->n - 1))) {
		bigger = realloc(uses->v, (uses->n ? uses->n * 2 : 1) * sizeof(*bigger));
		if (!bigger) {
			/* A guard that is not seen would be a guard that does not hold. */
			fputs("vfioctl: out of memory\n", stderr);
			exit(RC_KERNEL);
		}
		uses->v = bigger;
	}
	memset(&uses->v[uses->n], 0, sizeof(*uses->v));
	snprintf(uses->v[uses->n].bdf, BDF_LEN, "%s", bdf);
	return &uses->v[uses->n++].what;
}

bool guard_class_owner(const char *class, const char *name, char bdf[BDF_LEN])
{
	char path[SYS_PATH], target[1024];
	int fd, err;

	snprintf(path, sizeof(path), "/sys/class/%s", class);
	fd = sys_open(path, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return false;
	err = sys_target(fd, name, target, sizeof(target));
	close(fd);
	return !err && pci_path_owner(target, bdf);
}

void guard_static(struct uses *uses)
{
	guard_net(uses);
	guard_block(uses);
}

static void guard_display(struct uses *uses, const struct dev *dev)
{
	struct finding *f;

	if (!dev->boot_vga || dev->vfio)
		return;
	f = guard_add(uses, dev->bdf);
	finding_say(f, "guard.display", "it is the display that the firmware and the console use");
	finding_fix(f, "choose another display in the firmware's set-up, or go without");
}

/* The PF's driver takes its VFs away when it goes, whoever holds them. One is reason enough. */
static void guard_vfs(struct uses *uses, const struct dev *pf)
{
	char bdf[BDF_LEN], driver[SYS_NAME];
	struct finding *f;
	unsigned int i;
	int vf, err;

	for (i = 0; i < pf->numvfs; i++) {
		vf = dev_open_vf(pf, i, bdf);
		if (vf < 0)
			continue;
		err = sys_link(vf, "driver", driver, sizeof(driver));
		close(vf);
		if (err)
			continue;
		f = guard_add(uses, pf->bdf);
		finding_say(f, "guard.vfs",
			    "its virtual function %s is held by %s and would vanish", bdf, driver);
		if (!strcmp(driver, VFIO_PCI_DRIVER))
			finding_fix(f, "vfioctl unbind %s", bdf);
		else
			finding_fix(f, "echo 0 > " SYS_PCI_DEVICES "/%s/sriov_numvfs", pf->bdf);
		return;
	}
}

void guard_devs(struct uses *uses, const struct devs *devs)
{
	const struct dev *dev;

	for_each_dev(dev, devs) {
		guard_display(uses, dev);
		guard_vfs(uses, dev);
	}
}

/* A device node whose open files are looked for. */
struct node {
	char path[SYS_PATH];
	const char *bdf;
	const char *rule;
};

struct nodes {
	struct node *v;
	size_t n;
};

static void add_node(struct nodes *nodes, const char *bdf, const char *rule, const char *folder,
		     const char *name)
{
	struct node *bigger = realloc(nodes->v, (nodes->n + 1) * sizeof(*bigger));
	struct node *node;

	if (!bigger) {
		fputs("vfioctl: out of memory\n", stderr);
		exit(RC_KERNEL);
	}
	nodes->v = bigger;
	node = &bigger[nodes->n++];
	snprintf(node->path, sizeof(node->path), "/dev/%s/%s", folder, name);
	node->bdf = bdf;
	node->rule = rule;
}

/* Each entry of a device's own class folder is the name of a node in @folder of /dev. */
static void add_nodes_below(struct nodes *nodes, const struct dev *dev, const char *class,
			    const char *rule, const char *folder)
{
	char path[SYS_PATH];
	const char *name;
	DIR *dir;

	snprintf(path, sizeof(path), SYS_PCI_DEVICES "/%s/%s", dev->bdf, class);
	dir = sys_opendir(path);
	if (!dir)
		return;
	while ((name = sys_next(dir)))
		add_node(nodes, dev->bdf, rule, folder, name);
	closedir(dir);
}

static void collect_nodes(struct nodes *nodes, const struct devs *devs)
{
	const struct dev *dev;
	char group[16];

	for_each_dev(dev, devs) {
		add_nodes_below(nodes, dev, "drm", "guard.drm", "dri");
		if (!dev->vfio)
			continue;
		snprintf(group, sizeof(group), "%d", dev->group);
		add_node(nodes, dev->bdf, "guard.vfio", "vfio", group);
		add_nodes_below(nodes, dev, "vfio-dev", "guard.vfio", "vfio/devices");
	}
}

static void note_holder(struct uses *uses, const struct node *node, const char *pid)
{
	char path[SYS_PATH], comm[32];
	struct finding *f = guard_add(uses, node->bdf);

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	if (sys_read_at(path, comm, sizeof(comm)) < 0)
		strcpy(comm, "?");
	finding_say(f, node->rule, "process %s (%s) has %s open", pid, comm, node->path);
	finding_fix(f, "end process %s, or make it let go of the device", pid);
}

/* One use a process and node, however many fds it has on it. */
static void scan_process(struct uses *uses, const struct nodes *nodes, const char *pid, bool *seen)
{
	char path[SYS_PATH], target[SYS_PATH];
	const char *fd_name;
	DIR *dir;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = sys_opendir(path);
	if (!dir)
		return;
	memset(seen, 0, nodes->n * sizeof(*seen));
	while ((fd_name = sys_next(dir))) {
		if (sys_target(dirfd(dir), fd_name, target, sizeof(target)) || target[0] != '/')
			continue;
		for (i = 0; i < nodes->n; i++) {
			if (seen[i] || strcmp(target, nodes->v[i].path))
				continue;
			seen[i] = true;
			note_holder(uses, &nodes->v[i], pid);
		}
	}
	closedir(dir);
}

void guard_fds(struct uses *uses, const struct devs *devs)
{
	struct nodes nodes = { 0 };
	const char *pid;
	bool *seen;
	DIR *proc;

	collect_nodes(&nodes, devs);
	seen = calloc(nodes.n + 1, sizeof(*seen));
	proc = nodes.n && seen ? sys_opendir("/proc") : NULL;
	if (proc) {
		while ((pid = sys_next(proc))) {
			if (pid[strspn(pid, "0123456789")] == '\0')
				scan_process(uses, &nodes, pid, seen);
		}
		closedir(proc);
	}
	free(seen);
	free(nodes.v);
}

const struct use *guard_first(const struct uses *uses, const char *bdf)
{
	size_t i;

	for (i = 0; i < uses->n; i++) {
		if (!strcmp(uses->v[i].bdf, bdf))
			return &uses->v[i];
	}
	return NULL;
}

void guard_free(struct uses *uses)
{
	free(uses->v);
	*uses = (struct uses){ 0 };
}
