// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stream behind a data_fd: a queue of bytes, user space at one end and a driver at the
 * other. Saving, the driver appends and user space reads; resuming, user space writes and the
 * driver takes.
 *
 * The queue is a list of chunks, each full but for the last. Its size never exceeds the limit
 * that the driver set, whoever fills it. A byte is consumed once and from the front only, so
 * the position is the queue's own: there is no offset to give, to race for or to overflow.
 *
 * A stream is OPEN, then COMPLETE when the driver has nothing to append or to let in any more,
 * and ENDED when it has let go. User space holds the file for as long as it likes: the stream
 * calls nothing of the driver's, which can be gone by then, and an ended one moves no byte. Its
 * memory is charged to the task that caused it and goes with the file.
 *
 * User memory is touched without the lock, since user space can make that take for ever and
 * the driver must not wait for it. A reader copies from bytes that only readers consume and a
 * writer to bytes that are not in the queue yet; the file's own lock lets in one at a time.
 */
#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/export.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <vfio/mig.h>
#include <vfio/vfio.h>

enum stream_phase { STREAM_OPEN, STREAM_COMPLETE, STREAM_ENDED };

#define CHUNK_SIZE (PAGE_SIZE - sizeof(struct list_head))

struct chunk {
	struct list_head next;
	u8 data[CHUNK_SIZE];
};

/**
 * struct vfio_mig_stream - a queue of bytes
 * @ref: the file and the driver hold one each
 * @limit: the most that @size may be
 * @wait: those who poll
 * @user: held across a read or write of user space
 * @lock: guards all below; never held across a copy from or to user space
 * @phase: only goes forward
 * @chunks: the bytes, from @start of the first chunk on, then @room
 * @start: bytes of the first chunk that have been consumed; less than CHUNK_SIZE
 * @size: bytes in the queue
 * @room: bytes of the last chunk that follow the queue. Whoever holds @user may be writing to
 *	them; a chunk is not freed before it was full.
 * @initial: bytes of the queue that were there when the file was made
 *
 * Lock order: @user, @lock.
 */
struct vfio_mig_stream {
	struct kref ref;
	size_t limit;
	wait_queue_head_t wait;
	struct mutex user;

	struct mutex lock;
	enum stream_phase phase;
	struct list_head chunks;
	size_t start;
	size_t size;
	size_t room;
	size_t initial;
};

/* Bytes that follow each other in one chunk */
struct stretch {
	u8 *at;
	size_t len;
};

static void free_chunks(struct list_head *chunks)
{
	struct chunk *chunk, *other;

	list_for_each_entry_safe(chunk, other, chunks, next)
		kfree(chunk);
}

/* Put as many empty chunks as @len bytes need on an empty list; all or none */
static int alloc_chunks(struct list_head *fresh, size_t len)
{
	for (size_t room = 0; room < len; room += CHUNK_SIZE) {
		struct chunk *chunk = kmalloc(sizeof(*chunk), GFP_KERNEL_ACCOUNT);

		if (!chunk) {
			free_chunks(fresh);
			return -ENOMEM;
		}
		list_add_tail(&chunk->next, fresh);
	}
	return 0;
}

/* The first bytes of a queue that is not empty, at most @max */
static struct stretch queue_front(struct vfio_mig_stream *stream, size_t max)
{
	struct chunk *first = list_first_entry(&stream->chunks, struct chunk, next);

	lockdep_assert_held(&stream->lock);
	return (struct stretch) {
		.at = first->data + stream->start,
		.len = min3(max, stream->size, CHUNK_SIZE - stream->start),
	};
}

/* Take away @len bytes, no more than queue_front() gave */
static void queue_consume(struct vfio_mig_stream *stream, size_t len)
{
	struct chunk *first = list_first_entry(&stream->chunks, struct chunk, next);

	lockdep_assert_held(&stream->lock);
	stream->size -= len;
	stream->initial -= min(stream->initial, len);
	stream->start += len;
	if (stream->start < CHUNK_SIZE)
		return;
	stream->start = 0;
	list_del(&first->next);
	kfree(first);
}

