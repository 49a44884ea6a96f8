// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noun "sriov": the virtual functions of a physical one.
 *
 * VFs are made by the PF's driver when their number is written to sriov_numvfs. The kernel takes
 * a number only while there are none, so another number means to remove those that there are, and
 * with them what their users do; that is refused as for any device in use. If the new number
 * fails, the old one is made again.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guard.h"
#include "operand.h"
#include "out.h"

#define ENABLE_SRIOV "/sys/module/vfio_pci/parameters/enable_sriov"
#define WAIT_MS 5000	/* until new VFs are in sysfs */
#define POLL_MS 20

static struct json_object *attrs_of(struct call *call, const struct dev *pf)
{
	return out_handle(out_object(call->out, "sriov"), pf->bdf);
}

static void show_pf(struct call *call, const struct dev *pf)
{
	struct json_object *attrs = attrs_of(call, pf), *item;
	struct devs vfs = { 0 };
	const struct dev *vf;

	out_str(attrs, "driver", pf->driver);
	out_int(attrs, "numvfs", pf->numvfs);
	out_int(attrs, "totalvfs", pf->totalvfs);
	devs_add_vfs(&vfs, pf, pf->numvfs);
	for_each_dev(vf, &vfs) {
		item = out_item(out_array(attrs, "vfs"));
		out_str(item, "address", vf->bdf);
		out_str(item, "driver", vf->driver);
		if (vf->group >= 0)
			out_int(item, "group", vf->group);
	}
	devs_free(&vfs);
}

static void vfs_cell(struct json_object *attrs, char *buf, size_t size)
{
	struct json_object *vfs;
	size_t i, at = 0;

	if (!json_object_object_get_ex(attrs, "vfs", &vfs))
		return;
	for (i = 0; i < json_object_array_length(vfs) && at < size; i++) {
		struct json_object *vf = json_object_array_get_idx(vfs, i);
		const char *driver = out_get(vf, "driver");

		at += (size_t)snprintf(buf + at, size - at, "%s%s(%s)", i ? " " : "",
				       out_get(vf, "address"), driver[0] ? driver : "-");
	}
}

static const struct column columns[] = {
	{ .title = "PF" },
	{ .title = "DRIVER", .key = "driver" },
	{ .title = "VFS", .key = "numvfs" },
	{ .title = "MOST", .key = "totalvfs" },
	{ .title = "VF(DRIVER)", .cell = vfs_cell },
};

static enum rc show_one(struct call *call, const char *text)
{
	struct devs devs = { 0 };
	char bdf[BDF_LEN];
	enum rc rc = operand_pf(call->out, text, &devs, bdf);

	if (!rc)
		show_pf(call, devs_find(&devs, bdf));
	devs_free(&devs);
	return rc;
}

static enum rc show_all(struct call *call)
{
	struct devs devs = { 0 };
	int err = devs_scan(&devs);
	const struct dev *dev;

	for_each_dev(dev, &devs) {
		if (!err && dev->totalvfs)
			show_pf(call, dev);
	}
	devs_free(&devs);
	return err ? operand_fault(call->out, NULL, "no PCI devices", err) : RC_DONE;
}

static enum rc show_run(struct call *call)
{
	enum rc rc = RC_DONE, one;
	int i;

	out_object(call->out, "sriov");
	if (!call->argc)
		rc = show_all(call);
	for (i = 0; i < call->argc; i++) {
		one = show_one(call, call->argv[i]);
		rc = one > rc ? one : rc;
	}
	out_table(call->out, "sriov", columns, ARRAY_SIZE(columns));
	return rc;
}

