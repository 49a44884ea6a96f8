// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every change of driver is one kind of move: from what a device has now to a wanted pair of driver
 * and driver_override. Bind, unbind and roll-back differ only in what they want. A move is a short
 * list of steps, made first and then shown (--dry-run) or run:
 *
 *   record the present driver            bind
 *   write driver_override                before the device is free: no other driver can get it
 *   unbind from the present driver
 *   bind to the wanted one               by that driver's own file: drivers_probe hides errors
 *
 * A record is dropped last, when all devices of an unbind have arrived: roll-back must find it.
 *
 * Invariant: after move_all() each device is where it was wanted or, if any step failed, all are
 * back where they were, with no driver_override but the one they had; else RC_PARTIAL says so.
 * Signals wait meanwhile.
 */
#include "move.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state.h"

#define MAX_STEPS 4
#define MODPROBE "/sbin/modprobe"

enum step_kind { STEP_SAVE, STEP_WRITE };

struct step {
	enum step_kind kind;
	char path[SYS_PATH];
	char value[SYS_NAME];
};

struct steps {
	struct step v[MAX_STEPS];
	size_t n;
};

static bool driver_changes(const struct move *move)
{
	if (move->any_driver)
		return true;
	return strcmp(move->from->driver, move->driver);
}

bool move_is_noop(const struct move *move)
{
	return !driver_changes(move) && !strcmp(move->from->override, move->override);
}

static struct step *add_step(struct steps *steps, enum step_kind kind, const char *value)
{
	struct step *step = &steps->v[steps->n++];

	step->kind = kind;
	snprintf(step->value, sizeof(step->value), "%s", value);
	return step;
}

static void add_driver_step(struct steps *steps, const struct dev *dev, const char *driver,
			    const char *file)
{
	struct step *step = add_step(steps, STEP_WRITE, dev->bdf);

	snprintf(step->path, sizeof(step->path), SYS_PCI_DRIVERS "/%s/%s", driver, file);
}

static void make_steps(const struct move *move, struct steps *steps)
{
	const struct dev *dev = move->from;
	struct step *step;

	steps->n = 0;
	if (move->record == RECORD_SAVE) {
		step = add_step(steps, STEP_SAVE, dev->driver);
		snprintf(step->path, sizeof(step->path), STATE_DIR "/%s", dev->bdf);
	}
	if (strcmp(dev->override, move->override)) {
		step = add_step(steps, STEP_WRITE, move->override);
		snprintf(step->path, sizeof(step->path), SYS_PCI_DEVICES "/%s/driver_override",
			 dev->bdf);
	}
	if (driver_changes(move)) {
		if (dev->driver[0])
			add_driver_step(steps, dev, dev->driver, "unbind");
		if (move->any_driver) {
			step = add_step(steps, STEP_WRITE, dev->bdf);
			strcpy(step->path, "/sys/bus/pci/drivers_probe");
		} else if (move->driver[0]) {
			add_driver_step(steps, dev, move->driver, "bind");
		}
	}
}

static bool driver_is_missing(const char *driver)
{
	char path[SYS_PATH];

	snprintf(path, sizeof(path), SYS_PCI_DRIVERS "/%s", driver);
	return driver[0] && !sys_exists(path);
}

void move_plan(const struct move *move, struct json_object *attrs)
{
	struct json_object *plan = out_array(attrs, "plan");
	struct steps steps;
	char line[SYS_PATH + SYS_NAME + 16];
	size_t i;

	if (driver_is_missing(move->driver)) {
		snprintf(line, sizeof(line), "modprobe %s", move->driver);
		out_item_str(plan, line);
	}
	make_steps(move, &steps);
	for (i = 0; i < steps.n; i++) {
		const struct step *s = &steps.v[i];

		if (s->kind == STEP_SAVE)
			snprintf(line, sizeof(line), "record driver '%s' in %s", s->value, s->path);
		else
			snprintf(line, sizeof(line), "echo %s%s> %s", s->value,
				 s->value[0] ? " " : "", s->path);
		out_item_str(plan, line);
	}
	if (move->record == RECORD_DROP) {
		snprintf(line, sizeof(line), "rm -f " STATE_DIR "/%s", move->from->bdf);
		out_item_str(plan, line);
	}
}

