// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/mig_stream.c vfio/core/args.c
/*
 * A stream of migration data, both ends used in any order and with any lengths, against what a
 * queue of that limit has to answer. Its bytes count up, so that one which is lost, doubled or
 * in the wrong place shows.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <shim/fdtable.h>
#include <shim/user.h>
#include <vfio/mig.h>

#include "fuzz.h"

#define MOST 20000

static struct vfio_mig_stream *stream;
static int fd;

/* What must be so: the positions of both ends, and how far things have gone */
static struct {
	size_t limit, in, out, initial;
	bool complete, ended;
} model;

static size_t in_queue(void)
{
	return model.in - model.out;
}

/* Lengths near those at which something happens: few bytes, a chunk, the limit */
static size_t length(struct fuzz_input *in)
{
	size_t near[] = { 0, PAGE_SIZE - 16, model.limit - in_queue(), in_queue() };
	unsigned int kind = fuzz_take(in, 1);

	return (near[kind & 3] + fuzz_take(in, 2) % 64 - (kind & 4 ? 32 : 0)) % MOST;
}

static u8 byte_at(size_t at)
{
	return at + (at >> 8) * 13;
}

static u8 *counted(size_t at, size_t n)
{
	static u8 bytes[MOST];

	for (size_t i = 0; i < n; i++)
		bytes[i] = byte_at(at + i);
	return bytes;
}

static void append(size_t n)
{
	int want = model.complete ? -EINVAL : n > model.limit - in_queue() ? -ENOSPC : 0;

	FUZZ_HOLDS(vfio_mig_stream_append(stream, counted(model.in, n), n) == want);
	if (!want)
		model.in += n;
}

static void user_read(size_t n, size_t buffer)
{
	u8 *user = shim_user_alloc(buffer);
	ssize_t ret = shim_read(fd, user, n);
	size_t most = min3(n, buffer, in_queue());

	if (!n)
		FUZZ_HOLDS(ret == 0);
	else if (model.ended)
		FUZZ_HOLDS(ret == -ENODEV);
	else if (!in_queue())
		FUZZ_HOLDS(ret == (model.complete ? 0 : -ENOMSG));
	else
		FUZZ_HOLDS(ret == (most ? most : -EFAULT));
	if (ret > 0) {
		FUZZ_HOLDS(!memcmp(shim_user_body(user), counted(model.out, ret), ret));
		model.out += ret;
	}
	shim_user_free(user);
}

static void user_write(size_t n, size_t buffer)
{
	u8 *user = shim_user_dup(counted(model.in, buffer), buffer);
	ssize_t ret = shim_write(fd, user, n);
	size_t most = min3(n, buffer, model.limit - in_queue());

	if (!n)
		FUZZ_HOLDS(ret == 0);
	else if (model.complete || model.ended)
		FUZZ_HOLDS(ret == -ENODEV);
	else if (model.limit == in_queue())
		FUZZ_HOLDS(ret == -ENOSPC);
	else
		FUZZ_HOLDS(ret == (most ? most : -EFAULT));
	if (ret > 0)
		model.in += ret;
	shim_user_free(user);
}

static void take(size_t n)
{
	u8 bytes[MOST];
	int want = !model.complete ? -EINVAL : n > in_queue() ? -ENODATA : 0;

	FUZZ_HOLDS(vfio_mig_stream_take(stream, bytes, n) == want);
	if (want)
		return;
	FUZZ_HOLDS(!memcmp(bytes, counted(model.out, n), n));
	model.out += n;
}

static void precopy_info(struct fuzz_input *in)
{
	struct vfio_precopy_info info = { .argsz = fuzz_take(in, 1) }, *user = SHIM_USER(&info);
	size_t initial = model.initial - min(model.initial, model.out);
	long ret = shim_ioctl(fd, VFIO_MIG_GET_PRECOPY_INFO, user);

	info = *(struct vfio_precopy_info *)shim_user_body(user);
	shim_user_free(user);
	if (info.argsz < sizeof(info) || model.complete || model.ended) {
		FUZZ_HOLDS(ret == -EINVAL);
		return;
	}
	FUZZ_HOLDS(ret == 0 && info.initial_bytes == initial);
	FUZZ_HOLDS(info.dirty_bytes == in_queue() - initial);
}

static void act(struct fuzz_input *in, bool saving)
{
	unsigned int what = fuzz_take(in, 1);
	size_t n = length(in), buffer = what & 0x80 ? length(in) : n;

	switch (what % 8) {
	case 0 ... 2:
		if (!saving)
			user_write(n, buffer);
		else if (!model.ended)
			append(n);
		break;
	case 3 ... 5:
		if (saving)
			user_read(n, buffer);
		else if (!model.ended)
			take(n);
		break;
	case 6:
		if (saving)
			precopy_info(in);
		break;
	case 7:
		if (model.ended || what & 0x40)
			break;
		if (!model.complete) {
			vfio_mig_stream_complete(stream);
			model.complete = true;
		} else {
			vfio_mig_stream_end(stream);
			model.ended = true;
		}
		break;
	}
	if (!model.ended)
		FUZZ_HOLDS(vfio_mig_stream_size(stream) == in_queue());
}

void fuzz_one(struct fuzz_input *in)
{
	unsigned int kind = fuzz_take(in, 1);
	bool saving = kind & 1;
	struct file *file;

	memset(&model, 0, sizeof(model));
	model.limit = fuzz_take(in, 2) % MOST;
	stream = vfio_mig_stream_alloc(model.limit);
	if (saving && kind & 2)
		append(length(in));
	file = vfio_mig_stream_file(stream, saving ? O_RDONLY : O_WRONLY);
	model.initial = in_queue();
	fd = get_unused_fd_flags(0);
	fd_install(fd, file);
	while (in->left)
		act(in, saving);
	if (!model.ended)
		vfio_mig_stream_end(stream);
	shim_close(fd);
}
