// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noun "device": PCI functions, as a list and one by one in full.
 *
 * The list reads what is cheap for every function; show adds what takes longer: configuration
 * space, and every process's open files.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "assign.h"
#include "bind.h"
#include "dev.h"
#include "guard.h"
#include "irqs.h"
#include "monitor.h"
#include "operand.h"
#include "out.h"
#include "state.h"
#include "vfioctl.h"
#include "why.h"

/* Assignability in one word, from the least to the most that stands in the way. */
static const char *assign_word(const struct dev *dev, bool assignable, const struct use *use)
{
	if (!assignable)
		return "no";
	if (dev->vfio)
		return "ready";
	return use ? "in-use" : "yes";
}

static void add_assign(struct json_object *attrs, const struct dev *dev, const struct devs *all,
		       const struct uses *uses)
{
	const struct use *use = dev->vfio ? NULL : guard_first(uses, dev->bdf);
	struct finding why = { 0 };
	bool assignable = assign_check(dev, all, &why);

	out_str(attrs, "assign", assign_word(dev, assignable, use));
	if (!assignable)
		out_finding(out_handle(attrs, "why"), &why);
	else if (use)
		out_finding(out_handle(attrs, "why"), &use->what);
}

static void add_sriov(struct json_object *attrs, const struct dev *dev)
{
	if (dev->physfn[0]) {
		out_str(attrs, "function", "vf");
		out_str(attrs, "physfn", dev->physfn);
	} else if (dev->totalvfs) {
		out_str(attrs, "function", "pf");
		out_int(attrs, "numvfs", dev->numvfs);
		out_int(attrs, "totalvfs", dev->totalvfs);
	}
}

static void add_common(struct json_object *attrs, const struct dev *dev)
{
	char id[12];

	snprintf(id, sizeof(id), "%04x:%04x", dev->vendor, dev->device);
	out_str(attrs, "vendor", pci_vendor_name(dev->vendor));
	out_str(attrs, "name", pci_device_name(dev->vendor, dev->device));
	out_str(attrs, "id", id);
	snprintf(id, sizeof(id), "%06x", dev->class & 0xffffff);
	out_str(attrs, "class", id);
	out_str(attrs, "class_name", pci_class_name((uint16_t)(dev->class >> 8)));
	if (dev->group >= 0)
		out_int(attrs, "group", dev->group);
	out_str(attrs, "driver", dev->driver);
	out_str(attrs, "driver_override", dev->override);
	add_sriov(attrs, dev);
	if (dev->numa >= 0)
		out_int(attrs, "numa", dev->numa);
	out_str(attrs, "iommu", dev->iommu);
}

static void function_cell(struct json_object *attrs, char *buf, size_t size)
{
	if (!strcmp(out_get(attrs, "function"), "pf"))
		snprintf(buf, size, "pf %s/%s", out_get(attrs, "numvfs"),
			 out_get(attrs, "totalvfs"));
	else
		snprintf(buf, size, "%s", out_get(attrs, "function"));
}

static void why_cell(struct json_object *attrs, char *buf, size_t size)
{
	struct json_object *why;
	const char *fix;

	if (!json_object_object_get_ex(attrs, "why", &why))
		return;
	fix = out_get(why, "fix");
	snprintf(buf, size, "%s%s%s", out_get(why, "reason"), fix[0] ? " -> " : "", fix);
}

static enum paint assign_paint(struct json_object *attrs)
{
	const char *word = out_get(attrs, "assign");

	if (!strcmp(word, "ready"))
		return PAINT_GOOD;
	if (!strcmp(word, "in-use"))
		return PAINT_WARN;
	return strcmp(word, "no") ? PAINT_NONE : PAINT_BAD;
}

static const struct column list_columns[] = {
	{ .title = "ADDRESS" },
	{ .title = "GROUP", .key = "group" },
	{ .title = "DRIVER", .key = "driver" },
	{ .title = "PF/VF", .cell = function_cell },
	{ .title = "NUMA", .key = "numa" },
	{ .title = "IOMMU", .key = "iommu" },
	{ .title = "ASSIGN", .key = "assign", .paint = assign_paint },
	{ .title = "NAME", .key = "name", .cut = 40 },
	{ .title = "WHY", .cell = why_cell },
};