int move_need_driver(const char *driver)
{
	/* posix_spawn() takes char *, but does not change them. */
	char *const argv[] = { (char *)"modprobe", (char *)"--", (char *)driver, NULL };
	char *const env[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	pid_t pid;
	int status, err;

	if (!driver_is_missing(driver))
		return 0;
	if (!sys_is_live())
		return -ENOENT;
	err = posix_spawn(&pid, MODPROBE, NULL, NULL, argv, env);
	if (err)
		return -err;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return driver_is_missing(driver) ? -ENOENT : 0;
}

/* What an errno of a step means for a person; the rule's name ends in the errno's. */
static void explain(struct finding *f, const struct move *move, const struct step *step, int err)
{
	static const struct {
		int err;
		const char *fix;
	} hints[] = {
		{ EACCES, "run it as root" },
		{ EPERM, "run it as root; a locked-down kernel or container refuses even root" },
		{ EROFS, "sysfs is mounted read-only: leave the container" },
		{ ENODEV, "the driver does not take this device: see dmesg" },
		{ EINVAL,
		  "the driver refused the device, for want of an IOMMU or by its type: see dmesg" },
		{ EBUSY, "a user holds the device or its group: see vfioctl show" },
	};
	size_t i;

	finding_say(f, step->kind == STEP_WRITE ? "kernel.write" : "state.write",
		    "writing '%s' to %s%s failed: %s (%s)", step->value, sys_root(), step->path,
		    strerror(-err), strerrorname_np(-err));
	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		if (hints[i].err == -err)
			finding_fix(f, "%s", hints[i].fix);
	}
	if (err == -EPERM && step->kind == STEP_SAVE)
		finding_fix(f, "%s must belong to you, and others must not be able to write to it",
			    STATE_DIR);
	if (err == -ENOENT && step->kind == STEP_WRITE)
		finding_fix(f, "is the driver loaded? modprobe %s", move->driver);
}

static int run_step(const struct move *move, const struct step *step)
{
	if (step->kind == STEP_SAVE)
		return state_save(move->from);
	return sys_write(step->path, step->value);
}

/* The kernel may take a write and yet not bind: drivers_probe does. */
static int check_arrival(struct move *move, struct finding *f)
{
	struct dev now;
	int err = dev_load(move->from->bdf, &now);

	if (err) {
		finding_say(f, "kernel.gone", "the device has vanished");
		return err;
	}
	strcpy(move->now, now.driver);
	if (move->any_driver || !strcmp(now.driver, move->driver))
		return 0;
	finding_say(f, "kernel.bind", "the kernel took the command, but %s has the device, not %s",
		    now.driver[0] ? now.driver : "no driver",
		    move->driver[0] ? move->driver : "none");
	finding_fix(f, "see dmesg for what the driver said");
	return -ENODEV;
}

static int run_move(struct move *move, struct finding *f)
{
	struct steps steps;
	size_t i;
	int err;

	make_steps(move, &steps);
	for (i = 0; i < steps.n; i++) {
		err = run_step(move, &steps.v[i]);
		if (err) {
			explain(f, move, &steps.v[i], err);
			return err;
		}
	}
	return check_arrival(move, f);
}

/*
 * Back to what the device was before, from wherever it is now. An override that would keep its
 * former driver from taking it was a leftover, and is not put back.
 */
static int take_back(const struct move *done, struct finding *f)
{
	struct move back = { .record = RECORD_KEEP };
	struct dev now;
	int err;

	if (dev_load(done->from->bdf, &now)) {
		finding_say(f, "kernel.gone", "the device has vanished");
		return -ENODEV;
	}
	back.from = &now;
	strcpy(back.driver, done->from->driver);
	if (!back.driver[0] || !strcmp(done->from->override, back.driver))
		strcpy(back.override, done->from->override);
	err = run_move(&back, f);
	if (!err && done->record == RECORD_SAVE)
		state_forget(now.bdf);
	return err;
}

static enum rc take_back_all(struct out *out, struct move *moves, size_t n)
{
	enum rc rc = RC_KERNEL;
	struct finding f = { 0 };

	while (n--) {
		const struct dev *dev = moves[n].from;

		if (take_back(&moves[n], &f)) {
			rc = out_fault(out, RC_PARTIAL, dev->bdf, &f);
			continue;
		}
		out_bool(out_handle(out_object(out, "device"), dev->bdf), "changed", false);
		out_line(out, "%s: as before, driver %s", dev->bdf,
			 dev->driver[0] ? dev->driver : "none");
	}
	return rc;
}

static int lock(struct out *out)
{
	struct finding f = { 0 };
	int err = state_lock();

	if (!err)
		return 0;
	finding_say(&f, "state.lock", "cannot use %s%s: %s", sys_root(), STATE_DIR, strerror(-err));
	if (err == -EACCES || err == -EPERM)
		finding_fix(&f,
			    "run it as root; the folder must be root's, writable by root alone");
	out_fault(out, RC_KERNEL, NULL, &f);
	return err;
}

enum rc move_all(struct out *out, struct move *moves, size_t n)
{
	struct finding f = { 0 };
	enum rc rc = RC_DONE;
	sigset_t all, before;
	size_t i;

	if (lock(out))
		return RC_KERNEL;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	for (i = 0; i < n; i++) {
		if (!run_move(&moves[i], &f))
			continue;
		out_fault(out, RC_KERNEL, moves[i].from->bdf, &f);
		rc = take_back_all(out, moves, i + 1);
		break;
	}
	for (i = 0; !rc && i < n; i++) {
		if (moves[i].record == RECORD_DROP)
			state_forget(moves[i].from->bdf);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}
