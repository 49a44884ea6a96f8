// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/args.c vfio/core/info.c vfio/core/feature.c
// sources: vfio/core/mig.c vfio/core/mig_fsm.c
/*
 * What every ioctl of VFIO rests on: argsz both ways, the header of SET_IRQS, capability
 * chains, the feature dispatcher.
 */
#include <linux/uaccess.h>
#include <vfio/vfio.h>

#include "../../vfio/core/priv.h"
#include "unit.h"

struct sample {
	u32 argsz;
	u32 flags;
	u64 old;
	u64 newer;
};
#define SAMPLE_MIN offsetofend(struct sample, old)

static int get(struct sample *out, u32 argsz, size_t bytes)
{
	struct sample in = { .argsz = argsz, .flags = 1, .old = 2, .newer = 3 };

	memset(out, 0xee, sizeof(*out));
	return vfio_args_get(out, sizeof(*out), SAMPLE_MIN, shim_user_dup(&in, bytes));
}

static void argsz_too_short(void)
{
	struct sample s;

	CHECK_EQ(get(&s, 0, sizeof(s)), -EINVAL);
	CHECK_EQ(get(&s, SAMPLE_MIN - 1, sizeof(s)), -EINVAL);
	CHECK_EQ(get(&s, SAMPLE_MIN, sizeof(s)), 0);
}

static void argsz_of_an_older_user(void)
{
	struct sample s;

	CHECK_EQ(get(&s, SAMPLE_MIN, SAMPLE_MIN), 0);
	CHECK_EQ(s.argsz, SAMPLE_MIN);
	CHECK_EQ(s.old, 2);
	CHECK_EQ(s.newer, 0);
	/* half of a field */
	CHECK_EQ(get(&s, SAMPLE_MIN + 4, SAMPLE_MIN + 4), 0);
	CHECK_EQ(s.newer, 3);
}

static void argsz_of_a_newer_user(void)
{
	struct sample s;

	/* says more, gives what we know: nothing beyond is read */
	CHECK_EQ(get(&s, 0xffffffff, sizeof(s)), 0);
	CHECK_EQ(s.newer, 3);
	CHECK_EQ(s.argsz, 0xffffffff);
}

