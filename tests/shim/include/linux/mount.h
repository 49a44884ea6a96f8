/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MOUNT_H
#define SHIM_LINUX_MOUNT_H

#include <linux/fs.h>

struct vfsmount *kern_mount(struct file_system_type *type);
void kern_unmount(struct vfsmount *mount);

#endif