/* Where the next bytes go, at most @max; with no room a chunk comes from @fresh first */
static struct stretch queue_back(struct vfio_mig_stream *stream, size_t max,
				 struct list_head *fresh)
{
	struct chunk *last;

	lockdep_assert_held(&stream->lock);
	if (!stream->room) {
		list_move_tail(fresh->next, &stream->chunks);
		stream->room = CHUNK_SIZE;
	}
	last = list_last_entry(&stream->chunks, struct chunk, next);
	return (struct stretch) {
		.at = last->data + CHUNK_SIZE - stream->room,
		.len = min3(max, stream->room, stream->limit - stream->size),
	};
}

/* The @len bytes where queue_back() pointed are there now */
static void queue_produce(struct vfio_mig_stream *stream, size_t len)
{
	lockdep_assert_held(&stream->lock);
	stream->size += len;
	stream->room -= len;
}

static void stream_free(struct kref *ref)
{
	struct vfio_mig_stream *stream = container_of(ref, struct vfio_mig_stream, ref);

	free_chunks(&stream->chunks);
	mutex_destroy(&stream->lock);
	mutex_destroy(&stream->user);
	kfree(stream);
}

/* The side of user space */

/* What a reader gets now; 0 at the end of all, -ENOMSG at the end of what there is so far */
static int readable(struct vfio_mig_stream *stream, size_t max, struct stretch *from)
{
	lockdep_assert_held(&stream->user);
	guard(mutex)(&stream->lock);
	if (stream->phase == STREAM_ENDED)
		return -ENODEV;
	if (!stream->size)
		return stream->phase == STREAM_COMPLETE ? 0 : -ENOMSG;
	*from = queue_front(stream, max);
	return 1;
}

static ssize_t read_some(struct vfio_mig_stream *stream, char __user *buf, size_t max)
{
	struct stretch from;
	size_t copied;
	int ret;

	ret = readable(stream, max, &from);
	if (ret <= 0)
		return ret;
	copied = from.len - copy_to_user(buf, from.at, from.len);
	guard(mutex)(&stream->lock);
	queue_consume(stream, copied);
	return copied ? copied : -EFAULT;
}

/* Where a writer may put bytes now */
static int writable(struct vfio_mig_stream *stream, size_t max, struct stretch *to)
{
	LIST_HEAD(fresh);
	int ret;

	lockdep_assert_held(&stream->user);
	guard(mutex)(&stream->lock);
	if (stream->phase != STREAM_OPEN)
		return -ENODEV;
	if (stream->size == stream->limit)
		return -ENOSPC;
	ret = stream->room ? 0 : alloc_chunks(&fresh, 1);
	if (!ret)
		*to = queue_back(stream, max, &fresh);
	return ret;
}

static ssize_t write_some(struct vfio_mig_stream *stream, char __user *buf, size_t max)
{
	struct stretch to;
	size_t copied;
	int ret;

	ret = writable(stream, max, &to);
	if (ret)
		return ret;
	copied = to.len - copy_from_user(to.at, buf, to.len);
	guard(mutex)(&stream->lock);
	/* The driver has begun to take: what comes now is too late */
	if (stream->phase != STREAM_OPEN)
		return -ENODEV;
	queue_produce(stream, copied);
	return copied ? copied : -EFAULT;
}

/* All of @len bytes, or those until the end or an error */
static ssize_t transfer(struct file *file, char __user *buf, size_t len,
			ssize_t (*some)(struct vfio_mig_stream *stream, char __user *buf,
					size_t max))
{
	struct vfio_mig_stream *stream = file->private_data;
	ssize_t ret = 0;
	size_t done = 0;

	if (mutex_lock_interruptible(&stream->user))
		return -ERESTARTSYS;
	while (done < len) {
		ret = some(stream, buf + done, len - done);
		if (ret <= 0)
			break;
		done += ret;
	}
	mutex_unlock(&stream->user);
	return done ? done : ret;
}

