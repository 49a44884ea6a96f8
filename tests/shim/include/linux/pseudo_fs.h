/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_PSEUDO_FS_H
#define SHIM_LINUX_PSEUDO_FS_H

#include <linux/fs.h>

struct pseudo_fs_context { unsigned long magic; };
struct fs_context { struct pseudo_fs_context pseudo; };
static inline struct pseudo_fs_context *init_pseudo(struct fs_context *fc, unsigned long magic)
{
	fc->pseudo.magic = magic;
	return &fc->pseudo;
}

#endif
