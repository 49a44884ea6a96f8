/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events: trace_X() is a function of its declared arguments, and does no more than count by
 * name (shim/trace.h). What it would write is not looked at.
 */
#ifndef SHIM_LINUX_TRACEPOINT_H
#define SHIM_LINUX_TRACEPOINT_H

#include <linux/types.h>
#include <shim/trace.h>

#define TP_PROTO(args...) args
#define TP_ARGS(args...) args

#define SHIM_EVENT(name, proto) \
	static inline __maybe_unused void trace_##name(proto) { shim_trace(#name); }

#define TRACE_EVENT(name, proto, args, tstruct, assign, print) SHIM_EVENT(name, PARAMS(proto))
#define DECLARE_EVENT_CLASS(name, proto, args, tstruct, assign, print) struct shim_class_##name
#define DEFINE_EVENT(class, name, proto, args) SHIM_EVENT(name, PARAMS(proto))
#define PARAMS(args...) args
#define TRACE_DEFINE_ENUM(name) _Static_assert((name) >= 0, "not a constant")

#endif
