// SPDX-License-Identifier: GPL-2.0-only
/*
 * why: would a device open through VFIO now, and which rules say so.
 *
 * Nothing is opened: each rule is one function that looks at sysfs, /proc and the nodes in /dev, as
 * the user that asks. Findings are of three kinds: what keeps everybody from opening the device,
 * what an open needs besides (the VF token), and what is good to know.
 */
#include "why.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "assign.h"
#include "guard.h"
#include "operand.h"
#include "out.h"

/* What DPDK or a small guest maps for DMA; a lower limit is told. */
#define MEMLOCK_USUAL (1ull << 30)

/* What the rules look at. */
struct scene {
	const struct dev *dev;
	const struct dev *pf;	/* if it is a VF */
	struct devs devs;	/* it, its group, its PF or VFs */
	struct uses uses;	/* of all of them */
};

static bool look_assign(const struct scene *s, struct finding *f)
{
	return !assign_check(s->dev, &s->devs, f);
}

static bool look_driver(const struct scene *s, struct finding *f)
{
	const struct dev *dev = s->dev;

	if (dev->vfio || dev->group < 0 || dev_is_bridge(dev))
		return false;
	if (dev->driver[0])
		finding_say(f, "open.driver", "it is held by host driver %s", dev->driver);
	else
		finding_say(f, "open.driver", "it has no driver");
	finding_fix(f, "vfioctl bind %s", dev->bdf);
	return true;
}

static const struct use *find_use(const struct scene *s, const char *bdf, const char *rule)
{
	size_t i;

	for (i = 0; i < s->uses.n; i++) {
		const struct use *use = &s->uses.v[i];

		if (!strcmp(use->bdf, bdf) && (!rule || !strcmp(use->what.rule, rule)))
			return use;
	}
	return NULL;
}

static bool take_use(const struct use *use, struct finding *f)
{
	if (use)
		*f = use->what;
	return use;
}

/* A host driver's device: bind will ask the same guards. */
static bool look_host_use(const struct scene *s, struct finding *f)
{
	return !s->dev->vfio && take_use(find_use(s, s->dev->bdf, NULL), f);
}

static bool look_holder(const struct scene *s, struct finding *f)
{
	return s->dev->vfio && take_use(find_use(s, s->dev->bdf, "guard.vfio"), f);
}

static bool look_unseen(const struct scene *s, struct finding *f)
{
	return s->dev->vfio && take_use(find_use(s, s->dev->bdf, "guard.unseen"), f);
}

/* Whether we may read and write a node; 0 or -errno. A saved tree may be without nodes at all. */
static int try_node(const char *path)
{
	int fd, err;

	if (!sys_exists("/dev"))
		return 0;
	fd = sys_open(path, O_PATH);
	if (fd < 0)
		return fd;
	err = faccessat(fd, "", R_OK | W_OK, AT_EACCESS | AT_EMPTY_PATH) ? -errno : 0;
	close(fd);
	return err;
}

static bool say_node(struct finding *f, const char *rule, const char *path, int err)
{
	if (!err)
		return false;
	finding_say(f, rule, "%s cannot be opened: %s (%s)", path, strerror(-err),
		    strerrorname_np(-err));
	return true;
}

static bool look_container(const struct scene *s, struct finding *f)
{
	static const char path[] = "/dev/vfio/vfio";
	int err = s->dev->vfio ? try_node(path) : 0;

	if (!say_node(f, "open.container", path, err))
		return false;
	if (err == -ENOENT)
		finding_fix(f, "modprobe vfio");
	else
		finding_fix(f, "as root: chmod 666 %s", path);
	return true;
}

static bool look_node(const struct scene *s, struct finding *f)
{
	char path[SYS_PATH];
	int err;

	if (!s->dev->vfio || s->dev->group < 0)
		return false;
	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d", s->dev->group);
	if (sys_exists(path))
		return false;
	snprintf(path, sizeof(path), "/dev/vfio/%d", s->dev->group);
	err = try_node(path);
	if (!say_node(f, "open.node", path, err))
		return false;
	if (err == -ENOENT)
		finding_fix(f, "look whether this is the host's /dev: there the kernel makes it");
	else
		finding_fix(f, "as root: chown its user to it, or have a udev rule do so");
	return true;
}

/* It comes by a softdep of vfio's, which nothing makes sure of. */
static bool look_backend(const struct scene *s, struct finding *f)
{
	if (!s->dev->vfio || sys_exists("/sys/module/vfio_iommu_type1"))
		return false;
	finding_say(f, "open.backend",
		    "vfio_iommu_type1 is not loaded, and no container takes an IOMMU without it");
	finding_fix(f, "modprobe vfio_iommu_type1");
	return true;
}

/* Whether the device whose folder is open as @dir is in @state, as the kernel remembers it */
static bool has_power_state(int dir, const char *state)
{
	char now[16];

	return sys_read(dir, "power_state", now, sizeof(now)) >= 0 && !strcmp(now, state);
}

/*
 * A device that has fallen off its bus reads as all ones, so its command register does. One without
 * power would be woken by being asked.
 */
