// SPDX-License-Identifier: GPL-2.0-only
/* Complaints and deaths; see shim/report.h. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <sanitizer/common_interface_defs.h>
#include <shim/report.h>

static atomic_uint complaints;
static atomic_bool quiet;

void shim_complain(const char *fmt, ...)
{
	va_list args;

	atomic_fetch_add(&complaints, 1);
	if (quiet)
		return;
	va_start(args, fmt);
	fputs("\n    shim: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}

void shim_die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("\n    shim: fatal: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	__sanitizer_print_stack_trace();
	abort();
}

unsigned int shim_complaints(void)
{
	return atomic_exchange(&complaints, 0);
}

void shim_quiet(bool on)
{
	quiet = on;
}
