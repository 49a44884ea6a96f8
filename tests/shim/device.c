// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: names, references, adding and deleting. References beyond the first are
 * counted as live objects; the first, from device_initialize(), is the owner's and is
 * seen through the slab counter.
 */
#include <stdarg.h>

#include <linux/device.h>
#include <linux/slab.h>
#include <shim/fault.h>

const char *dev_name(const struct device *dev)
{
	return !dev ? "(null)" : dev->init_name ? dev->init_name : dev->name;
}

char *kobject_get_path(const struct kobject *kobj, gfp_t gfp)
{
	return kasprintf(gfp, "/devices/%s", dev_name(kobj_to_dev(kobj)));
}

int dev_set_name(struct device *dev, const char *fmt, ...)
{
	va_list args;

	if (shim_should_fail("dev_set_name"))
		return -ENOMEM;
	va_start(args, fmt);
	vsnprintf(dev->name, sizeof(dev->name), fmt, args);
	va_end(args);
	return 0;
}

void device_initialize(struct device *dev)
{
	if (dev->initialised)
		shim_die("device_initialize: %s, twice", dev_name(dev));
	kref_init(&dev->kobj.kref);
	mutex_init(&dev->mutex);
	dev->mutex.dep_map.nests = true;
	dev->initialised = true;
}

struct device *get_device(struct device *dev)
{
	if (!dev)
		return NULL;
	kref_get(&dev->kobj.kref);
	shim_live_add(SHIM_DEVICE_REF, 1);
	return dev;
}

static void release(struct kref *kref)
{
	struct device *dev = container_of(kref, struct device, kobj.kref);

	if (dev->added)
		shim_die("%s: last reference dropped before device_del", dev_name(dev));
	if (dev->release)
		dev->release(dev);
	else if (dev->class && dev->class->dev_release)
		dev->class->dev_release(dev);
	else
		shim_complain("%s: has no release function", dev_name(dev));
}

void put_device(struct device *dev)
{
	if (!dev)
		return;
	if (kref_read(&dev->kobj.kref) > 1)
		shim_live_add(SHIM_DEVICE_REF, -1);
	kref_put(&dev->kobj.kref, release);
}

int device_add(struct device *dev)
{
	if (dev->added)
		shim_die("device_add: %s, twice", dev_name(dev));
	if (!*dev_name(dev))
		return -EINVAL;
	if (shim_should_fail("device_add"))
		return -ENOMEM;
	dev->added = true;
	shim_live_add(SHIM_DEVNODE, 1);
	return 0;
}

void device_del(struct device *dev)
{
	if (!dev->added)
		shim_die("device_del: %s was not added", dev_name(dev));
	dev->added = false;
	shim_live_add(SHIM_DEVNODE, -1);
}

int device_register(struct device *dev)
{
	device_initialize(dev);
	return device_add(dev);
}

void device_unregister(struct device *dev)
{
	device_del(dev);
	put_device(dev);
}