static bool look_dead(const struct scene *s, struct finding *f)
{
	uint32_t head[2] = { 0 };
	int dir = dev_open(s->dev->bdf), fd;

	if (dir < 0)
		return false;
	if (has_power_state(dir, "D3cold")) {
		close(dir);
		return false;
	}
	fd = openat(dir, "config", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	close(dir);
	if (fd < 0)
		return false;
	if (read(fd, head, sizeof(head)) != sizeof(head))
		head[1] = 0;
	close(fd);
	if (head[1] != UINT32_MAX)
		return false;
	finding_say(f, "open.dead", "it does not answer: its configuration space reads all ones");
	finding_fix(f, "see dmesg; echo 1 > " SYS_PCI_DEVICES "/%s/remove, then "
		    "echo 1 > /sys/bus/pci/rescan", s->dev->bdf);
	return true;
}

static void find_direct(void *first, char *line)
{
	unsigned long long start, end;
	char type[32];

	if (!*(char *)first && sscanf(line, "%llx %llx %31s", &start, &end, type) == 3 &&
	    !strcmp(type, "direct"))
		snprintf(first, 64, "%#llx-%#llx", start, end);
}

/* Regions that the device must reach by their own address; those of USB and graphics are eased. */
static bool look_reserved(const struct scene *s, struct finding *f)
{
	char path[SYS_PATH], first[64] = "";

	if (s->dev->group < 0)
		return false;
	snprintf(path, sizeof(path), SYS_IOMMU_GROUPS "/%d/reserved_regions", s->dev->group);
	sys_each_line(path, find_direct, first);
	if (!first[0])
		return false;
	finding_say(f, "open.reserved", "the firmware keeps memory for it (RMRR, %s): its group "
		    "goes into no container (EINVAL)", first);
	finding_fix(f, "turn off what uses it in the firmware's set-up, such as management by the "
		    "device");
	return true;
}

static bool look_token_vf(const struct scene *s, struct finding *f)
{
	const struct use *holder;

	if (!s->pf || !s->pf->vfio)
		return false;
	holder = find_use(s, s->pf->bdf, "guard.vfio");
	finding_say(f, "token.vf", "its PF %s is on %s (%.160s): it opens with the PF's VF token "
		    "only, else EACCES", s->pf->bdf, s->pf->driver,
		    holder ? holder->what.reason : "nobody is seen to have it open");
	finding_fix(f, "have its program give the token: DPDK --vfio-vf-token, QEMU vf-token=; "
		    "vfioctl token check %s", s->dev->bdf);
	return true;
}

/* Of a PF: who has one of its VFs open, or NULL. */
static const struct use *vf_user(const struct scene *s)
{
	const struct use *user = NULL;
	const struct dev *vf;

	for_each_dev(vf, &s->devs) {
		if (!user && !strcmp(vf->physfn, s->dev->bdf))
			user = find_use(s, vf->bdf, "guard.vfio");
	}
	return user;
}

static bool look_token_pf(const struct scene *s, struct finding *f)
{
	const struct use *user = vf_user(s);

	if (!s->dev->vfio || !user)
		return false;
	finding_say(f, "token.pf", "its VF %s is in use (%.200s): it opens with their VF token "
		    "only, else EACCES", user->bdf, user->what.reason);
	finding_fix(f, "have its program give the token by which they were opened; vfioctl token "
		    "check %s", s->dev->bdf);
	return true;
}

static bool look_token_unused(const struct scene *s, struct finding *f)
{
	if (!s->dev->vfio || !s->dev->totalvfs || vf_user(s))
		return false;
	finding_say(f, "token.unused", "it opens without VF token; one that is given becomes the "
		    "token by which its VFs open");
	return true;
}

static bool look_token_forbidden(const struct scene *s, struct finding *f)
{
	const struct dev *pf = s->pf;

	if (!s->dev->vfio || s->dev->totalvfs || (pf && pf->vfio))
		return false;
	if (pf)
		finding_say(f, "token.forbidden", "it must not be given a VF token (EINVAL): its "
			    "PF %s %s%s", pf->bdf, pf->driver[0] ? "is held by host driver " :
			    "has no driver", pf->driver);
	else
		finding_say(f, "token.forbidden",
			    "it must not be given a VF token (EINVAL): it has no VFs");
	return true;
}

/* D3hot is where vfio-pci puts a device that nobody uses. */
static bool look_power(const struct scene *s, struct finding *f)
{
	int dir = dev_open(s->dev->bdf);
	const char *state = NULL;

	if (dir < 0)
		return false;
	if (has_power_state(dir, "D3cold"))
		state = "D3cold";
	else if (has_power_state(dir, "error"))
		state = "error";
	close(dir);
	if (!state)
		return false;
	finding_say(f, "open.power", "its power state is %s: opening has to wake it", state);
	finding_fix(f, "if it does not come back: modprobe vfio-pci disable_idle_d3=1");
	return true;
}

static bool may_lock_all(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &head, data) &&
	       data[CAP_TO_INDEX(CAP_IPC_LOCK)].effective & CAP_TO_MASK(CAP_IPC_LOCK);
}

