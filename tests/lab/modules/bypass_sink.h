/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the test consumer of interrupts does for user space. Each open file of /dev/bypass_sink is
 * one consumer, a sink; a sink that has a vector posts it, through an irq_chip that writes down
 * what irq_set_vcpu_affinity() tells it. read() gives what it wrote since the last read(), of all
 * sinks, oldest first.
 */
#ifndef TESTS_LAB_BYPASS_SINK_H
#define TESTS_LAB_BYPASS_SINK_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct bypass_sink_listen - become a consumer, once for each open file
 * @eventfd: whose interrupt to take
 * @number: of the sink, not 0; for the record
 * @refuse: errno by which it refuses every producer, or 0
 */
struct bypass_sink_listen {
	__s32 eventfd;
	__u32 number;
	__u32 refuse;
};

/**
 * struct bypass_sink_state - how a sink is
 * @irq: Linux interrupt that it has, or 0
 * @stops: calls of its stop callback
 * @starts: and of start
 */
struct bypass_sink_state {
	__u32 irq;
	__u32 stops;
	__u32 starts;
};

/**
 * struct bypass_sink_record - one call of irq_set_vcpu_affinity
 * @irq: Linux interrupt
 * @number: of the sink to which it is posted; 0 when it comes back to the host
 */
struct bypass_sink_record {
	__u32 irq;
	__u32 number;
};

#define BYPASS_SINK_LISTEN	_IOW('b', 0, struct bypass_sink_listen)
#define BYPASS_SINK_STATE	_IOR('b', 1, struct bypass_sink_state)

#endif
