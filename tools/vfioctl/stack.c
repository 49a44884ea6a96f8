// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noun "stack": the modules that VFIO consists of, and whose they are.
 *
 * A module is Passway's if it is an out-of-tree one (taint flag 'O', which the kernel sets for each
 * module that was not built with it) and its version is 1.0.0 or higher; the distribution's modules
 * have no taint, and a version of 0.x or none. What is built into the kernel is the distribution's.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

#include "out.h"
#include "sysfs.h"
#include "vfioctl.h"

#define SYS_MODULE "/sys/module"
#define PASSWAY_VERSION_MIN "1.0.0"

static const char *const modules[] = {
	"vfio", "vfio_iommu_type1", "vfio_pci_core", "vfio_pci", "irqbypass",
};

static void add_users(struct json_object *attrs, const char *module)
{
	char path[SYS_PATH];
	const char *name;
	DIR *dir;

	snprintf(path, sizeof(path), SYS_MODULE "/%s/holders", module);
	dir = sys_opendir(path);
	while (dir && (name = sys_next(dir)))
		out_item_str(out_array(attrs, "used_by"), name);
	if (dir)
		closedir(dir);
}

/* Built-in code has a folder only for its parameters or version, and no state. */
static void add_loaded(struct json_object *attrs, const char *module, int fd)
{
	char state[16], version[64] = "", taint[16] = "", srcversion[64];
	unsigned int refs;
	bool loadable = sys_read(fd, "initstate", state, sizeof(state)) > 0;
	bool ours;

	if (sys_read(fd, "version", version, sizeof(version)) < 0)
		version[0] = '\0';
	if (sys_read(fd, "taint", taint, sizeof(taint)) < 0)
		taint[0] = '\0';
	ours = strchr(taint, 'O') && strverscmp(version, PASSWAY_VERSION_MIN) >= 0;
	out_str(attrs, "state", loadable ? state : "built-in");
	out_str(attrs, "origin", ours ? "passway" : "distribution");
	out_str(attrs, "version", version);
	if (!sys_read_uint(fd, "refcnt", &refs))
		out_int(attrs, "refs", refs);
	out_str(attrs, "taint", taint);
	if (sys_read(fd, "srcversion", srcversion, sizeof(srcversion)) > 0)
		out_str(attrs, "srcversion", srcversion);
	add_users(attrs, module);
}

static void users_cell(struct json_object *attrs, char *buf, size_t size)
{
	out_join(attrs, "used_by", ",", buf, size);
}

static enum paint origin_paint(struct json_object *attrs)
{
	return strcmp(out_get(attrs, "origin"), "passway") ? PAINT_NONE : PAINT_GOOD;
}

static const struct column columns[] = {
	{ .title = "MODULE" },
	{ .title = "STATE", .key = "state" },
	{ .title = "ORIGIN", .key = "origin", .paint = origin_paint },
	{ .title = "VERSION", .key = "version" },
	{ .title = "REFS", .key = "refs" },
	{ .title = "TAINT", .key = "taint" },
	{ .title = "USED-BY", .cell = users_cell },
};

static enum rc stack_show(struct call *call)
{
	struct json_object *object = out_object(call->out, "stack");
	char path[SYS_PATH];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(modules); i++) {
		struct json_object *attrs = out_handle(object, modules[i]);

		snprintf(path, sizeof(path), SYS_MODULE "/%s", modules[i]);
		fd = sys_open(path, O_PATH | O_DIRECTORY);
		if (fd < 0) {
			out_str(attrs, "state", "absent");
			continue;
		}
		add_loaded(attrs, modules[i], fd);
		close(fd);
	}
	out_table(call->out, "stack", columns, ARRAY_SIZE(columns));
	return RC_DONE;
}

static const struct verb stack_verbs[] = {
	{ "show", "", "which modules are loaded, whose, and which version", 0, 0, 0, stack_show },
};

const struct noun stack_noun = {
	"stack", "modules of the VFIO stack", stack_verbs, ARRAY_SIZE(stack_verbs),
};
