// SPDX-License-Identifier: GPL-2.0-only
/*
 * irqbypass: brings an interrupt's source and its sink together, so that hardware can deliver it
 * without the host.
 *
 * A producer is an interrupt of a device (vfio-pci: one vector), a consumer is who takes it
 * (KVM: an irqfd). Each names a token, the eventfd through which the interrupt goes otherwise;
 * who has the same token is connected. Both come and go at any time.
 *
 * Binary compatible with the distribution's module of this name: the structures are those of
 * linux/irqbypass.h, and our only hold on them are their first two members, node and token.
 *
 * Invariants, below @lock:
 * - A token stands at most once among producers, and once among consumers.
 * - Producer and consumer that both stand in the tables with one token are connected. A
 *   connection that fails keeps the one who came last out, and starts neither.
 * - Leaving cannot fail and allocates nothing. Who does not stand in a table may leave all the
 *   same: KVM unregisters consumers that were refused.
 *
 * A table grows with what is in it and so takes the same few steps for a hundred thousand; when
 * there is no memory for that, chains get longer, and nothing fails.
 */
#include <linux/cleanup.h>
#include <linux/hash.h>
#include <linux/irqbypass.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

#define FIRST_BITS 6
#define MAX_BITS 16

/* What struct irq_bypass_producer and struct irq_bypass_consumer begin with */
struct entry {
	struct list_head node;
	void *token;
};

#define assert_entry(type)							\
	static_assert(offsetof(struct type, node) == offsetof(struct entry, node) &&	\
		      offsetof(struct type, token) == offsetof(struct entry, token))
assert_entry(irq_bypass_producer);
assert_entry(irq_bypass_consumer);

/**
 * struct table - all producers, or all consumers, by token
 * @buckets: chains of entries, 1 << @bits of them
 * @bits: of the hash
 * @count: entries
 */
struct table {
	struct list_head *buckets;
	unsigned int bits;
	unsigned int count;
};

static DEFINE_MUTEX(lock);	/* guards both tables; held across the callbacks of both sides */
static struct table producers, consumers;

static struct list_head *bucket_of(const struct table *table, const void *token)
{
	return &table->buckets[hash_ptr(token, table->bits)];
}

static struct entry *table_find(const struct table *table, const void *token)
{
	struct entry *entry;

	list_for_each_entry(entry, bucket_of(table, token), node)
		if (entry->token == token)
			return entry;
	return NULL;
}

static int table_init(struct table *table, unsigned int bits)
{
	unsigned int i;

	table->buckets = kvmalloc_array(1U << bits, sizeof(*table->buckets),
					GFP_KERNEL | __GFP_NOWARN);
	if (!table->buckets)
		return -ENOMEM;
	for (i = 0; i < 1U << bits; i++)
		INIT_LIST_HEAD(&table->buckets[i]);
	table->bits = bits;
	return 0;
}

/* Without memory it stays as it is */
static void table_grow(struct table *table)
{
	struct table bigger = { .count = table->count };
	struct entry *entry, *next;
	unsigned int i;

	if (table_init(&bigger, table->bits + 1))
		return;
	for (i = 0; i < 1U << table->bits; i++)
		list_for_each_entry_safe(entry, next, &table->buckets[i], node)
			list_move_tail(&entry->node, bucket_of(&bigger, entry->token));
	kvfree(table->buckets);
	*table = bigger;
}

static void table_add(struct table *table, struct entry *entry)
{
	if (table->count >> table->bits && table->bits < MAX_BITS)
		table_grow(table);
	list_add_tail(&entry->node, bucket_of(table, entry->token));
	table->count++;
}

static void table_del(struct table *table, struct entry *entry)
{
	list_del(&entry->node);
	table->count--;
}

/* Of the callbacks only add_producer and del_producer are always there */
static void stop(struct irq_bypass_producer *producer, struct irq_bypass_consumer *consumer)
{
	if (producer->stop)
		producer->stop(producer);
	if (consumer->stop)
		consumer->stop(consumer);
}

static void start(struct irq_bypass_producer *producer, struct irq_bypass_consumer *consumer)
{
	if (consumer->start)
		consumer->start(consumer);
	if (producer->start)
		producer->start(producer);
}

static int introduce(struct irq_bypass_producer *producer, struct irq_bypass_consumer *consumer)
{
	int ret = 0;

	if (producer->add_consumer)
		ret = producer->add_consumer(producer, consumer);
	if (ret)
		return ret;
	ret = consumer->add_producer(consumer, producer);
	if (ret && producer->del_consumer)
		producer->del_consumer(producer, consumer);
	return ret;
}

