// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/mig_stream.c vfio/core/args.c
/*
 * The stream behind a data_fd: both directions, its limit, its ends, what is refused, and
 * several threads on it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <shim/fdtable.h>
#include <vfio/mig.h>

#include "unit.h"

/* Streams of some chunks; a chunk is a bit less than a page */
#define LIMIT (5 * PAGE_SIZE)

static u8 pattern_at(size_t at)
{
	return at * 7 + at / 251;
}

static void fill(u8 *bytes, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = pattern_at(at + i);
}

static bool matches(const u8 *bytes, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != pattern_at(at + i))
			return false;
	return true;
}

/* A stream and its file as user space has it */
static struct vfio_mig_stream *stream;
static int fd;

static int publish(int access)
{
	struct file *file = vfio_mig_stream_file(stream, access);
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	shim_fail_pause();
	ret = get_unused_fd_flags(0);
	shim_fail_resume();
	fd_install(ret, file);
	return ret;
}

static void begin(size_t limit, int access)
{
	stream = vfio_mig_stream_alloc(limit);
	fd = publish(access);
	CHECK(fd >= 0);
}

static void finish(void)
{
	vfio_mig_stream_end(stream);
	CHECK_EQ(shim_close(fd), 0);
}

static int append(size_t at, size_t n)
{
	u8 *bytes = malloc(n + 1);
	int ret;

	fill(bytes, at, n);
	ret = vfio_mig_stream_append(stream, bytes, n);
	free(bytes);
	return ret;
}

/* Reads, and checks what it reads to be the pattern from @at on */
static ssize_t read_at(size_t at, size_t n)
{
	u8 *user = shim_user_alloc(n + 1);
	ssize_t ret = shim_read(fd, user, n);

	if (ret > 0) {
		CHECK(ret <= n && matches(shim_user_body(user), at, ret));
		CHECK_EQ(((u8 *)shim_user_body(user))[ret], 0xa5);
	}
	shim_user_free(user);
	return ret;
}

static ssize_t write_at(size_t at, size_t n)
{
	u8 *user = shim_user_alloc(n);
	ssize_t ret;

	fill(shim_user_body(user), at, n);
	ret = shim_write(fd, user, n);
	shim_user_free(user);
	return ret;
}

static int take_at(size_t at, size_t n)
{
	u8 *bytes = malloc(n + 1);
	int ret;

	bytes[n] = 0x77;
	ret = vfio_mig_stream_take(stream, bytes, n);
	if (!ret)
		CHECK(matches(bytes, at, n));
	CHECK_EQ(bytes[n], 0x77);
	free(bytes);
	return ret;
}

static int info(u64 *initial, u64 *dirty)
{
	struct vfio_precopy_info info = { .argsz = sizeof(info), .flags = 0xff }, *user;
	int ret;

	user = SHIM_USER(&info);
	ret = shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, user);
	info = *(struct vfio_precopy_info *)shim_user_body(user);
	shim_user_free(user);
	if (!ret) {
		CHECK_EQ(info.argsz, sizeof(info));
		CHECK_EQ(info.flags, 0);
		*initial = info.initial_bytes;
		*dirty = info.dirty_bytes;
	}
	return ret;
}

static void check_info(u64 initial, u64 dirty)
{
	u64 have_initial = ~0, have_dirty = ~0;

	CHECK_EQ(info(&have_initial, &have_dirty), 0);
	CHECK_EQ(have_initial, initial);
	CHECK_EQ(have_dirty, dirty);
}

static void saving(void)
{
	stream = vfio_mig_stream_alloc(LIMIT);
	CHECK_EQ(append(0, 100), 0);
	fd = publish(O_RDONLY);
	check_info(100, 0);
	CHECK_EQ(append(100, 50), 0);
	check_info(100, 50);
	CHECK_EQ(read_at(0, 60), 60);
	check_info(40, 50);
	CHECK_EQ(read_at(60, 60), 60);
	check_info(0, 30);
	CHECK_EQ(vfio_mig_stream_size(stream), 30);
	CHECK_EQ(read_at(120, 1000), 30);
	/* the end for now */
	check_info(0, 0);
	CHECK_EQ(read_at(150, 1), -ENOMSG);
	CHECK_EQ(append(150, 10), 0);
	check_info(0, 10);
	vfio_mig_stream_complete(stream);
	CHECK_EQ(read_at(150, 8), 8);
	CHECK_EQ(read_at(158, 8), 2);
	/* the end for good */
	CHECK_EQ(read_at(160, 8), 0);
	CHECK_EQ(read_at(160, 8), 0);
	finish();
}

