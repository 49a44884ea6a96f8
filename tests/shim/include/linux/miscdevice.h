/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MISCDEVICE_H
#define SHIM_LINUX_MISCDEVICE_H

#include <linux/device.h>
#include <linux/fs.h>

#define MISC_DYNAMIC_MINOR 255
#define VFIO_MINOR 196

struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	struct device *this_device, *parent;
	const char *nodename;
	umode_t mode;
	struct list_head list;
};

int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);

#endif
