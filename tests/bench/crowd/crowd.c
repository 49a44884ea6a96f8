// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs at irqbypass to come and go in a crowd. Loading this module makes a crowd of
 * others= producers and consumers, half of each and connected, measures, and lets the crowd go;
 * the parameters alone= and meeting= then read as the cost, in nanoseconds.
 */
#include <linux/irqbypass.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

#define BATCHES		16
#define TURNS		100	/* a batch: short beside a timer tick, unless the crowd is large */

static uint others;
module_param(others, uint, 0444);
MODULE_PARM_DESC(others, "that are there already; an even number");

static ulong alone;
module_param(alone, ulong, 0444);
MODULE_PARM_DESC(alone, "result: a producer comes and goes");

static ulong meeting;
module_param(meeting, ulong, 0444);
MODULE_PARM_DESC(meeting, "result: a producer and a consumer come, meet and go");

struct pair {
	struct irq_bypass_producer producer;
	struct irq_bypass_consumer consumer;
};

static unsigned int met;

static int meet(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
	met++;
	return 0;
}

static void part(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
}

static int pair_join(struct pair *pair)
{
	int ret;

	*pair = (struct pair){
		.producer = { .token = pair },
		.consumer = { .token = pair, .add_producer = meet, .del_producer = part },
	};
	ret = irq_bypass_register_producer(&pair->producer);
	if (ret)
		return ret;
	ret = irq_bypass_register_consumer(&pair->consumer);
	if (ret)
		irq_bypass_unregister_producer(&pair->producer);
	return ret;
}

static void pair_leave(struct pair *pair)
{
	irq_bypass_unregister_consumer(&pair->consumer);
	irq_bypass_unregister_producer(&pair->producer);
}

static int turn_alone(void)
{
	struct irq_bypass_producer producer = { .token = &producer };
	int ret = irq_bypass_register_producer(&producer);

	if (!ret)
		irq_bypass_unregister_producer(&producer);
	return ret;
}

static int turn_meeting(void)
{
	struct pair pair;
	int ret = pair_join(&pair);

	if (!ret)
		pair_leave(&pair);
	return ret;
}

/* The mean of a batch of turns, for the quickest batch */
static int measure(int (*turn)(void), ulong *result)
{
	u64 least = U64_MAX;
	int ret = 0;

	for (unsigned int batch = 0; batch < BATCHES && !ret; batch++) {
		u64 start;

		cond_resched();
		start = ktime_get_ns();
		for (unsigned int i = 0; i < TURNS && !ret; i++)
			ret = turn();
		least = min(least, ktime_get_ns() - start);
	}
	*result = least / TURNS;
	return ret;
}

static int __init crowd_init(void)
{
	unsigned int pairs = others / 2, n;
	struct pair *crowd = kvcalloc(pairs, sizeof(*crowd), GFP_KERNEL);
	int ret = 0;

	if (!crowd)
		return -ENOMEM;
	for (n = 0; n < pairs; n++) {
		ret = pair_join(&crowd[n]);
		if (ret)
			break;
		cond_resched();
	}
	if (!ret)
		ret = measure(turn_alone, &alone);
	if (!ret)
		ret = measure(turn_meeting, &meeting);
	if (!ret && met != pairs + BATCHES * TURNS)
		ret = -EIO;
	/* the last first: a list has it at its head */
	while (n--)
		pair_leave(&crowd[n]);
	kvfree(crowd);
	return ret;
}
module_init(crowd_init);

static void __exit crowd_exit(void)
{
}
module_exit(crowd_exit);

MODULE_DESCRIPTION("Measures irqbypass");
MODULE_LICENSE("GPL");
