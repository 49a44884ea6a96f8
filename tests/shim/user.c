// SPDX-License-Identifier: GPL-2.0-only
/* User memory and the copies from and to it; see shim/user.h. */
#include <pthread.h>
#include <stdlib.h>

#include <linux/slab.h>
#include <linux/uaccess.h>
#include <shim/fault.h>
#include <shim/poison.h>
#include <shim/report.h>
#include <shim/user.h>

#define GAP 4096UL

struct window {
	struct window *next;
	uintptr_t start;
	size_t size;
	bool readonly;
	u8 *body;
};

static struct window *windows;
static uintptr_t next_start = SHIM_USER_BASE;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void *shim_user_alloc(size_t size)
{
	struct window *window = malloc(sizeof(*window));
	u8 *body = malloc(size ? size : 1);

	if (!window || !body)
		shim_die("the host is out of memory");
	memset(body, 0xa5, size);
	pthread_mutex_lock(&lock);
	*window = (struct window){ windows, next_start, size, false, body };
	next_start += round_up(size, GAP) + GAP;
	windows = window;
	pthread_mutex_unlock(&lock);
	return (void *)window->start;
}

void *shim_user_dup(const void *from, size_t size)
{
	void *user = shim_user_alloc(size);

	memcpy(shim_user_body(user), from, size);
	return user;
}

static struct window *find(uintptr_t at)
{
	struct window *window = windows;

	while (window && at - window->start >= window->size &&
	       !(at == window->start && !window->size))
		window = window->next;
	return window;
}

void shim_user_free(void *user)
{
	struct window **at = &windows, *window;

	if (!user)
		return;
	pthread_mutex_lock(&lock);
	while (*at && (*at)->start != (uintptr_t)user)
		at = &(*at)->next;
	window = *at;
	if (window)
		*at = window->next;
	pthread_mutex_unlock(&lock);
	if (!window)
		shim_die("shim_user_free: %p is no user buffer", user);
	free(window->body);
	free(window);
}

void shim_user_free_all(void)
{
	while (windows)
		shim_user_free((void *)windows->start);
}

void shim_user_readonly(void *user)
{
	find((uintptr_t)user)->readonly = true;
}

void *shim_user_body(const void *user)
{
	struct window *window = find((uintptr_t)user);

	if (!window)
		shim_die("shim_user_body: %p is in no user buffer", user);
	return window->body + ((uintptr_t)user - window->start);
}

/* The bytes at @user, and how many of the @n follow in the same buffer. */
static u8 *reach(uintptr_t user, unsigned long *n, bool write)
{
	struct window *window;
	u8 *body = NULL;

	pthread_mutex_lock(&lock);
	window = find(user);
	if (window && !(write && window->readonly)) {
		body = window->body + (user - window->start);
		*n = min(*n, window->size - (user - window->start));
	} else {
		*n = 0;
	}
	pthread_mutex_unlock(&lock);
	return body;
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long found = n;
	u8 *body;

	shim_might_sleep("copy_from_user", 0);
	if (!n)
		return 0;
	if (shim_should_fail("copy_from_user"))
		found = 0;
	body = found ? reach((uintptr_t)from, &found, false) : NULL;
	if (found)
		memcpy(to, body, found);
	memset((u8 *)to + found, 0, n - found);
	return n - found;
}

/*
 * Four bytes in a row, aligned within the object, of what nobody has written: code
 * is about to tell user space what was on its stack or heap before.
 */
static void look_for_poison(const u8 *from, unsigned long n)
{
	static const u8 patterns[] = { SHIM_POISON_HEAP, SHIM_POISON_STACK };

	for (unsigned long at = 0; at + 4 <= n; at += 4)
		for (unsigned int i = 0; i < sizeof(patterns); i++)
			if (!memchr_inv(from + at, patterns[i], 4)) {
				shim_complain("copy_to_user: bytes %lu to %lu of %lu were never "
					      "written", at, at + 3, n);
				return;
			}
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	unsigned long found = n;
	u8 *body;

	shim_might_sleep("copy_to_user", 0);
	if (!n)
		return 0;
	if (shim_should_fail("copy_to_user"))
		found = 0;
	body = found ? reach((uintptr_t)to, &found, true) : NULL;
	if (found) {
		look_for_poison(from, found);
		memcpy(body, from, found);
	}
	return n - found;
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	unsigned long found = shim_should_fail("clear_user") ? 0 : n;
	u8 *body = found ? reach((uintptr_t)to, &found, true) : NULL;

	if (found)
		memset(body, 0, found);
	return n - found;
}

int check_zeroed_user(const void __user *from, size_t size)
{
	unsigned long found = size;
	u8 *body;

	if (!size)
		return 1;
	body = reach((uintptr_t)from, &found, false);
	if (found != size)
		return -EFAULT;
	return !memchr_inv(body, 0, size);
}

int copy_struct_from_user(void *to, size_t size, const void __user *from, size_t user_size)
{
	size_t both = min(size, user_size);

	if (user_size > size) {
		int zeroed = check_zeroed_user((const u8 *)from + size, user_size - size);

		if (zeroed <= 0)
			return zeroed ? zeroed : -E2BIG;
	}
	memset((u8 *)to + both, 0, size - both);
	return copy_from_user(to, from, both) ? -EFAULT : 0;
}

long strnlen_user(const char __user *text, long max)
{
	unsigned long found = max;
	u8 *body = reach((uintptr_t)text, &found, false);
	size_t len;

	if (!found)
		return 0;
	len = strnlen((char *)body, found);
	if (len == found && found < (unsigned long)max)
		return 0;
	return len + 1;
}

long strncpy_from_user(char *to, const char __user *from, long max)
{
	long len = strnlen_user(from, max);

	if (len <= 0)
		return -EFAULT;
	if (copy_from_user(to, from, min(len, max)))
		return -EFAULT;
	return len > max ? max : len - 1;
}

static void *dup_user(const void __user *from, size_t size, bool virtually, bool terminate)
{
	size_t room = size_add(size, terminate);
	u8 *to = virtually ? kvmalloc(room, GFP_USER) : kmalloc(room, GFP_USER);

	if (!to)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(to, from, size)) {
		kvfree(to);
		return ERR_PTR(-EFAULT);
	}
	if (terminate)
		to[size] = 0;
	return to;
}

void *memdup_user(const void __user *from, size_t size)
{
	return dup_user(from, size, false, false);
}

void *vmemdup_user(const void __user *from, size_t size)
{
	return dup_user(from, size, true, false);
}

void *memdup_user_nul(const void __user *from, size_t size)
{
	return dup_user(from, size, false, true);
}

void *memdup_array_user(const void __user *from, size_t n, size_t size)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? ERR_PTR(-EOVERFLOW) :
						     memdup_user(from, bytes);
}

void *vmemdup_array_user(const void __user *from, size_t n, size_t size)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? ERR_PTR(-EOVERFLOW) :
						     vmemdup_user(from, bytes);
}

char *strndup_user(const char __user *from, long max)
{
	long len = strnlen_user(from, max);

	if (!len)
		return ERR_PTR(-EFAULT);
	if (len > max)
		return ERR_PTR(-EINVAL);
	return dup_user(from, len - 1, false, true);
}
