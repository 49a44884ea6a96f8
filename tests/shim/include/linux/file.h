/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_FILE_H
#define SHIM_LINUX_FILE_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/fs.h>

struct fd { struct file *file; };
#define fd_file(f) ((f).file)
#define fd_empty(f) (!(f).file)

struct file *fget(unsigned int fd);
void fput(struct file *file);
struct file *get_file(struct file *file);
bool get_file_active(struct file **file);
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);

static inline struct fd fdget(unsigned int fd)
{
	return (struct fd){ fget(fd) };
}

static inline void fdput(struct fd f)
{
	if (f.file)
		fput(f.file);
}

DEFINE_CLASS(fd, struct fd, fdput(_T), fdget(fd), int fd)
DEFINE_FREE(fput, struct file *, if (!IS_ERR_OR_NULL(_T)) fput(_T))
DEFINE_CLASS(get_unused_fd, int, if (_T >= 0) put_unused_fd(_T), get_unused_fd_flags(flags),
	     unsigned int flags)
#define take_fd(fd) __get_and_null(fd, -EBADF)

#endif
