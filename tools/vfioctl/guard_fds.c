// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has a device open: by its node (/dev/vfio/N, its cdev, /dev/dri/X, a block device below it),
 * or by the file that its group gave, of which Passway's vfio tells in fdinfo which device it is
 * of.
 *
 * On the running system a node is known by its device number: in a container's or libvirt's mount
 * namespace it may have another name, or be removed while it is open. A saved tree has names only.
 *
 * What could not be looked at is a possible user, not none (guard.unseen); only what has gone
 * meanwhile holds nothing. A user that no process's files show, since it lives in another PID
 * namespace or only maps the device, is told by the kernel: vfio-pci enables a device while it is
 * open, and no longer.
 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A device node whose open files are looked for. */
struct node {
	char path[SYS_PATH];
	mode_t type;		/* S_IFCHR, S_IFBLK: their numbers have nothing in common */
	dev_t number;		/* 0 in a saved tree */
	bool device;		/* no node, but the device's own file */
	const char *bdf;
	const char *rule;
	bool seen;		/* open in the process at hand */
};

struct search {
	struct uses *uses;
	struct node *nodes;
	size_t nr_nodes;
	struct unseen unseen;
};

/* What is done with an entry of a folder; @fd is the folder. */
typedef void entry_fn(struct search *search, int fd, const char *path, const char *name, void *arg);

/* Returns 0, or the errno because of which not all entries were seen. */
static int each_entry(struct search *search, const char *path, entry_fn *look, void *arg)
{
	DIR *dir = sys_opendir(path);
	const char *name;
	int err;

	while (dir && (name = sys_next(dir)))
		look(search, dirfd(dir), path, name, arg);
	err = errno;
	if (dir)
		closedir(dir);
	return err;
}

static void note_unless_gone(struct search *search, const char *path, int err)
{
	if (err && !guard_gone(err))
		guard_unseen(&search->unseen, path, err);
}

/* Room for one more, which counts once nr_nodes does */
static struct node *next_node(struct search *search, const struct dev *dev, const char *rule)
{
	struct node *node;

	search->nodes = guard_resize(search->nodes,
				     (search->nr_nodes + 1) * sizeof(*search->nodes));
	node = &search->nodes[search->nr_nodes];
	*node = (struct node){ .bdf = dev->bdf, .rule = rule };
	return node;
}

/* The name of a node is the last part of @sysfs, its folder there; @folder is that of the node. */
static void add_node(struct search *search, const struct dev *dev, const char *rule,
		     const char *sysfs, const char *folder)
{
	struct node *node = next_node(search, dev, rule);
	char path[SYS_PATH], text[32];
	unsigned int major, minor;
	int len;

	snprintf(node->path, sizeof(node->path), "%s/%s", folder, strrchr(sysfs, '/') + 1);
	node->type = strncmp(sysfs, SYS_BLOCK, strlen(SYS_BLOCK)) ? S_IFCHR : S_IFBLK;
	if (sys_is_live()) {
		snprintf(path, sizeof(path), "%.200s/dev", sysfs);
		len = sys_read_at(path, text, sizeof(text));
		if (len == -ENOENT)	/* there is no such node */
			return;
		if (len < 0 || sscanf(text, "%u:%u", &major, &minor) != 2) {
			guard_unseen(&search->unseen, path, len < 0 ? -len : EINVAL);
			return;
		}
		node->number = makedev(major, minor);
	}
	search->nr_nodes++;
}

/* A class folder of a device's own: its entries are the names of nodes in @folder. */
struct class_folder {
	const struct dev *dev;
	const char *class, *rule, *folder;
};

static void add_node_of(struct search *search, int fd, const char *path, const char *name,
			void *class_folder)
{
	const struct class_folder *class = class_folder;
	char sysfs[SYS_PATH];

	(void)fd;
	snprintf(sysfs, sizeof(sysfs), "%.128s/%.64s", path, name);
	add_node(search, class->dev, class->rule, sysfs, class->folder);
}

static void add_nodes_below(struct search *search, struct class_folder class)
{
	char path[SYS_PATH];

	snprintf(path, sizeof(path), SYS_PCI_DEVICES "/%s/%s", class.dev->bdf, class.class);
	note_unless_gone(search, path, each_entry(search, path, add_node_of, &class));
}

/* A block device, and the devices below one of which it may lie */
struct block {
	struct search *search;
	const struct devs *devs;
	const char *name;
};

static void add_block_node(void *arg, const char *bdf)
{
	const struct block *block = arg;
	const struct dev *dev = devs_find(block->devs, bdf);
	char sysfs[SYS_PATH];

	if (!dev)
		return;
	snprintf(sysfs, sizeof(sysfs), SYS_BLOCK "/%.64s", block->name);
	add_node(block->search, dev, "guard.block", sysfs, "/dev");
}