static enum rc list_run(struct call *call)
{
	struct json_object *object = out_object(call->out, "device");
	struct devs devs = { 0 };
	struct uses uses = { 0 };
	const struct dev *dev;
	int err = devs_scan(&devs);

	if (err) {
		devs_free(&devs);
		return operand_fault(call->out, NULL, SYS_PCI_DEVICES, err);
	}
	guard_static(&uses);
	guard_devs(&uses, &devs);
	for_each_dev(dev, &devs) {
		struct json_object *attrs = out_handle(object, dev->bdf);

		add_common(attrs, dev);
		add_assign(attrs, dev, &devs, &uses);
	}
	out_table(call->out, "device", list_columns, ARRAY_SIZE(list_columns));
	guard_free(&uses);
	devs_free(&devs);
	return RC_DONE;
}

static void add_cap(void *array, const char *name)
{
	out_item_str(array, name);
}

static void add_config(struct json_object *attrs, const struct dev *dev)
{
	struct pci_cap_info info;

	if (!pci_walk_caps(&dev->addr, &info, add_cap, out_array(attrs, "capabilities"))) {
		json_object_object_del(attrs, "capabilities");
		return;
	}
	if (info.msi_vectors)
		out_int(attrs, "msi_vectors", info.msi_vectors);
	if (info.msix_vectors)
		out_int(attrs, "msix_vectors", info.msix_vectors);
	out_bool(attrs, "flr", info.flr);
}

/* Bits of the third column of "resource", from linux/ioport.h */
#define RES_IO 0x00000100ull
#define RES_PREFETCH 0x00002000ull
#define RES_MEM_64 0x00100000ull

/* One line "start end flags" a resource; the first six are the BARs, the seventh is the ROM. */
static void add_bars(struct json_object *attrs, int fd)
{
	static const char *const names[] = { "0", "1", "2", "3", "4", "5", "rom" };
	char text[4096], *line, *save = NULL, type[32], size[24];
	unsigned long long start, end, flags;
	struct json_object *bar;
	size_t i;

	if (sys_read(fd, "resource", text, sizeof(text)) < 0)
		return;
	line = strtok_r(text, "\n", &save);
	for (i = 0; line && i < ARRAY_SIZE(names); i++, line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3 || end <= start)
			continue;
		bar = out_item(out_array(attrs, "bars"));
		out_str(bar, "bar", names[i]);
		snprintf(type, sizeof(type), "%s%s%s", flags & RES_IO ? "io" : "mem",
			 flags & RES_MEM_64 ? "64" : "", flags & RES_PREFETCH ? "-prefetch" : "");
		out_str(bar, "type", type);
		snprintf(size, sizeof(size), "%#llx", start);
		out_str(bar, "start", size);
		out_int(bar, "size", (long long)(end - start + 1));
	}
}

static void add_attribute(struct json_object *attrs, int fd, const char *key, const char *name)
{
	char text[128];

	if (sys_read(fd, name, text, sizeof(text)) > 0)
		out_str(attrs, key, text);
}

static void add_sysfs(struct json_object *attrs, const struct dev *dev)
{
	char value[16];
	unsigned int vendor, device;
	int fd = dev_open(dev->bdf);

	if (fd < 0)
		return;
	if (!sys_read_uint(fd, "subsystem_vendor", &vendor) &&
	    !sys_read_uint(fd, "subsystem_device", &device)) {
		snprintf(value, sizeof(value), "%04x:%04x", vendor & 0xffff, device & 0xffff);
		out_str(attrs, "subsystem", value);
	}
	add_attribute(attrs, fd, "power_state", "power_state");
	add_attribute(attrs, fd, "runtime_status", "power/runtime_status");
	add_attribute(attrs, fd, "reset_method", "reset_method");
	add_attribute(attrs, fd, "link_speed", "current_link_speed");
	add_attribute(attrs, fd, "link_width", "current_link_width");
	add_bars(attrs, fd);
	close(fd);
}

static void add_vfs(struct json_object *attrs, const struct dev *dev)
{
	struct devs vfs = { 0 };
	const struct dev *vf;

	devs_add_vfs(&vfs, dev, dev->numvfs);
	for_each_dev(vf, &vfs)
		out_item_str(out_array(attrs, "vfs"), vf->bdf);
	devs_free(&vfs);
}

