// SPDX-License-Identifier: GPL-2.0-only
// sources: drivers/irqbypass/irqbypass.c
/* Producers and consumers of interrupts: who meets, in which order, and what a refusal leaves. */
#include <pthread.h>
#include <stdlib.h>

#include <linux/irqbypass.h>

#include "unit.h"

int shim_init_irqbypass_init(void);
void shim_exit_irqbypass_exit(void);

/* A producer or consumer that writes down what it is told, a letter each */
struct side {
	union {
		struct irq_bypass_producer p;
		struct irq_bypass_consumer c;
	};
	void *peer;
	int refuse;
};

static char told[64];

static void tell(char what)
{
	size_t n = strlen(told);

	CHECK(n < sizeof(told) - 1);
	told[n] = what;
	told[n + 1] = 0;
}

static void check_told(const char *want)
{
	CHECK_STR(told, want);
	told[0] = 0;
}

static int meet(void *side, void *peer, char what)
{
	struct side *s = side;

	tell(what);
	if (s->refuse)
		return s->refuse;
	CHECK(!s->peer);
	s->peer = peer;
	return 0;
}

static void part(void *side, void *peer, char what)
{
	struct side *s = side;

	tell(what);
	CHECK(s->peer == peer);
	s->peer = NULL;
}

static int p_add(struct irq_bypass_producer *p, struct irq_bypass_consumer *c)
{
	return meet(p, c, 'a');
}

static void p_del(struct irq_bypass_producer *p, struct irq_bypass_consumer *c)
{
	part(p, c, 'd');
}

static void p_stop(struct irq_bypass_producer *p)
{
	tell('p');
}

static void p_start(struct irq_bypass_producer *p)
{
	tell('P');
}

static int c_add(struct irq_bypass_consumer *c, struct irq_bypass_producer *p)
{
	return meet(c, p, 'A');
}

static void c_del(struct irq_bypass_consumer *c, struct irq_bypass_producer *p)
{
	part(c, p, 'D');
}

static void c_stop(struct irq_bypass_consumer *c)
{
	tell('c');
}

static void c_start(struct irq_bypass_consumer *c)
{
	tell('C');
}

static struct side producer(unsigned long token)
{
	return (struct side){ .p = { .token = (void *)token, .add_consumer = p_add,
				     .del_consumer = p_del, .stop = p_stop, .start = p_start } };
}

static struct side consumer(unsigned long token)
{
	return (struct side){ .c = { .token = (void *)token, .add_producer = c_add,
				     .del_producer = c_del, .stop = c_stop, .start = c_start } };
}

static void up(void)
{
	CHECK_EQ(shim_init_irqbypass_init(), 0);
	told[0] = 0;
}

static void any_order(void)
{
	struct side p = producer(1), c = consumer(1), other = consumer(2);

	up();
	CHECK_EQ(irq_bypass_register_consumer(&other.c), 0);
	CHECK_EQ(irq_bypass_register_producer(&p.p), 0);
	check_told("");
	CHECK_EQ(irq_bypass_register_consumer(&c.c), 0);
	check_told("pcaACP");
	CHECK(p.peer == &c && c.peer == &p);
	irq_bypass_unregister_producer(&p.p);
	check_told("pcDdCP");
	CHECK_EQ(irq_bypass_register_producer(&p.p), 0);
	check_told("pcaACP");
	irq_bypass_unregister_consumer(&c.c);
	check_told("pcDdCP");
	irq_bypass_unregister_producer(&p.p);
	irq_bypass_unregister_consumer(&other.c);
	check_told("");
	shim_exit_irqbypass_exit();
}

static void optional_callbacks(void)
{
	struct side p = { .p = { .token = (void *)1 } };
	struct side c = { .c = { .token = (void *)1, .add_producer = c_add,
				 .del_producer = c_del } };

	up();
	CHECK_EQ(irq_bypass_register_producer(&p.p), 0);
	CHECK_EQ(irq_bypass_register_consumer(&c.c), 0);
	check_told("A");
	irq_bypass_unregister_consumer(&c.c);
	check_told("D");
	irq_bypass_unregister_producer(&p.p);
	shim_exit_irqbypass_exit();
}

static void those_that_cannot_be(void)
{
	struct side p = producer(0), c = consumer(0), half = consumer(1);

	up();
	CHECK_EQ(irq_bypass_register_producer(&p.p), -EINVAL);
	CHECK_EQ(irq_bypass_register_consumer(&c.c), -EINVAL);
	half.c.del_producer = NULL;
	CHECK_EQ(irq_bypass_register_consumer(&half.c), -EINVAL);
	half = consumer(1);
	half.c.add_producer = NULL;
	CHECK_EQ(irq_bypass_register_consumer(&half.c), -EINVAL);
	irq_bypass_unregister_producer(&p.p);
	irq_bypass_unregister_consumer(&c.c);
	shim_exit_irqbypass_exit();
}