static void resuming(void)
{
	u8 byte;

	begin(LIMIT, O_WRONLY);
	CHECK_EQ(write_at(0, 10), 10);
	CHECK_EQ(write_at(10, 2 * PAGE_SIZE), 2 * PAGE_SIZE);
	CHECK_EQ(vfio_mig_stream_size(stream), 2 * PAGE_SIZE + 10);
	/* not before it is complete */
	CHECK_EQ(take_at(0, 1), -EINVAL);
	vfio_mig_stream_complete(stream);
	CHECK_EQ(write_at(0, 1), -ENODEV);
	CHECK_EQ(take_at(0, 2 * PAGE_SIZE + 11), -ENODATA);
	CHECK_EQ(take_at(0, 1), 0);
	CHECK_EQ(take_at(1, PAGE_SIZE), 0);
	CHECK_EQ(vfio_mig_stream_take(stream, &byte, 0), 0);
	CHECK_EQ(take_at(1 + PAGE_SIZE, PAGE_SIZE + 9), 0);
	CHECK_EQ(vfio_mig_stream_size(stream), 0);
	CHECK_EQ(take_at(0, 1), -ENODATA);
	finish();
}

/* Appends and reads, writes and takes, of all lengths around a chunk's */
static void every_length(void)
{
	static const size_t around[] = { 1, 2, 15, 16, 17, 4000, 4079, 4080, 4081, 4095, 4096,
					 4097, 8159, 8160, 8161 };
	size_t in = 0, out = 0;

	begin(LIMIT, O_RDONLY);
	for (unsigned int i = 0; i < ARRAY_SIZE(around) * ARRAY_SIZE(around); i++) {
		size_t n = around[i % ARRAY_SIZE(around)], m = around[i / ARRAY_SIZE(around)];

		CHECK_EQ(append(in, n), 0);
		in += n;
		while (in - out >= min(m, (size_t)8000)) {
			ssize_t ret = read_at(out, m);

			CHECK_OR_STOP(ret > 0);
			CHECK_EQ(ret, min(m, in - out));
			out += ret;
		}
	}
	finish();

	for (unsigned int i = 0; i < ARRAY_SIZE(around); i++) {
		begin(3 * around[i], O_WRONLY);
		for (in = 0; in < 3 * around[i]; in += around[i])
			CHECK_EQ(write_at(in, around[i]), around[i]);
		vfio_mig_stream_complete(stream);
		for (out = 0; out < in; out++)
			CHECK_EQ(take_at(out, 1), 0);
		finish();
	}
}

static void limit_when_saving(void)
{
	begin(100, O_RDONLY);
	CHECK_EQ(append(0, 101), -ENOSPC);
	CHECK_EQ(vfio_mig_stream_append(stream, "", SIZE_MAX), -ENOSPC);
	CHECK_EQ(append(0, 60), 0);
	CHECK_EQ(append(60, 41), -ENOSPC);
	CHECK_EQ(vfio_mig_stream_append(stream, "", SIZE_MAX - 59), -ENOSPC);
	CHECK_EQ(vfio_mig_stream_size(stream), 60);
	CHECK_EQ(append(60, 40), 0);
	CHECK_EQ(append(100, 1), -ENOSPC);
	CHECK_EQ(append(100, 0), 0);
	/* what has been read leaves room */
	CHECK_EQ(read_at(0, 1), 1);
	CHECK_EQ(append(100, 2), -ENOSPC);
	CHECK_EQ(append(100, 1), 0);
	CHECK_EQ(read_at(1, 200), 100);
	finish();
}

