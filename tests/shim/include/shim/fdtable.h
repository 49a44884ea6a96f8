/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls on files, as the current task makes them. The last reference to a file
 * is dropped at the end of a system call, as the kernel does it: its release never runs
 * under a lock of the caller.
 */
#ifndef SHIM_FDTABLE_H
#define SHIM_FDTABLE_H

#include <linux/types.h>

struct file;
struct shim_fdtable;
struct task_struct;

struct shim_fdtable *shim_fdtable_new(void);
void shim_fdtable_free(struct shim_fdtable *table);

/** shim_open() - open a device node by its name below /dev ("vfio/vfio"); fd or -errno. */
int shim_open(const char *name);
/** shim_close() - 0 or -errno. */
int shim_close(int fd);
/** shim_dup() - the same file under another number, also in another task. */
int shim_dup(int fd, struct task_struct *to);
long shim_ioctl(int fd, unsigned int cmd, void *user_arg);
/* On from where the file is; one of FMODE_STREAM has no position, and refuses those that have. */
ssize_t shim_read(int fd, void *user, size_t n);
ssize_t shim_write(int fd, const void *user, size_t n);
ssize_t shim_pread(int fd, void *user, size_t n, loff_t at);
ssize_t shim_pwrite(int fd, const void *user, size_t n, loff_t at);
/** shim_poll() - what poll() says at once, 0 if it would wait. */
unsigned int shim_poll(int fd);
/** shim_mmap_fd() - mmap() at @vaddr with @vm_flags; 0 or -errno. */
int shim_mmap_fd(int fd, unsigned long vaddr, size_t length, unsigned long vm_flags, loff_t at);
/** shim_plain_fd() - a file that is of no use to anybody. */
int shim_plain_fd(void);
/** shim_node_exists() - whether shim_open() would find the node. */
bool shim_node_exists(const char *name);
/** shim_run_fputs() - release the files whose last reference was dropped in this thread. */
void shim_run_fputs(void);

/** shim_eventfd() - a new eventfd, as a descriptor. */
int shim_eventfd(void);
/** shim_eventfd_count() - its counter, which is then 0. */
u64 shim_eventfd_count(int fd);
/** shim_eventfd_write() - as user space signals it. */
void shim_eventfd_write(int fd);

#endif
