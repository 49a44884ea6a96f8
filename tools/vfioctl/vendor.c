// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noun "vendor": drivers that know more of a device than vfio-pci does, of both kinds.
 *
 *   vendor    a module whose operations serve devices that stay bound to vfio-pci, which asks for
 *             it by the alias "vfio-pci:8086-1234" when it is bound; the device's attribute
 *             vfio_vendor names it
 *   variant   a PCI driver of its own with the alias "vfio_pci:v00008086d00001234...", to which
 *             the administrator or libvirt binds the device instead
 *
 * What this host has is told by the aliases in the kernel's modules.alias and in modprobe.d(5),
 * and by what is in use: a module can be told by parameter to serve a device it has no alias for.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "operand.h"
#include "out.h"

#define ALIAS_LEN 160
#define PREFIX "vfio_pci:"

/* A device, and by which names its drivers are asked for. */
struct subject {
	const struct dev *dev;
	char id[12];			/* "8086_1234" */
	char modalias[ALIAS_LEN];	/* "v00008086d..." */
};

struct listing {
	struct call *call;
	struct devs devs;
	struct subject *subjects;	/* as many as devs */
};

/* modprobe(8) takes dashes for underscores, other than in brackets. */
static void normalise(char *name)
{
	bool bracket = false;

	for (; *name; name++) {
		if (*name == '[')
			bracket = true;
		else if (*name == ']')
			bracket = false;
		else if (*name == '-' && !bracket)
			*name = '_';
	}
}

static struct json_object *attrs_of(struct listing *list, const char *module)
{
	return out_handle(out_object(list->call->out, "vendor"), module);
}

static void add_once(struct json_object *array, const char *text)
{
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++) {
		if (!strcmp(json_object_get_string(json_object_array_get_idx(array, i)), text))
			return;
	}
	out_item_str(array, text);
}

/* @pattern is an alias behind its prefix. A variant's goes by what the PCI bus calls the device. */
static void add_alias(struct listing *list, char *alias, char *module)
{
	char shown[ALIAS_LEN];
	const char *pattern = alias + strlen(PREFIX);
	struct json_object *attrs;
	bool variant;
	size_t i;

	snprintf(shown, sizeof(shown), "%s", alias);
	normalise(alias);
	normalise(module);
	if (strncmp(alias, PREFIX, strlen(PREFIX)) || !sys_name_ok(module) ||
	    !strcmp(module, "vfio_pci"))	/* which has an alias for any device */
		return;
	variant = pattern[0] == 'v';
	attrs = attrs_of(list, module);
	out_str(attrs, "kind", variant ? "variant" : "vendor");
	add_once(out_array(attrs, "aliases"), shown);
	for (i = 0; i < list->devs.n; i++) {
		const struct subject *subject = &list->subjects[i];

		if (!fnmatch(pattern, variant ? subject->modalias : subject->id, 0))
			add_once(out_array(attrs, "fits"), subject->dev->bdf);
	}
}

/* The same in modules.alias and in the files of modprobe.d */
static void take_line(void *list, char *line)
{
	char alias[ALIAS_LEN], module[SYS_NAME];

	if (sscanf(line, " alias %159s %63s", alias, module) == 2)
		add_alias(list, alias, module);
}

static enum rc read_modules_alias(struct listing *list)
{
	char release[SYS_NAME], path[SYS_PATH];
	int err = sys_read_at("/proc/sys/kernel/osrelease", release, sizeof(release));

	if (err < 0)
		return operand_fault(list->call->out, NULL, "/proc/sys/kernel/osrelease", err);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.alias", release);
	err = sys_each_line(path, take_line, list);
	return err ? operand_fault(list->call->out, NULL, path, -err) : RC_DONE;
}

/* A file hides those of its name in the folders that follow. */
static void read_modprobe_d(struct listing *list)
{
	static const char *const folders[] = {
		"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
		"/usr/lib/modprobe.d", "/lib/modprobe.d",
	};
	char path[SYS_PATH];
	const char *name, *suffix;
	size_t i, before;
	DIR *dir;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		dir = sys_opendir(folders[i]);
		while (dir && (name = sys_next(dir))) {
			suffix = strrchr(name, '.');
			if (!suffix || strcmp(suffix, ".conf"))
				continue;
			for (before = 0; before <= i; before++) {
				snprintf(path, sizeof(path), "%s/%.128s", folders[before], name);
				if (sys_exists(path))
					break;
			}
			if (before == i)
				sys_each_line(path, take_line, list);
		}
		if (dir)
			closedir(dir);
	}
}

