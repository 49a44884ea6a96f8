// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/
/*
 * The features of migration as user space calls them, over a driver that notes each arc, fails
 * where it is told to, and moves its state through streams.
 */
#include <pthread.h>
#include <unistd.h>

#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <shim/fdtable.h>
#include <shim/iommu.h>

#include "../../vfio/core/priv.h"
#include "unit.h"

#define ERROR VFIO_DEVICE_STATE_ERROR
#define STOP VFIO_DEVICE_STATE_STOP
#define RUNNING VFIO_DEVICE_STATE_RUNNING
#define STOP_COPY VFIO_DEVICE_STATE_STOP_COPY
#define RESUMING VFIO_DEVICE_STATE_RESUMING
#define PRE_COPY VFIO_DEVICE_STATE_PRE_COPY
#define PRE_COPY_P2P VFIO_DEVICE_STATE_PRE_COPY_P2P
#define NR VFIO_DEVICE_STATE_NR

#define GET VFIO_DEVICE_FEATURE_GET
#define SET VFIO_DEVICE_FEATURE_SET
#define PROBE VFIO_DEVICE_FEATURE_PROBE

/* The features of the device that migrate, with P2P and PRE_COPY and without */
static const u32 feature_sets[] = {
	VFIO_MIGRATION_STOP_COPY,
	VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P,
	VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY,
	VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY,
};
#define ALL_FEATURES feature_sets[3]

/**
 * struct fake - a device whose state is a number of bytes
 * @fail_arc: the arc from now (1 is the next) that fails with @fail_with and leaves @fail_state;
 *	0 for none
 * @reset_before: the arc from now before which a reset comes
 * @file_for_all: every arc gives a file
 */
struct fake {
	struct vfio_device vdev;
	u32 state;
	struct vfio_mig_stream *stream;
	unsigned int arcs, fail_arc, reset_before;
	int fail_with;
	u32 fail_state;
	bool file_for_all;
	int get_error;
	struct device *dev;
	u8 bytes[3 * PAGE_SIZE];
};

static struct fake *fake;

static int fake_open(struct vfio_device *vdev)
{
	return 0;
}

static const struct vfio_device_ops fake_ops = { .name = "fake", .open_device = fake_open };

static struct fake *to_fake(struct vfio_device *vdev)
{
	return container_of(vdev, struct fake, vdev);
}

/* Is it a single arc, as the ABI has them? By the parts of the machine, not by its list. */
static bool is_arc(struct fake *f, u32 from, u32 to)
{
	u32 next;

	return !vfio_mig_get_next_state(&f->vdev, from, to, (void *)&next) && next == to &&
	       from != to;
}

/* One of those that share a session */
static bool is_saving(u32 state)
{
	return state == PRE_COPY || state == PRE_COPY_P2P || state == STOP_COPY;
}

static void end_session(struct fake *f)
{
	vfio_mig_stream_end(f->stream);
	f->stream = NULL;
}

static void fake_reset(struct fake *f)
{
	end_session(f);
	f->state = RUNNING;
}

static struct file *open_session(struct fake *f, u32 to)
{
	size_t first = to == PRE_COPY || to == PRE_COPY_P2P ? 100 : sizeof(f->bytes);
	struct vfio_mig_stream *stream = vfio_mig_stream_alloc(sizeof(f->bytes));
	struct file *file;
	int ret = 0;

	if (!stream)
		return ERR_PTR(-ENOMEM);
	if (to != RESUMING)
		ret = vfio_mig_stream_append(stream, f->bytes, first);
	file = ret ? ERR_PTR(ret) :
		     vfio_mig_stream_file(stream, to == RESUMING ? O_WRONLY : O_RDONLY);
	if (IS_ERR(file)) {
		vfio_mig_stream_end(stream);
		return file;
	}
	if (to == STOP_COPY)
		vfio_mig_stream_complete(stream);
	f->stream = stream;
	return file;
}

static int load(struct fake *f)
{
	vfio_mig_stream_complete(f->stream);
	if (vfio_mig_stream_size(f->stream) != sizeof(f->bytes))
		return -EINVAL;
	return vfio_mig_stream_take(f->stream, f->bytes, sizeof(f->bytes));
}

static struct file *fake_arc(struct fake *f, u32 to)
{
	bool was = vfio_mig_in_session(f->state), is = vfio_mig_in_session(to);
	struct file *file = NULL;
	int ret = 0;

