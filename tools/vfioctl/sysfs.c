// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every look at the system goes through here, relative to one root folder, so that vfioctl works on
 * a saved tree just as on the running system. Paths are resolved by openat2(RESOLVE_IN_ROOT): no
 * symbolic link in a saved tree leads out of it. Attributes are opened with O_NOFOLLOW: in sysfs
 * they are plain files, and a link in their place is a trap.
 */
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLURP_MAX (16u << 20)	/* no /proc file that we read comes near to it */

static int root_fd = -1;
static const char *root_path = "";

int sys_init(const char *root)
{
	bool live = !root[0] || !strcmp(root, "/");

	root_fd = open(live ? "/" : root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0)
		return -errno;
	root_path = live ? "" : root;
	return 0;
}

bool sys_is_live(void)
{
	return !root_path[0];
}

const char *sys_root(void)
{
	return root_path;
}

/*
 * Within a root the kernel gives up with EAGAIN when anything is renamed or mounted anywhere while
 * it follows "..": openat2(2) says to try again. The system's own root needs no such care.
 */
int sys_open(const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS | (sys_is_live() ? 0 : RESOLVE_IN_ROOT),
	};
	int tries = 1000;
	long fd;

	do {
		fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
	} while (fd < 0 && errno == EAGAIN && --tries);
	return fd < 0 ? -errno : (int)fd;
}

DIR *sys_opendir(const char *path)
{
	int fd = sys_open(path, O_RDONLY | O_DIRECTORY);
	DIR *dir;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

const char *sys_next(DIR *dir)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(dir);
	} while (entry && entry->d_name[0] == '.');
	return entry ? entry->d_name : NULL;
}

bool sys_exists(const char *path)
{
	int fd = sys_open(path, O_PATH);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Takes over @fd. */
static int read_and_close(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t got;
	int err = 0;

	while (len < size && (got = read(fd, buf + len, size - len)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err = -errno;
			break;
		}
		len += (size_t)got;
	}
	close(fd);
	if (err)
		return err;
	if (len == size)
		return -E2BIG;
	while (len && strchr(" \t\n", buf[len - 1]))
		len--;
	buf[len] = '\0';
	return (int)len;
}

int sys_read(int dirfd, const char *name, char *buf, size_t size)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : read_and_close(fd, buf, size);
}

int sys_read_at(const char *path, char *buf, size_t size)
{
	int fd = sys_open(path, O_RDONLY);

	return fd < 0 ? fd : read_and_close(fd, buf, size);
}

int sys_read_uint(int dirfd, const char *name, unsigned int *value)
{
	char buf[32], *end;
	unsigned long v;
	int len = sys_read(dirfd, name, buf, sizeof(buf));

	if (len < 0)
		return len;
	errno = 0;
	v = strtoul(buf, &end, 0);
	if (!len || *end || errno || v > UINT_MAX || buf[0] == '-')
		return -EINVAL;
	*value = (unsigned int)v;
	return 0;
}

int sys_target(int dirfd, const char *name, char *buf, size_t size)
{
	ssize_t len = readlinkat(dirfd, name, buf, size);

	if (len < 0)
		return -errno;
	if ((size_t)len == size)
		return -E2BIG;
	buf[len] = '\0';
	return 0;
}

int sys_link(int dirfd, const char *name, char *buf, size_t size)
{
	char target[PATH_MAX];
	const char *last;
	int err = sys_target(dirfd, name, target, sizeof(target));

	if (err)
		return err;
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (strlen(last) >= size)
		return -E2BIG;
	strcpy(buf, last);
	return 0;
}

char *sys_slurp(const char *path)
{
	size_t size = 4096;
	char *buf = NULL, *bigger;
	int len;

	for (; size <= SLURP_MAX; size *= 4) {
		bigger = realloc(buf, size);
		if (!bigger) {
			len = -ENOMEM;
			break;
		}
		buf = bigger;
		len = sys_read_at(path, buf, size);
		if (len >= 0)
			return buf;
		if (len != -E2BIG)
			break;
	}
	free(buf);
	errno = -len;
	return NULL;
}

int sys_each_line(const char *path, void (*line)(void *arg, char *text), void *arg)
{
	char *text = sys_slurp(path), *save = NULL, *at;

	if (!text)
		return errno;
	for (at = strtok_r(text, "\n", &save); at; at = strtok_r(NULL, "\n", &save))
		line(arg, at);
	free(text);
	return 0;
}

int sys_write(const char *path, const char *line)
{
	char buf[SYS_PATH];
	int len = snprintf(buf, sizeof(buf), "%s\n", line);
	int fd, err = 0;
	ssize_t put;

	if (len < 0 || (size_t)len >= sizeof(buf))
		return -E2BIG;
	fd = sys_open(path, O_WRONLY | O_NOFOLLOW);
	if (fd < 0)
		return fd;
	put = write(fd, buf, (size_t)len);
	if (put < 0)
		err = -errno;
	else if (put != len)
		err = -EIO;
	close(fd);
	return err;
}

bool sys_name_ok(const char *name)
{
	return name[0] && name[0] != '.' && strlen(name) < SYS_NAME && !strpbrk(name, "/\n");
}
