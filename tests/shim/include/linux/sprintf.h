/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SPRINTF_H
#define SHIM_LINUX_SPRINTF_H

#include <stdarg.h>
#include <stdio.h>
#include <linux/types.h>

int scnprintf(char *to, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *to, size_t size, const char *fmt, va_list args) __printf(3, 0);
char *kasprintf(gfp_t flags, const char *fmt, ...) __printf(2, 3);
char *kvasprintf(gfp_t flags, const char *fmt, va_list args) __printf(2, 0);
int sysfs_emit(char *page, const char *fmt, ...) __printf(2, 3);

#endif