static void a_token_is_one_pairs(void)
{
	struct side p = producer(1), q = producer(1), c = consumer(1), d = consumer(1);

	up();
	CHECK_EQ(irq_bypass_register_producer(&p.p), 0);
	CHECK_EQ(irq_bypass_register_producer(&q.p), -EBUSY);
	CHECK_EQ(irq_bypass_register_producer(&p.p), -EBUSY);
	CHECK_EQ(irq_bypass_register_consumer(&c.c), 0);
	CHECK_EQ(irq_bypass_register_consumer(&d.c), -EBUSY);
	/* those that were refused may leave, and nothing happens */
	told[0] = 0;
	irq_bypass_unregister_producer(&q.p);
	irq_bypass_unregister_consumer(&d.c);
	check_told("");
	CHECK(p.peer == &c && c.peer == &p);
	irq_bypass_unregister_producer(&p.p);
	irq_bypass_unregister_producer(&p.p);
	CHECK_EQ(irq_bypass_register_producer(&q.p), 0);
	CHECK(c.peer == &q);
	irq_bypass_unregister_consumer(&c.c);
	irq_bypass_unregister_producer(&q.p);
	shim_exit_irqbypass_exit();
}

/* Whoever refuses, and whoever came last: neither is started, and the first stays as it was */
static void refusals(bool consumer_refuses, bool producer_last)
{
	struct side p = producer(1), c = consumer(1);
	int ret;

	up();
	*(consumer_refuses ? &c.refuse : &p.refuse) = -EPERM;
	if (producer_last) {
		CHECK_EQ(irq_bypass_register_consumer(&c.c), 0);
		ret = irq_bypass_register_producer(&p.p);
	} else {
		CHECK_EQ(irq_bypass_register_producer(&p.p), 0);
		ret = irq_bypass_register_consumer(&c.c);
	}
	CHECK_EQ(ret, -EPERM);
	check_told(consumer_refuses ? "pcaAd" : "pca");
	CHECK(!p.peer && !c.peer);
	p.refuse = c.refuse = 0;
	/* the one that is in can be met by another try */
	CHECK_EQ(producer_last ? irq_bypass_register_producer(&p.p) :
				 irq_bypass_register_consumer(&c.c), 0);
	check_told("pcaACP");
	irq_bypass_unregister_producer(&p.p);
	irq_bypass_unregister_consumer(&c.c);
	shim_exit_irqbypass_exit();
}

static void a_refusal_leaves_nothing(void)
{
	for (unsigned int i = 0; i < 4; i++)
		refusals(i & 1, i & 2);
}

#define MANY 100000

static void a_hundred_thousand(void)
{
	struct irq_bypass_producer *p = calloc(MANY, sizeof(*p));
	struct irq_bypass_consumer *c = calloc(MANY, sizeof(*c));
	unsigned int met = 0;

	up();
	for (unsigned int i = 0; i < MANY; i++) {
		p[i].token = (void *)(0x10000UL + 64 * i);
		CHECK_EQ(irq_bypass_register_producer(&p[i]), 0);
	}
	for (unsigned int i = 0; i < MANY; i++) {
		struct side one = consumer(0x10000UL + 64 * i);

		CHECK_EQ(irq_bypass_register_consumer(&one.c), 0);
		met += one.peer == &p[i];
		irq_bypass_unregister_consumer(&one.c);
		told[0] = 0;
	}
	CHECK_EQ(met, MANY);
	for (unsigned int i = 0; i < MANY; i++)
		irq_bypass_unregister_producer(&p[i]);
	shim_exit_irqbypass_exit();
	free(p);
	free(c);
}

/* Memory decides how long chains are, and nothing else */
static void without_memory(void)
{
	static struct side p[1000];

	SHIM_SWEEP() {
		int ret = shim_init_irqbypass_init();

		if (!shim_failed())
			CHECK_EQ(ret, 0);
		if (ret)
			continue;
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++) {
			p[i] = producer(i + 1);
			CHECK_EQ(irq_bypass_register_producer(&p[i].p), 0);
		}
		for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
			irq_bypass_unregister_producer(&p[i].p);
		shim_exit_irqbypass_exit();
	}
}

#define ROUNDS 3000
#define TOKENS 5

static int quiet_add(struct irq_bypass_consumer *c, struct irq_bypass_producer *p)
{
	CHECK(!READ_ONCE(((struct side *)c)->peer));
	WRITE_ONCE(((struct side *)c)->peer, p);
	return 0;
}

static void quiet_del(struct irq_bypass_consumer *c, struct irq_bypass_producer *p)
{
	CHECK(READ_ONCE(((struct side *)c)->peer) == p);
	WRITE_ONCE(((struct side *)c)->peer, NULL);
}

static void *produce(void *unused)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct side p = { .p = { .token = (void *)(unsigned long)(1 + i % TOKENS) } };

		if (!irq_bypass_register_producer(&p.p))
			irq_bypass_unregister_producer(&p.p);
	}
	return NULL;
}

static void *consume(void *unused)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct side c = { .c = { .token = (void *)(unsigned long)(1 + i % TOKENS),
					 .add_producer = quiet_add, .del_producer = quiet_del } };

		if (!irq_bypass_register_consumer(&c.c))
			irq_bypass_unregister_consumer(&c.c);
		/* nobody holds on to it */
		CHECK(!c.peer);
	}
	return NULL;
}

static void several_threads(void)
{
	pthread_t threads[4];

	up();
	for (unsigned int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, i & 1 ? consume : produce, NULL);
	for (unsigned int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	shim_exit_irqbypass_exit();
}

UNIT_TESTS(irqbypass,
	{ "any order", any_order },
	{ "optional callbacks", optional_callbacks },
	{ "those that cannot be", those_that_cannot_be },
	{ "a token is one pair's", a_token_is_one_pairs },
	{ "a refusal leaves nothing", a_refusal_leaves_nothing },
	{ "a hundred thousand", a_hundred_thousand },
	{ "without memory", without_memory },
	{ "several threads", several_threads })
