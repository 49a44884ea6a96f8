/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_IOPORT_H
#define SHIM_LINUX_IOPORT_H

#include <linux/list.h>
#include <linux/types.h>

struct resource {
	resource_size_t start, end;	/* end is inclusive */
	const char *name;
	unsigned long flags;
	struct resource *parent, *sibling, *child;
};

#define IORESOURCE_IO 0x0100UL
#define IORESOURCE_MEM 0x0200UL
#define IORESOURCE_PREFETCH 0x2000UL
#define IORESOURCE_READONLY 0x4000UL
#define IORESOURCE_MEM_64 0x100000UL
#define IORESOURCE_ROM_SHADOW (1UL << 1)
#define IORESOURCE_UNSET 0x20000000UL
#define IORESOURCE_BUSY 0x80000000UL

extern struct resource iomem_resource, ioport_resource;

static inline resource_size_t resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}

/* Into the tree as firmware leaves it, and out: nobody asked, so nothing fails or counts. */
void shim_resource_add(struct resource *root, struct resource *res);
void shim_resource_del(struct resource *res);
int request_resource(struct resource *root, struct resource *res);
int release_resource(struct resource *res);
/* The resource under @root that overlaps @res, or NULL. */
struct resource *request_resource_conflict(struct resource *root, struct resource *res);

#endif