	if (is && !was) {
		file = open_session(f, to);
	} else if (f->state == RESUMING) {
		ret = load(f);
	} else if (is && to == STOP_COPY) {
		ret = vfio_mig_stream_append(f->stream, f->bytes + 100, sizeof(f->bytes) - 100);
		if (!ret)
			vfio_mig_stream_complete(f->stream);
	}
	if (ret || IS_ERR(file))
		return ret ? ERR_PTR(ret) : file;
	if (was && !is)
		end_session(f);
	f->state = to;
	return file;
}

static const struct file_operations stray_fops;

static struct file *fake_set_state(struct vfio_device *vdev, enum vfio_device_mig_state to)
{
	struct fake *f = to_fake(vdev);

	lockdep_assert_held(&vdev->mig_lock);
	f->arcs++;
	if (f->reset_before && !--f->reset_before)
		fake_reset(f);
	if (f->fail_arc && !--f->fail_arc) {
		f->state = f->fail_state;
		return ERR_PTR(f->fail_with);
	}
	if (f->file_for_all) {
		f->state = to;
		return anon_inode_getfile("stray", &stray_fops, NULL, 0);
	}
	return is_arc(f, f->state, to) ? fake_arc(f, to) : ERR_PTR(-EINVAL);
}

/* As mainline's drivers do it: whatever is asked, by a loop of their own */
static struct file *looping_set_state(struct vfio_device *vdev, enum vfio_device_mig_state to)
{
	struct fake *f = to_fake(vdev);
	enum vfio_device_mig_state next;
	struct file *file = NULL;

	f->arcs++;
	if (f->reset_before && !--f->reset_before)
		fake_reset(f);
	while (f->state != to) {
		int ret = vfio_mig_get_next_state(vdev, f->state, to, &next);

		file = ret ? ERR_PTR(ret) : fake_arc(f, next);
		if (IS_ERR(file))
			return file;
	}
	return file;
}

static int fake_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	lockdep_assert_held(&vdev->mig_lock);
	if (to_fake(vdev)->get_error)
		return to_fake(vdev)->get_error;
	*state = to_fake(vdev)->state;
	return 0;
}

static int fake_get_data_size(struct vfio_device *vdev, unsigned long *length)
{
	lockdep_assert_held(&vdev->mig_lock);
	if (to_fake(vdev)->get_error)
		return to_fake(vdev)->get_error;
	*length = sizeof(fake->bytes);
	return 0;
}

static const struct vfio_migration_ops fake_mig_ops = {
	fake_set_state, fake_get_state, fake_get_data_size,
};
static const struct vfio_migration_ops looping_ops = {
	looping_set_state, fake_get_state, fake_get_data_size,
};

/* The device alone, outside any group: what is under test needs no more */
static void up(u32 features)
{
	fake = kzalloc(sizeof(*fake), GFP_KERNEL);
	fake->vdev.ops = &fake_ops;
	fake->vdev.mig_ops = &fake_mig_ops;
	fake->vdev.migration_flags = features;
	mutex_init(&fake->vdev.mig_lock);
	fake->state = RUNNING;
	for (size_t i = 0; i < sizeof(fake->bytes); i++)
		fake->bytes[i] = i / 3;
}

static void down(void)
{
	end_session(fake);
	CHECK(!mutex_is_locked(&fake->vdev.mig_lock));
	mutex_destroy(&fake->vdev.mig_lock);
	kfree(fake);
}

/* The ioctl. @data is what user space gives and gets back; @size is in argsz. */
static long feature(u32 flags, void *data, size_t size)
{
	struct vfio_device_feature head = { .argsz = sizeof(head) + size, .flags = flags };
	u8 *user = shim_user_alloc(sizeof(head) + size), *body = shim_user_body(user);
	long ret;

	memcpy(body, &head, sizeof(head));
	if (size)
		memcpy(body + sizeof(head), data, size);
	ret = vfio_device_feature(&fake->vdev, user);
	if (size)
		memcpy(data, body + sizeof(head), size);
	shim_user_free(user);
	return ret;
}

static int last_fd;

static long set_state(u32 state)
{
	struct vfio_device_feature_mig_state arg = { .device_state = state, .data_fd = 77 };
	long ret = feature(SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &arg, sizeof(arg));

	last_fd = arg.data_fd;
	return ret;
}

static u32 get_state(void)
{
	struct vfio_device_feature_mig_state arg = { .device_state = 99, .data_fd = 77 };

	CHECK_EQ(feature(GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &arg, sizeof(arg)), 0);
	CHECK_EQ(arg.data_fd, -1);
	return arg.device_state;
}