static ssize_t stream_fops_read(struct file *file, char __user *buf, size_t len, loff_t *ppos)
{
	return ppos ? -ESPIPE : transfer(file, buf, len, read_some);
}

static ssize_t stream_fops_write(struct file *file, const char __user *buf, size_t len,
				 loff_t *ppos)
{
	return ppos ? -ESPIPE : transfer(file, (char __user *)buf, len, write_some);
}

static __poll_t stream_fops_poll(struct file *file, struct poll_table_struct *table)
{
	struct vfio_mig_stream *stream = file->private_data;

	poll_wait(file, &stream->wait, table);
	guard(mutex)(&stream->lock);
	if (stream->phase == STREAM_ENDED)
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return stream->size || stream->phase == STREAM_COMPLETE ? EPOLLIN | EPOLLRDNORM : 0;
}

static int precopy_info(struct vfio_mig_stream *stream, struct vfio_precopy_info *info)
{
	guard(mutex)(&stream->lock);
	if (stream->phase != STREAM_OPEN)
		return -EINVAL;
	info->flags = 0;
	info->initial_bytes = stream->initial;
	info->dirty_bytes = stream->size - stream->initial;
	return 0;
}

static long stream_fops_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;
	struct vfio_precopy_info info;
	int ret;

	if (cmd != VFIO_MIG_GET_PRECOPY_INFO)
		return -ENOTTY;
	ret = vfio_args_get(&info, sizeof(info), sizeof(info), uarg);
	if (!ret)
		ret = precopy_info(file->private_data, &info);
	if (ret)
		return ret;
	return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
}

static int stream_fops_release(struct inode *inode, struct file *file)
{
	struct vfio_mig_stream *stream = file->private_data;

	kref_put(&stream->ref, stream_free);
	return 0;
}

static const struct file_operations saving_fops = {
	.owner = THIS_MODULE,
	.read = stream_fops_read,
	.poll = stream_fops_poll,
	.unlocked_ioctl = stream_fops_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = stream_fops_release,
};

static const struct file_operations resuming_fops = {
	.owner = THIS_MODULE,
	.write = stream_fops_write,
	.release = stream_fops_release,
};

/* The side of the driver */

/**
 * vfio_mig_stream_alloc() - make a stream
 * @limit: the most bytes that may be in it: for saving, of what user space has not read yet;
 *	for resuming, of all that it writes
 *
 * Return: an empty stream, or NULL without memory. Ends by vfio_mig_stream_end().
 */
struct vfio_mig_stream *vfio_mig_stream_alloc(size_t limit)
{
	struct vfio_mig_stream *stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);

	if (!stream)
		return NULL;
	kref_init(&stream->ref);
	stream->limit = limit;
	init_waitqueue_head(&stream->wait);
	mutex_init(&stream->user);
	mutex_init(&stream->lock);
	INIT_LIST_HEAD(&stream->chunks);
	return stream;
}
EXPORT_SYMBOL_GPL(vfio_mig_stream_alloc);

/**
 * vfio_mig_stream_file() - make the file that migration_set_state returns
 * @stream: stream; once for each
 * @access: O_RDONLY for saving, O_WRONLY for resuming
 *
 * What has been appended before counts as initial_bytes of VFIO_MIG_GET_PRECOPY_INFO, which
 * must not begin with zero; what comes later as dirty_bytes.
 *
 * Return: the file, or ERR_PTR(); the stream is then as it was.
 */
struct file *vfio_mig_stream_file(struct vfio_mig_stream *stream, int access)
{
	const struct file_operations *fops = access == O_RDONLY ? &saving_fops : &resuming_fops;
	struct file *file = anon_inode_getfile("[vfio-mig]", fops, stream, access);