static void limit_when_resuming(void)
{
	u8 *user = shim_user_alloc(8);

	begin(100, O_WRONLY);
	CHECK_EQ(write_at(0, 60), 60);
	/* short, up to the limit, and no further */
	CHECK_EQ(write_at(60, 60), 40);
	CHECK_EQ(write_at(100, 1), -ENOSPC);
	CHECK_EQ(shim_write(fd, user, SSIZE_MAX), -ENOSPC);
	CHECK_EQ(shim_write(fd, user, 0), 0);
	vfio_mig_stream_complete(stream);
	CHECK_EQ(take_at(0, 100), 0);
	/* taking makes no room */
	CHECK_EQ(write_at(100, 1), -ENODEV);
	finish();

	begin(0, O_WRONLY);
	CHECK_EQ(write_at(0, 1), -ENOSPC);
	CHECK_EQ(vfio_mig_stream_size(stream), 0);
	finish();

	begin(SIZE_MAX, O_WRONLY);
	CHECK_EQ(shim_write(fd, user, SSIZE_MAX), 8);	/* the buffer ends there */
	finish();
}

static void no_position(void)
{
	u8 *user = shim_user_alloc(8);

	begin(LIMIT, O_RDONLY);
	CHECK_EQ(append(0, 8), 0);
	CHECK_EQ(shim_pread(fd, user, 4, 0), -ESPIPE);
	CHECK_EQ(shim_pread(fd, user, 4, 4), -ESPIPE);
	CHECK_EQ(shim_pread(fd, user, 4, LLONG_MAX), -ESPIPE);
	CHECK_EQ(shim_write(fd, user, 4), -EBADF);
	CHECK_EQ(read_at(0, 0), 0);
	CHECK_EQ(read_at(0, 8), 8);
	finish();

	begin(LIMIT, O_WRONLY);
	CHECK_EQ(shim_pwrite(fd, user, 4, 0), -ESPIPE);
	CHECK_EQ(shim_pwrite(fd, user, 4, LLONG_MAX), -ESPIPE);
	CHECK_EQ(shim_read(fd, user, 4), -EBADF);
	CHECK_EQ(vfio_mig_stream_size(stream), 0);
	finish();
}

/* Should the file's mode ever let a position through, the stream itself refuses it */
static void position_refused_again(void)
{
	u8 *user = shim_user_alloc(8);
	struct file *file;

	begin(LIMIT, O_RDONLY);
	CHECK_EQ(append(0, 8), 0);
	file = fget(fd);
	CHECK_EQ(file->f_mode & (FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE), 0);
	file->f_mode &= ~FMODE_STREAM;
	CHECK_EQ(shim_pread(fd, user, 4, 2), -ESPIPE);
	fput(file);
	finish();
}

static void polling(void)
{
	begin(LIMIT, O_RDONLY);
	CHECK_EQ(shim_poll(fd), 0);
	CHECK_EQ(append(0, 1), 0);
	CHECK_EQ(shim_poll(fd), EPOLLIN | EPOLLRDNORM);
	CHECK_EQ(read_at(0, 1), 1);
	CHECK_EQ(shim_poll(fd), 0);
	vfio_mig_stream_complete(stream);
	CHECK_EQ(shim_poll(fd), EPOLLIN | EPOLLRDNORM);
	vfio_mig_stream_end(stream);
	CHECK_EQ(shim_poll(fd), EPOLLIN | EPOLLRDNORM | EPOLLHUP);
	shim_close(fd);
}

static unsigned int woken;

static int count_wake(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	woken++;
	return 0;
}

static struct wait_queue_entry waiter;

static void wait_on(struct file *file, wait_queue_head_t *wq, poll_table *table)
{
	init_waitqueue_func_entry(&waiter, count_wake);
	add_wait_queue(wq, &waiter);
}

