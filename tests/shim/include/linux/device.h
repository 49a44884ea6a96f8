/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_DEVICE_H
#define SHIM_LINUX_DEVICE_H

#include <linux/dev_printk.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/device/bus.h>
#include <linux/device/class.h>
#include <linux/device/driver.h>

struct iommu_group;
struct device_type;
struct fwnode_handle;

struct dev_pm_info {
	int usage, disable_depth;
	bool suspended, forbidden, changing;
};

struct device {
	struct kobject kobj;
	struct device *parent;
	const struct class *class;
	const struct bus_type *bus;
	struct device_driver *driver;
	const struct attribute_group **groups;
	void (*release)(struct device *dev);
	void *driver_data, *platform_data;
	dev_t devt;
	struct mutex mutex;
	struct dev_pm_info power;
	struct iommu_group *iommu_group;
	bool initialised, added;
	const char *init_name;
	char name[64];
	char *driver_override;
};

#define kobj_to_dev(k) container_of(k, struct device, kobj)

const char *dev_name(const struct device *dev);
int dev_set_name(struct device *dev, const char *fmt, ...) __printf(2, 3);
void device_initialize(struct device *dev);
int device_add(struct device *dev);
void device_del(struct device *dev);
int device_register(struct device *dev);
void device_unregister(struct device *dev);
struct device *get_device(struct device *dev);
void put_device(struct device *dev);
#define dev_set_drvdata(dev, data) ((void)((dev)->driver_data = (data)))
#define dev_get_drvdata(dev) ((dev)->driver_data)
#define device_lock(dev) mutex_lock(&(dev)->mutex)
#define device_trylock(dev) mutex_trylock(&(dev)->mutex)
#define device_unlock(dev) mutex_unlock(&(dev)->mutex)
#define device_lock_assert(dev) lockdep_assert_held(&(dev)->mutex)
#define dev_driver_string(dev) ((dev)->driver ? (dev)->driver->name : "")
#define dev_to_node(dev) (-1)
#define device_has_driver_override(dev) ((dev)->driver_override != NULL)
int device_set_driver_override(struct device *dev, const char *name);
#define device_is_registered(dev) ((dev)->added)
DEFINE_GUARD(device, struct device *, device_lock(_T), device_unlock(_T))
DEFINE_FREE(put_device, struct device *, if (_T) put_device(_T))

struct device_attribute {
	struct attribute attr;
	ssize_t (*show)(struct device *dev, struct device_attribute *attr, char *page);
	ssize_t (*store)(struct device *dev, struct device_attribute *attr, const char *text,
			 size_t n);
};
#define SHIM_DEVICE_ATTR(n, m, s, w) struct device_attribute dev_attr_##n = { \
	.attr = { .name = #n, .mode = (m) }, .show = (s), .store = (w) }
#define DEVICE_ATTR(n, m, s, w) SHIM_DEVICE_ATTR(n, m, s, w)
#define DEVICE_ATTR_RO(n) SHIM_DEVICE_ATTR(n, 0444, n##_show, NULL)
#define DEVICE_ATTR_WO(n) SHIM_DEVICE_ATTR(n, 0200, NULL, n##_store)
#define DEVICE_ATTR_RW(n) SHIM_DEVICE_ATTR(n, 0644, n##_show, n##_store)

struct device *device_create(const struct class *class, struct device *parent, dev_t devt,
			     void *data, const char *fmt, ...) __printf(5, 6);
void device_destroy(const struct class *class, dev_t devt);

#endif
