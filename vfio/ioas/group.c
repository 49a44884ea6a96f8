// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups of devices as a space sees them: which addresses they reserve.
 *
 * Regions that firmware wants mapped one to one, that the bus takes for itself, and where
 * the MSI doorbell is, cannot be mapped. Those that firmware may waive once an assigned
 * device is no longer its own (relaxable) can.
 */
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "priv.h"

static bool is_reserved(const struct iommu_resv_region *r)
{
	return r->length && r->type != IOMMU_RESV_DIRECT_RELAXABLE;
}

/* A doorbell of the hardware's own leaves no need for a window */
static void find_msi_window(struct ioas_group *g, const struct list_head *regions)
{
	const struct iommu_resv_region *r;
	bool hardware = false;

	list_for_each_entry(r, regions, list) {
		if (r->type == IOMMU_RESV_MSI) {
			hardware = true;
		} else if (r->type == IOMMU_RESV_SW_MSI) {
			g->has_msi_window = true;
			g->msi_window = r->start;
		}
	}
	if (hardware)
		g->has_msi_window = false;
}

static struct ioas_group *group_from_regions(struct iommu_group *group,
					     const struct list_head *regions)
{
	const struct iommu_resv_region *r;
	struct ioas_group *g;

	g = kzalloc(struct_size(g, reserved, list_count_nodes((struct list_head *)regions)),
		    GFP_KERNEL_ACCOUNT);
	if (!g)
		return ERR_PTR(-ENOMEM);
	g->group = group;
	find_msi_window(g, regions);
	list_for_each_entry(r, regions, list)
		if (is_reserved(r))
			g->reserved[g->nreserved++] = (struct ioas_range){
				.start = r->start,
				.last = r->start + (r->length - 1),
			};
	return g;
}

/**
 * group_alloc() - describe a group
 * @group: group
 *
 * Return: the description, to be freed by kfree(), or ERR_PTR().
 */
struct ioas_group *group_alloc(struct iommu_group *group)
{
	struct iommu_resv_region *r, *next;
	struct ioas_group *g;
	LIST_HEAD(regions);
	int ret;

	ret = iommu_get_group_resv_regions(group, &regions);
	g = ret ? ERR_PTR(ret) : group_from_regions(group, &regions);
	list_for_each_entry_safe(r, next, &regions, list)
		kfree(r);
	return g;
}

struct device_call {
	int (*fn)(struct device *dev, void *arg);
	void *arg;
	int ret;
};

static int call_first(struct device *dev, void *data)
{
	struct device_call *call = data;

	call->ret = call->fn(dev, call->arg);
	return 1;
}

/**
 * group_ask() - call a function on one device of a group
 * @g: group
 * @fn: function; must not need the group's mutex, below which the device stays in the group
 * @arg: its argument
 *
 * The devices of a group share one IOMMU, so that any of them tells what it can do.
 *
 * Return: what @fn returns, or -ENODEV if the group has lost its last device.
 */
int group_ask(const struct ioas_group *g, int (*fn)(struct device *dev, void *arg), void *arg)
{
	struct device_call call = { .fn = fn, .arg = arg, .ret = -ENODEV };

	iommu_group_for_each_dev(g->group, &call, call_first);
	return call.ret;
}