static void args_of_bad_memory(void)
{
	struct sample s;

	CHECK_EQ(get(&s, sizeof(s), SAMPLE_MIN - 1), -EFAULT);
	CHECK_EQ(get(&s, sizeof(s), sizeof(s) - 1), -EFAULT);
	CHECK_EQ(vfio_args_get(&s, sizeof(s), SAMPLE_MIN, NULL), -EFAULT);
	CHECK_EQ(vfio_args_get(&s, sizeof(s), SAMPLE_MIN, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(vfio_args_get(&s, sizeof(s), SAMPLE_MIN, (void *)~7UL), -EFAULT);
}

/* SET_IRQS */

#define HDR offsetof(struct vfio_irq_set, data)
#define N VFIO_IRQ_SET_DATA_NONE
#define B VFIO_IRQ_SET_DATA_BOOL
#define E VFIO_IRQ_SET_DATA_EVENTFD
#define M VFIO_IRQ_SET_ACTION_MASK
#define U VFIO_IRQ_SET_ACTION_UNMASK
#define T VFIO_IRQ_SET_ACTION_TRIGGER

static const struct {
	const char *what;
	u32 argsz, flags, start, count, irqs;
	int ret;
	size_t size;
} irq_sets[] = {
	{ "none", HDR, N | T, 0, 1, 1, 0, 0 },
	{ "disable", HDR, N | T, 0, 0, 1, 0, 0 },
	{ "bools", HDR + 3, B | M, 2, 3, 5, 0, 3 },
	{ "eventfds", HDR + 20, E | U, 0, 5, 5, 0, 20 },
	{ "more argsz than needed", HDR + 999, E | T, 0, 5, 5, 0, 20 },
	{ "argsz below the header", HDR - 1, N | T, 0, 1, 1, -EINVAL, 0 },
	{ "argsz one short of bools", HDR + 2, B | M, 0, 3, 5, -EINVAL, 0 },
	{ "argsz one short of eventfds", HDR + 19, E | T, 0, 5, 5, -EINVAL, 0 },
	{ "no data type", HDR + 99, T, 0, 1, 1, -EINVAL, 0 },
	{ "two data types", HDR + 99, N | B | T, 0, 1, 1, -EINVAL, 0 },
	{ "three data types", HDR + 99, N | B | E | T, 0, 1, 1, -EINVAL, 0 },
	{ "no action", HDR + 99, N, 0, 1, 1, -EINVAL, 0 },
	{ "two actions", HDR + 99, N | M | T, 0, 1, 1, -EINVAL, 0 },
	{ "unknown flag", HDR + 99, N | T | 1 << 6, 0, 1, 1, -EINVAL, 0 },
	{ "highest flag", HDR + 99, N | T | 1u << 31, 0, 1, 1, -EINVAL, 0 },
	{ "no interrupts at all", HDR, N | T, 0, 0, 0, -EINVAL, 0 },
	{ "start at the limit", HDR, N | T, 5, 0, 5, -EINVAL, 0 },
	{ "the last one", HDR, N | T, 4, 1, 5, 0, 0 },
	{ "one beyond", HDR, N | T, 4, 2, 5, -EINVAL, 0 },
	{ "start + count wraps to 0", ~0u, E | T, 1, ~0u, 5, -EINVAL, 0 },
	{ "start + count wraps to a small one", ~0u, E | T, ~0u, 2, 5, -EINVAL, 0 },
	{ "start + count wraps, without data", HDR, N | T, 1, ~0u, 5, -EINVAL, 0 },
	{ "start + count wraps without data, too", HDR, N | T, 4, ~0u - 2, 5, -EINVAL, 0 },
	{ "count * 4 wraps", HDR + 4, E | T, 0, 0x40000001, ~0u, -EINVAL, 0 },
	{ "largest start", HDR, N | T, ~0u, 1, ~0u, -EINVAL, 0 },
};

static void set_irqs_header(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(irq_sets); i++) {
		struct vfio_irq_set hdr = {
			.argsz = irq_sets[i].argsz, .flags = irq_sets[i].flags,
			.start = irq_sets[i].start, .count = irq_sets[i].count,
		};
		size_t size = 0;
		int ret = vfio_irq_set_size(&hdr, irq_sets[i].irqs, &size);

		unit_check(ret == irq_sets[i].ret && (ret || size == irq_sets[i].size),
			   __FILE__, __LINE__, "%s: %d, %zu bytes", irq_sets[i].what, ret, size);
	}
}

/* Capability chains */

struct info {
	u32 argsz, flags, cap_offset, pad;
};
#define CAPS_FLAG 0x8000

struct cap {
	struct vfio_info_cap_header header;
	u32 value;
};

static int add(struct vfio_info_cap *caps, u16 id, u32 value)
{
	struct cap cap = { { .id = id, .version = 2 }, value };

	return vfio_info_add_capability(caps, &cap.header, sizeof(cap));
}

static void chain_reaches_user(void)
{
	struct info info = { .argsz = sizeof(info) }, *out;
	struct vfio_info_cap caps = { };
	struct cap *cap;
	void *user;

	CHECK_EQ(add(&caps, 1, 11), 0);
	CHECK_EQ(add(&caps, 2, 22), 0);
	CHECK_EQ(add(&caps, 3, 33), 0);
	CHECK(caps.size % 8 == 0);
	user = shim_user_alloc(sizeof(info) + caps.size + 8);
	CHECK_EQ(vfio_info_copy(user, &info, sizeof(info), sizeof(info) + caps.size, &caps,
				CAPS_FLAG, offsetof(struct info, cap_offset)), 0);
	out = shim_user_body(user);
	CHECK_EQ(out->flags, CAPS_FLAG);
	CHECK_EQ(out->cap_offset, sizeof(info));
	cap = (void *)out + out->cap_offset;
	for (u32 n = 1; n <= 3; n++) {
		CHECK_EQ(cap->header.id, n);
		CHECK_EQ(cap->header.version, 2);
		CHECK_EQ(cap->value, n * 11);
		CHECK_OR_STOP(n == 3 ? !cap->header.next : cap->header.next % 8 == 0);
		cap = (void *)out + cap->header.next;
	}
	/* not a byte more than argsz */
	CHECK_EQ(((u8 *)out)[sizeof(info) + caps.size], 0xa5);
	vfio_info_cap_free(&caps);
	CHECK(!caps.buf && !caps.size);
}

static void chain_without_room(void)
{
	struct info info = { .argsz = sizeof(info) }, *out;
	struct vfio_info_cap caps = { };
	size_t need;
	void *user;

	CHECK_EQ(add(&caps, 1, 11), 0);
	need = sizeof(info) + caps.size;
	user = shim_user_alloc(need);
	CHECK_EQ(vfio_info_copy(user, &info, sizeof(info), need - 1, &caps, CAPS_FLAG,
				offsetof(struct info, cap_offset)), 0);
	out = shim_user_body(user);
	CHECK_EQ(out->argsz, need);
	CHECK_EQ(out->flags, CAPS_FLAG);
	CHECK_EQ(out->cap_offset, 0);
	CHECK_EQ(((u8 *)out)[sizeof(info)], 0xa5);
	vfio_info_cap_free(&caps);
}

static void info_of_an_older_user(void)
{
	struct info info = { .argsz = sizeof(info), .flags = 5, .cap_offset = 7 };
	struct vfio_info_cap caps = { };
	u8 *user = shim_user_alloc(12), *out = shim_user_body(user);

	CHECK_EQ(vfio_info_copy(user, &info, sizeof(info), 8, &caps, CAPS_FLAG,
				offsetof(struct info, cap_offset)), 0);
	CHECK_EQ(out[4], 5);
	CHECK_EQ(out[8], 0xa5);
	CHECK_EQ(vfio_info_copy(user + 5, &info, sizeof(info), 8, &caps, CAPS_FLAG,
				offsetof(struct info, cap_offset)), -EFAULT);
}

static void chain_under_failure(void)
{
	SHIM_SWEEP() {
		struct info info = { .argsz = sizeof(info) };
		struct vfio_info_cap caps = { };
		void *user = shim_user_alloc(256);
		int ret = add(&caps, 1, 1) ?: add(&caps, 2, 2) ?:
			  vfio_info_copy(user, &info, sizeof(info), 256, &caps, CAPS_FLAG,
					 offsetof(struct info, cap_offset));

		CHECK_EQ(!ret, !shim_failed());
		CHECK(!ret || ret == -ENOMEM || ret == -EFAULT);
		vfio_info_cap_free(&caps);
		shim_user_free(user);
	}
}

/* Features */

#define GET VFIO_DEVICE_FEATURE_GET
#define SET VFIO_DEVICE_FEATURE_SET
#define PROBE VFIO_DEVICE_FEATURE_PROBE

static void check_feature(void)
{
	CHECK_EQ(vfio_check_feature(GET | 5, 8, GET, 8), 1);
	CHECK_EQ(vfio_check_feature(GET | 5, 7, GET, 8), -EINVAL);
	CHECK_EQ(vfio_check_feature(SET | 5, 8, GET, 8), -EINVAL);
	CHECK_EQ(vfio_check_feature(5, 8, GET | SET, 8), -EINVAL);
	CHECK_EQ(vfio_check_feature(PROBE | 5, 0, GET, 8), 0);
	CHECK_EQ(vfio_check_feature(PROBE | GET | 5, 0, GET, 8), 0);
	CHECK_EQ(vfio_check_feature(PROBE | GET | SET | 5, 0, GET, 8), -EINVAL);
	CHECK_EQ(vfio_check_feature(PROBE | GET | SET | 5, 0, GET | SET, 8), 0);
	CHECK_EQ(vfio_check_feature(SET | 5, 0, SET, 0), 1);
}

static struct { u32 flags; void *arg; size_t argsz; unsigned int calls; } told;

static int tell(struct vfio_device *vdev, u32 flags, void __user *arg, size_t argsz)
{
	told.flags = flags;
	told.arg = arg;
	told.argsz = argsz;
	told.calls++;
	return 42;
}

static long feature(struct vfio_device *vdev, u32 argsz, u32 flags)
{
	struct vfio_device_feature hdr = { .argsz = argsz, .flags = flags };

	return vfio_device_feature(vdev, SHIM_USER(&hdr));
}

static void feature_dispatch(void)
{
	static const struct vfio_device_ops ops = { .device_feature = tell }, none = { };
	struct vfio_device vdev = { .ops = &ops }, without = { .ops = &none };
	u32 size = sizeof(struct vfio_device_feature);

	memset(&told, 0, sizeof(told));
	CHECK_EQ(feature(&vdev, size - 1, GET), -EINVAL);
	CHECK_EQ(feature(&vdev, size, GET | SET), -EINVAL);
	CHECK_EQ(feature(&vdev, size, GET | 1u << 31), -EINVAL);
	CHECK_EQ(feature(&vdev, size, GET | 1u << 19), -EINVAL);
	CHECK_EQ(vfio_device_feature(&vdev, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(told.calls, 0);
	CHECK_EQ(feature(&without, size, GET), -ENOTTY);
	CHECK_EQ(feature(&vdev, size + 24, SET | 5), 42);
	CHECK_EQ(told.flags, SET | 5);
	CHECK_EQ(told.argsz, 24);
	CHECK_EQ(feature(&vdev, size, PROBE | GET | SET | 0xffff), 42);
	CHECK_EQ(told.flags & VFIO_DEVICE_FEATURE_MASK, 0xffff);
	CHECK_EQ(told.calls, 2);
}

UNIT_TESTS(args,
	{ "argsz too short", argsz_too_short },
	{ "argsz of an older user", argsz_of_an_older_user },
	{ "argsz of a newer user", argsz_of_a_newer_user },
	{ "arguments in bad memory", args_of_bad_memory },
	{ "header of SET_IRQS", set_irqs_header },
	{ "a capability chain reaches user space", chain_reaches_user },
	{ "a chain without room is left out whole", chain_without_room },
	{ "info of an older user", info_of_an_older_user },
	{ "a chain under failure", chain_under_failure },
	{ "checks of a feature", check_feature },
	{ "the feature dispatcher", feature_dispatch })