/* Bring the device to a state, quietly; closes what it got */
static bool reach(u32 state)
{
	if (vfio_mig_in_session(fake->state)) {
		end_session(fake);
		fake->state = RUNNING;
	}
	if (set_state(state))
		return false;
	if (last_fd >= 0)
		shim_close(last_fd);
	fake->arcs = 0;
	return true;
}

static void absent(void)
{
	static const u32 numbers[] = {
		VFIO_DEVICE_FEATURE_MIGRATION, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
		VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,
	};
	u8 data[64] = { RUNNING };

	up(0);
	fake->vdev.mig_ops = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		CHECK_EQ(feature(numbers[i] | PROBE, NULL, 0), -ENOTTY);
		CHECK_EQ(feature(numbers[i] | PROBE | GET | SET, NULL, 0), -ENOTTY);
		CHECK_EQ(feature(numbers[i] | GET, data, 64), -ENOTTY);
		CHECK_EQ(feature(numbers[i] | SET, data, 64), -ENOTTY);
		CHECK_EQ(feature(numbers[i], data, 64), -ENOTTY);
	}
	down();
}

/* What each feature can do, and the size that it needs */
static void calls(void)
{
	static const struct { u32 number, ops; size_t size; } features[] = {
		{ VFIO_DEVICE_FEATURE_MIGRATION, GET, 8 },
		{ VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, GET | SET, 8 },
		{ VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, GET, 8 },
	};
	static const u32 ops[] = { GET, SET };

	up(ALL_FEATURES);
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		u32 number = features[i].number;
		u8 data[16] = { RUNNING };

		CHECK_EQ(feature(number | PROBE, NULL, 0), 0);
		CHECK_EQ(feature(number, data, 8), -EINVAL);
		CHECK_EQ(feature(number | GET | SET, data, 8), -EINVAL);
		CHECK_EQ(feature(number | 1u << 19 | GET, data, 8), -EINVAL);
		CHECK_EQ(feature(number | PROBE | GET | SET, NULL, 0),
			 features[i].ops == (GET | SET) ? 0 : -EINVAL);
		for (size_t op = 0; op < ARRAY_SIZE(ops); op++) {
			bool there = features[i].ops & ops[op];

			CHECK_EQ(feature(number | PROBE | ops[op], NULL, 0), there ? 0 : -EINVAL);
			for (size_t size = 0; size < 16; size++)
				CHECK_EQ(feature(number | ops[op], data, size),
					 there && size >= features[i].size ? 0 : -EINVAL);
		}
	}
	CHECK_EQ(fake->state, RUNNING);
	CHECK_EQ(fake->arcs, 0);
	down();
}

static void answers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(feature_sets); i++) {
		u64 value = ~0ull;

		up(feature_sets[i]);
		CHECK_EQ(feature(GET | VFIO_DEVICE_FEATURE_MIGRATION, &value, 8), 0);
		CHECK_EQ(value, feature_sets[i]);
		value = ~0ull;
		CHECK_EQ(feature(GET | VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, &value, 8), 0);
		CHECK_EQ(value, sizeof(fake->bytes));
		for (u32 state = 0; state < NR; state++) {
			fake->state = state;
			CHECK_EQ(get_state(), state);
		}
		fake->get_error = -EIO;
		value = 77;
		CHECK_EQ(feature(GET | VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, &value, 8), -EIO);
		CHECK_EQ(feature(GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &value, 8), -EIO);
		CHECK_EQ(value, 77);
		CHECK_EQ(set_state(STOP), -EIO);
		CHECK_EQ(fake->arcs, 0);
		down();
	}
}

/* Every state from every state, for every set of features */
static void every_transition(const struct vfio_migration_ops *ops)
{
	for (size_t set = 0; set < ARRAY_SIZE(feature_sets); set++)
		for (u32 from = 0; from < NR; from++)
			for (u32 to = 0; to < NR; to++) {
				bool opens = vfio_mig_in_session(to) && from != to &&
					     (!is_saving(from) || !is_saving(to));
				enum vfio_device_mig_state next;
				bool there;
				long ret;

				up(feature_sets[set]);
				fake->vdev.mig_ops = ops;
				if (!reach(from))
					goto next_pair;
				if (from == RESUMING)
					CHECK_EQ(vfio_mig_stream_size(fake->stream), 0);
				there = !vfio_mig_get_next_state(&fake->vdev, from, to, &next);
				ret = set_state(to);
				if (from == RESUMING && to != RESUMING && there) {
					/* nothing has been written, so it cannot be left */
					CHECK_EQ(ret, -EINVAL);
					CHECK_EQ(get_state(), RESUMING);
				} else {
					CHECK_EQ(ret, there ? 0 : -EINVAL);
					CHECK_EQ(get_state(), there ? to : from);
					CHECK_EQ(last_fd >= 0, there && opens);
				}
				if (last_fd >= 0)
					shim_close(last_fd);
next_pair:
				down();
			}
}

