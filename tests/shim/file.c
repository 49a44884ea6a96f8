// SPDX-License-Identifier: GPL-2.0-only
/* Files, tables of descriptors, and system calls on them; see shim/fdtable.h. */
#include <stdlib.h>

#include <linux/anon_inodes.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <shim/fault.h>
#include <shim/fdtable.h>
#include <shim/mm.h>
#include <shim/node.h>

#define MAX_FD 256
#define RESERVED ((struct file *)1)

struct shim_fdtable { struct file *file[MAX_FD]; };

static _Thread_local struct file *put_files;
static _Thread_local unsigned int syscalls;
/* A test may hold locks of others while it makes a system call. */
static _Thread_local unsigned int held_before;

/* Inodes */

struct inode *alloc_anon_inode(struct super_block *sb)
{
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	atomic_set(&inode->refs, 1);
	inode->i_data.host = inode;
	inode->i_mapping = &inode->i_data;
	inode->i_sb = sb;
	return inode;
}

void ihold(struct inode *inode)
{
	atomic_inc(&inode->refs);
}

struct inode *igrab(struct inode *inode)
{
	ihold(inode);
	return inode;
}

void iput(struct inode *inode)
{
	if (inode && atomic_dec_and_test(&inode->refs))
		kfree(inode);
}

/* Files */

struct file *shim_file_new(const struct file_operations *fops, void *priv, struct inode *inode,
			   int flags)
{
	static const fmode_t access[] = {
		[O_RDONLY] = FMODE_READ,
		[O_WRONLY] = FMODE_WRITE,
		[O_RDWR] = FMODE_READ | FMODE_WRITE,
	};
	struct file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	*file = (struct file){ .f_op = fops, .private_data = priv, .f_inode = inode,
			       .f_mapping = inode ? inode->i_mapping : NULL,
			       .refs = ATOMIC_INIT(1), .f_flags = flags,
			       .f_mode = access[flags & O_ACCMODE] };
	shim_live_add(SHIM_FILE, 1);
	return file;
}

static void end_file(struct file *file)
{
	const struct file_operations *fops = file->f_op;

	syscalls++;
	if (fops->release)
		fops->release(file->f_inode, file);
	syscalls--;
	module_put(fops->owner);
	iput(file->f_inode);
	kfree(file);
	shim_live_add(SHIM_FILE, -1);
}

void shim_run_fputs(void)
{
	while (put_files) {
		struct file *file = put_files;

		put_files = file->next_put;
		end_file(file);
	}
}

void fput(struct file *file)
{
	int left = atomic_dec_return(&file->refs);

	if (left < 0)
		shim_die("fput: the file has no references left");
	if (left)
		return;
	file->next_put = put_files;
	put_files = file;
	if (!syscalls && !shim_locks_held())
		shim_run_fputs();
}

struct file *get_file(struct file *file)
{
	if (atomic_fetch_add(1, &file->refs) <= 0)
		shim_die("get_file: of a file that is gone");
	return file;
}

bool get_file_active(struct file **slot)
{
	struct file *file = READ_ONCE(*slot);

	return file && atomic_inc_not_zero(&file->refs);
}

struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
				int flags)
{
	struct inode *inode;
	struct file *file;

	if (!try_module_get(fops->owner))
		return ERR_PTR(-ENOENT);
	inode = alloc_anon_inode(NULL);
	file = IS_ERR(inode) ? NULL : shim_file_new(fops, priv, inode, flags);
	if (file)
		return file;
	if (!IS_ERR(inode))
		iput(inode);
	module_put(fops->owner);
	return ERR_PTR(-ENOMEM);
}

int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	int fd = get_unused_fd_flags(flags);
	struct file *file;

	if (fd < 0)
		return fd;
	file = anon_inode_getfile(name, fops, priv, flags);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return file->f_pos;
}