	if (IS_ERR(file))
		return file;
	/* for the file, until it is released */
	kref_get(&stream->ref);
	stream_open(file_inode(file), file);
	guard(mutex)(&stream->lock);
	stream->initial = stream->size;
	return file;
}
EXPORT_SYMBOL_GPL(vfio_mig_stream_file);

/**
 * vfio_mig_stream_append() - add to what user space reads
 * @stream: stream to save, not complete
 * @data: bytes
 * @len: how many
 *
 * All of it or nothing. Whoever polls is woken. Context: may sleep, but never waits for user
 * space.
 *
 * Return: 0; -ENOSPC when it would exceed the limit; -ENOMEM; -EINVAL when the stream is
 * complete.
 */
int vfio_mig_stream_append(struct vfio_mig_stream *stream, const void *data, size_t len)
{
	LIST_HEAD(fresh);
	int ret;

	guard(mutex)(&stream->lock);
	if (stream->phase != STREAM_OPEN)
		return -EINVAL;
	if (len > stream->limit - stream->size)
		return -ENOSPC;
	ret = alloc_chunks(&fresh, len - min(len, stream->room));
	if (ret)
		return ret;
	while (len) {
		struct stretch to = queue_back(stream, len, &fresh);

		memcpy(to.at, data, to.len);
		queue_produce(stream, to.len);
		data += to.len;
		len -= to.len;
	}
	wake_up_interruptible(&stream->wait);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_mig_stream_append);

/**
 * vfio_mig_stream_complete() - nothing more is appended, or let in
 * @stream: stream, not ended
 *
 * A reader finds the end of the stream behind the last byte, instead of -ENOMSG, and
 * VFIO_MIG_GET_PRECOPY_INFO fails: done on the way to STOP_COPY. A writer gets -ENODEV, one
 * that is under way too unless its bytes are in the queue already: done when leaving RESUMING.
 */
void vfio_mig_stream_complete(struct vfio_mig_stream *stream)
{
	guard(mutex)(&stream->lock);
	stream->phase = STREAM_COMPLETE;
	wake_up_interruptible(&stream->wait);
}
EXPORT_SYMBOL_GPL(vfio_mig_stream_complete);

/**
 * vfio_mig_stream_size() - bytes that are in a stream
 * @stream: stream
 *
 * Return: saving, those that user space has not read; resuming, those that can be taken.
 */
size_t vfio_mig_stream_size(struct vfio_mig_stream *stream)
{
	guard(mutex)(&stream->lock);
	return stream->size;
}
EXPORT_SYMBOL_GPL(vfio_mig_stream_size);

/**
 * vfio_mig_stream_take() - get the next bytes that user space has written
 * @stream: stream to resume from, complete
 * @data: where they go
 * @len: how many
 *
 * Return: 0; -ENODATA when there are less than @len, and then they all stay; -EINVAL when the
 * stream is not complete.
 */
int vfio_mig_stream_take(struct vfio_mig_stream *stream, void *data, size_t len)
{
	guard(mutex)(&stream->lock);
	if (stream->phase != STREAM_COMPLETE)
		return -EINVAL;
	if (len > stream->size)
		return -ENODATA;
	while (len) {
		struct stretch from = queue_front(stream, len);

		memcpy(data, from.at, from.len);
		queue_consume(stream, from.len);
		data += from.len;
		len -= from.len;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_mig_stream_take);

/**
 * vfio_mig_stream_end() - the driver lets go of a stream
 * @stream: stream, or NULL; not to be used afterwards
 *
 * User space gets -ENODEV from the file from now on. Cannot fail, and does not wait for user
 * space. The session's state is left, the device is reset or closed.
 */
void vfio_mig_stream_end(struct vfio_mig_stream *stream)
{
	if (!stream)
		return;
	mutex_lock(&stream->lock);
	stream->phase = STREAM_ENDED;
	mutex_unlock(&stream->lock);
	wake_up_all(&stream->wait);
	kref_put(&stream->ref, stream_free);
}
EXPORT_SYMBOL_GPL(vfio_mig_stream_end);