static void transitions(void)
{
	every_transition(&fake_mig_ops);
}

static void transitions_of_mainline_drivers(void)
{
	every_transition(&looping_ops);
}

static void no_states(void)
{
	static const u32 wrong[] = { ERROR, NR, 9, 31, 32, 33, 64, 0x80000001, ~0u };

	for (u32 from = 0; from < NR; from++) {
		up(ALL_FEATURES);
		if (from == ERROR)
			fake->state = ERROR;
		else
			CHECK(reach(from));
		for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
			CHECK_EQ(set_state(wrong[i]), -EINVAL);
			CHECK_EQ(last_fd, -1);
		}
		CHECK_EQ(get_state(), from);
		CHECK_EQ(fake->arcs, 0);
		down();
	}
}

/* ERROR is left by reset only */
static void out_of_error(void)
{
	up(ALL_FEATURES);
	fake->state = ERROR;
	for (u32 to = 0; to < NR; to++)
		CHECK_EQ(set_state(to), -EINVAL);
	CHECK_EQ(fake->arcs, 0);
	fake_reset(fake);
	CHECK_EQ(set_state(STOP), 0);
	down();
}

/* Each arc of each way fails, and leaves the device where it was or in ERROR */
static void each_arc_fails(void)
{
	for (u32 from = 1; from < NR; from++)
		for (u32 to = 1; to < NR; to++)
			for (unsigned int nth = 1; ; nth++) {
				u32 before = from, at = from;
				unsigned int arcs = 0;

				/* where the n-th arc begins */
				up(ALL_FEATURES);
				while (at != to && arcs < nth) {
					before = at;
					if (vfio_mig_get_next_state(&fake->vdev, at, to,
								    (void *)&at))
						break;
					arcs++;
				}
				/* RESUMING is left by what is in it: its own test */
				if (arcs < nth || from == RESUMING) {
					down();
					break;
				}
				for (int state = 0; state < 2; state++) {
					CHECK(reach(from));
					fake->fail_arc = nth;
					fake->fail_with = -EIO - state;
					fake->fail_state = state ? before : ERROR;
					CHECK_EQ(set_state(to), -EIO - state);
					CHECK_EQ(fake->arcs, nth);
					CHECK_EQ(last_fd, -1);
					CHECK_EQ(get_state(), state ? before : ERROR);
					/* and back again, as user space would do it */
					fake_reset(fake);
				}
				down();
			}
}

static void any_step_fails(void)
{
	for (u32 to = 1; to < NR; to++) {
		up(ALL_FEATURES);
		SHIM_SWEEP() {
			long ret = set_state(to);

			CHECK(!ret || shim_failed());
			if (ret) {
				/* no descriptor that works, whatever was told */
				CHECK(last_fd == 77 || shim_poll(last_fd) == EPOLLERR);
			} else {
				CHECK_EQ(fake->state, to);
				if (last_fd >= 0)
					CHECK_EQ(shim_close(last_fd), 0);
			}
			CHECK(fake->state != ERROR);
			fake_reset(fake);
		}
		down();
	}
}

/* A pointer that is no good changes nothing */
static void bad_memory(void)
{
	struct {
		struct vfio_device_feature head;
		struct vfio_device_feature_mig_state arg;
	} call = { { sizeof(call), SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE }, { STOP_COPY } };
	void *user;

	up(ALL_FEATURES);
	user = SHIM_USER(&call);
	shim_user_readonly(user);
	CHECK_EQ(vfio_device_feature(&fake->vdev, user), -EFAULT);
	user = shim_user_dup(&call, sizeof(call.head));
	CHECK_EQ(vfio_device_feature(&fake->vdev, user), -EFAULT);
	CHECK_EQ(fake->arcs, 0);
	CHECK_EQ(get_state(), RUNNING);
	call.head.flags ^= SET ^ GET;
	user = SHIM_USER(&call);
	shim_user_readonly(user);
	CHECK_EQ(vfio_device_feature(&fake->vdev, user), -EFAULT);
	call.head.flags = GET | VFIO_DEVICE_FEATURE_MIGRATION;
	user = SHIM_USER(&call);
	shim_user_readonly(user);
	CHECK_EQ(vfio_device_feature(&fake->vdev, user), -EFAULT);
	call.head.flags = GET | VFIO_DEVICE_FEATURE_MIG_DATA_SIZE;
	user = SHIM_USER(&call);
	shim_user_readonly(user);
	CHECK_EQ(vfio_device_feature(&fake->vdev, user), -EFAULT);
	down();
}