int nonseekable_open(struct inode *inode, struct file *file)
{
	file->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

int stream_open(struct inode *inode, struct file *file)
{
	nonseekable_open(inode, file);
	file->f_mode |= FMODE_STREAM;
	return 0;
}

long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return file->f_op->unlocked_ioctl ? file->f_op->unlocked_ioctl(file, cmd, (u32)arg) :
					    -ENOIOCTLCMD;
}

ssize_t simple_read_from_buffer(void __user *to, size_t n, loff_t *pos, const void *from,
				size_t available)
{
	size_t left;

	if (*pos < 0)
		return -EINVAL;
	if (*pos >= available || !n)
		return 0;
	n = min(n, available - (size_t)*pos);
	left = copy_to_user(to, (const u8 *)from + *pos, n);
	if (left == n)
		return -EFAULT;
	*pos += n - left;
	return n - left;
}

/* Descriptors */

struct shim_fdtable *shim_fdtable_new(void)
{
	struct shim_fdtable *table = calloc(1, sizeof(*table));

	if (!table)
		shim_die("the host is out of memory");
	return table;
}

void shim_fdtable_free(struct shim_fdtable *table)
{
	for (int fd = 0; fd < MAX_FD; fd++)
		if (table->file[fd])
			shim_close(fd);
	free(table);
}

static struct file **slot(unsigned int fd)
{
	struct file **at = fd < MAX_FD ? &current->files->file[fd] : NULL;

	return at && *at ? at : NULL;
}

struct file *fget(unsigned int fd)
{
	struct file **at = slot(fd);

	return at && *at != RESERVED ? get_file(*at) : NULL;
}

int get_unused_fd_flags(unsigned int flags)
{
	if (shim_should_fail("get_unused_fd_flags"))
		return -EMFILE;
	for (int fd = 3; fd < MAX_FD; fd++) {
		if (current->files->file[fd])
			continue;
		current->files->file[fd] = RESERVED;
		shim_live_add(SHIM_FD, 1);
		return fd;
	}
	return -EMFILE;
}

void put_unused_fd(unsigned int fd)
{
	struct file **at = slot(fd);

	if (!at || *at != RESERVED)
		shim_die("put_unused_fd: %u is not reserved", fd);
	*at = NULL;
	shim_live_add(SHIM_FD, -1);
}

void fd_install(unsigned int fd, struct file *file)
{
	struct file **at = slot(fd);

	if (!at || *at != RESERVED)
		shim_die("fd_install: %u is not reserved", fd);
	*at = file;
}

int shim_dup(int fd, struct task_struct *to)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	for (int other = 3; other < MAX_FD; other++) {
		if (to->files->file[other])
			continue;
		to->files->file[other] = file;
		shim_live_add(SHIM_FD, 1);
		return other;
	}
	fput(file);
	return -EMFILE;
}

/* System calls */

static struct file *enter(int fd)
{
	struct file *file = fget(fd);

	if (file && !syscalls++)
		held_before = shim_locks_held();
	return file;
}

static void leave(struct file *file)
{
	if (shim_locks_held() != held_before)
		shim_die("a system call returned with locks held");
	fput(file);
	if (!--syscalls)
		shim_run_fputs();
}

int shim_close(int fd)
{
	struct file **at = slot(fd), *file;

	if (!at || *at == RESERVED)
		return -EBADF;
	file = *at;
	*at = NULL;
	shim_live_add(SHIM_FD, -1);
	fput(file);
	return 0;
}

