// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts in use, as Passway's vfio-pci-core tells them in debugfs vfio/vfioN/irqs: a heading,
 * then a line each of index, vector, Linux interrupt, masked, bypass. Root's to read; the
 * distribution's modules have no such file.
 */
#include "irqs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYS_DEBUG_VFIO "/sys/kernel/debug/vfio"

/* vfioN: the one entry of vfio-dev */
static bool vfio_name(const struct dev *dev, char name[SYS_NAME])
{
	char path[SYS_PATH];
	const char *entry;
	DIR *dir;

	snprintf(path, sizeof(path), SYS_PCI_DEVICES "/%s/vfio-dev", dev->bdf);
	dir = sys_opendir(path);
	entry = dir ? sys_next(dir) : NULL;
	if (entry)
		snprintf(name, SYS_NAME, "%.63s", entry);
	if (dir)
		closedir(dir);
	return entry;
}

static void add_line(void *attrs, char *line)
{
	char index[8], masked[4], bypass[16];
	unsigned int vector, irq;
	struct json_object *item;

	/* the heading has no numbers */
	if (sscanf(line, "%7s %u %u %3s %15s", index, &vector, &irq, masked, bypass) != 5)
		return;
	item = out_item(out_array(attrs, "interrupts"));
	out_str(item, "index", index);
	out_int(item, "vector", vector);
	out_int(item, "irq", irq);
	out_bool(item, "masked", !strcmp(masked, "yes"));
	out_str(item, "bypass", bypass);
}

void irqs_add(struct json_object *attrs, const struct dev *dev)
{
	char name[SYS_NAME], path[SYS_PATH];

	if (!dev->vfio || !vfio_name(dev, name))
		return;
	snprintf(path, sizeof(path), SYS_DEBUG_VFIO "/%s/irqs", name);
	sys_each_line(path, add_line, attrs);
}
