// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * VFIO_DEVICE_FEATURE on a PF of vfio-pci that can migrate, or a device that is neither, against
 * what the ABI says of sizes, flags and features. The driver below does each arc that exists, or
 * fails where the input says so.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/uuid.h>
#include <shim/user.h>
#include <vfio/pci_core.h>

#include "../../vfio/pci/sriov.h"
#include "../unit/pci_machine.h"
#include "fuzz.h"

#define PROBE VFIO_DEVICE_FEATURE_PROBE
#define GET VFIO_DEVICE_FEATURE_GET
#define SET VFIO_DEVICE_FEATURE_SET
#define HEAD sizeof(struct vfio_device_feature)
#define ROOM 64
#define SIZE 0x123456789abcULL	/* of the migration data */
#define FDS 16

#define S(name) VFIO_DEVICE_STATE_##name

/* The driver */
static struct {
	bool migrates, is_pf;
	u32 features, state;
	unsigned int arcs, fail_arc;	/* the one that fails, from 1 on */
	u32 fail_state;
	bool stray;			/* a file with every arc */
	bool gave_file;			/* the last arc did */
} drv;

static struct vfio_pci_core_device *vdev;
static uuid_t token;
static int fds[FDS];
static unsigned int num_fds;

static bool saves(u32 state)
{
	return state == S(PRE_COPY) || state == S(PRE_COPY_P2P) || state == S(STOP_COPY);
}

static bool in_session(u32 state)
{
	return saves(state) || state == S(RESUMING);
}

