// SPDX-License-Identifier: GPL-2.0-only
/* Trace events, counted by name. */
#include <pthread.h>
#include <string.h>

#include <shim/report.h>
#include <shim/trace.h>

#define EVENTS 64

static struct { const char *name; unsigned int count; } events[EVENTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Its count; events are few, and never forgotten once seen */
static unsigned int *count_of(const char *event)
{
	for (unsigned int i = 0; i < EVENTS; i++) {
		if (!events[i].name)
			events[i].name = event;
		if (!strcmp(events[i].name, event))
			return &events[i].count;
	}
	shim_die("trace event %s: more events than the shim counts", event);
}

void shim_trace(const char *event)
{
	pthread_mutex_lock(&lock);
	++*count_of(event);
	pthread_mutex_unlock(&lock);
}

unsigned int shim_traced(const char *event)
{
	unsigned int *count, was;

	pthread_mutex_lock(&lock);
	count = count_of(event);
	was = *count;
	*count = 0;
	pthread_mutex_unlock(&lock);
	return was;
}

void shim_trace_clear(void)
{
	pthread_mutex_lock(&lock);
	for (unsigned int i = 0; i < EVENTS; i++)
		events[i].count = 0;
	pthread_mutex_unlock(&lock);
}
