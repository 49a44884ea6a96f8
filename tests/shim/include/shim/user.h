/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User memory. A buffer has an address in a range that is never mapped, so that code
 * which follows a user pointer faults, and a body elsewhere, which only the copy
 * functions and the test reach. Buffers are separated by unmapped pages and end at a
 * page's end only if their size does: a copy over either edge fails at the exact byte.
 */
#ifndef SHIM_USER_H
#define SHIM_USER_H

#include <stddef.h>
#include <stdint.h>

#define SHIM_USER_BASE 0x100000000000UL
/* An address inside user space at which nothing ever is. */
#define SHIM_USER_WILD ((void *)0x0000600000000000UL)

/** shim_user_alloc() - a buffer of @size bytes, filled with 0xa5; never fails. */
void *shim_user_alloc(size_t size);
/** shim_user_dup() - a buffer with the content of @from. */
void *shim_user_dup(const void *from, size_t size);
/** shim_user_free() - NULL is fine. */
void shim_user_free(void *user);
/** shim_user_free_all() - free what is left; run after each test. */
void shim_user_free_all(void);
/** shim_user_readonly() - copies to the buffer fail from now on. */
void shim_user_readonly(void *user);
/** shim_user_body() - where the bytes at @user really are. */
void *shim_user_body(const void *user);

/** SHIM_USER() - a temporary copy of the object at @p in user memory. */
#define SHIM_USER(p) ((typeof(p))shim_user_dup(p, sizeof(*(p))))

#endif