static void add_members(struct json_object *attrs, const struct dev *dev, const struct devs *group)
{
	const struct dev *member;
	struct json_object *item;

	for_each_dev(member, group) {
		if (member->group < 0 || member->group != dev->group)
			continue;
		item = out_item(out_array(attrs, "members"));
		out_str(item, "address", member->bdf);
		out_str(item, "driver", member->driver);
		if (dev_is_bridge(member))
			out_bool(item, "bridge", true);
	}
}

static void add_uses(struct json_object *attrs, const struct dev *dev, const struct uses *uses)
{
	size_t i;

	for (i = 0; i < uses->n; i++) {
		if (!strcmp(uses->v[i].bdf, dev->bdf))
			out_finding(out_item(out_array(attrs, "uses")), &uses->v[i].what);
	}
}

/* One process has several uses of a device, by its group and by its own file. */
static bool user_is_known(struct json_object *users, int pid)
{
	struct json_object *value;
	size_t i;

	for (i = 0; i < json_object_array_length(users); i++) {
		value = json_object_object_get(json_object_array_get_idx(users, i), "pid");
		if (json_object_get_int(value) == pid)
			return true;
	}
	return false;
}

static void add_users(struct json_object *attrs, const struct dev *dev, const struct uses *uses)
{
	struct json_object *users, *item;
	const struct use *use;

	for (use = uses->v; use && use < uses->v + uses->n; use++) {
		if (!use->pid || strcmp(use->bdf, dev->bdf))
			continue;
		users = out_array(attrs, "users");
		if (user_is_known(users, use->pid))
			continue;
		item = out_item(users);
		out_int(item, "pid", use->pid);
		out_str(item, "command", use->command);
	}
}

static void show_device(struct call *call, struct dev *dev, const struct devs *group)
{
	struct json_object *attrs = out_handle(out_object(call->out, "device"), dev->bdf);
	char former[SYS_NAME];
	struct devs self = { dev, 1 };
	struct uses uses = { 0 };

	guard_static(&uses);
	guard_devs(&uses, &self);
	guard_fds(&uses, &self);
	add_common(attrs, dev);
	if (dev->vfio && !state_load(dev, former))
		out_str(attrs, "former", former[0] ? former : "none");
	add_assign(attrs, dev, group, &uses);
	add_sysfs(attrs, dev);
	add_config(attrs, dev);
	add_vfs(attrs, dev);
	add_members(attrs, dev, group);
	add_users(attrs, dev, &uses);
	irqs_add(attrs, dev);
	add_uses(attrs, dev, &uses);
	guard_free(&uses);
}

static enum rc show_one(struct call *call, const char *text)
{
	struct devs group = { 0 };
	char bdf[BDF_LEN];
	enum rc rc = operand_device(call->out, text, &group, bdf);

	if (!rc)
		show_device(call, devs_find(&group, bdf), &group);
	devs_free(&group);
	return rc;
}

static enum rc show_run(struct call *call)
{
	enum rc rc = RC_DONE, one;
	int i;

	out_object(call->out, "device");
	for (i = 0; i < call->argc; i++) {
		one = show_one(call, call->argv[i]);
		if (one > rc)
			rc = one;
	}
	out_record(call->out, "device");
	return rc;
}

#define OPTS_CHANGE (OPT_DRY_RUN | OPT_FORCE | OPT_GROUP)

static const struct verb device_verbs[] = {
	{ "list", "", "PCI devices, and whether they can be assigned", 0, 0, 0, list_run },
	{ "show", "BDF...", "all about a device", 0, 1, -1, show_run },
	{ "why", "BDF...", "would it open now, and what stands in the way", 0, 1, -1, why_run },
	{ "monitor", "[BDF...]", "tell what happens to devices, until interrupted", 0, 0, -1,
	  monitor_run },
	{ "bind", "BDF... | --group N", "take devices from their drivers for VFIO", OPTS_CHANGE, 0,
	  -1, bind_run },
	{ "unbind", "BDF... | --group N", "give devices back to their former drivers", OPTS_CHANGE,
	  0, -1, unbind_run },
};

const struct noun device_noun = {
	"device", "PCI devices", device_verbs, ARRAY_SIZE(device_verbs),
};
