/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to sysfs, /proc and /run below one root folder. See sysfs.c. */
#ifndef VFIOCTL_SYSFS_H
#define VFIOCTL_SYSFS_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#define SYS_NAME 64	/* longest driver, module or group name we handle, with its NUL */
#define SYS_PATH 256

/** sys_init - choose the folder that stands for "/"; returns 0 or -errno */
int sys_init(const char *root);

/** sys_is_live - true if the root is the running system's own */
bool sys_is_live(void);

/** sys_root - the root as given, "" for the running system */
const char *sys_root(void);

/** sys_open - open an absolute path below the root; returns an fd or -errno */
int sys_open(const char *path, int flags);

/** sys_opendir - directory stream of an absolute path; NULL with errno set */
DIR *sys_opendir(const char *path);

/** sys_next - next entry of a directory other than those that begin with a dot; NULL at its end
 * with errno 0, or with errno set */
const char *sys_next(DIR *dir);

/** sys_exists - whether an absolute path leads somewhere below the root */
bool sys_exists(const char *path);

/**
 * sys_read - read a small attribute, without the white space at its end
 * @dirfd: directory, from sys_open()
 * Returns its length, or -errno (-E2BIG when it does not fit).
 */
int sys_read(int dirfd, const char *name, char *buf, size_t size);

/** sys_read_at - likewise, by absolute path */
int sys_read_at(const char *path, char *buf, size_t size);

/** sys_read_uint - read an unsigned number in C notation; 0 or -errno */
int sys_read_uint(int dirfd, const char *name, unsigned int *value);

/** sys_link - the last component of a symbolic link's target; 0 or -errno */
int sys_link(int dirfd, const char *name, char *buf, size_t size);

/** sys_target - the whole target of a symbolic link; 0 or -errno */
int sys_target(int dirfd, const char *name, char *buf, size_t size);

/** sys_slurp - a whole file as a string to be freed, or NULL with errno set */
char *sys_slurp(const char *path);

/** sys_each_line - call @line for each line of a file that is not empty; 0 or an errno */
int sys_each_line(const char *path, void (*line)(void *arg, char *text), void *arg);

/** sys_write - write one line to an attribute with one write(2); 0 or -errno */
int sys_write(const char *path, const char *line);

/** sys_name_ok - whether @name can be one component of a path, and is short enough */
bool sys_name_ok(const char *name);

#endif
