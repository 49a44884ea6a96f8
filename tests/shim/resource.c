// SPDX-License-Identifier: GPL-2.0-only
/* The tree of address ranges in use. */
#include <linux/errno.h>
#include <linux/ioport.h>
#include <shim/fault.h>
#include <shim/report.h>

struct resource iomem_resource = { .name = "memory", .end = ~0ULL, .flags = IORESOURCE_MEM };
struct resource ioport_resource = { .name = "ports", .end = 0xffff, .flags = IORESOURCE_IO };

struct resource *request_resource_conflict(struct resource *root, struct resource *res)
{
	struct resource *at;

	if (res->end < res->start || res->start < root->start || res->end > root->end)
		return root;
	for (at = root->child; at; at = at->sibling)
		if (at->start <= res->end && res->start <= at->end)
			return at;
	return NULL;
}

void shim_resource_add(struct resource *root, struct resource *res)
{
	if (request_resource_conflict(root, res))
		shim_die("%s: its addresses are in use", res->name);
	res->parent = root;
	res->sibling = root->child;
	root->child = res;
}

void shim_resource_del(struct resource *res)
{
	struct resource **at;

	for (at = &res->parent->child; *at != res; at = &(*at)->sibling)
		;
	*at = res->sibling;
	res->parent = res->sibling = NULL;
}

int request_resource(struct resource *root, struct resource *res)
{
	if (shim_should_fail("request_resource") || request_resource_conflict(root, res))
		return -EBUSY;
	shim_resource_add(root, res);
	shim_live_add(SHIM_REGION, 1);
	return 0;
}

int release_resource(struct resource *res)
{
	if (!res->parent)
		shim_die("release_resource: %s was not requested", res->name);
	shim_resource_del(res);
	shim_live_add(SHIM_REGION, -1);
	return 0;
}
