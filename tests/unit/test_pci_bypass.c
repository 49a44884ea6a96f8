// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * Vectors of MSI and MSI-X as irqbypass sees them: offered exactly while they have an eventfd, by
 * that eventfd, and taken back before it or their interrupt goes.
 */
#include <linux/eventfd.h>
#include <linux/irqbypass.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

/* As KVM: waits for the vector behind an eventfd */
struct sink {
	struct irq_bypass_consumer consumer;
	int refuse;
	unsigned int meetings;
	int irq;		/* of the producer that it has, or 0 */
};

static int sink_add(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
	struct sink *sink = container_of(consumer, struct sink, consumer);

	CHECK(!sink->irq);
	if (sink->refuse)
		return sink->refuse;
	sink->meetings++;
	sink->irq = producer->irq;
	return 0;
}

static void sink_del(struct irq_bypass_consumer *consumer, struct irq_bypass_producer *producer)
{
	struct sink *sink = container_of(consumer, struct sink, consumer);

	CHECK_EQ(sink->irq, producer->irq);
	sink->irq = 0;
}

static struct sink *sink_open(struct sink *sink, s32 eventfd)
{
	*sink = (struct sink){ .consumer = { .add_producer = sink_add,
					     .del_producer = sink_del } };
	sink->consumer.token = eventfd_ctx_fdget(eventfd);
	CHECK_EQ(irq_bypass_register_consumer(&sink->consumer), 0);
	return sink;
}

static void sink_close(struct sink *sink)
{
	irq_bypass_unregister_consumer(&sink->consumer);
	CHECK(!sink->irq);
	eventfd_ctx_put(sink->consumer.token);
}

static int virq(unsigned int vector)
{
	return shim_pci(pm.pdev)->vectors[vector];
}

static void vectors_meet(u32 index)
{
	s32 fds[3] = { shim_eventfd(), shim_eventfd(), shim_eventfd() }, none = -1;
	struct sink early, late, other;

	sink_open(&early, fds[0]);
	sink_open(&other, shim_eventfd());
	CHECK_EQ(pci_set_eventfds(index, 0, 3, fds), 0);
	CHECK_EQ(early.irq, virq(0));
	CHECK(!other.irq);
	sink_open(&late, fds[2]);
	CHECK_EQ(late.irq, virq(2));
	/* another eventfd for the vector: the old one has none, the new one the vector */
	CHECK_EQ(pci_set_eventfds(index, 0, 1, &fds[1]), 0);
	CHECK(!early.irq);
	CHECK_EQ(pci_set_eventfds(index, 1, 1, &fds[0]), 0);
	CHECK_EQ(early.irq, virq(1));
	/* one vector off, then all */
	CHECK_EQ(pci_set_eventfds(index, 2, 1, &none), 0);
	CHECK(!late.irq);
	CHECK_EQ(early.irq, virq(1));
	CHECK_EQ(pci_set_irqs(index, NONE | TRIGGER, 0, 0, NULL, 0), 0);
	CHECK(!early.irq);
	sink_close(&early);
	sink_close(&late);
	sink_close(&other);
}

static void vectors_and_sinks(void)
{
	pci_up();
	vectors_meet(MSI);
	vectors_meet(MSIX);
	pci_down();
}

static void a_refusal_goes_by_eventfd(void)
{
	s32 fd;
	struct sink sink;

	pci_up();
	fd = shim_eventfd();
	sink_open(&sink, fd)->refuse = -EOPNOTSUPP;
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &fd), 0);
	CHECK(!sink.irq);
	CHECK(shim_log_has("goes by its eventfd"));
	CHECK(shim_pci_message(pm.pdev, 0));
	CHECK_EQ(shim_eventfd_count(fd), 1);
	/* offered anew when it is set anew */
	sink.refuse = 0;
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &fd), 0);
	CHECK_EQ(sink.irq, virq(0));
	sink_close(&sink);
	pci_down();
}

static void two_vectors_with_one_eventfd(void)
{
	struct sink sink;
	s32 fds[2];

	pci_up();
	fds[0] = fds[1] = shim_eventfd();
	sink_open(&sink, fds[0]);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 2, fds), 0);
	CHECK_EQ(sink.irq, virq(0));
	CHECK(!shim_log_has("goes by its eventfd"));
	CHECK(shim_pci_message(pm.pdev, 1));
	CHECK_EQ(shim_eventfd_count(fds[0]), 1);
	sink_close(&sink);
	pci_down();
}

/* Whatever ends the vectors takes them from the sink first */
static void every_end(void)
{
	struct sink sink;
	s32 fd;

	pci_up();
	fd = shim_eventfd();
	sink_open(&sink, fd);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &fd), 0);
	CHECK(sink.irq);
	pci_user_close();
	CHECK(!sink.irq);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(pci_set_eventfds(MSI, 0, 1, &fd), 0);
	CHECK_EQ(sink.irq, virq(0));
	CHECK_EQ(sink.meetings, 2);
	sink_close(&sink);
	pci_down();
}

static void nothing_is_offered_by_a_failed_request(void)
{
	s32 fds[4], wrong[1];
	struct sink sink;

	SHIM_SWEEP() {
		long ret;

		shim_fail_pause();
		pci_up();
		for (unsigned int i = 0; i < 4; i++)
			fds[i] = shim_eventfd();
		sink_open(&sink, fds[3]);
		shim_fail_resume();
		ret = pci_set_eventfds(MSIX, 0, 4, fds);
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		CHECK_EQ(!!sink.irq, !ret);
		shim_fail_pause();
		/* nor does one take away what was there */
		if (!ret) {
			wrong[0] = 250;
			CHECK_EQ(pci_set_eventfds(MSIX, 3, 1, wrong), -EBADF);
			CHECK(sink.irq);
		}
		sink_close(&sink);
		pci_down();
		shim_fail_resume();
	}
}

UNIT_TESTS(pci_bypass,
	{ "vectors and sinks", vectors_and_sinks },
	{ "a refusal goes by eventfd", a_refusal_goes_by_eventfd },
	{ "two vectors with one eventfd", two_vectors_with_one_eventfd },
	{ "every end", every_end },
	{ "nothing is offered by a failed request", nothing_is_offered_by_a_failed_request })