/* Without a descriptor left a session is refused before the first arc; all else goes on */
static void no_descriptors(void)
{
	int fds[300], n = 0;

	up(ALL_FEATURES);
	while (n < 300 && (fds[n] = shim_plain_fd()) >= 0)
		n++;
	CHECK_EQ(set_state(STOP_COPY), -EMFILE);
	CHECK_EQ(fake->arcs, 0);
	CHECK_EQ(set_state(STOP), 0);
	CHECK_EQ(set_state(RUNNING), 0);
	while (n--)
		shim_close(fds[n]);
	down();
}

/* A file that comes with an arc that opens no session reaches nobody */
static void stray_files(void)
{
	for (u32 to = 1; to < NR; to++) {
		bool alone;

		up(ALL_FEATURES);
		fake->file_for_all = true;
		alone = is_arc(fake, RUNNING, to) && vfio_mig_in_session(to);
		CHECK_EQ(set_state(to), to == RUNNING || alone ? 0 : -EBUSY);
		CHECK_EQ(last_fd >= 0, alone);
		if (alone)
			shim_close(last_fd);
		down();
	}
}

/* VFIO_DEVICE_RESET comes between two arcs */
static void reset_on_the_way(void)
{
	static const struct vfio_migration_ops *const ops[] = { &fake_mig_ops, &looping_ops };

	for (unsigned int i = 0; i < 2; i++)
		for (u32 from = 1; from < NR; from++)
			for (u32 to = 1; to < NR; to++)
				for (unsigned int nth = 1; nth < 5; nth++) {
					up(ALL_FEATURES);
					fake->vdev.mig_ops = ops[i];
					CHECK(reach(from));
					fake->reset_before = nth;
					/* done, or refused; never a stray file */
					if (!set_state(to))
						CHECK_EQ(get_state(), to);
					else
						CHECK_EQ(last_fd, -1);
					if (last_fd >= 0)
						CHECK_EQ(shim_close(last_fd), 0);
					down();
				}
}

/* A whole migration, the state by way of both streams */
static void migrate(bool pre_copy)
{
	u8 *user = shim_user_alloc(sizeof(fake->bytes) + 1);
	struct vfio_precopy_info info = { .argsz = sizeof(info) };
	size_t got = 0;
	ssize_t ret;
	int fd;

	up(ALL_FEATURES);
	fake->bytes[5] = 0xee;
	if (pre_copy) {
		CHECK_EQ(set_state(PRE_COPY), 0);
		fd = last_fd;
		CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, SHIM_USER(&info)), 0);
		while ((ret = shim_read(fd, user + got, 64)) > 0)
			got += ret;
		CHECK_EQ(ret, -ENOMSG);
		CHECK_EQ(got, 100);
		/* the session goes on, through PRE_COPY_P2P */
		CHECK_EQ(set_state(STOP_COPY), 0);
		CHECK_EQ(fake->arcs, 3);
		CHECK_EQ(last_fd, -1);
		CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, SHIM_USER(&info)), -EINVAL);
	} else {
		CHECK_EQ(set_state(STOP_COPY), 0);
		fd = last_fd;
	}
	while ((ret = shim_read(fd, user + got, 999)) > 0)
		got += ret;
	CHECK_EQ(ret, 0);
	CHECK_EQ(got, sizeof(fake->bytes));
	CHECK_EQ(set_state(STOP), 0);
	CHECK_EQ(shim_read(fd, user + got, 1), -ENODEV);
	shim_close(fd);
	down();

	up(ALL_FEATURES);
	CHECK_EQ(fake->bytes[5], 1);
	CHECK_EQ(set_state(RESUMING), 0);
	fd = last_fd;
	CHECK_EQ(shim_write(fd, user, 5000), 5000);
	/* not yet all of it: refused, and the device stays as it is */
	CHECK_EQ(set_state(RUNNING), -EINVAL);
	CHECK_EQ(get_state(), RESUMING);
	fake_reset(fake);
	shim_close(fd);
	CHECK_EQ(set_state(RESUMING), 0);
	fd = last_fd;
	for (size_t at = 0; at < got; at += ret) {
		ret = shim_write(fd, user + at, min(got - at, (size_t)5000));
		CHECK_OR_STOP(ret > 0);
	}
	CHECK_EQ(shim_write(fd, user, 1), -ENOSPC);
	CHECK_EQ(set_state(RUNNING), 0);
	CHECK_EQ(fake->bytes[5], 0xee);
	CHECK(!memcmp(fake->bytes, shim_user_body(user), got));
	CHECK_EQ(shim_write(fd, user, 1), -ENODEV);
	shim_close(fd);
	down();
}

