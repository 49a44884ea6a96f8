/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SPRINTF_H
#define SHIM_LINUX_SPRINTF_H

#include <stdarg.h>
#include <stdio.h>
#include <linux/types.h>

/* The length that was written, which is less than @size, rather than that wanted. */
#define scnprintf(to, size, fmt, ...) ({					\
	size_t room_ = (size);							\
	int wanted_ = snprintf(to, room_, fmt, ##__VA_ARGS__);			\
	(int)(wanted_ < room_ ? wanted_ : room_ ? room_ - 1 : 0); })
#define sysfs_emit(page, fmt, ...) scnprintf(page, 4096, fmt, ##__VA_ARGS__)
char *kasprintf(gfp_t flags, const char *fmt, ...) __printf(2, 3);

#endif