/* What the kernel means when it refuses a number of VFs. */
static enum rc refused(struct call *call, const struct dev *pf, unsigned int num, int err)
{
	static const struct {
		int err;
		const char *means, *fix;
	} meanings[] = {
		{ EBUSY, "there are VFs already, or the PF is asleep", "see vfioctl sriov show" },
		{ ENOENT, "the PF's driver does not make VFs", "see dmesg" },
		{ ERANGE, "so many cannot be had", "see MOST in vfioctl sriov show" },
		{ ENOMEM, "no room for their BARs, or no bus numbers for them",
		  "add pci=realloc,assign-busses to the kernel command line, or give more MMIO in "
		  "the firmware's set-up" },
		{ ENOSPC, "the PF has too few interrupts or queues for so many", "ask for fewer" },
		{ EIO, "the PF does not answer", "see dmesg" },
		{ EACCES, "that is for root", "run it as root" },
		{ EPERM, "a locked-down kernel or a container refuses it", "run it on the host" },
		{ EROFS, "sysfs is mounted read-only", "leave the container" },
	};
	const char *means = strerror(-err), *fix = "";
	struct finding f = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].err == -err) {
			means = meanings[i].means;
			fix = meanings[i].fix;
		}
	}
	finding_say(&f, "sriov.kernel", "the kernel refused %u virtual functions: %s (%s)", num,
		    means, strerrorname_np(-err));
	finding_fix(&f, "%s", fix);
	return out_fault(call->out, RC_KERNEL, pf->bdf, &f);
}

static int write_numvfs(const struct dev *pf, unsigned int num)
{
	char path[SYS_PATH], value[16];

	snprintf(path, sizeof(path), SYS_PCI_DEVICES "/%s/sriov_numvfs", pf->bdf);
	snprintf(value, sizeof(value), "%u", num);
	return sys_write(path, value);
}

static bool all_there(const struct dev *pf, unsigned int num)
{
	struct devs vfs = { 0 };
	bool all = !devs_add_vfs(&vfs, pf, num) && vfs.n == num;

	devs_free(&vfs);
	return all;
}

static enum rc wait_for_vfs(struct call *call, const struct dev *pf, unsigned int num)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	struct finding f = { 0 };
	int left;

	for (left = WAIT_MS / POLL_MS; left && !all_there(pf, num); left--)
		nanosleep(&pause, NULL);
	if (left)
		return RC_DONE;
	finding_say(&f, "sriov.late", "the kernel took the number, but not all VFs appeared");
	finding_fix(&f, "see dmesg");
	return out_fault(call->out, RC_PARTIAL, pf->bdf, &f);
}

/* Those who use VFs that would vanish: each is told; with --force as an attribute only. */
static enum rc ask_users(struct call *call, const struct dev *pf)
{
	struct devs vfs = { 0 };
	struct uses uses = { 0 };
	enum rc rc = RC_DONE;
	size_t n;
	int err;

	/* One that cannot be looked at may have a user */
	err = devs_add_vfs(&vfs, pf, pf->numvfs);
	if (err)
		rc = operand_fault(call->out, pf->bdf, "its virtual functions cannot be read", err);
	guard_static(&uses);
	guard_devs(&uses, &vfs);
	guard_fds(&uses, &vfs);
	for (n = 0; n < uses.n; n++) {
		struct finding *what = &uses.v[n].what;

		if (!devs_find(&vfs, uses.v[n].bdf))
			continue;
		if (call->given & OPT_FORCE) {
			out_finding(out_item(out_array(attrs_of(call, pf), "overridden")), what);
			continue;
		}
		finding_fix(what, "end that first; to do it nevertheless: --force");
		rc = out_fault(call->out, RC_BLOCKED, uses.v[n].bdf, what);
	}
	guard_free(&uses);
	devs_free(&vfs);
	return rc;
}

/* What keeps the PF's driver from making VFs, as far as can be told without trying. */
static enum rc ask_driver(struct call *call, const struct dev *pf, unsigned int num)
{
	struct finding f = { 0 };
	char enabled[8];

