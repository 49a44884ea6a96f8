// SPDX-License-Identifier: GPL-2.0-only
/*
 * The consumer's half of a posted interrupt, for machines whose hardware posts none: what KVM and
 * an IOMMU do to a vector, up to the irq_chip, with an irq_chip that writes it down. See
 * bypass_sink.h.
 *
 * While a sink has a vector, the outermost chip of that interrupt is a copy of its own in which
 * only irq_set_vcpu_affinity is ours. So all else about the interrupt works as ever, and the call
 * goes the way that it goes to an IOMMU.
 */
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqbypass.h>
#include <linux/minmax.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "bypass_sink.h"

#define MOST_RECORDS	512

/**
 * struct sink - one consumer
 * @lock: guards listening
 * @consumer: as irqbypass knows it; its token is set exactly while it listens
 * @number: see struct bypass_sink_listen
 * @refuse: likewise
 * @state: for user space; written below irqbypass's lock
 * @own: the chip that the interrupt had
 * @chip: its copy
 */
struct sink {
	struct mutex lock;
	struct irq_bypass_consumer consumer;
	u32 number;
	u32 refuse;
	struct bypass_sink_state state;
	struct irq_chip *own;
	struct irq_chip chip;
};

static struct bypass_sink_record records[MOST_RECORDS];
static unsigned int num_records;
static DEFINE_RAW_SPINLOCK(records_lock);	/* guards both */

/* With the interrupt's lock held, interrupts off */
static int record_affinity(struct irq_data *data, void *info)
{
	guard(raw_spinlock_irqsave)(&records_lock);
	if (num_records == MOST_RECORDS)
		return -ENOSPC;
	records[num_records++] = (struct bypass_sink_record){
		.irq = data->irq,
		.number = info ? *(u32 *)info : 0,
	};
	return 0;
}

static struct sink *to_sink(struct irq_bypass_consumer *consumer)
{
	return container_of(consumer, struct sink, consumer);
}

static void sink_stop(struct irq_bypass_consumer *consumer)
{
	to_sink(consumer)->state.stops++;
}

static void sink_start(struct irq_bypass_consumer *consumer)
{
	to_sink(consumer)->state.starts++;
}

static int sink_add(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
	struct sink *sink = to_sink(consumer);
	struct irq_data *data = irq_get_irq_data(producer->irq);
	int ret;

	if (sink->refuse)
		return -sink->refuse;
	if (WARN_ON(!data || sink->state.irq))
		return -EINVAL;
	sink->own = irq_data_get_irq_chip(data);
	sink->chip = *sink->own;
	sink->chip.irq_set_vcpu_affinity = record_affinity;
	irq_set_chip(producer->irq, &sink->chip);
	ret = irq_set_vcpu_affinity(producer->irq, &sink->number);
	if (ret)
		irq_set_chip(producer->irq, sink->own);
	else
		WRITE_ONCE(sink->state.irq, producer->irq);
	return ret;
}

static void sink_del(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
	struct sink *sink = to_sink(consumer);

	WARN_ON(sink->state.irq != producer->irq);
	WARN_ON(irq_set_vcpu_affinity(producer->irq, NULL));
	irq_set_chip(producer->irq, sink->own);
	WRITE_ONCE(sink->state.irq, 0);
}

static int sink_open(struct inode *inode, struct file *file)
{
	struct sink *sink = kzalloc(sizeof(*sink), GFP_KERNEL);

	if (!sink)
		return -ENOMEM;
	mutex_init(&sink->lock);
	sink->consumer.add_producer = sink_add;
	sink->consumer.del_producer = sink_del;
	sink->consumer.stop = sink_stop;
	sink->consumer.start = sink_start;
	file->private_data = sink;
	return 0;
}

static int sink_release(struct inode *inode, struct file *file)
{
	struct sink *sink = file->private_data;

	if (sink->consumer.token) {
		irq_bypass_unregister_consumer(&sink->consumer);
		eventfd_ctx_put(sink->consumer.token);
	}
	mutex_destroy(&sink->lock);
	kfree(sink);
	return 0;
}

static long sink_listen(struct sink *sink, void __user *uarg)
{
	struct bypass_sink_listen listen;
	struct eventfd_ctx *eventfd;
	int ret;

	if (copy_from_user(&listen, uarg, sizeof(listen)))
		return -EFAULT;
	guard(mutex)(&sink->lock);
	if (!listen.number || listen.refuse > MAX_ERRNO || sink->consumer.token)
		return -EINVAL;
	eventfd = eventfd_ctx_fdget(listen.eventfd);
	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);
	sink->number = listen.number;
	sink->refuse = listen.refuse;
	sink->consumer.token = eventfd;
	ret = irq_bypass_register_consumer(&sink->consumer);
	if (ret) {
		sink->consumer.token = NULL;
		eventfd_ctx_put(eventfd);
	}
	return ret;
}

static long sink_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sink *sink = file->private_data;
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case BYPASS_SINK_LISTEN:
		return sink_listen(sink, uarg);
	case BYPASS_SINK_STATE:
		return copy_to_user(uarg, &sink->state, sizeof(sink->state)) ? -EFAULT : 0;
	}
	return -ENOTTY;
}

static ssize_t sink_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct bypass_sink_record *some;
	size_t size, left;

	some = kmalloc(sizeof(records), GFP_KERNEL);
	if (!some)
		return -ENOMEM;
	scoped_guard(raw_spinlock_irqsave, &records_lock) {
		size_t n = min(count / sizeof(*some), (size_t)num_records);

		size = n * sizeof(*some);
		memcpy(some, records, size);
		num_records -= n;
		memmove(records, records + n, num_records * sizeof(*some));
	}
	left = copy_to_user(buf, some, size);
	kfree(some);
	return left ? -EFAULT : size;
}

static const struct file_operations sink_fops = {
	.owner = THIS_MODULE,
	.open = sink_open,
	.release = sink_release,
	.unlocked_ioctl = sink_ioctl,
	.read = sink_read,
};

static struct miscdevice sink_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bypass_sink",
	.fops = &sink_fops,
};
module_misc_device(sink_device);

MODULE_DESCRIPTION("Test consumer of interrupts");
MODULE_LICENSE("GPL");
