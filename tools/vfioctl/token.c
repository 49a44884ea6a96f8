// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noun "token": the VF token of a PF that user space drives, see secret.c and the kernel's
 * vfio/pci/token.c for its rules.
 *
 * A PF keeps its token from one user to the next until it leaves vfio-pci, and a user that opens it
 * without naming a token leaves it as it is. So "set" serves a program that knows nothing of
 * tokens: it is run before that program, and whoever drives the VFs gets the same file.
 *
 * "check" asks the kernel without opening the device, which would reset it (vfio.c).
 */
#include <errno.h>
#include <string.h>

#include "assign.h"
#include "guard.h"
#include "operand.h"
#include "out.h"
#include "vfio.h"

static struct json_object *attrs_of(struct call *call, const char *handle)
{
	return out_handle(out_object(call->out, "token"), handle);
}

static enum rc want_one_place(struct call *call, unsigned int places)
{
	struct finding f = { 0 };
	unsigned int given = call->given & places;

	if (given && !(given & (given - 1)))
		return RC_DONE;
	finding_say(&f, "usage.place", "say one place for the token: --file, --fd%s",
		    places & OPT_PRINT ? ", --print" : "");
	return out_fault(call->out, RC_USAGE, NULL, &f);
}

static enum rc want_hidden_fd(struct call *call)
{
	struct finding f = { 0 };

	if (!(call->given & OPT_FD) || call->token.fd > 2)
		return RC_DONE;
	finding_say(&f, "usage.place", "fd %d is for messages", call->token.fd);
	finding_fix(&f, "have the token shown by --print, or name a file that is 3 or higher");
	return out_fault(call->out, RC_USAGE, NULL, &f);
}

static enum rc new_run(struct call *call)
{
	enum rc rc = want_one_place(call, OPT_FILE | OPT_FD | OPT_PRINT);
	struct json_object *attrs;
	struct secret secret;

	if (!rc)
		rc = want_hidden_fd(call);
	if (!rc)
		rc = secret_make(call->out, &secret);
	if (rc)
		return rc;
	attrs = attrs_of(call, "new");
	if (call->given & OPT_PRINT) {
		out_str(attrs, "uuid", secret.text);
		out_line(call->out, "%s", secret.text);
	} else {
		rc = secret_store(call->out, &call->token, call->given & OPT_FORCE, &secret);
		out_bool(attrs, "changed", !rc);
	}
	if (!rc && call->given & OPT_FILE) {
		out_str(attrs, "file", call->token.file);
		out_line(call->out, "%s: new token", call->token.file);
	}
	secret_erase(&secret);
	return rc;
}

/* Whoever has the group: one process can. */
static enum rc say_busy(struct call *call, struct dev *dev)
{
	struct finding f = { 0 };
	struct devs self = { dev, 1 };
	struct uses uses = { 0 };
	const struct use *use;

	finding_say(&f, "guard.vfio", "somebody has its group open");
	guard_fds(&uses, &self);
	use = guard_first(&uses, dev->bdf);
	if (use)
		f = use->what;
	guard_free(&uses);
	return out_fault(call->out, RC_BLOCKED, dev->bdf, &f);
}

/* What failed, and what mends it where the kernel says EACCES or EPERM: each step means another. */
static const struct {
	const char *reason, *fix;
} steps[] = {
	[STEP_GROUP] = { "its group does not open",
		"run it as root, or as the owner of the group's node" },
	[STEP_CONTAINER] = { "/dev/vfio/vfio does not open",
		"run it as root, or as root: chmod 666 /dev/vfio/vfio" },
	[STEP_ATTACH] = { "its group does not go into a container (VFIO_GROUP_SET_CONTAINER)",
		"run it as root" },
	[STEP_IOMMU] = { "the container takes no type 1 IOMMU (VFIO_SET_IOMMU)",
		"interrupts of its group are not isolated: turn interrupt remapping on, or take "
		"the risk by vfio_iommu_type1's parameter allow_unsafe_interrupts" },
	[STEP_DEVICE] = { "it does not open (VFIO_GROUP_GET_DEVICE_FD)",
		"its VFs are in use: name their token by --old-file or --old-fd" },
	[STEP_TOKEN] = { "it does not take the token (VFIO_DEVICE_FEATURE)", "run it as root" },
};