	if (num > pf->totalvfs) {
		finding_say(&f, "sriov.range", "it can have %u virtual functions at most",
			    pf->totalvfs);
		return out_fault(call->out, RC_USAGE, pf->bdf, &f);
	}
	if (num && !pf->driver[0]) {
		finding_say(&f, "sriov.driver", "it has no driver, which would make them");
		finding_fix(&f, "vfioctl bind %s, or load its driver", pf->bdf);
		return out_fault(call->out, RC_BLOCKED, pf->bdf, &f);
	}
	if (num && !strcmp(pf->driver, VFIO_PCI_DRIVER) &&
	    sys_read_at(ENABLE_SRIOV, enabled, sizeof(enabled)) > 0 && enabled[0] == 'N') {
		finding_say(&f, "sriov.parameter",
			    "vfio-pci makes no virtual functions while its parameter enable_sriov is off");
		finding_fix(&f, "echo 1 > " ENABLE_SRIOV);
		return out_fault(call->out, RC_BLOCKED, pf->bdf, &f);
	}
	return RC_DONE;
}

static void show_plan(struct call *call, const struct dev *pf, unsigned int num)
{
	struct json_object *plan = out_array(attrs_of(call, pf), "plan");
	char line[128];
	unsigned int step;

	/* the kernel goes from one number to another by way of none */
	for (step = pf->numvfs && num ? 0 : 1; step < 2; step++) {
		snprintf(line, sizeof(line), "echo %u > " SYS_PCI_DEVICES "/%s/sriov_numvfs",
			 step ? num : 0, pf->bdf);
		out_item_str(plan, line);
		out_line(call->out, "%s", line);
	}
	out_bool(attrs_of(call, pf), "changed", false);
	out_bool(attrs_of(call, pf), "dry_run", true);
}

static enum rc carry_out(struct call *call, struct dev *pf, unsigned int num)
{
	unsigned int was = pf->numvfs;
	enum rc rc;
	int err = 0;

	if (was && num)
		err = write_numvfs(pf, 0);
	if (err)
		return refused(call, pf, 0, err);
	err = write_numvfs(pf, num);
	if (err) {
		rc = refused(call, pf, num, err);
		return was && num && write_numvfs(pf, was) ? RC_PARTIAL : rc;
	}
	rc = wait_for_vfs(call, pf, num);
	if (rc)
		return rc;
	pf->numvfs = num;
	out_bool(attrs_of(call, pf), "changed", true);
	show_pf(call, pf);
	out_line(call->out, "%s: %u -> %u virtual functions", pf->bdf, was, num);
	return RC_DONE;
}

static enum rc set_pf(struct call *call, struct dev *pf, unsigned int num)
{
	enum rc rc = ask_driver(call, pf, num);

	if (rc)
		return rc;
	if (num == pf->numvfs) {
		out_bool(attrs_of(call, pf), "changed", false);
		show_pf(call, pf);
		out_line(call->out, "%s: already so, %u virtual functions", pf->bdf, num);
		return RC_DONE;
	}
	rc = ask_users(call, pf);
	if (rc)
		return rc;
	if (call->given & OPT_DRY_RUN) {
		show_plan(call, pf, num);
		return RC_DONE;
	}
	return carry_out(call, pf, num);
}

static enum rc set_run(struct call *call)
{
	const char *text = call->argv[1];
	struct finding f = { 0 };
	struct devs devs = { 0 };
	char bdf[BDF_LEN], *end;
	unsigned long num;
	enum rc rc;

	num = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || num > USHRT_MAX) {
		finding_say(&f, "usage.number", "'%s' is no number of virtual functions", text);
		return out_fault(call->out, RC_USAGE, NULL, &f);
	}
	rc = operand_pf(call->out, call->argv[0], &devs, bdf);
	if (!rc)
		rc = set_pf(call, devs_find(&devs, bdf), (unsigned int)num);
	devs_free(&devs);
	return rc;
}

static const struct verb sriov_verbs[] = {
	{ "show", "[BDF...]", "physical functions and their virtual ones", 0, 0, -1, show_run },
	{ "set", "BDF N", "have N virtual functions", OPT_DRY_RUN | OPT_FORCE, 2, 2, set_run },
};

const struct noun sriov_noun = {
	"sriov", "virtual functions", sriov_verbs, ARRAY_SIZE(sriov_verbs),
};
