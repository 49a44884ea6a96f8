// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU groups: devices, ownership, reserved regions, references. A group made by
 * shim_group_new() holds a reference that is the test's own and not counted.
 */
#include <stdlib.h>

#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/msi.h>
#include <linux/mutex.h>
#include <shim/fault.h>
#include <shim/iommu.h>
#include <shim/iommu_group.h>

#define MAX_DEVICES 8

struct iommu_group {
	struct kref kref;
	int id;
	struct mutex lock;
	struct shim_iommu *hw;
	struct device *devices[MAX_DEVICES];
	struct iommu_domain *domain;
	void *owner;
	int host_drivers;
	struct list_head reserved;
	void *data;
	void (*release_data)(void *data);
};

static int next_id = 1;

static struct iommu_group *make(struct shim_iommu *hw)
{
	struct iommu_group *group = calloc(1, sizeof(*group));

	if (!group)
		shim_die("the host is out of memory");
	kref_init(&group->kref);
	mutex_init(&group->lock);
	INIT_LIST_HEAD(&group->reserved);
	group->hw = hw;
	group->id = next_id++;
	return group;
}

static void release(struct kref *kref)
{
	struct iommu_group *group = container_of(kref, struct iommu_group, kref);
	struct iommu_resv_region *region, *keep;

	if (group->domain || group->owner)
		shim_die("group %d: last reference dropped while in use", group->id);
	list_for_each_entry_safe(region, keep, &group->reserved, list)
		free(region);
	if (group->release_data)
		group->release_data(group->data);
	free(group);
}

struct iommu_group *shim_group_new(struct shim_iommu *hw)
{
	return make(hw);
}

void shim_group_free(struct iommu_group *group)
{
	for (int i = 0; i < MAX_DEVICES; i++)
		if (group->devices[i])
			shim_die("group %d: freed with device %s", group->id,
				 dev_name(group->devices[i]));
	kref_put(&group->kref, release);
}

/* A group of kernel code's own making (no-IOMMU): its first reference is counted. */
struct iommu_group *iommu_group_alloc(void)
{
	if (shim_should_fail("iommu_group_alloc"))
		return ERR_PTR(-ENOMEM);
	shim_live_add(SHIM_GROUP_REF, 1);
	return make(NULL);
}

void shim_group_join(struct iommu_group *group, struct device *dev)
{
	int i = 0;

	while (i < MAX_DEVICES && group->devices[i])
		i++;
	if (i == MAX_DEVICES || dev->iommu_group)
		shim_die("group %d: no room for device %s", group->id, dev_name(dev));
	group->devices[i] = dev;
	dev->iommu_group = group;
	kref_get(&group->kref);
}

void shim_group_leave(struct device *dev)
{
	struct iommu_group *group = dev->iommu_group;

	for (int i = 0; i < MAX_DEVICES; i++)
		if (group->devices[i] == dev)
			group->devices[i] = NULL;
	dev->iommu_group = NULL;
	kref_put(&group->kref, release);
}

static void no_release(struct device *dev)
{
}

struct device *shim_group_device(struct iommu_group *group, const char *name)
{
	struct device *dev = calloc(1, sizeof(*dev));

	if (!dev)
		shim_die("the host is out of memory");
	dev->release = no_release;
	device_initialize(dev);
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	if (group)
		shim_group_join(group, dev);
	return dev;
}

void shim_device_free(struct device *dev)
{
	if (dev->iommu_group)
		shim_group_leave(dev);
	if (kref_read(&dev->kobj.kref) != 1)
		shim_complain("%s: %u references are left", dev_name(dev),
			      kref_read(&dev->kobj.kref) - 1);
	free(dev);
}

int iommu_group_add_device(struct iommu_group *group, struct device *dev)
{
	if (shim_should_fail("iommu_group_add_device"))
		return -ENOMEM;
	shim_group_join(group, dev);
	return 0;
}

void iommu_group_remove_device(struct device *dev)
{
	shim_group_leave(dev);
}

struct shim_iommu *shim_group_hw(const struct iommu_group *group)
{
	return group->hw;
}

struct iommu_group *iommu_group_ref_get(struct iommu_group *group)
{
	kref_get(&group->kref);
	shim_live_add(SHIM_GROUP_REF, 1);
	return group;
}

struct iommu_group *iommu_group_get(struct device *dev)
{
	return dev->iommu_group ? iommu_group_ref_get(dev->iommu_group) : NULL;
}

void iommu_group_put(struct iommu_group *group)
{
	if (!group)
		return;
	shim_live_add(SHIM_GROUP_REF, -1);
	kref_put(&group->kref, release);
}