/* Is it one step, as the comment on enum vfio_device_mig_state draws it? */
static bool is_arc(u32 from, u32 to)
{
	bool p2p = drv.features & VFIO_MIGRATION_P2P;
	/* from, to, in "with P2P" and "without P2P" */
	static const struct { u8 from, to, with, without; } arcs[] = {
		{ S(STOP), S(RUNNING), 0, 1 }, { S(STOP), S(RUNNING_P2P), 1, 0 },
		{ S(RUNNING_P2P), S(RUNNING), 1, 0 }, { S(PRE_COPY), S(PRE_COPY_P2P), 1, 0 },
		{ S(STOP), S(STOP_COPY), 1, 1 }, { S(STOP), S(RESUMING), 1, 1 },
		{ S(RUNNING), S(PRE_COPY), 1, 1 }, { S(RUNNING_P2P), S(PRE_COPY_P2P), 1, 0 },
	};

	/* the only two that have no way back */
	if (to == S(STOP_COPY) && from == (p2p ? S(PRE_COPY_P2P) : S(PRE_COPY)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(arcs); i++)
		if ((p2p ? arcs[i].with : arcs[i].without) &&
		    ((arcs[i].from == from && arcs[i].to == to) ||
		     (arcs[i].from == to && arcs[i].to == from)))
			return true;
	return false;
}

static bool has_state(u32 state)
{
	switch (state) {
	case S(STOP): case S(RUNNING): case S(STOP_COPY): case S(RESUMING):
		return true;
	case S(RUNNING_P2P):
		return drv.features & VFIO_MIGRATION_P2P;
	case S(PRE_COPY):
		return drv.features & VFIO_MIGRATION_PRE_COPY;
	case S(PRE_COPY_P2P):
		return drv.features & VFIO_MIGRATION_P2P &&
		       drv.features & VFIO_MIGRATION_PRE_COPY;
	}
	return false;
}

/* Can user space ask for it? What has been stopped to be copied is not copied beforehand again. */
static bool reaches(u32 from, u32 to)
{
	return has_state(from) && has_state(to) &&
	       !(from == S(STOP_COPY) && saves(to) && to != S(STOP_COPY));
}

static const struct file_operations session_fops;

static struct file *drv_set_state(struct vfio_device *core, enum vfio_device_mig_state to)
{
	u32 from = drv.state;

	lockdep_assert_held(&core->mig_lock);
	FUZZ_HOLDS(has_state(from) && has_state(to) && is_arc(from, to));
	FUZZ_HOLDS(++drv.arcs <= 4);
	if (drv.arcs == drv.fail_arc) {
		drv.state = drv.fail_state;
		return ERR_PTR(-EIO);
	}
	drv.state = to;
	drv.gave_file = drv.stray || (in_session(to) && !(saves(from) && saves(to)));
	return drv.gave_file ? anon_inode_getfile("session", &session_fops, NULL, 0) : NULL;
}

static int drv_get_state(struct vfio_device *core, enum vfio_device_mig_state *state)
{
	lockdep_assert_held(&core->mig_lock);
	*state = drv.state;
	return 0;
}

static int drv_get_size(struct vfio_device *core, unsigned long *size)
{
	*size = SIZE;
	return 0;
}

static const struct vfio_migration_ops drv_ops = { drv_set_state, drv_get_state, drv_get_size };

/* A feature as user space sees it: what it can do, and its bytes */
struct kind {
	u32 ops, size;
};

static bool kind_of(u32 number, struct kind *kind)
{
	switch (number) {
	case VFIO_DEVICE_FEATURE_PCI_VF_TOKEN:
		*kind = (struct kind){ SET, 16 };
		return drv.is_pf;
	case VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE:
		*kind = (struct kind){ GET | SET, 8 };
		return drv.migrates;
	case VFIO_DEVICE_FEATURE_MIGRATION:
	case VFIO_DEVICE_FEATURE_MIG_DATA_SIZE:
		*kind = (struct kind){ GET, 8 };
		return drv.migrates;
	}
	return false;
}

/* One call: what is given, and what came back */
struct call {
	u32 argsz, flags;
	size_t room;		/* bytes behind the head that are there */
	bool readonly;
	u8 given[ROOM], got[ROOM];
};

/* 1 when the feature is to be carried out; else what the call must return */
static int expected(const struct call *call, struct kind *kind)
{
	u32 ops = call->flags & (GET | SET);

	if (call->argsz < HEAD || call->flags & ~(0xffff | PROBE | GET | SET))
		return -EINVAL;
	if (ops == (GET | SET) && !(call->flags & PROBE))
		return -EINVAL;
	if (!kind_of(call->flags & 0xffff, kind))
		return -ENOTTY;
	if (ops & ~kind->ops)
		return -EINVAL;
	if (call->flags & PROBE)
		return 0;
	if (!ops || call->argsz - HEAD < kind->size)
		return -EINVAL;
	if (call->room < kind->size)
		return -EFAULT;
	if (call->readonly && kind->ops & GET)
		return -EFAULT;
	return 1;
}

/* Not a byte of user space's has changed, from @from on */
static void untouched(const struct call *call, size_t from)
{
	FUZZ_HOLDS(call->room <= from ||
		   !memcmp(call->got + from, call->given + from, call->room - from));
}

static void check_token(const struct call *call, int ret)
{
	FUZZ_HOLDS(!ret);
	untouched(call, 0);
	memcpy(&token, call->given, sizeof(token));
}

static void check_get(const struct call *call, int ret)
{
	u64 value;

	FUZZ_HOLDS(!ret && !drv.arcs);
	untouched(call, 8);
	memcpy(&value, call->got, sizeof(value));
	switch (call->flags & 0xffff) {
	case VFIO_DEVICE_FEATURE_MIGRATION:
		FUZZ_HOLDS(value == drv.features);
		break;
	case VFIO_DEVICE_FEATURE_MIG_DATA_SIZE:
		FUZZ_HOLDS(value == SIZE);
		break;
	case VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE:
		FUZZ_HOLDS(value == (drv.state | (u64)~0U << 32));
		break;
	}
}

/* @from: the state before */
static void check_set_state(const struct call *call, int ret, u32 from)
{
	struct vfio_device_feature_mig_state asked, got;
	bool failed = drv.fail_arc && drv.arcs >= drv.fail_arc;

	memcpy(&asked, call->given, sizeof(asked));
	memcpy(&got, call->got, sizeof(got));
	untouched(call, sizeof(got));
	FUZZ_HOLDS(got.device_state == asked.device_state);
	if (!reaches(from, asked.device_state)) {
		FUZZ_HOLDS(ret == -EINVAL && got.data_fd == -1 && !drv.arcs && drv.state == from);
		return;
	}
	if (failed)
		FUZZ_HOLDS(ret == -EIO && drv.state == drv.fail_state);
	else if (drv.stray && drv.arcs && ret)
		FUZZ_HOLDS(ret == -EBUSY);
	else
		FUZZ_HOLDS(!ret && drv.state == asked.device_state);
	FUZZ_HOLDS((got.data_fd >= 0) == (!ret && drv.arcs && drv.gave_file));
	if (got.data_fd >= 0)
		fds[num_fds++] = got.data_fd;
}

static long carry_out(struct call *call)
{
	struct vfio_device_feature head = { call->argsz, call->flags };
	u8 *user = shim_user_alloc(HEAD + call->room), *body = shim_user_body(user);
	long ret;

	memcpy(body, &head, HEAD);
	memcpy(body + HEAD, call->given, call->room);
	if (call->readonly)
		shim_user_readonly(user);
	ret = shim_ioctl(pm.fd, VFIO_DEVICE_FEATURE, user);
	FUZZ_HOLDS(!memcmp(body, &head, HEAD));
	memcpy(call->got, body + HEAD, call->room);
	shim_user_free(user);
	return ret;
}

static void take_call(struct fuzz_input *in, struct call *call)
{
	static const u32 numbers[] = {
		VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, VFIO_DEVICE_FEATURE_MIGRATION,
		VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
	};
	unsigned int what = fuzz_take(in, 1), sizes = fuzz_take(in, 1);

	*call = (struct call){ .readonly = what & 0x80 };
	call->flags = numbers[what % 4] | (what >> 2 & 7) << 16;
	if (what & 0x20)
		call->flags ^= fuzz_take(in, 4);
	call->argsz = HEAD + (sizes & 31);
	call->room = sizes & 0x40 ? ROOM : sizes & 31;
	if (sizes & 0x80)
		call->argsz = fuzz_take(in, 4);
	if (what & 0x40) {
		unsigned int fail = fuzz_take(in, 1);

		drv.fail_arc = fail & 7;
		drv.fail_state = fail & 8 ? S(ERROR) : drv.state;
		drv.stray = fail & 16;
	}
	for (size_t i = 0; i < call->room && i < 16; i++)
		call->given[i] = fuzz_take(in, 1);
	/* states are small */
	if ((what & 3) == 2 && call->given[4] & 1)
		memset(call->given + 1, 0, 3);
}

static void act(struct fuzz_input *in)
{
	u32 from = drv.state;
	struct kind kind;
	struct call call;
	long ret;
	int want;

	drv.arcs = drv.fail_arc = 0;
	drv.stray = drv.gave_file = false;
	take_call(in, &call);
	want = expected(&call, &kind);
	ret = carry_out(&call);
	if (want != 1) {
		FUZZ_HOLDS(ret == want && !drv.arcs && drv.state == from);
		/* a copy may fail in its midst */
		if (want != -EFAULT || call.readonly)
			untouched(&call, 0);
	} else if (kind.size == 16) {
		check_token(&call, ret);
	} else if (call.flags & GET) {
		check_get(&call, ret);
	} else {
		check_set_state(&call, ret, from);
	}
	if (drv.is_pf)
		FUZZ_HOLDS(!memcmp(&vdev->token->uuid, &token, sizeof(token)));
	/* as a reset of the device would */
	if (drv.state == S(ERROR))
		drv.state = S(RUNNING);
}

static void make(struct fuzz_input *in)
{
	unsigned int kind = fuzz_take(in, 1);

	memset(&drv, 0, sizeof(drv));
	drv.state = S(RUNNING);
	drv.is_pf = kind & 1;
	drv.migrates = kind & 2;
	drv.features = VFIO_MIGRATION_STOP_COPY | (kind & 4 ? VFIO_MIGRATION_P2P : 0) |
		       (kind & 8 ? VFIO_MIGRATION_PRE_COPY : 0);
	num_fds = 0;
	pci_machine_make();
	pm.pdev->is_physfn = drv.is_pf;
	FUZZ_HOLDS(pci_machine_load() == 0);
	vdev = pci_get_drvdata(pm.pdev);
	if (drv.migrates) {
		vdev->vdev.mig_ops = &drv_ops;
		vdev->vdev.migration_flags = drv.features;
	}
	if (drv.is_pf)
		token = vdev->token->uuid;
}

void fuzz_one(struct fuzz_input *in)
{
	make(in);
	FUZZ_HOLDS(pci_user_open() == 0);
	while (in->left && num_fds < FDS)
		act(in);
	while (num_fds)
		FUZZ_HOLDS(!shim_close(fds[--num_fds]));
	pci_user_close();
	pci_machine_unload();
	pci_machine_break();
}