static void look_at_block(struct search *search, int fd, const char *path, const char *name,
			  void *arg)
{
	struct block *block = arg;

	(void)fd;
	(void)path;
	block->search = search;
	block->name = name;
	guard_block_owners(name, add_block_node, block);
}

/* Disks and partitions alike */
static void add_block_nodes(struct search *search, const struct devs *devs)
{
	struct block block = { .devs = devs };

	note_unless_gone(search, SYS_BLOCK, each_entry(search, SYS_BLOCK, look_at_block, &block));
}

static void add_nodes(struct search *search, const struct dev *dev)
{
	static const char *const group_names[] = { "%d", "noiommu-%d" };
	char sysfs[SYS_PATH] = "/sys/class/vfio/";
	size_t i, at = strlen(sysfs);

	add_nodes_below(search, (struct class_folder){ dev, "drm", "guard.drm", "/dev/dri" });
	if (!dev->vfio)
		return;
	*next_node(search, dev, "guard.vfio") = (struct node){
		.path = "the device", .device = true, .bdf = dev->bdf, .rule = "guard.vfio",
	};
	search->nr_nodes++;
	add_nodes_below(search, (struct class_folder){
		dev, "vfio-dev", "guard.vfio", "/dev/vfio/devices",
	});
	for (i = 0; dev->group >= 0 && i < ARRAY_SIZE(group_names); i++) {
		snprintf(sysfs + at, sizeof(sysfs) - at, group_names[i], dev->group);
		add_node(search, dev, "guard.vfio", sysfs, "/dev/vfio");
	}
}

static void note_holder(struct search *search, const struct node *node, const char *pid)
{
	struct finding *f = guard_add(search->uses, node->bdf);
	struct use *use = &search->uses->v[search->uses->n - 1];
	char path[SYS_PATH];

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	if (sys_read_at(path, use->command, sizeof(use->command)) < 0)
		strcpy(use->command, "?");
	use->pid = atoi(pid);
	finding_say(f, node->rule, "process %s (%s) has %s open", pid, use->command, node->path);
	finding_fix(f, "end process %s, or make it let go of the device", pid);
}

/* What an fd leads to: a device number, or, in a saved tree, a name; or a device's own file. */
struct opened {
	mode_t type;
	dev_t number;
	char path[SYS_PATH];
	char bdf[BDF_LEN];
};

/* The name, where it is not too long for one that matters */
static int look_at_name(int dir, const char *fd_name, struct opened *opened)
{
	int err = sys_target(dir, fd_name, opened->path, sizeof(opened->path));

	if (err == -E2BIG)	/* longer than any node's */
		opened->path[0] = '\0';
	return err == -E2BIG ? 0 : -err;
}

static int look_at_fd(int dir, const char *fd_name, struct opened *opened)
{
	struct statx st;

	*opened = (struct opened){ 0 };
	if (!sys_is_live())
		return look_at_name(dir, fd_name, opened);
	/* Nothing is asked for: FUSE refuses more even to root, and what we want comes anyhow. */
	if (statx(dir, fd_name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, 0, &st))
		return errno;
	if (st.stx_mask & STATX_TYPE && (S_ISCHR(st.stx_mode) || S_ISBLK(st.stx_mode))) {
		opened->type = st.stx_mode & S_IFMT;
		opened->number = makedev(st.stx_rdev_major, st.stx_rdev_minor);
	}
	/* Only files without an inode of their own have no type */
	return st.stx_mode & S_IFMT ? 0 : look_at_name(dir, fd_name, opened);
}

/* Which device's it is, if it is one's; @fds is the folder that it is in. */
static void look_at_device(const char *fds, const char *fd_name, struct opened *opened)
{
	static const char key[] = "vfio-device-syspath:";
	char path[SYS_PATH], text[1024];
	const char *at;

	if (strcmp(opened->path, "anon_inode:[vfio-device]"))
		return;
	snprintf(path, sizeof(path), "%.128sinfo/%.16s", fds, fd_name);
	if (sys_read_at(path, text, sizeof(text)) < 0)
		return;
	at = strstr(text, key);
	if (!at)
		return;
	at += strlen(key);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, "\n"), at);
	at = strrchr(path, '/');
	snprintf(opened->bdf, sizeof(opened->bdf), "%.*s", BDF_LEN - 1, at ? at + 1 : "");
}