long shim_ioctl(int fd, unsigned int cmd, void *arg)
{
	struct file *file = enter(fd);
	long ret = -ENOTTY;

	if (!file)
		return -EBADF;
	if (file->f_op->unlocked_ioctl)
		ret = file->f_op->unlocked_ioctl(file, cmd, (unsigned long)arg);
	leave(file);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

/* @at is NULL for the file's own position */
static ssize_t transfer(int fd, void *user, size_t n, loff_t *at, fmode_t way)
{
	struct file *file = enter(fd);
	const struct file_operations *fops;
	bool stream;
	ssize_t ret = -EINVAL;

	if (!file)
		return -EBADF;
	fops = file->f_op;
	stream = file->f_mode & FMODE_STREAM;
	if (!(file->f_mode & way))
		ret = -EBADF;
	else if (at && stream)
		ret = -ESPIPE;
	if (!at && !stream)
		at = &file->f_pos;
	if (ret == -EINVAL && (!at || *at >= 0) && n <= SSIZE_MAX) {
		if (way == FMODE_READ && fops->read)
			ret = fops->read(file, user, n, at);
		else if (way == FMODE_WRITE && fops->write)
			ret = fops->write(file, user, n, at);
	}
	leave(file);
	return ret;
}

ssize_t shim_read(int fd, void *user, size_t n)
{
	return transfer(fd, user, n, NULL, FMODE_READ);
}

ssize_t shim_write(int fd, const void *user, size_t n)
{
	return transfer(fd, (void *)user, n, NULL, FMODE_WRITE);
}

ssize_t shim_pread(int fd, void *user, size_t n, loff_t at)
{
	return transfer(fd, user, n, &at, FMODE_READ);
}

ssize_t shim_pwrite(int fd, const void *user, size_t n, loff_t at)
{
	return transfer(fd, (void *)user, n, &at, FMODE_WRITE);
}

unsigned int shim_poll(int fd)
{
	struct file *file = enter(fd);
	unsigned int ret;

	if (!file)
		return EPOLLERR;
	ret = vfs_poll(file, NULL);
	leave(file);
	return ret;
}

int shim_mmap_fd(int fd, unsigned long vaddr, size_t length, unsigned long vm_flags, loff_t at)
{
	struct file *file = enter(fd);
	struct vm_area_struct *vma;
	int ret = -ENODEV;

	if (!file)
		return -EBADF;
	if (file->f_op->mmap) {
		mmap_write_lock(current->mm);
		vma = shim_map_empty(vaddr, PFN_UP(length), vm_flags);
		vma->vm_file = get_file(file);
		vma->vm_pgoff = at >> PAGE_SHIFT;
		ret = file->f_op->mmap(file, vma);
		if (ret) {
			vma->vm_ops = NULL;
			shim_unmap(vma);
		}
		mmap_write_unlock(current->mm);
	}
	leave(file);
	return ret;
}

static const struct file_operations plain_fops = { };

int shim_plain_fd(void)
{
	int fd;

	shim_fail_pause();
	fd = anon_inode_getfd("plain", &plain_fops, NULL, 0);
	shim_fail_resume();
	return fd;
}

int shim_open(const char *name)
{
	const struct file_operations *fops;
	struct inode *inode;
	struct cdev *cdev;
	struct file *file;
	int fd, ret;

	fops = shim_node_find(name, &cdev);
	if (!fops)
		return -ENOENT;
	fd = get_unused_fd_flags(0);
	if (fd < 0)
		return fd;
	ret = -ENXIO;
	if (!try_module_get(fops->owner))
		goto err_fd;
	ret = -ENOMEM;
	inode = alloc_anon_inode(NULL);
	if (IS_ERR(inode))
		goto err_module;
	inode->i_cdev = cdev;
	inode->i_rdev = cdev ? cdev->dev : 0;
	file = shim_file_new(fops, NULL, inode, O_RDWR);
	if (!file)
		goto err_inode;
	syscalls++;
	ret = fops->open ? fops->open(inode, file) : 0;
	syscalls--;
	if (shim_locks_held())
		shim_die("open returned with a lock held");
	if (ret) {
		/* a failed open has no release */
		kfree(file);
		shim_live_add(SHIM_FILE, -1);
		goto err_inode;
	}
	fd_install(fd, file);
	shim_run_fputs();
	return fd;

err_inode:
	iput(inode);
err_module:
	module_put(fops->owner);
err_fd:
	put_unused_fd(fd);
	return ret;
}
