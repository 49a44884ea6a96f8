// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a block device below a PCI function in use: mounted, swapped on, or held by another block
 * device (LVM, MD, LUKS). From each mount and swap area the way down leads through "slaves" to the
 * disks, whose sysfs path names the PCI function. A namespace of NVMe multipath is no child of its
 * PCI function: it lies below its subsystem, which lists the controllers.
 *
 * A mount tells one block device; more of them are in its options ("logdev="), and what keeps none
 * there has a list of its own: btrfs in sysfs, jbd2 (ext4, ocfs2) in /proc. These two know mounts
 * of all namespaces.
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

/* A block device that is in use, and by what */
struct used {
	struct uses *uses;
	const struct source *src;
	const char *block;
};

static void note(void *arg, const char *bdf)
{
	const struct used *used = arg;
	const struct source *src = used->src;
	struct uses *uses = used->uses;
	struct finding *f;
	size_t i;

	for (i = 0; i < uses->n; i++) {	/* one mount by two paths tells one thing */
		if (!strcmp(uses->v[i].bdf, bdf) && !strcmp(uses->v[i].what.rule, src->rule))
			return;
	}
	f = guard_add(uses, bdf);
	finding_say(f, src->rule, "%s %s", src->text, used->block);
	finding_fix(f, "%s %s", src->fix_verb, src->where);
}

/* Namespaces "nvme0n1" of a subsystem are reached by its controllers "nvme0", links in its folder.
 */
static void nvme_controllers(const char *target, void (*owner)(void *arg, const char *bdf),
			     void *arg)
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
			owner(arg, bdf);
	}
	closedir(dir);
}

void guard_block_owners(const char *block, void (*owner)(void *arg, const char *bdf), void *arg)
{
	char target[1024], bdf[BDF_LEN];
	int fd, err;

	fd = sys_open(SYS_BLOCK, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return;
	err = sys_target(fd, block, target, sizeof(target));
	close(fd);
	if (err)
		return;
	if (pci_path_owner(target, bdf))
		owner(arg, bdf);
	else if (strstr(target, "/nvme-subsystem/"))
		nvme_controllers(target, owner, arg);
}

/* The disk of a partition has no "slaves"; its path is that of the partition, less one part. */
static void look_below(struct uses *uses, const struct source *src, const char *block, int depth)
{
	struct used used = { uses, src, block };
	char path[SYS_PATH];
	const char *name;
	DIR *dir;

	guard_block_owners(block, note, &used);
	snprintf(path, sizeof(path), SYS_BLOCK "/%.63s/slaves", block);
	dir = depth < MAX_STACK ? sys_opendir(path) : NULL;
	if (!dir)
		return;
	while ((name = sys_next(dir)))
		look_below(uses, src, name, depth + 1);
	closedir(dir);
}

/* The sysfs name of a block device by a link to it. */
static bool name_by_link(const char *folder, const char *name, char *block, size_t size)
{
	int fd = sys_open(folder, O_PATH | O_DIRECTORY), err;

	if (fd < 0)
		return false;
	err = sys_link(fd, name, block, size);
	close(fd);
	return !err;
}

/* The sysfs name of a block device by its number, "259:1"; "0:" has none: tmpfs, proc, btrfs. */
static bool name_by_number(const char *number, char *block, size_t size)
{
	return strncmp(number, "0:", 2) && name_by_link("/sys/dev/block", number, block, size);
}

/*
 * The sysfs name of a node in /dev, or of udev's link to one, as in /dev/disk; /dev/mapper is
 * matched by the name that dm knows.
 */
static bool name_by_node(const char *node, char *block, size_t size)
{
	char path[SYS_PATH], dm_name[256];
	const char *entry;
	bool found = false;
	DIR *dir;

	if (strncmp(node, "/dev/", 5))
		return false;
	snprintf(path, sizeof(path), "%.*s", (int)(strrchr(node, '/') - node), node);
	if (name_by_link(path, strrchr(node, '/') + 1, block, size))
		return true;
	if (strncmp(node, "/dev/mapper/", 12)) {
		snprintf(block, size, "%s", strrchr(node, '/') + 1);
		return true;
	}
	dir = sys_opendir(SYS_BLOCK);
	while (dir && !found && (entry = sys_next(dir))) {
		if (strncmp(entry, "dm-", 3))
			continue;
		snprintf(path, sizeof(path), SYS_BLOCK "/%.63s/dm/name", entry);
		found = sys_read_at(path, dm_name, sizeof(dm_name)) > 0 &&
			!strcmp(dm_name, node + 12);
		if (found)
			snprintf(block, size, "%s", entry);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Further devices that a file system tells among its options: "rw,logdev=/dev/sdb1,noquota". */
static void mount_options(struct uses *uses, const struct source *src, const char *options)
{
	char node[160], block[BLOCK_LEN];
	const char *at = options;

	while ((at = strstr(at, "=/dev/"))) {
		at++;
		snprintf(node, sizeof(node), "%.*s", (int)strcspn(at, ","), at);
		if (name_by_node(node, block, sizeof(block)))
			look_below(uses, src, block, 0);
	}
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
	mount_options(uses, &src, tail);
}

/* All block devices that a folder names; of jbd2 also journals in files, which are no such name. */
static void in_folder(struct uses *uses, const struct source *src, const char *path)
{
	DIR *dir = sys_opendir(path);
	const char *name;

	while (dir && (name = sys_next(dir)))
		look_below(uses, src, name, 0);
	if (dir)
		closedir(dir);
}

/* Each has a folder of its own while it is mounted; other folders there name no devices. */
static void btrfs(struct uses *uses)
{
	char path[SYS_PATH], text[SYS_NAME + 32];
	struct source src = { "guard.mount", "umount", text, "it wherever it is mounted" };
	DIR *dir = sys_opendir("/sys/fs/btrfs");
	const char *name;

	while (dir && (name = sys_next(dir))) {
		snprintf(text, sizeof(text), "btrfs %.63s is mounted from", name);
		snprintf(path, sizeof(path), "/sys/fs/btrfs/%.63s/devices", name);
		in_folder(uses, &src, path);
	}
	if (dir)
		closedir(dir);
}

static void journals(struct uses *uses)
{
	static const struct source src = {
		"guard.mount", "umount", "the journal of a file system lies on", "that file system",
	};

	in_folder(uses, &src, "/proc/fs/jbd2");
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

	snprintf(path, sizeof(path), SYS_BLOCK "/%.63s/holders", block);
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
	btrfs(uses);
	journals(uses);
	dir = sys_opendir(SYS_BLOCK);
	while (dir && (name = sys_next(dir))) {
		holders(uses, name);
		unseen(uses, name, mounts, mount_err);
		unseen(uses, name, swaps, swap_err);
	}
	if (dir)
		closedir(dir);
}