static enum rc refused(struct call *call, const struct dev *dev, enum vfio_step step, int err)
{
	struct finding f = { 0 };

	finding_say(&f, "token.kernel", "%s: %s (%s)", steps[step].reason, strerror(-err),
		    strerrorname_np(-err));
	if (err == -EACCES || err == -EPERM)
		finding_fix(&f, "%s", steps[step].fix);
	else
		finding_fix(&f, "see vfioctl why %s", dev->bdf);
	return out_fault(call->out, RC_KERNEL, dev->bdf, &f);
}

/* The device must be one of VFIO's: only then there is a group to be had. */
static enum rc take_group(struct call *call, struct dev *dev, struct vfio *vfio)
{
	struct finding f = { 0 };
	int err;

	if (!dev->vfio || dev->group < 0) {
		finding_say(&f, "token.driver", "it is not bound to vfio-pci");
		finding_fix(&f, "vfioctl bind %s", dev->bdf);
		return out_fault(call->out, RC_BLOCKED, dev->bdf, &f);
	}
	err = vfio_open_group(vfio, dev);
	if (err == -EBUSY)
		return say_busy(call, dev);
	return err ? refused(call, dev, STEP_GROUP, err) : RC_DONE;
}

static enum rc blocked(struct call *call, const struct dev *dev, const char *rule,
		       const char *reason, const char *fix)
{
	struct finding f = { 0 };

	finding_say(&f, rule, "%s", reason);
	finding_fix(&f, "%s", fix);
	return out_fault(call->out, RC_BLOCKED, dev->bdf, &f);
}

static enum rc say_wrong(struct call *call, const struct dev *dev)
{
	return blocked(call, dev, "token.wrong", dev->physfn[0] ? "this is not its PF's token"
		       : "this is not the token by which its VFs are in use", "");
}

/*
 * While VFs are in use the PF opens with their token only, @old. It is reset then, and with it what
 * its VFs do: that wants --force.
 */
static enum rc ask_for_vfs(struct call *call, const struct dev *pf, const struct vfio *vfio,
			   const struct secret **old)
{
	int err = vfio_admits(vfio, pf, NULL);

	if (err && err != -EACCES)
		return refused(call, pf, STEP_DEVICE, err);
	if (!err) {
		*old = NULL;
		return RC_DONE;
	}
	if (!*old)
		return blocked(call, pf, "token.old",
			       "its VFs are in use, so it opens with their token only",
			       "name that by --old-file or --old-fd");
	if (vfio_admits(vfio, pf, *old))
		return say_wrong(call, pf);
	if (call->given & OPT_FORCE)
		return RC_DONE;
	return blocked(call, pf, "token.reset",
		       "its VFs are in use, and to open it resets it, which disturbs them",
		       "end their users first; to do it nevertheless: --force");
}

static enum rc set_pf(struct call *call, const struct devs *devs, struct dev *pf,
		      const struct secret *token, const struct secret *old)
{
	struct vfio vfio = VFIO_CLOSED;
	struct finding why = { 0 };
	enum rc rc = take_group(call, pf, &vfio);
	int err = 0;

	if (!rc && !assign_check(pf, devs, &why))
		rc = out_fault(call->out, RC_BLOCKED, pf->bdf, &why);
	if (!rc)
		rc = ask_for_vfs(call, pf, &vfio, &old);
	if (!rc) {
		err = vfio_open(&vfio, pf, old);
		if (!err) {
			vfio.step = STEP_TOKEN;
			err = vfio_set_token(&vfio, token);
		}
	}
	if (err)
		rc = refused(call, pf, vfio.step, err);
	vfio_close(&vfio);
	if (rc)
		return rc;
	out_bool(attrs_of(call, pf->bdf), "changed", true);
	out_line(call->out, "%s: token set, until it is opened with another or leaves vfio-pci",
		 pf->bdf);
	return RC_DONE;
}

