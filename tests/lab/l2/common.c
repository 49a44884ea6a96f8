// SPDX-License-Identifier: GPL-2.0-only
/*
 * See common.h.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_PRESENT	(1ull << 63)
#define ENTRY_FRAME	((1ull << 55) - 1)

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(1);
}

uint64_t physical(const volatile void *address)
{
	static int pagemap = -1;
	uint64_t entry;

	if (pagemap < 0)
		pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pread(pagemap, &entry, sizeof(entry),
		  (uintptr_t)address / PAGE * sizeof(entry)) != sizeof(entry))
		fail("pagemap: %s", strerror(errno));
	if (!(entry & ENTRY_PRESENT))
		fail("no memory at %p", (const void *)address);
	return (entry & ENTRY_FRAME) * PAGE;
}