static void meet(struct subject *subject, const struct dev *dev)
{
	char text[ALIAS_LEN];
	int fd = dev_open(dev->bdf);

	subject->dev = dev;
	snprintf(subject->id, sizeof(subject->id), "%04x_%04x", dev->vendor, dev->device);
	if (fd < 0)
		return;
	if (sys_read(fd, "modalias", text, sizeof(text)) > 0 && !strncmp(text, "pci:", 4))
		snprintf(subject->modalias, sizeof(subject->modalias), "%s", text + 4);
	close(fd);
}

/* The module of the driver that holds a device; built in, it is called as the driver is. */
static void driver_module(const struct dev *dev, char module[SYS_NAME])
{
	char path[SYS_PATH];
	int fd, err = -ENOENT;

	snprintf(path, sizeof(path), SYS_PCI_DRIVERS "/%s", dev->driver);
	fd = sys_open(path, O_PATH | O_DIRECTORY);
	if (fd >= 0) {
		err = sys_link(fd, "module", module, SYS_NAME);
		close(fd);
	}
	if (err)
		snprintf(module, SYS_NAME, "%s", dev->driver);
}

/* Who serves a device, if it is not vfio-pci itself. */
static void add_server(struct listing *list, const struct dev *dev)
{
	bool variant = strcmp(dev->driver, VFIO_PCI_DRIVER);
	struct json_object *attrs;
	char module[SYS_NAME] = "";
	int fd;

	if (!dev->vfio)
		return;
	if (variant) {
		driver_module(dev, module);
	} else {
		fd = dev_open(dev->bdf);
		if (fd >= 0 && sys_read(fd, "vfio_vendor", module, sizeof(module)) < 0)
			module[0] = '\0';
		if (fd >= 0)
			close(fd);
	}
	normalise(module);
	if (!sys_name_ok(module))
		return;
	attrs = attrs_of(list, module);
	out_str(attrs, "kind", variant ? "variant" : "vendor");
	out_item_str(out_array(attrs, "serves"), dev->bdf);
}

static void add_states(struct listing *list)
{
	char path[SYS_PATH], state[16];

	json_object_object_foreach(out_object(list->call->out, "vendor"), module, attrs) {
		snprintf(path, sizeof(path), "/sys/module/%s/initstate", module);
		if (sys_read_at(path, state, sizeof(state)) < 0) {
			*strrchr(path, '/') = '\0';
			strcpy(state, sys_exists(path) ? "built-in" : "absent");
		}
		out_str(attrs, "state", state);
	}
}

static void aliases_cell(struct json_object *attrs, char *buf, size_t size)
{
	out_join(attrs, "aliases", " ", buf, size);
}

static void fits_cell(struct json_object *attrs, char *buf, size_t size)
{
	out_join(attrs, "fits", " ", buf, size);
}

static void serves_cell(struct json_object *attrs, char *buf, size_t size)
{
	out_join(attrs, "serves", " ", buf, size);
}

static enum paint serves_paint(struct json_object *attrs)
{
	return json_object_object_get_ex(attrs, "serves", NULL) ? PAINT_GOOD : PAINT_NONE;
}

static const struct column columns[] = {
	{ .title = "MODULE" },
	{ .title = "KIND", .key = "kind" },
	{ .title = "STATE", .key = "state" },
	{ .title = "SERVES", .cell = serves_cell, .paint = serves_paint },
	{ .title = "FITS", .cell = fits_cell },
	{ .title = "ALIASES", .cell = aliases_cell, .cut = 60 },
};

static enum rc list_all(struct listing *list)
{
	const struct dev *dev;
	enum rc rc;

	for_each_dev(dev, &list->devs)
		meet(&list->subjects[dev - list->devs.v], dev);
	read_modprobe_d(list);
	rc = read_modules_alias(list);
	for_each_dev(dev, &list->devs)
		add_server(list, dev);
	add_states(list);
	return rc;
}

static enum rc list_run(struct call *call)
{
	struct listing list = { .call = call };
	enum rc rc;
	int err = devs_scan(&list.devs);

	out_object(call->out, "vendor");
	list.subjects = calloc(list.devs.n + 1, sizeof(*list.subjects));
	if (!err && !list.subjects)
		err = -ENOMEM;
	rc = err ? operand_fault(call->out, NULL, SYS_PCI_DEVICES, err) : list_all(&list);
	out_table(call->out, "vendor", columns, ARRAY_SIZE(columns));
	free(list.subjects);
	devs_free(&list.devs);
	return rc;
}

static const struct verb vendor_verbs[] = {
	{ "list", "", "vendor drivers, and the devices they serve", 0, 0, 0, list_run },
};

const struct noun vendor_noun = {
	"vendor", "vendor drivers", vendor_verbs, ARRAY_SIZE(vendor_verbs),
};