static enum rc set_run(struct call *call)
{
	const unsigned int old_places = OPT_OLD_FILE | OPT_OLD_FD;
	struct secret token, old;
	bool has_old = call->given & old_places;
	struct devs devs = { 0 };
	char bdf[BDF_LEN];
	enum rc rc = want_one_place(call, OPT_FILE | OPT_FD);

	if (!rc && has_old)
		rc = want_one_place(call, old_places);
	if (!rc)
		rc = operand_pf(call->out, call->argv[0], &devs, bdf);
	if (!rc)
		rc = secret_load(call->out, &call->token, &token);
	if (!rc && has_old)
		rc = secret_load(call->out, &call->old, &old);
	if (!rc)
		rc = set_pf(call, &devs, devs_find(&devs, bdf), &token, has_old ? &old : NULL);
	secret_erase(&token);
	secret_erase(&old);
	devs_free(&devs);
	return rc;
}

/* The kernel wants no token from it now, so none can be compared. */
static enum rc say_unneeded(struct call *call, const struct dev *dev)
{
	if (!dev->physfn[0] && dev->totalvfs)
		return blocked(call, dev, "token.unused",
			       "none of its VFs is in use: it opens without token, and would take "
			       "any for its own", "check the token with one of its VFs");
	return blocked(call, dev, "token.forbidden", dev->physfn[0] ?
		       "its PF is not on vfio-pci, so it must not be given a token" :
		       "it has no VFs, so it must not be given a token", "");
}

static enum rc check_dev(struct call *call, struct dev *dev, const struct secret *token)
{
	struct vfio vfio = VFIO_CLOSED;
	enum rc rc = take_group(call, dev, &vfio);
	int needed, err;

	if (rc)
		return rc;
	needed = vfio_admits(&vfio, dev, NULL);
	err = needed == -EACCES ? vfio_admits(&vfio, dev, token) : needed;
	/* the last user of its VFs may have gone in between, and then any token does */
	if (!err && needed)
		needed = vfio_admits(&vfio, dev, NULL);
	vfio_close(&vfio);
	if (!needed)
		return say_unneeded(call, dev);
	if (err && err != -EACCES)
		return refused(call, dev, STEP_DEVICE, err);
	out_bool(attrs_of(call, dev->bdf), "right", !err);
	if (err)
		return say_wrong(call, dev);
	out_line(call->out, "%s: the token is right", dev->bdf);
	return RC_DONE;
}

static enum rc check_run(struct call *call)
{
	struct devs devs = { 0 };
	struct secret token;
	char bdf[BDF_LEN];
	enum rc rc = want_one_place(call, OPT_FILE | OPT_FD);

	if (!rc)
		rc = operand_device(call->out, call->argv[0], &devs, bdf);
	if (!rc)
		rc = secret_load(call->out, &call->token, &token);
	if (!rc)
		rc = check_dev(call, devs_find(&devs, bdf), &token);
	secret_erase(&token);
	devs_free(&devs);
	return rc;
}

static const struct verb token_verbs[] = {
	{ "new", "--file F | --fd N | --print", "make a token that nobody knows",
	  OPT_FILE | OPT_FD | OPT_PRINT | OPT_FORCE, 0, 0, new_run },
	{ "set", "BDF --file F | --fd N", "open a PF, which resets it, and set its token",
	  OPT_FILE | OPT_FD | OPT_OLD_FILE | OPT_OLD_FD | OPT_FORCE, 1, 1, set_run },
	{ "check", "BDF --file F | --fd N", "is this the token that opens it? (does not open it)",
	  OPT_FILE | OPT_FD, 1, 1, check_run },
};

const struct noun token_noun = {
	"token", "VF tokens", token_verbs, ARRAY_SIZE(token_verbs),
};
