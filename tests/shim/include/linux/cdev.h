/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_CDEV_H
#define SHIM_LINUX_CDEV_H

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kobject.h>

struct cdev {
	struct kobject kobj;
	struct module *owner;
	const struct file_operations *ops;
	dev_t dev;
	struct device *shim_dev;
	struct list_head list;
};

void cdev_init(struct cdev *cdev, const struct file_operations *fops);
int cdev_device_add(struct cdev *cdev, struct device *dev);
void cdev_device_del(struct cdev *cdev, struct device *dev);
#define cdev_set_parent(cdev, kobj) ((void)0)

#endif
