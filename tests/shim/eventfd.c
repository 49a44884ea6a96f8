// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds. The file holds one reference on the counter; those taken by kernel code are
 * counted as live objects.
 */
#include <linux/anon_inodes.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/kref.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <shim/fault.h>
#include <shim/fdtable.h>

struct eventfd_ctx {
	struct kref kref;
	wait_queue_head_t wqh;
	u64 count;
};

static void release_ctx(struct kref *kref)
{
	kfree(container_of(kref, struct eventfd_ctx, kref));
}

static int eventfd_release(struct inode *inode, struct file *file)
{
	struct eventfd_ctx *ctx = file->private_data;

	wake_up_poll(&ctx->wqh, EPOLLHUP);
	kref_put(&ctx->kref, release_ctx);
	return 0;
}

static __poll_t eventfd_poll(struct file *file, poll_table *table)
{
	struct eventfd_ctx *ctx = file->private_data;

	poll_wait(file, &ctx->wqh, table);
	return EPOLLOUT | (READ_ONCE(ctx->count) ? EPOLLIN : 0);
}

static const struct file_operations eventfd_fops = {
	.release = eventfd_release,
	.poll = eventfd_poll,
};

int shim_eventfd(void)
{
	struct eventfd_ctx *ctx;
	int fd;

	shim_fail_pause();
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	kref_init(&ctx->kref);
	init_waitqueue_head(&ctx->wqh);
	fd = anon_inode_getfd("[eventfd]", &eventfd_fops, ctx, 0);
	shim_fail_resume();
	if (fd < 0)
		shim_die("shim_eventfd: too many descriptors");
	return fd;
}

struct file *eventfd_fget(int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &eventfd_fops)
		return file;
	fput(file);
	return ERR_PTR(-EINVAL);
}

struct eventfd_ctx *eventfd_ctx_fileget(struct file *file)
{
	struct eventfd_ctx *ctx;

	if (file->f_op != &eventfd_fops)
		return ERR_PTR(-EINVAL);
	if (shim_should_fail("eventfd_ctx_get"))
		return ERR_PTR(-ENOMEM);
	ctx = file->private_data;
	kref_get(&ctx->kref);
	shim_live_add(SHIM_EVENTFD, 1);
	return ctx;
}

struct eventfd_ctx *eventfd_ctx_fdget(int fd)
{
	struct file *file = eventfd_fget(fd);
	struct eventfd_ctx *ctx;

	if (IS_ERR(file))
		return ERR_CAST(file);
	ctx = eventfd_ctx_fileget(file);
	fput(file);
	return ctx;
}

void eventfd_ctx_put(struct eventfd_ctx *ctx)
{
	shim_live_add(SHIM_EVENTFD, -1);
	kref_put(&ctx->kref, release_ctx);
}

void eventfd_signal_mask(struct eventfd_ctx *ctx, __poll_t mask)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	ctx->count++;
	wake_up_locked_poll(&ctx->wqh, EPOLLIN | mask);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
}

void eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal_mask(ctx, 0);
}

void eventfd_ctx_do_read(struct eventfd_ctx *ctx, __u64 *count)
{
	lockdep_assert_held(&ctx->wqh.lock);
	*count = ctx->count;
	ctx->count = 0;
}

int eventfd_ctx_remove_wait_queue(struct eventfd_ctx *ctx, wait_queue_entry_t *wait,
				  __u64 *count)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	eventfd_ctx_do_read(ctx, count);
	list_del(&wait->entry);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return *count ? 0 : -EAGAIN;
}

static struct eventfd_ctx *peek(int fd)
{
	struct file *file = eventfd_fget(fd);
	struct eventfd_ctx *ctx;

	if (IS_ERR(file))
		shim_die("descriptor %d is no eventfd", fd);
	ctx = file->private_data;
	fput(file);
	return ctx;
}

u64 shim_eventfd_count(int fd)
{
	return xchg(&peek(fd)->count, 0);
}

void shim_eventfd_write(int fd)
{
	eventfd_signal(peek(fd));
}
