// SPDX-License-Identifier: GPL-2.0-only
/*
 * bind and unbind: choose the devices, ask the rules and guards, then move all or none.
 *
 * What stands in the way is told in full, not just the first of it. --force overrides guards and
 * the viability of a group, never what the hardware forbids (bridges, no IOMMU).
 */
#include "bind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assign.h"
#include "guard.h"
#include "move.h"
#include "operand.h"
#include "state.h"

/* A verb in work: the devices named, with all other members of their groups. */
struct work {
	struct call *call;
	struct devs devs;
	struct move *moves;
	size_t nr_moves;
};

static enum rc select_group(struct work *work)
{
	struct call *call = work->call;
	enum rc rc = operand_group(call->out, call->group, &work->devs);
	size_t i, chosen = 0;

	if (rc)
		return rc;
	for (i = 0; i < work->devs.n; i++) {
		work->devs.v[i].selected = !dev_is_bridge(&work->devs.v[i]);
		chosen += work->devs.v[i].selected;
	}
	return chosen ? RC_DONE
		      : operand_fault(call->out, NULL, "the group has only bridges", -ENOENT);
}

static enum rc select_one(struct work *work, const char *text)
{
	char bdf[BDF_LEN];
	enum rc rc = operand_device(work->call->out, text, &work->devs, bdf);

	if (!rc)
		devs_find(&work->devs, bdf)->selected = true;
	return rc;
}

static enum rc worse(enum rc a, enum rc b)
{
	return a > b ? a : b;
}

static enum rc select_devices(struct work *work)
{
	struct call *call = work->call;
	enum rc rc = RC_DONE;
	int i;

	if (call->given & OPT_GROUP)
		return select_group(work);
	for (i = 0; i < call->argc; i++)
		rc = worse(rc, select_one(work, call->argv[i]));
	return rc;
}

static struct json_object *attrs_of(struct work *work, const struct dev *dev)
{
	return out_handle(out_object(work->call->out, "device"), dev->bdf);
}

/* Note what stands in the way; with --force as an attribute, else as an error. */
static enum rc object(struct work *work, const struct dev *dev, const struct finding *what)
{
	struct finding blocked = *what;

	if (work->call->given & OPT_FORCE) {
		out_finding(out_item(out_array(attrs_of(work, dev), "overridden")), what);
		return RC_DONE;
	}
	finding_fix(&blocked, "%s%s--force", what->fix,
		    what->fix[0] ? "; to do it nevertheless: " : "");
	return out_fault(work->call->out, RC_BLOCKED, dev->bdf, &blocked);
}

static enum rc ask_guards(struct work *work, bool (*concerns)(const struct dev *dev))
{
	struct uses uses = { 0 };
	enum rc rc = RC_DONE;
	const struct dev *dev;
	size_t i;

	guard_static(&uses);
	guard_devs(&uses, &work->devs);
	guard_fds(&uses, &work->devs);
	for (i = 0; i < uses.n; i++) {
		dev = devs_find(&work->devs, uses.v[i].bdf);
		if (dev && dev->selected && concerns(dev))
			rc = worse(rc, object(work, dev, &uses.v[i].what));
	}
	guard_free(&uses);
	return rc;
}

static enum rc ask_rules(struct work *work)
{
	enum rc rc = RC_DONE;
	const struct dev *dev;
	struct finding why;

	for_each_dev(dev, &work->devs) {
		memset(&why, 0, sizeof(why));
		if (!dev->selected || assign_check(dev, &work->devs, &why))
			continue;
		if (dev_is_bridge(dev) || dev->group < 0)
			rc = worse(rc, out_fault(work->call->out, RC_BLOCKED, dev->bdf, &why));
		else
			rc = worse(rc, object(work, dev, &why));
	}
	return rc;
}

static bool not_on_vfio(const struct dev *dev)
{
	return !dev->vfio;
}

static bool on_vfio(const struct dev *dev)
{
	return dev->vfio;
}

static void want_bind(struct move *move)
{
	if (move->from->vfio) {		/* by whichever driver of VFIO's: leave it */
		strcpy(move->driver, move->from->driver);
		strcpy(move->override, move->from->override);
		return;
	}
	strcpy(move->driver, VFIO_PCI_DRIVER);
	strcpy(move->override, VFIO_PCI_DRIVER);
	move->record = RECORD_SAVE;
}

/* A leftover override to vfio-pci goes even from a device that vfio-pci does not hold. */
static void want_unbind(struct move *move)
{
	const struct dev *dev = move->from;

	if (dev->vfio) {
		move->any_driver = state_load(dev, move->driver);
		move->record = RECORD_DROP;
		return;
	}
	strcpy(move->driver, dev->driver);
	if (strcmp(dev->override, VFIO_PCI_DRIVER))
		strcpy(move->override, dev->override);
}

