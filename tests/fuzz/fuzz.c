// SPDX-License-Identifier: GPL-2.0-only
/* What all fuzz targets share, and what the unit tests' machines need instead of CUnit. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <shim/fault.h>
#include <shim/lock.h>
#include <shim/log.h>
#include <shim/report.h>
#include <shim/task.h>
#include <shim/user.h>

#include "fuzz.h"

bool unit_check(bool holds, const char *file, int line, const char *fmt, ...);

bool unit_check(bool holds, const char *file, int line, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!holds)
		shim_die("%s:%d: does not hold: %s", file, line, text);
	return holds;
}

u64 fuzz_take(struct fuzz_input *in, unsigned int n)
{
	size_t have = in->left < n ? in->left : n;
	u64 value = 0;

	memcpy(&value, in->at, have);
	in->at += have;
	in->left -= have;
	return value;
}

void fuzz_run(const u8 *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct shim_snapshot before;

	shim_log_clear();
	shim_quiet(true);
	shim_snapshot(&before);
	fuzz_one(&in);
	shim_task_reset();
	FUZZ_HOLDS(!shim_locks_held());
	FUZZ_HOLDS(shim_nothing_left(&before));
	FUZZ_HOLDS(!shim_complaints());
	shim_user_free_all();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_run(data, size);
	return 0;
}
