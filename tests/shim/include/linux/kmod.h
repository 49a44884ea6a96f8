/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KMOD_H
#define SHIM_LINUX_KMOD_H

#include <linux/errno.h>

/* Remembers what was asked for; a test may load it through shim_on_request_module. */
int request_module(const char *fmt, ...) __printf(1, 2);
#define request_module_nowait(fmt, ...) request_module(fmt, ##__VA_ARGS__)
extern int (*shim_on_request_module)(const char *name);

#endif
