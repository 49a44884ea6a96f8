/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_DEVICE_CLASS_H
#define SHIM_LINUX_DEVICE_CLASS_H

#include <linux/types.h>

struct device;

struct class {
	const char *name;
	char *(*devnode)(const struct device *dev, umode_t *mode);
	void (*dev_release)(struct device *dev);
	const struct attribute_group **dev_groups;
};

struct class *class_create(const char *name);
void class_destroy(const struct class *class);
int class_register(const struct class *class);
void class_unregister(const struct class *class);

#endif