static void pollers_are_woken(void)
{
	poll_table table;
	struct file *file;

	begin(10, O_RDONLY);
	file = fget(fd);
	init_poll_funcptr(&table, wait_on);
	woken = 0;
	CHECK_EQ(vfs_poll(file, &table), 0);
	CHECK_EQ(append(0, 1), 0);
	CHECK_EQ(woken, 1);
	CHECK_EQ(append(0, 100), -ENOSPC);
	CHECK_EQ(woken, 1);
	vfio_mig_stream_complete(stream);
	CHECK_EQ(woken, 2);
	vfio_mig_stream_end(stream);
	CHECK_EQ(woken, 3);
	list_del(&waiter.entry);
	fput(file);
	shim_close(fd);
}

/* Once the driver has let go not a byte moves, and nothing of it is needed */
static void ended(void)
{
	u64 n;

	begin(LIMIT, O_RDONLY);
	CHECK_EQ(append(0, 2 * PAGE_SIZE), 0);
	CHECK_EQ(read_at(0, 5), 5);
	vfio_mig_stream_end(stream);
	CHECK_EQ(read_at(5, 5), -ENODEV);
	CHECK_EQ(info(&n, &n), -EINVAL);
	shim_close(fd);

	begin(LIMIT, O_WRONLY);
	CHECK_EQ(write_at(0, 5), 5);
	vfio_mig_stream_end(stream);
	CHECK_EQ(write_at(5, 5), -ENODEV);
	shim_close(fd);

	/* the other way round */
	begin(LIMIT, O_RDONLY);
	shim_close(fd);
	CHECK_EQ(append(0, LIMIT), 0);
	CHECK_EQ(append(0, 1), -ENOSPC);
	vfio_mig_stream_complete(stream);
	vfio_mig_stream_end(stream);

	/* never published; and none at all */
	stream = vfio_mig_stream_alloc(LIMIT);
	CHECK_EQ(append(0, 10), 0);
	vfio_mig_stream_end(stream);
	vfio_mig_stream_end(NULL);
}

static void ioctls(void)
{
	struct vfio_precopy_info info = { 0 }, *user;

	begin(LIMIT, O_RDONLY);
	for (info.argsz = 0; info.argsz < sizeof(info); info.argsz++)
		CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, SHIM_USER(&info)), -EINVAL);
	user = SHIM_USER(&info);
	CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, user), 0);
	shim_user_readonly(user);
	CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, user), -EFAULT);
	CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, SHIM_USER_WILD), -EFAULT);
	info.argsz = ~0u;
	CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, SHIM_USER(&info)), 0);
	CHECK_EQ(shim_ioctl(fd, VFIO_DEVICE_GET_INFO, user), -ENOTTY);
	vfio_mig_stream_complete(stream);
	CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, SHIM_USER(&info)), -EINVAL);
	CHECK_EQ(vfio_mig_stream_append(stream, "", 1), -EINVAL);
	CHECK_EQ(vfio_mig_stream_append(stream, "", 0), -EINVAL);
	finish();

	begin(LIMIT, O_WRONLY);
	CHECK_EQ(shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, SHIM_USER(&info)), -ENOTTY);
	CHECK_EQ(shim_poll(fd), EPOLLIN | EPOLLOUT);
	finish();
}

/* A buffer that ends within a transfer: what fitted is done, and only that */
static void bad_memory(void)
{
	u8 *user = shim_user_alloc(PAGE_SIZE), *body = shim_user_body(user);

	begin(LIMIT, O_RDONLY);
	CHECK_EQ(append(0, 3 * PAGE_SIZE), 0);
	CHECK_EQ(shim_read(fd, SHIM_USER_WILD, 10), -EFAULT);
	CHECK_EQ(shim_read(fd, user, 2 * PAGE_SIZE), PAGE_SIZE);
	CHECK(matches(body, 0, PAGE_SIZE));
	CHECK_EQ(read_at(PAGE_SIZE, LIMIT), 2 * PAGE_SIZE);
	finish();

	begin(LIMIT, O_WRONLY);
	CHECK_EQ(shim_write(fd, SHIM_USER_WILD, 10), -EFAULT);
	CHECK_EQ(vfio_mig_stream_size(stream), 0);
	fill(body, 0, PAGE_SIZE);
	CHECK_EQ(shim_write(fd, user, 2 * PAGE_SIZE), PAGE_SIZE);
	CHECK_EQ(shim_write(fd, user + PAGE_SIZE, 1), -EFAULT);
	CHECK_EQ(write_at(PAGE_SIZE, 100), 100);
	vfio_mig_stream_complete(stream);
	CHECK_EQ(take_at(0, PAGE_SIZE + 100), 0);
	CHECK_EQ(take_at(0, 1), -ENODATA);
	finish();
}

