/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the shim speaks of what the code under test did wrong.
 *
 * A complaint (a WARN, a leak, uninitialised bytes shown to user space) lets the
 * test go on and fails it at its end. A death (a broken lock rule, a page that is
 * unpinned while a device can reach it) aborts, with the message last on stderr.
 */
#ifndef SHIM_REPORT_H
#define SHIM_REPORT_H

#include <stdarg.h>
#include <stdbool.h>

void shim_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void shim_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/** shim_complaints() - how many complaints were raised since the last call; resets. */
unsigned int shim_complaints(void);
/** shim_quiet() - keep complaints off stderr (they still count). */
void shim_quiet(bool quiet);

#endif
