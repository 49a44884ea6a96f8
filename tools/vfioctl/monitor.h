/* SPDX-License-Identifier: GPL-2.0-only */
/* The verb "monitor" of the noun "device", and what its two sources tell it. See monitor.c. */
#ifndef VFIOCTL_MONITOR_H
#define VFIOCTL_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "dev.h"
#include "vfioctl.h"

enum rc monitor_run(struct call *call);

/**
 * struct trace_event - one of Passway's trace events; strings live as long as the call
 * @name: "vfio_open"
 * @command: of the thread, "<...>" where the kernel has forgotten it
 * @fields: "key=value key=value", a value in quotes if it has blanks; may be changed
 */
struct trace_event {
	const char *name;
	const char *command;
	pid_t tid;
	long long sec, usec;	/* CLOCK_MONOTONIC */
	char *fields;
};

/** struct tracing - an instance of tracefs of our own; @fd is readable when there are events */
struct tracing {
	int fd;
	char path[SYS_PATH];
	char buf[8192];
	size_t len;
};

/** tracing_open - make an instance and turn our events on; false with @f saying why not */
bool tracing_open(struct tracing *t, struct finding *f);

/** tracing_enable - turn our events on, those of modules loaded since included; 0 or -errno */
int tracing_enable(struct tracing *t);

/**
 * tracing_read - take some of what there is; @lost is called when the kernel had to drop some
 *
 * Returns false when there is no more. While there is, @fd need not be readable.
 */
bool tracing_read(struct tracing *t, void (*event)(void *arg, struct trace_event *event),
		  void (*lost)(void *arg), void *arg);

/** tracing_close - remove the instance */
void tracing_close(struct tracing *t);

/** uevent_open - the kernel's announcements; an fd or -errno */
int uevent_open(void);

/**
 * uevent_read - take the next, if there is one
 * @pci: called with the action ("bind"), the address and the driver ("" if it is not told)
 *
 * Returns false when there was none.
 */
bool uevent_read(int fd, void (*pci)(void *arg, const char *action, const char *bdf,
				     const char *driver),
		 void (*lost)(void *arg), void *arg);

#endif