static enum rc make_moves(struct work *work, void (*want)(struct move *move))
{
	const struct dev *dev;

	work->moves = calloc(work->devs.n, sizeof(*work->moves));
	if (!work->moves)
		return operand_fault(work->call->out, NULL, "no plan", -ENOMEM);
	for_each_dev(dev, &work->devs) {
		struct move *move = &work->moves[work->nr_moves];

		if (!dev->selected)
			continue;
		move->from = dev;
		want(move);
		if (move_is_noop(move)) {
			strcpy(move->now, dev->driver);
			out_bool(attrs_of(work, dev), "changed", false);
			out_str(attrs_of(work, dev), "driver", dev->driver);
			out_line(work->call->out, "%s: already so, driver %s", dev->bdf,
				 dev->driver[0] ? dev->driver : "none");
			memset(move, 0, sizeof(*move));
			continue;
		}
		work->nr_moves++;
	}
	return RC_DONE;
}

static void show_plan(struct work *work)
{
	struct json_object *attrs, *plan;
	size_t i, n;

	for (i = 0; i < work->nr_moves; i++) {
		attrs = attrs_of(work, work->moves[i].from);
		out_bool(attrs, "changed", false);
		out_bool(attrs, "dry_run", true);
		move_plan(&work->moves[i], attrs);
		plan = out_array(attrs, "plan");
		for (n = 0; n < json_object_array_length(plan); n++)
			out_line(work->call->out, "%s",
				 json_object_get_string(json_object_array_get_idx(plan, n)));
	}
}

static void show_done(struct work *work)
{
	const struct move *move;

	for (move = work->moves; move < work->moves + work->nr_moves; move++) {
		struct json_object *attrs = attrs_of(work, move->from);
		const char *was = move->from->driver;

		out_bool(attrs, "changed", true);
		out_str(attrs, "driver", move->now);
		out_str(attrs, "former", was);
		if (!strcmp(was, move->now))
			out_line(work->call->out, "%s: leftover driver_override cleared, driver %s",
				 move->from->bdf, was[0] ? was : "none");
		else
			out_line(work->call->out, "%s: %s -> %s", move->from->bdf,
				 was[0] ? was : "no driver",
				 move->now[0] ? move->now : "no driver");
	}
}

static enum rc need_drivers(struct work *work)
{
	struct finding f = { 0 };
	size_t i;
	int err;

	for (i = 0; i < work->nr_moves; i++) {
		const char *driver = work->moves[i].driver;

		if (work->moves[i].any_driver || !driver[0])
			continue;
		err = move_need_driver(driver);
		if (!err)
			continue;
		finding_say(&f, "kernel.driver", "driver %s is not loaded, and loading it failed",
			    driver);
		finding_fix(&f, "modprobe %s", driver);
		return out_fault(work->call->out, RC_KERNEL, work->moves[i].from->bdf, &f);
	}
	return RC_DONE;
}

static enum rc carry_out(struct work *work)
{
	enum rc rc;

	if (work->call->given & OPT_DRY_RUN) {
		show_plan(work);
		return RC_DONE;
	}
	if (!work->nr_moves)
		return RC_DONE;
	rc = need_drivers(work);
	if (!rc)
		rc = move_all(work->call->out, work->moves, work->nr_moves);
	if (!rc)
		show_done(work);
	return rc;
}

static enum rc check_operands(const struct call *call)
{
	struct finding f = { 0 };
	bool group = call->given & OPT_GROUP;

	if (group == !call->argc)
		return RC_DONE;
	finding_say(&f, "usage.operands", group ? "give addresses or --group, not both"
						: "no device given");
	finding_fix(&f, "name devices by address, or all of a group by --group N");
	return out_fault(call->out, RC_USAGE, NULL, &f);
}

static enum rc change(struct call *call, bool is_bind)
{
	struct work work = { .call = call };
	enum rc rc = check_operands(call);

	if (!rc)
		rc = select_devices(&work);
	if (!rc && is_bind)
		rc = ask_rules(&work);
	if (!rc || rc == RC_BLOCKED)
		rc = worse(rc, ask_guards(&work, is_bind ? not_on_vfio : on_vfio));
	if (!rc)
		rc = make_moves(&work, is_bind ? want_bind : want_unbind);
	if (!rc)
		rc = carry_out(&work);
	free(work.moves);
	devs_free(&work.devs);
	return rc;
}

enum rc bind_run(struct call *call)
{
	return change(call, true);
}

enum rc unbind_run(struct call *call)
{
	return change(call, false);
}
