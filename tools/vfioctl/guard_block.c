// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a block device below a PCI function in use: mounted, swapped on, or held by another block
 * device (LVM, MD, LUKS). From each mount and swap area the way down leads through "slaves" to the
 * disks, whose sysfs path names the PCI function. A namespace of NVMe multipath is no child of its
 * PCI function: it lies below its subsystem, which lists the controllers.
 *
 * A list of mounts or swap areas that cannot be read may name any block device. A kernel without
 * swap has no list of it.
 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_LEN 64
#define MAX_STACK 8	/* deeper stacks of dm and md are not followed */

/* What is being looked into: the same sentence for each device found below. */
struct source {
	const char *rule, *fix_verb;
	const char *text;	/* "/srv is mounted from", "swap lies on" */
	const char *where;	/* operand of the command that mends it */
};

static void note(struct uses *uses, const struct source *src, const char *bdf, const char *block)
{
	struct finding *f;
	size_t i;

	for (i = 0; i < uses->n; i++) {	/* one mount by two paths tells one thing */
		if (!strcmp(uses->v[i].bdf, bdf) && !strcmp(uses->v[i].what.rule, src->rule))
			return;
	}
	f = guard_add(uses, bdf);
	finding_say(f, src->rule, "%s %s", src->text, block);
	finding_fix(f, "%s %s", src->fix_verb, src->where);
}

/* Namespaces "nvme0n1" of a subsystem are reached by its controllers "nvme0", links in its folder.
 */
static void nvme_controllers(struct uses *uses, const struct source *src, const char *target,
			     const char *block)
{
	const char *at = strstr(target, "/nvme-subsys");
	char path[SYS_PATH], link[1024], bdf[BDF_LEN];
	const char *name;
	DIR *dir;

	at = at ? strstr(at + 1, "/nvme-subsys") : NULL; /* ".../nvme-subsystem/nvme-subsys0/..." */
	if (!at)
		return;
	snprintf(path, sizeof(path), "/sys/class/nvme-subsystem/%.*s", (int)strcspn(at + 1, "/"),
		 at + 1);
	dir = sys_opendir(path);
	if (!dir)
		return;
	while ((name = sys_next(dir))) {
		if (!strncmp(name, "nvme", 4) && !strchr(name + 4, 'n') &&
		    !sys_target(dirfd(dir), name, link, sizeof(link)) && pci_path_owner(link, bdf))
			note(uses, src, bdf, block);
	}
	closedir(dir);
}

/* The disk of a partition has no "slaves"; its path is that of the partition, less one part. */
static void look_below(struct uses *uses, const struct source *src, const char *block, int depth)
{
	char path[SYS_PATH], target[1024], bdf[BDF_LEN];
	const char *name;
	int fd, err;
	DIR *dir;

	fd = sys_open("/sys/class/block", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return;
	err = sys_target(fd, block, target, sizeof(target));
	close(fd);
	if (err)
		return;
	if (pci_path_owner(target, bdf))
		note(uses, src, bdf, block);
	else if (strstr(target, "/nvme-subsystem/"))
		nvme_controllers(uses, src, target, block);
	snprintf(path, sizeof(path), "/sys/class/block/%.63s/slaves", block);
	dir = depth < MAX_STACK ? sys_opendir(path) : NULL;
	if (!dir)
		return;
	while ((name = sys_next(dir)))
		look_below(uses, src, name, depth + 1);
	closedir(dir);
}

/* The sysfs name of a block device by its number, "259:1". */
static bool name_by_number(const char *number, char *block, size_t size)
{
	int fd, err;

	if (!strncmp(number, "0:", 2))
		return false;	/* no block device: tmpfs, proc, btrfs */
	fd = sys_open("/sys/dev/block", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return false;
	err = sys_link(fd, number, block, size);
	close(fd);
	return !err;
}

/* The sysfs name of a node in /dev; /dev/mapper is matched by the name that dm knows. */
static bool name_by_node(const char *node, char *block, size_t size)
{
	char path[SYS_PATH], dm_name[256];
	const char *entry;
	bool found = false;
	DIR *dir;

	if (strncmp(node, "/dev/", 5))
		return false;
	if (strncmp(node, "/dev/mapper/", 12)) {
		snprintf(block, size, "%s", strrchr(node, '/') + 1);
		return true;
	}
	dir = sys_opendir("/sys/class/block");
	while (dir && !found && (entry = sys_next(dir))) {
		if (strncmp(entry, "dm-", 3))
			continue;
		snprintf(path, sizeof(path), "/sys/class/block/%.63s/dm/name", entry);
		found = sys_read_at(path, dm_name, sizeof(dm_name)) > 0 &&
			!strcmp(dm_name, node + 12);
		if (found)
			snprintf(block, size, "%s", entry);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* proc(5): "36 35 98:0 /root /mount options ... - type source superoptions" */
static void mount_line(void *uses, char *line)
{
	char number[24], where[160], node[160], block[BLOCK_LEN], text[200];
	struct source src = { "guard.mount", "umount", text, where };
	const char *tail = strstr(line, " - ");

	if (!tail || sscanf(line, "%*s %*s %23s %*s %159s", number, where) != 2 ||
	    sscanf(tail, " - %*s %159s", node) != 1)
		return;
	if (!name_by_number(number, block, sizeof(block)) &&
	    !name_by_node(node, block, sizeof(block)))
		return;
	snprintf(text, sizeof(text), "%s is mounted from", where);
	look_below(uses, &src, block, 0);
}

static void swap_line(void *uses, char *line)
{
	char node[160], block[BLOCK_LEN];
	struct source src = { "guard.swap", "swapoff", "swap lies on", node };

	if (sscanf(line, "%159s", node) == 1 && name_by_node(node, block, sizeof(block)))
		look_below(uses, &src, block, 0);
}

/* A disk or partition under dm or md is in use even if nothing is mounted. */
static void holders(struct uses *uses, const char *block)
{
	struct source src = { "guard.holder", "close or stop", NULL, NULL };
	char path[SYS_PATH], text[BLOCK_LEN + 16];
	const char *name;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/class/block/%.63s/holders", block);
	dir = sys_opendir(path);
	name = dir ? sys_next(dir) : NULL;
	if (name) {
		snprintf(text, sizeof(text), "%.63s is built on", name);
		src.text = text;
		src.where = name;
		look_below(uses, &src, block, MAX_STACK);
	}
	if (dir)
		closedir(dir);
}

/* The file of @err cannot be read. */
static void unseen(struct uses *uses, const char *block, const char *file, int err)
{
	struct source src = { "guard.unseen", "run it as", NULL, "root" };
	char text[160];

	if (!err)
		return;
	snprintf(text, sizeof(text), "%s cannot be read (%s), which may name", file, strerror(err));
	src.text = text;
	look_below(uses, &src, block, MAX_STACK);
}

void guard_block(struct uses *uses)
{
	static const char mounts[] = "/proc/self/mountinfo", swaps[] = "/proc/swaps";
	int mount_err = sys_each_line(mounts, mount_line, uses);
	int swap_err = sys_each_line(swaps, swap_line, uses);
	const char *name;
	DIR *dir;

	if (swap_err == ENOENT)
		swap_err = 0;
	dir = sys_opendir("/sys/class/block");
	while (dir && (name = sys_next(dir))) {
		holders(uses, name);
		unseen(uses, name, mounts, mount_err);
		unseen(uses, name, swaps, swap_err);
	}
	if (dir)
		closedir(dir);
}