int iommu_group_id(struct iommu_group *group)
{
	return group->id;
}

int iommu_group_set_name(struct iommu_group *group, const char *name)
{
	return shim_should_fail("iommu_group_set_name") ? -ENOMEM : 0;
}

void *iommu_group_get_iommudata(struct iommu_group *group)
{
	return group->data;
}

void iommu_group_set_iommudata(struct iommu_group *group, void *data,
			       void (*release_data)(void *data))
{
	group->data = data;
	group->release_data = release_data;
}

int iommu_group_for_each_dev(struct iommu_group *group, void *data,
			     int (*fn)(struct device *dev, void *data))
{
	int ret = 0;

	mutex_lock(&group->lock);
	for (int i = 0; i < MAX_DEVICES && !ret; i++)
		if (group->devices[i])
			ret = fn(group->devices[i], data);
	mutex_unlock(&group->lock);
	return ret;
}

/* Ownership: either kernel drivers, or one user. */

int shim_group_host_driver(struct iommu_group *group, int change)
{
	if (change > 0 && group->owner)
		return -EBUSY;
	group->host_drivers += change;
	return 0;
}

int iommu_group_claim_dma_owner(struct iommu_group *group, void *owner)
{
	if (WARN_ON(!owner))
		return -EINVAL;
	if (group->owner || group->host_drivers)
		return -EPERM;
	if (shim_should_fail("iommu_group_claim_dma_owner"))
		return -ENOMEM;
	group->owner = owner;
	shim_live_add(SHIM_OWNER, 1);
	return 0;
}

void iommu_group_release_dma_owner(struct iommu_group *group)
{
	if (!group->owner)
		shim_die("group %d: released, but not owned", group->id);
	if (group->domain)
		shim_die("group %d: released while attached to a domain", group->id);
	group->owner = NULL;
	shim_live_add(SHIM_OWNER, -1);
}

bool iommu_group_dma_owner_claimed(struct iommu_group *group)
{
	return group->owner || group->host_drivers;
}

bool iommu_group_has_isolated_msi(struct iommu_group *group)
{
	return group->hw && group->hw->isolated_msi;
}

bool msi_device_has_isolated_msi(struct device *dev)
{
	return dev->iommu_group && iommu_group_has_isolated_msi(dev->iommu_group);
}

bool device_iommu_capable(struct device *dev, enum iommu_cap cap)
{
	return dev->iommu_group && dev->iommu_group->hw && dev->iommu_group->hw->caps & BIT(cap);
}

/* Attaching */

int iommu_attach_group(struct iommu_domain *domain, struct iommu_group *group)
{
	if (group->domain)
		return -EBUSY;
	if (group->hw != domain->hw)
		return -EINVAL;
	if (group->hw->refuse_attach)
		return group->hw->refuse_attach;
	if (shim_should_fail("iommu_attach_group"))
		return -ENOMEM;
	group->domain = domain;
	shim_domain_attached(domain);
	shim_live_add(SHIM_ATTACH, 1);
	return 0;
}

void iommu_detach_group(struct iommu_domain *domain, struct iommu_group *group)
{
	if (group->domain != domain)
		shim_die("group %d: detached from a domain that it is not in", group->id);
	group->domain = NULL;
	domain->attached--;
	shim_live_add(SHIM_ATTACH, -1);
}

struct iommu_domain *shim_group_domain(struct iommu_group *group)
{
	return group->domain;
}

struct iommu_domain *iommu_get_domain_for_dev(struct device *dev)
{
	return dev->iommu_group ? dev->iommu_group->domain : NULL;
}

/* Reserved regions */

void shim_group_reserve(struct iommu_group *group, u64 start, u64 length,
			enum iommu_resv_type type)
{
	struct iommu_resv_region *region = calloc(1, sizeof(*region)), *at;

	if (!region)
		shim_die("the host is out of memory");
	*region = (struct iommu_resv_region){ .start = start, .length = length, .type = type };
	list_for_each_entry(at, &group->reserved, list)
		if (at->start > start)
			break;
	list_add_tail(&region->list, &at->list);
}

int iommu_get_group_resv_regions(struct iommu_group *group, struct list_head *head)
{
	struct iommu_resv_region *region, *copy;

	/* on failure what was added stays with the caller, as in a kernel */
	list_for_each_entry(region, &group->reserved, list) {
		copy = kmalloc(sizeof(*copy), GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
		*copy = *region;
		list_add_tail(&copy->list, head);
	}
	return 0;
}
