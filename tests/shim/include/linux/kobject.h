/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KOBJECT_H
#define SHIM_LINUX_KOBJECT_H

#include <linux/kref.h>
#include <linux/sysfs.h>

struct kobject {
	const char *name;
	struct kref kref;
};

/* What was announced to user space is kept for shim_uevent_has(). */
enum kobject_action { KOBJ_ADD, KOBJ_REMOVE, KOBJ_CHANGE };
int kobject_uevent(struct kobject *kobj, enum kobject_action action);
int kobject_uevent_env(struct kobject *kobj, enum kobject_action action, char *env[]);
int sysfs_create_link(struct kobject *kobj, struct kobject *target, const char *name);
char *kobject_get_path(const struct kobject *kobj, gfp_t gfp);
void sysfs_remove_link(struct kobject *kobj, const char *name);

#endif
