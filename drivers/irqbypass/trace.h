/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of connections: passway:bypass_connect, passway:bypass_disconnect.
 *
 * @irq is the producer's Linux interrupt, which /proc/interrupts tells the device of; @token a
 * name for the eventfd, and no address; @error what the side said that refused, or 0.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM passway

#if !defined(IRQBYPASS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define IRQBYPASS_TRACE_H

#include <linux/irqbypass.h>
#include <linux/tracepoint.h>

TRACE_EVENT(bypass_connect,
	TP_PROTO(const struct irq_bypass_producer *producer, int error),
	TP_ARGS(producer, error),
	TP_STRUCT__entry(
		__field(const void *, token)
		__field(int, irq)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->token = producer->token;
		__entry->irq = producer->irq;
		__entry->error = error;
	),
	TP_printk("irq=%d token=%p error=%d", __entry->irq, __entry->token, __entry->error)
);

TRACE_EVENT(bypass_disconnect,
	TP_PROTO(const struct irq_bypass_producer *producer),
	TP_ARGS(producer),
	TP_STRUCT__entry(
		__field(const void *, token)
		__field(int, irq)
	),
	TP_fast_assign(
		__entry->token = producer->token;
		__entry->irq = producer->irq;
	),
	TP_printk("irq=%d token=%p", __entry->irq, __entry->token)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
