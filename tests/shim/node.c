// SPDX-License-Identifier: GPL-2.0-only
/* Device nodes: misc devices, character devices, classes, and pseudo file systems. */
#include <stdlib.h>

#include <linux/cdev.h>
#include <linux/miscdevice.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>
#include <shim/fault.h>
#include <shim/fdtable.h>
#include <shim/node.h>

static LIST_HEAD(miscs);
static LIST_HEAD(cdevs);
static DEFINE_MUTEX(nodes_lock);

static const char *misc_path(const struct miscdevice *misc)
{
	return misc->nodename ? misc->nodename : misc->name;
}

static bool cdev_has_path(const struct cdev *cdev, const char *name)
{
	struct device *dev = cdev->shim_dev;
	char *path;
	bool same;

	if (!dev->class || !dev->class->devnode)
		return !strcmp(dev_name(dev), name);
	shim_fail_pause();
	path = dev->class->devnode(dev, NULL);
	same = !strcmp(path ? path : dev_name(dev), name);
	kfree(path);
	shim_fail_resume();
	return same;
}

const struct file_operations *shim_node_find(const char *name, struct cdev **found)
{
	const struct file_operations *fops = NULL;
	struct miscdevice *misc;
	struct cdev *cdev;

	*found = NULL;
	mutex_lock(&nodes_lock);
	list_for_each_entry(misc, &miscs, list)
		if (!strcmp(misc_path(misc), name))
			fops = misc->fops;
	list_for_each_entry(cdev, &cdevs, list)
		if (cdev_has_path(cdev, name)) {
			fops = cdev->ops;
			*found = cdev;
		}
	mutex_unlock(&nodes_lock);
	return fops;
}

bool shim_node_exists(const char *name)
{
	struct cdev *cdev;

	return shim_node_find(name, &cdev);
}

int misc_register(struct miscdevice *misc)
{
	if (shim_should_fail("misc_register"))
		return -ENOMEM;
	mutex_lock(&nodes_lock);
	list_add(&misc->list, &miscs);
	mutex_unlock(&nodes_lock);
	shim_live_add(SHIM_DEVNODE, 1);
	return 0;
}

void misc_deregister(struct miscdevice *misc)
{
	mutex_lock(&nodes_lock);
	list_del(&misc->list);
	mutex_unlock(&nodes_lock);
	shim_live_add(SHIM_DEVNODE, -1);
}

void cdev_init(struct cdev *cdev, const struct file_operations *fops)
{
	*cdev = (struct cdev){ .ops = fops };
}

int cdev_device_add(struct cdev *cdev, struct device *dev)
{
	int ret;

	if (shim_should_fail("cdev_add"))
		return -ENOMEM;
	ret = device_add(dev);
	if (ret)
		return ret;
	cdev->dev = dev->devt;
	cdev->shim_dev = dev;
	mutex_lock(&nodes_lock);
	list_add(&cdev->list, &cdevs);
	mutex_unlock(&nodes_lock);
	return 0;
}

void cdev_device_del(struct cdev *cdev, struct device *dev)
{
	mutex_lock(&nodes_lock);
	list_del(&cdev->list);
	mutex_unlock(&nodes_lock);
	device_del(dev);
}

int alloc_chrdev_region(dev_t *dev, unsigned int first, unsigned int n, const char *name)
{
	static unsigned int next_major = 240;

	if (shim_should_fail("alloc_chrdev_region"))
		return -ENOMEM;
	*dev = MKDEV(next_major, first);
	shim_live_add(SHIM_DEVNODE, 1);
	return 0;
}

void unregister_chrdev_region(dev_t dev, unsigned int n)
{
	shim_live_add(SHIM_DEVNODE, -1);
}

int class_register(const struct class *class)
{
	if (shim_should_fail("class_register"))
		return -ENOMEM;
	shim_live_add(SHIM_DEVNODE, 1);
	return 0;
}

void class_unregister(const struct class *class)
{
	shim_live_add(SHIM_DEVNODE, -1);
}

struct class *class_create(const char *name)
{
	struct class *class = kzalloc(sizeof(*class), GFP_KERNEL);

	if (!class)
		return ERR_PTR(-ENOMEM);
	class->name = name;
	shim_live_add(SHIM_DEVNODE, 1);
	return class;
}

void class_destroy(const struct class *class)
{
	class_unregister(class);
	kfree(class);
}

/* A mounted pseudo file system is one object that holds its module. */
struct mounted {
	struct vfsmount mount;
	struct super_block sb;
	struct file_system_type *type;
};

struct vfsmount *kern_mount(struct file_system_type *type)
{
	struct fs_context fc = { 0 };
	struct mounted *m;
	int ret;

	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return ERR_PTR(-ENOMEM);
	ret = type->init_fs_context(&fc);
	if (ret) {
		kfree(m);
		return ERR_PTR(ret);
	}
	__module_get(type->owner);
	m->mount.mnt_sb = &m->sb;
	m->type = type;
	return &m->mount;
}

void kern_unmount(struct vfsmount *mount)
{
	struct mounted *m = container_of(mount, struct mounted, mount);

	m->type->kill_sb(&m->sb);
	module_put(m->type->owner);
	kfree(m);
}

void kill_anon_super(struct super_block *sb)
{
}

int simple_pin_fs(struct file_system_type *type, struct vfsmount **mount, int *count)
{
	if (!*mount) {
		struct vfsmount *fresh = kern_mount(type);

		if (IS_ERR(fresh))
			return PTR_ERR(fresh);
		*mount = fresh;
	}
	++*count;
	return 0;
}

void simple_release_fs(struct vfsmount **mount, int *count)
{
	if (--*count)
		return;
	kern_unmount(*mount);
	*mount = NULL;
}