static void stop_and_copy(void)
{
	migrate(false);
}

static void pre_copy(void)
{
	migrate(true);
}

/* Two threads: each transition is whole, and nobody sees one half done */

static bool racing;
static const u32 goals[2] = { STOP, RUNNING };

static void *go_to_and_fro(void *task)
{
	shim_become(task);
	for (unsigned int i = 0; i < 200; i++) {
		struct vfio_device_feature_mig_state arg = { .device_state = goals[i & 1] };

		CHECK_EQ(feature(SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &arg, sizeof(arg)),
			 0);
		CHECK_EQ(arg.data_fd, -1);
	}
	return NULL;
}

static void *look_on(void *task)
{
	shim_become(task);
	while (__atomic_load_n(&racing, __ATOMIC_SEQ_CST)) {
		u32 state = get_state();

		CHECK(state == STOP || state == RUNNING);
	}
	return NULL;
}

static void two_threads(void)
{
	pthread_t movers[2], watcher;

	up(ALL_FEATURES);
	shim_jitter(true);
	racing = true;
	pthread_create(&watcher, NULL, look_on, current);
	for (unsigned int i = 0; i < 2; i++)
		pthread_create(&movers[i], NULL, go_to_and_fro, current);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(movers[i], NULL);
	__atomic_store_n(&racing, false, __ATOMIC_SEQ_CST);
	pthread_join(watcher, NULL);
	shim_jitter(false);
	down();
}

/* A driver whose ops are incomplete is not let in */
static void registration(void)
{
	static const struct vfio_migration_ops incomplete[] = {
		{ NULL, fake_get_state, fake_get_data_size },
		{ fake_set_state, NULL, fake_get_data_size },
		{ fake_set_state, fake_get_state, NULL },
	};
	static const u32 flags[] = { 0, 2, 4, 6, 9, 0x80000001 };
	struct vfio_device vdev = {
		.migration_flags = VFIO_MIGRATION_STOP_COPY, .ops = &fake_ops,
	};
	unsigned int refused = 0;

	shim_quiet(true);
	for (size_t i = 0; i < ARRAY_SIZE(incomplete); i++, refused++) {
		vdev.mig_ops = &incomplete[i];
		CHECK_EQ(vfio_register_group_dev(&vdev), -EINVAL);
	}
	vdev.mig_ops = &fake_mig_ops;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++, refused++) {
		vdev.migration_flags = flags[i];
		CHECK_EQ(vfio_register_group_dev(&vdev), -EINVAL);
	}
	UNIT_EXPECT_COMPLAINTS(refused);
	for (size_t i = 0; i < ARRAY_SIZE(feature_sets); i++) {
		vdev.migration_flags = feature_sets[i];
		CHECK(vfio_mig_valid(&vdev));
	}
	vdev.mig_ops = NULL;
	CHECK(vfio_mig_valid(&vdev));
}

UNIT_TESTS(mig,
	{ "absent: ENOTTY", absent },
	{ "what can be called", calls },
	{ "answers", answers },
	{ "every state from every state", transitions },
	{ "likewise, over a driver of mainline's kind", transitions_of_mainline_drivers },
	{ "what is no state", no_states },
	{ "out of ERROR", out_of_error },
	{ "each arc fails", each_arc_fails },
	{ "any step fails", any_step_fails },
	{ "bad memory", bad_memory },
	{ "no descriptors", no_descriptors },
	{ "stray files", stray_files },
	{ "a reset on the way", reset_on_the_way },
	{ "stop and copy", stop_and_copy },
	{ "pre-copy", pre_copy },
	{ "two threads", two_threads },
	{ "registration", registration })
