// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFs of a PF, by sysfs: made through sriov_numvfs, and ready when each is bound to vfio-pci, which
 * vfio-pci sees to by itself, and its group can be opened.
 */
#include "pfvf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES	"/sys/bus/pci/devices/"
#define POLL_MS	50

/* The number of VFs, or -errno */
static int vfs_count(const char *pf)
{
	char path[PATH_MAX];
	FILE *file;
	int num;

	snprintf(path, sizeof(path), DEVICES "%s/sriov_numvfs", pf);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (fscanf(file, "%d", &num) != 1)
		num = -EIO;
	fclose(file);
	return num;
}

/* 0, or -errno of whoever carries it out */
static int vfs_set(const char *pf, unsigned int num)
{
	char path[PATH_MAX], text[16];
	int fd, len, ret;

	snprintf(path, sizeof(path), DEVICES "%s/sriov_numvfs", pf);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = snprintf(text, sizeof(text), "%u", num);
	ret = write(fd, text, len) == len ? 0 : -errno;
	close(fd);
	return ret;
}

/* The last part of what a link of the device leads to */
static bool link_name(const char *device, const char *link, char *name, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *base;
	ssize_t len;

	snprintf(path, sizeof(path), DEVICES "%s/%s", device, link);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	return (size_t)snprintf(name, size, "%s", base) < size;
}

static bool is_ours(const char *device)
{
	char driver[32], group[16], node[64];

	if (!link_name(device, "driver", driver, sizeof(driver)) || strcmp(driver, "vfio-pci") ||
	    !link_name(device, "iommu_group", group, sizeof(group)))
		return false;
	snprintf(node, sizeof(node), "/dev/vfio/%s", group);
	return !access(node, R_OK | W_OK);
}

static bool vfs_ready(const char *pf, unsigned int num, struct vf_list *vfs)
{
	for (unsigned int i = 0; i < num; i++) {
		char link[32];

		snprintf(link, sizeof(link), "virtfn%u", i);
		if (!link_name(pf, link, vfs->name[i], NAME_SIZE) || !is_ours(vfs->name[i]))
			return false;
	}
	vfs->num = num;
	return num >= 2;
}

/* Until all are there, or a signal asks to end */
static int vfs_await(const char *pf, struct vf_list *vfs)
{
	bool told = false;
	int num;

	for (;;) {
		num = vfs_count(pf);
		if (num < 0 || num > VFS_MAX)
			break;
		if (vfs_ready(pf, num, vfs))
			return 0;
		if (!told)
			printf("waiting for two VFs of %s or more, bound to vfio-pci\n", pf);
		told = true;
		if (ask_signal(POLL_MS))
			return EXIT_BROKEN;
	}
	complain("%s: %s", pf, num < 0 ? strerror(-num) : "more VFs than this program has room for");
	return EXIT_BROKEN;
}

/*
 * @wanted VFs, or those that there are or will be if it is 0. @made is set when they are to be
 * removed. An exit code.
 */
int vfs_prepare(const char *pf, unsigned int wanted, struct vf_list *vfs, bool *made)
{
	int ret;

	*made = false;
	if (!is_ours(pf)) {
		complain("%s is not bound to vfio-pci, or its group cannot be opened", pf);
		return EXIT_BROKEN;
	}
	if (wanted) {
		ret = vfs_set(pf, wanted);
		if (ret) {
			complain("%s: %u VFs: %s", pf, wanted, strerror(-ret));
			return EXIT_BROKEN;
		}
		*made = true;
	}
	return vfs_await(pf, vfs);
}

void vfs_remove(const char *pf)
{
	int ret = vfs_set(pf, 0);

	if (ret)
		complain("%s: its VFs stay: %s", pf, strerror(-ret));
}