static void signals(void)
{
	begin(LIMIT, O_RDONLY);
	CHECK_EQ(append(0, 10), 0);
	current->signalled = true;
	CHECK_EQ(read_at(0, 10), -ERESTARTSYS);
	current->signalled = false;
	CHECK_EQ(read_at(0, 10), 10);
	finish();
}

/* The N-th allocation or copy fails: what was done is told, the rest is as before */
static void sweep_saving(void)
{
	SHIM_SWEEP() {
		size_t in = 0, out = 0;
		ssize_t ret;

		stream = vfio_mig_stream_alloc(LIMIT);
		if (!stream)
			continue;
		if (!append(0, PAGE_SIZE))
			in = PAGE_SIZE;
		fd = publish(O_RDONLY);
		if (fd < 0) {
			vfio_mig_stream_end(stream);
			continue;
		}
		/* behind a failure the stream is as good as before */
		for (unsigned int i = 0; i < 2; i++)
			if (!append(in, 2 * PAGE_SIZE - 5))
				in += 2 * PAGE_SIZE - 5;
		CHECK_EQ(vfio_mig_stream_size(stream), in);
		vfio_mig_stream_complete(stream);
		while ((ret = read_at(out, PAGE_SIZE + 3)))
			if (ret > 0)
				out += ret;
			else
				CHECK(shim_failed());
		CHECK_EQ(out, in);
		finish();
	}
}

static void sweep_resuming(void)
{
	SHIM_SWEEP() {
		size_t in = 0;

		stream = vfio_mig_stream_alloc(LIMIT);
		if (!stream)
			continue;
		fd = publish(O_WRONLY);
		if (fd < 0) {
			vfio_mig_stream_end(stream);
			continue;
		}
		while (in < LIMIT) {
			ssize_t ret = write_at(in, LIMIT);

			if (ret > 0)
				in += ret;
			else
				CHECK(shim_failed());
		}
		vfio_mig_stream_complete(stream);
		CHECK_EQ(take_at(0, LIMIT), 0);
		finish();
	}
}

/* Threads: each writer's record stays whole, and nothing is lost or doubled */

#define RECORDS 64
#define RECORD 700

struct writer {
	pthread_t thread;
	struct task_struct *task;
	u8 mark;
	unsigned int written;
};

static void *write_records(void *arg)
{
	struct writer *w = arg;
	u8 *user = shim_user_alloc(RECORD);

	shim_become(w->task);
	memset(shim_user_body(user), w->mark, RECORD);
	for (unsigned int i = 0; i < RECORDS; i++) {
		ssize_t ret = shim_write(fd, user, RECORD);

		if (ret != RECORD) {
			/* completed; the first part of a record may have been in time */
			CHECK(ret == -ENODEV || ret > 0);
			break;
		}
		w->written++;
	}
	return NULL;
}

static void write_by_two(bool complete_early)
{
	struct writer writers[2] = { { .mark = 'a' }, { .mark = 'b' } };
	unsigned int seen[2] = { 0 };
	size_t in_time = 0;
	u8 record[RECORD];

	begin(4 * RECORDS * RECORD, O_WRONLY);
	shim_jitter(true);
	for (unsigned int i = 0; i < 2; i++) {
		writers[i].task = current;
		pthread_create(&writers[i].thread, NULL, write_records, &writers[i]);
	}
	if (complete_early) {
		while (vfio_mig_stream_size(stream) < 10 * RECORD)
			usleep(50);
		vfio_mig_stream_complete(stream);
		in_time = vfio_mig_stream_size(stream);
	}
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(writers[i].thread, NULL);
	shim_jitter(false);
	if (complete_early)
		CHECK_EQ(vfio_mig_stream_size(stream), in_time);
	vfio_mig_stream_complete(stream);
	while (!vfio_mig_stream_take(stream, record, RECORD)) {
		CHECK(!memchr_inv(record, record[0], RECORD));
		CHECK(record[0] == 'a' || record[0] == 'b');
		seen[record[0] == 'b']++;
	}
	if (!complete_early)
		CHECK_EQ(vfio_mig_stream_size(stream), 0);
	CHECK_EQ(seen[0], writers[0].written);
	CHECK_EQ(seen[1], writers[1].written);
	if (!complete_early)
		CHECK_EQ(seen[0] + seen[1], 2 * RECORDS);
	finish();
}