/* Ours is that of programs that are started as we are. */
static bool look_memlock(const struct scene *s, struct finding *f)
{
	struct rlimit limit;

	if (!s->dev->vfio || !sys_is_live() || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur >= MEMLOCK_USUAL || may_lock_all())
		return false;
	finding_say(f, "open.memlock", "no more than %llu KiB can be mapped for DMA "
		    "(RLIMIT_MEMLOCK); mapping more gives ENOMEM",
		    (unsigned long long)limit.rlim_cur >> 10);
	finding_fix(f, "ulimit -l as high as needed, by limits.conf(5) or LimitMEMLOCK= of "
		    "systemd.exec(5)");
	return true;
}

/* In the order in which a program comes to them. */
static const struct {
	bool (*look)(const struct scene *s, struct finding *f);
	enum why_kind kind;
} rules[] = {
	{ look_assign, WHY_BLOCKS },
	{ look_driver, WHY_BLOCKS },
	{ look_host_use, WHY_NOTES },
	{ look_dead, WHY_BLOCKS },
	{ look_container, WHY_BLOCKS },
	{ look_backend, WHY_BLOCKS },
	{ look_node, WHY_BLOCKS },
	{ look_holder, WHY_BLOCKS },
	{ look_unseen, WHY_NOTES },
	{ look_reserved, WHY_BLOCKS },
	{ look_token_vf, WHY_NEEDS },
	{ look_token_pf, WHY_NEEDS },
	{ look_token_unused, WHY_NOTES },
	{ look_token_forbidden, WHY_NOTES },
	{ look_power, WHY_NOTES },
	{ look_memlock, WHY_NOTES },
};
static_assert(ARRAY_SIZE(rules) <= WHY_MOST, "each rule has its place");

static enum rc judge(struct call *call, const struct why *why)
{
	static const char *const words[] = {
		[WHY_BLOCKS] = "no", [WHY_NEEDS] = "token", [WHY_NOTES] = "yes",
	};
	static const char *const kinds[] = {
		[WHY_BLOCKS] = "blocks", [WHY_NEEDS] = "needs", [WHY_NOTES] = "notes",
	};
	struct json_object *attrs = out_handle(out_object(call->out, "device"), why->dev.bdf);
	enum why_kind worst = WHY_NOTES;
	size_t i;

	for (i = 0; i < why->n; i++)
		worst = why->v[i].kind < worst ? why->v[i].kind : worst;
	out_str(attrs, "open", words[worst]);
	out_str(attrs, "driver", why->dev.driver);
	if (why->dev.group >= 0)
		out_int(attrs, "group", why->dev.group);
	out_str(attrs, "physfn", why->dev.physfn);
	for (i = 0; i < why->n; i++)
		out_finding(out_item(out_array(attrs, kinds[why->v[i].kind])), &why->v[i].f);
	return worst == WHY_BLOCKS ? RC_BLOCKED : RC_DONE;
}

/* Finds what is related to the device, and all uses of it. */
static enum rc set_scene(struct out *out, struct scene *s, const char *bdf)
{
	struct dev dev = *devs_find(&s->devs, bdf);
	int err;

	err = dev.physfn[0] ? devs_add(&s->devs, dev.physfn)
			    : devs_add_vfs(&s->devs, &dev, dev.numvfs);
	if (err)
		return operand_fault(out, bdf, dev.physfn[0] ? "its PF cannot be read" :
				     "its VFs cannot be read", err);
	s->dev = devs_find(&s->devs, bdf);
	s->pf = dev.physfn[0] ? devs_find(&s->devs, dev.physfn) : NULL;
	if (!dev.vfio) {
		guard_static(&s->uses);
		guard_devs(&s->uses, &s->devs);
	}
	guard_fds(&s->uses, &s->devs);
	return RC_DONE;
}

enum rc why_look(struct out *out, const char *text, struct why *why)
{
	struct scene s = { 0 };
	char bdf[BDF_LEN];
	enum rc rc = operand_device(out, text, &s.devs, bdf);
	size_t i;

	if (!rc)
		rc = set_scene(out, &s, bdf);
	why->n = 0;
	for (i = 0; !rc && i < ARRAY_SIZE(rules); i++) {
		why->v[why->n].kind = rules[i].kind;
		why->n += rules[i].look(&s, &why->v[why->n].f);
	}
	if (!rc)
		why->dev = *s.dev;
	guard_free(&s.uses);
	devs_free(&s.devs);
	return rc;
}

static enum rc why_one(struct call *call, const char *text)
{
	struct why why;
	enum rc rc = why_look(call->out, text, &why);

	return rc ? rc : judge(call, &why);
}

enum rc why_run(struct call *call)
{
	enum rc rc = RC_DONE, one;
	int i;

	out_object(call->out, "device");
	for (i = 0; i < call->argc; i++) {
		one = why_one(call, call->argv[i]);
		rc = one > rc ? one : rc;
	}
	out_record(call->out, "device");
	return rc;
}
