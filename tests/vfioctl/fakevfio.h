/* SPDX-License-Identifier: GPL-2.0-only */
/* What fakekernel.c and fakevfio.c share. */
#ifndef FAKEVFIO_H
#define FAKEVFIO_H

#include <limits.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#define VALUE_MAX 128

_Noreturn void die(const char *what);

/* ROOT/fmt... */
__attribute__((format(printf, 2, 3)))
const char *in_root(char path[PATH_MAX], const char *fmt, ...);

bool read_line(const char *path, char line[VALUE_MAX]);
bool exists(const char *path);

/* From the memory of the program under test; false if it has none there. */
bool read_memory(const struct seccomp_notif *req, unsigned long long from, void *to, size_t len);

/*
 * Answers an ioctl on @file, a path below ROOT; returns its result, or -errno. What it says of the
 * call is written to @said, a buffer of VALUE_MAX.
 */
int vfio_ioctl(int listener, const struct seccomp_notif *req, const char *file, char *said);

#endif
