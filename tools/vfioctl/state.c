// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records, one file a device in /run/vfioctl, named by its address:
 *
 *   id=8086:10c9
 *   driver=igb
 *
 * A record is for one device, not for a slot: it holds only while the IDs are the same. /run is
 * empty after a boot, and so are the bindings. A record is written before the device is touched and
 * by rename, so that it is there whole or not at all. The folder is root's alone; one that belongs
 * to someone else, or that others can write to, is not used.
 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int state_fd = -1;

static int open_folder(bool make)
{
	struct stat st;
	int run, fd;

	run = sys_open("/run", O_RDONLY | O_DIRECTORY);
	if (run < 0)
		return run;
	if (make && mkdirat(run, "vfioctl", 0700) && errno != EEXIST) {
		fd = -errno;
	} else {
		fd = openat(run, "vfioctl", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	close(run);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH)) {
		close(fd);
		return -EPERM;
	}
	return fd;
}

int state_lock(void)
{
	state_fd = open_folder(true);
	if (state_fd < 0)
		return state_fd;
	return flock(state_fd, LOCK_EX) ? -errno : 0;
}

static void format_id(const struct dev *dev, char id[12])
{
	snprintf(id, 12, "%04x:%04x", dev->vendor, dev->device);
}

int state_save(const struct dev *dev)
{
	char temp[BDF_LEN + 8], id[12];
	int fd, err = 0;

	snprintf(temp, sizeof(temp), ".%s.new", dev->bdf);
	unlinkat(state_fd, temp, 0);	/* left by one that was killed */
	fd = openat(state_fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	format_id(dev, id);
	if (dprintf(fd, "id=%s\ndriver=%s\n", id, dev->driver) < 0)
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && renameat(state_fd, temp, state_fd, dev->bdf))
		err = -errno;
	if (err)
		unlinkat(state_fd, temp, 0);
	return err;
}

int state_load(const struct dev *dev, char driver[SYS_NAME])
{
	char text[SYS_NAME + 32], id[12], *value, *end;
	int folder, len;

	folder = open_folder(false);
	if (folder < 0)
		return -ENOENT;
	len = sys_read(folder, dev->bdf, text, sizeof(text));
	close(folder);
	format_id(dev, id);
	if (len < 0 || strncmp(text, "id=", 3) || strncmp(text + 3, id, strlen(id)))
		return -ENOENT;
	value = strstr(text, "\ndriver=");
	if (!value)
		return -ENOENT;
	value += strlen("\ndriver=");
	end = value + strcspn(value, "\n");
	*end = '\0';
	if (value[0] && !sys_name_ok(value))
		return -ENOENT;
	snprintf(driver, SYS_NAME, "%s", value);
	return 0;
}

void state_forget(const char *bdf)
{
	unlinkat(state_fd, bdf, 0);
}
