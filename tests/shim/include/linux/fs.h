/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_FS_H
#define SHIM_LINUX_FS_H

#include <fcntl.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct cdev;
struct file;
struct kiocb;
struct iov_iter;
struct inode;
struct poll_table_struct;
struct super_block;
struct vm_area_struct;
typedef void *fl_owner_t;

#define FMODE_READ 0x1u
#define FMODE_WRITE 0x2u
#define FMODE_LSEEK 0x4u
#define FMODE_PREAD 0x8u
#define FMODE_PWRITE 0x10u
#define FMODE_STREAM 0x200000u

struct seq_file;

struct file_operations {
	struct module *owner;
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read)(struct file *file, char __user *buf, size_t n, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t n, loff_t *pos);
	__poll_t (*poll)(struct file *file, struct poll_table_struct *wait);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *file);
	int (*flush)(struct file *file, fl_owner_t id);
	int (*release)(struct inode *inode, struct file *file);
	void (*show_fdinfo)(struct seq_file *m, struct file *file);
	int (*shim_show)(struct seq_file *m, void *unused);	/* of DEFINE_SHOW_ATTRIBUTE() */
};

struct address_space { struct inode *host; };

struct inode {
	struct address_space *i_mapping, i_data;
	struct cdev *i_cdev;
	dev_t i_rdev;
	umode_t i_mode;
	loff_t i_size;
	atomic_t refs;
	struct super_block *i_sb;
};

struct file {
	const struct file_operations *f_op;
	void *private_data;
	fmode_t f_mode;
	unsigned int f_flags;
	loff_t f_pos;
	struct inode *f_inode;
	struct address_space *f_mapping;
	atomic_t refs;
	struct file *next_put;
};

#define file_inode(f) ((f)->f_inode)
#define imajor(i) MAJOR((i)->i_rdev)
#define iminor(i) MINOR((i)->i_rdev)
#define fops_get(f) (try_module_get((f)->owner) ? (f) : NULL)
#define fops_put(f) module_put((f)->owner)
#define file_count(f) atomic_read(&(f)->refs)
loff_t noop_llseek(struct file *file, loff_t offset, int whence);
int nonseekable_open(struct inode *inode, struct file *file);
int stream_open(struct inode *inode, struct file *file);
long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
struct inode *alloc_anon_inode(struct super_block *sb);
struct inode *igrab(struct inode *inode);
void ihold(struct inode *inode);
void iput(struct inode *inode);
int alloc_chrdev_region(dev_t *dev, unsigned int first, unsigned int n, const char *name);
void unregister_chrdev_region(dev_t dev, unsigned int n);

struct super_block { char unused; };
struct vfsmount { struct super_block *mnt_sb; };
struct fs_context;
struct file_system_type {
	const char *name;
	struct module *owner;
	int (*init_fs_context)(struct fs_context *fc);
	void (*kill_sb)(struct super_block *sb);
};
void kill_anon_super(struct super_block *sb);
int simple_pin_fs(struct file_system_type *type, struct vfsmount **mount, int *count);
void simple_release_fs(struct vfsmount **mount, int *count);

ssize_t simple_read_from_buffer(void __user *to, size_t n, loff_t *pos, const void *from,
				size_t available);

#include <linux/file.h>

#endif