static bool is_node(const struct opened *opened, const struct node *node)
{
	if (node->device || opened->bdf[0])
		return node->device && !strcmp(opened->bdf, node->bdf);
	if (!node->number)
		return !strcmp(opened->path, node->path);
	return opened->type == node->type && opened->number == node->number;
}

/* One use a process and node, however many fds it has on it. */
static void note_nodes(struct search *search, const char *pid, const struct opened *opened)
{
	struct node *node;

	for (node = search->nodes; node < search->nodes + search->nr_nodes; node++) {
		if (node->seen || !is_node(opened, node))
			continue;
		node->seen = true;
		note_holder(search, node, pid);
	}
}

/* The fds of a process or thread; @err is the last that could not be looked at. */
struct fds {
	const char *pid;
	int err;
};

static void scan_fd(struct search *search, int dir, const char *path, const char *name, void *arg)
{
	struct fds *fds = arg;
	struct opened opened;
	int err = look_at_fd(dir, name, &opened);

	if (err) {
		if (!guard_gone(err))
			fds->err = err;
		return;
	}
	look_at_device(path, name, &opened);
	note_nodes(search, fds->pid, &opened);
}

static void scan_fds(struct search *search, const char *pid, const char *path)
{
	struct fds fds = { .pid = pid };
	int err = each_entry(search, path, scan_fd, &fds);

	note_unless_gone(search, path, err ? err : fds.err);
}

static bool shares_files(const char *pid, const char *tid)
{
	return sys_is_live() &&
	       !syscall(SYS_kcmp, (pid_t)atoi(pid), (pid_t)atoi(tid), KCMP_FILES, 0ul, 0ul);
}

static void scan_thread(struct search *search, int dir, const char *tasks, const char *tid,
			void *pid)
{
	char path[SYS_PATH];

	(void)dir;
	if (!strcmp(tid, pid) || shares_files(pid, tid))
		return;
	snprintf(path, sizeof(path), "%.64s/%.16s/fd", tasks, tid);
	scan_fds(search, pid, path);
}

/* A thread may have open files of its own, and outlive the first thread, which then has none. */
static void scan_process(struct search *search, int dir, const char *proc, const char *name,
			 void *unused)
{
	char path[SYS_PATH], pid[SYS_NAME];
	size_t i;

	(void)dir;
	(void)unused;
	if (name[strspn(name, "0123456789")])
		return;
	for (i = 0; i < search->nr_nodes; i++)
		search->nodes[i].seen = false;
	snprintf(pid, sizeof(pid), "%.16s", name);
	snprintf(path, sizeof(path), "%s/%s/fd", proc, pid);
	scan_fds(search, pid, path);
	snprintf(path, sizeof(path), "%s/%s/task", proc, pid);
	note_unless_gone(search, path, each_entry(search, path, scan_thread, pid));
}

static void scan_processes(struct search *search)
{
	int err = each_entry(search, "/proc", scan_process, NULL);

	if (err)	/* without it there is nobody to be seen */
		guard_unseen(&search->unseen, "/proc", err);
}

static bool has_holder(const struct uses *uses, const struct dev *dev)
{
	size_t i;

	for (i = 0; i < uses->n; i++) {
		if (!strcmp(uses->v[i].bdf, dev->bdf) &&
		    !strcmp(uses->v[i].what.rule, "guard.vfio"))
			return true;
	}
	return false;
}

/* Variant drivers may have reasons of their own to enable a device. */
static void say_enabled(struct search *search, const struct dev *dev)
{
	unsigned int enabled = 0;
	struct finding *f;
	int fd;

	if (strcmp(dev->driver, VFIO_PCI_DRIVER) || has_holder(search->uses, dev))
		return;
	fd = dev_open(dev->bdf);
	if (fd < 0)
		return;
	if (!sys_read_uint(fd, "enable", &enabled) && enabled) {
		f = guard_add(search->uses, dev->bdf);
		finding_say(f, "guard.vfio", "it is enabled, as it is while a process uses it, "
			    "though none is seen that has its group open");
		finding_fix(f, "look for a virtual machine in another container, or for a process "
			    "with an open anon_inode:[vfio-device]");
	}
	close(fd);
}

void guard_fds(struct uses *uses, const struct devs *devs)
{
	struct search search = { .uses = uses };
	const struct dev *dev;

	for_each_dev(dev, devs)
		add_nodes(&search, dev);
	add_block_nodes(&search, devs);
	if (search.nr_nodes)
		scan_processes(&search);
	for_each_dev(dev, devs) {
		guard_say_unseen(uses, dev->bdf, "who has it open", &search.unseen);
		say_enabled(&search, dev);
	}
	free(search.nodes);
}