static int connect(struct irq_bypass_producer *producer, struct irq_bypass_consumer *consumer)
{
	int ret;

	stop(producer, consumer);
	ret = introduce(producer, consumer);
	if (!ret)
		start(producer, consumer);
	trace_bypass_connect(producer, ret);
	return ret;
}

static void disconnect(struct irq_bypass_producer *producer,
		       struct irq_bypass_consumer *consumer)
{
	stop(producer, consumer);
	consumer->del_producer(consumer, producer);
	if (producer->del_consumer)
		producer->del_consumer(producer, consumer);
	start(producer, consumer);
	trace_bypass_disconnect(producer);
}

static struct irq_bypass_producer *to_producer(struct entry *entry)
{
	return (struct irq_bypass_producer *)entry;
}

static struct irq_bypass_consumer *to_consumer(struct entry *entry)
{
	return (struct irq_bypass_consumer *)entry;
}

/* @entry comes to its table, and is connected to the one with its token in the other */
static int join(struct table *table, struct entry *entry)
{
	struct entry *peer;
	int ret = 0;

	if (!entry->token)
		return -EINVAL;
	might_sleep();
	guard(mutex)(&lock);
	if (table_find(table, entry->token))
		return -EBUSY;
	peer = table_find(table == &producers ? &consumers : &producers, entry->token);
	if (peer)
		ret = table == &producers ? connect(to_producer(entry), to_consumer(peer)) :
					    connect(to_producer(peer), to_consumer(entry));
	if (!ret)
		table_add(table, entry);
	return ret;
}

static void leave(struct table *table, struct entry *entry)
{
	struct entry *peer;

	if (!entry->token)
		return;
	might_sleep();
	guard(mutex)(&lock);
	if (table_find(table, entry->token) != entry)
		return;
	table_del(table, entry);
	peer = table_find(table == &producers ? &consumers : &producers, entry->token);
	if (!peer)
		return;
	if (table == &producers)
		disconnect(to_producer(entry), to_consumer(peer));
	else
		disconnect(to_producer(peer), to_consumer(entry));
}

/**
 * irq_bypass_register_producer() - offer an interrupt for delivery without the host
 * @producer: producer; token, irq and callbacks are filled in, and stay so until it leaves
 *
 * Connects it to the consumer with its token, now or when that comes.
 *
 * Context: process, may sleep; the callbacks run here, and must not come back to us.
 * Return: 0; -EINVAL without a token; -EBUSY when another producer has it; what the callback
 * said that refused the connection. After an error the producer is not registered.
 */
int irq_bypass_register_producer(struct irq_bypass_producer *producer)
{
	return join(&producers, (struct entry *)producer);
}
EXPORT_SYMBOL_GPL(irq_bypass_register_producer);

/**
 * irq_bypass_unregister_producer() - take an interrupt back
 * @producer: producer; nothing happens when it is not registered
 *
 * When it returns, the producer is not connected and no callback of it runs.
 *
 * Context: process, may sleep.
 */
void irq_bypass_unregister_producer(struct irq_bypass_producer *producer)
{
	leave(&producers, (struct entry *)producer);
}
EXPORT_SYMBOL_GPL(irq_bypass_unregister_producer);

/**
 * irq_bypass_register_consumer() - ask for an interrupt without the host
 * @consumer: consumer, with at least add_producer and del_producer; else as a producer
 *
 * Return: as irq_bypass_register_producer(); -EINVAL also without those two.
 */
int irq_bypass_register_consumer(struct irq_bypass_consumer *consumer)
{
	if (!consumer->add_producer || !consumer->del_producer)
		return -EINVAL;
	return join(&consumers, (struct entry *)consumer);
}
EXPORT_SYMBOL_GPL(irq_bypass_register_consumer);

/**
 * irq_bypass_unregister_consumer() - no longer ask for an interrupt
 * @consumer: consumer; else as a producer
 */
void irq_bypass_unregister_consumer(struct irq_bypass_consumer *consumer)
{
	leave(&consumers, (struct entry *)consumer);
}
EXPORT_SYMBOL_GPL(irq_bypass_unregister_consumer);

static int __init irqbypass_init(void)
{
	int ret;

	ret = table_init(&producers, FIRST_BITS);
	if (ret)
		return ret;
	ret = table_init(&consumers, FIRST_BITS);
	if (ret)
		kvfree(producers.buckets);
	return ret;
}
module_init(irqbypass_init);

static void __exit irqbypass_exit(void)
{
	kvfree(producers.buckets);
	kvfree(consumers.buckets);
}
module_exit(irqbypass_exit);

MODULE_DESCRIPTION("Interrupts of devices, delivered to guests without the host");
MODULE_AUTHOR("Passway");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
