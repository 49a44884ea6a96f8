/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_STRING_H
#define SHIM_LINUX_STRING_H

#include <string.h>
#include <strings.h>
#include <linux/err.h>
#include <linux/types.h>

/* Always terminated; -E2BIG when it did not fit. */
ssize_t shim_strscpy(char *to, const char *from, size_t size);
#define SHIM_STRSCPY_2(to, from) shim_strscpy(to, from, sizeof(to))
#define SHIM_STRSCPY_3(to, from, size) shim_strscpy(to, from, size)
#define SHIM_STRSCPY_PICK(a, b, c, which, ...) which
#define strscpy(args...) \
	SHIM_STRSCPY_PICK(args, SHIM_STRSCPY_3, SHIM_STRSCPY_2, 0)(args)

#define memzero_explicit(p, n) explicit_bzero(p, n)
bool sysfs_streq(const char *a, const char *b);
char *strim(char *text);
char *skip_spaces(const char *text);
void *memchr_inv(const void *p, int c, size_t n);
size_t str_has_prefix(const char *text, const char *prefix);
int match_string(const char *const *list, size_t n, const char *text);
bool strstarts(const char *text, const char *prefix);
#define memset_after(obj, v, member) ({ \
	u8 *ms_ = (u8 *)(obj); typeof(*(obj)) *mo_ = (obj); \
	memset(ms_ + offsetofend(typeof(*mo_), member), v, \
	       sizeof(*mo_) - offsetofend(typeof(*mo_), member)); })

void *memdup_user(const void __user *from, size_t size);
void *memdup_array_user(const void __user *from, size_t n, size_t size);
void *vmemdup_user(const void __user *from, size_t size);
void *vmemdup_array_user(const void __user *from, size_t n, size_t size);
void *memdup_user_nul(const void __user *from, size_t size);
char *strndup_user(const char __user *from, long max);

char *kstrdup(const char *text, gfp_t flags);
char *kstrndup(const char *text, size_t max, gfp_t flags);
void *kmemdup(const void *from, size_t size, gfp_t flags);
#define kmemdup_array(from, n, size, flags) kmemdup(from, size_mul(n, size), flags)

#endif
