/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_UACCESS_H
#define SHIM_LINUX_UACCESS_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define TASK_SIZE_MAX ((1UL << 47) - 4096)
#define TASK_SIZE TASK_SIZE_MAX

/* Both return the number of bytes not copied, as the kernel's. */
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __must_check clear_user(void __user *to, unsigned long n);
int __must_check copy_struct_from_user(void *to, size_t size, const void __user *from,
				       size_t user_size);
int check_zeroed_user(const void __user *from, size_t size);
long strncpy_from_user(char *to, const char __user *from, long max);
long strnlen_user(const char __user *text, long max);
#define __copy_from_user(to, from, n) copy_from_user(to, from, n)
#define __copy_to_user(to, from, n) copy_to_user(to, from, n)

static inline bool access_ok(const void __user *p, unsigned long size)
{
	return size <= TASK_SIZE_MAX && (unsigned long)p <= TASK_SIZE_MAX - size;
}

#define get_user(x, p) ({						\
	typeof(*(p)) gu_ = 0;						\
	int gu_err_ = copy_from_user(&gu_, p, sizeof(gu_)) ? -EFAULT : 0; \
	(x) = gu_;							\
	gu_err_; })
#define put_user(x, p) ({						\
	typeof(*(p)) pu_ = (x);						\
	copy_to_user(p, &pu_, sizeof(pu_)) ? -EFAULT : 0; })
#define __get_user(x, p) get_user(x, p)
#define __put_user(x, p) put_user(x, p)
#define pagefault_disable() ((void)0)
#define pagefault_enable() ((void)0)

#endif
