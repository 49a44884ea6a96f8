/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_TRACE_H
#define SHIM_TRACE_H

/** shim_trace() - an event happens. */
void shim_trace(const char *event);
/** shim_traced() - how often @event has happened since the last call for it, or the test began. */
unsigned int shim_traced(const char *event);
/** shim_trace_clear() - forget all. */
void shim_trace_clear(void);

#endif