static void two_writers(void)
{
	for (unsigned int round = 0; round < 10; round++)
		write_by_two(false);
}

/* Half a record may have got in when the driver closed the door; it is not taken for a whole */
static void completed_under_writers(void)
{
	for (unsigned int round = 0; round < 20; round++)
		write_by_two(true);
}

#define TOTAL (40 * PAGE_SIZE)

static size_t read_total;
static u8 read_count[TOTAL / 4];

/* Words that count up: each must reach one reader, once */
static void *read_words(void *task)
{
	u32 *user = shim_user_alloc(64 * 4);

	shim_become(task);
	for (;;) {
		ssize_t ret = shim_read(fd, user, 64 * 4);

		if (ret == 0 || ret == -ENODEV)
			return NULL;
		if (ret == -ENOMSG) {
			usleep(20);
			continue;
		}
		if (!CHECK(ret > 0 && !(ret % 4)))
			return NULL;
		__atomic_add_fetch(&read_total, ret, __ATOMIC_SEQ_CST);
		for (unsigned int i = 0; i < ret / 4; i++) {
			u32 word = ((u32 *)shim_user_body(user))[i];

			if (CHECK(word < TOTAL / 4))
				__atomic_add_fetch(&read_count[word], 1, __ATOMIC_SEQ_CST);
		}
	}
}

static void read_by_two(size_t end_at)
{
	pthread_t threads[2];

	read_total = 0;
	memset(read_count, 0, sizeof(read_count));
	begin(LIMIT, O_RDONLY);
	shim_jitter(true);
	for (unsigned int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, read_words, current);
	for (u32 word = 0; word < end_at / 4; ) {
		u32 words[50];
		unsigned int n = min_t(u32, 50, end_at / 4 - word);
		int ret;

		for (unsigned int i = 0; i < n; i++)
			words[i] = word + i;
		ret = vfio_mig_stream_append(stream, words, n * 4);
		CHECK(!ret || ret == -ENOSPC);
		if (!ret)
			word += n;
	}
	if (end_at == TOTAL)
		vfio_mig_stream_complete(stream);
	else
		vfio_mig_stream_end(stream);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	shim_jitter(false);
	for (unsigned int word = 0; word < TOTAL / 4; word++)
		CHECK(end_at == TOTAL ? read_count[word] == 1 : read_count[word] <= 1);
	if (end_at == TOTAL) {
		CHECK_EQ(read_total, TOTAL);
		vfio_mig_stream_end(stream);
	}
	shim_close(fd);
}

static void two_readers(void)
{
	read_by_two(TOTAL);
}

static void ended_under_readers(void)
{
	for (unsigned int round = 1; round < 10; round++)
		read_by_two(TOTAL / 40 * round);
}

UNIT_TESTS(mig_stream,
	{ "saving", saving },
	{ "resuming", resuming },
	{ "every length", every_length },
	{ "the limit when saving", limit_when_saving },
	{ "the limit when resuming", limit_when_resuming },
	{ "there is no position", no_position },
	{ "a position is refused again", position_refused_again },
	{ "polling", polling },
	{ "pollers are woken", pollers_are_woken },
	{ "ended", ended },
	{ "ioctls", ioctls },
	{ "bad memory", bad_memory },
	{ "signals", signals },
	{ "saving, each step failing", sweep_saving },
	{ "resuming, each step failing", sweep_resuming },
	{ "two writers", two_writers },
	{ "completed under writers", completed_under_writers },
	{ "two readers", two_readers },
	{ "ended under readers", ended_under_readers })
