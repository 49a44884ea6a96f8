/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_CLEANUP_H
#define SHIM_LINUX_CLEANUP_H

#include <linux/compiler.h>

/*
 * Scoped resources, by the cleanup attribute. The names that begin with class_ are
 * what guard(), scoped_guard() and the kernel's DEFINE_* macros agree on.
 */
#define __cleanup(fn) __attribute__((cleanup(fn)))

#define DEFINE_FREE(name, type, code) \
	static inline void __free_##name(void *slot) { type _T = *(type *)slot; code; }
#define __free(name) __cleanup(__free_##name)
#define __get_and_null(p, none) ({ \
	typeof(p) *from_ = &(p); typeof(p) taken_ = *from_; *from_ = (none); taken_; })
#define no_free_ptr(p) __get_and_null(p, NULL)
#define return_ptr(p) return no_free_ptr(p)
#define retain_and_null_ptr(p) ((void)__get_and_null(p, NULL))

#define DEFINE_CLASS(name, type, leave, enter, args...)			\
typedef type class_##name##_t;						\
static inline void class_##name##_destructor(type *slot) { type _T = *slot; leave; } \
static inline type class_##name##_constructor(args) { type t = enter; return t; }
#define EXTEND_CLASS(name, ext, enter, args...)				\
typedef class_##name##_t class_##name##ext##_t;				\
static inline void class_##name##ext##_destructor(class_##name##_t *slot) \
{ class_##name##_destructor(slot); }					\
static inline class_##name##_t class_##name##ext##_constructor(args)	\
{ class_##name##_t t = enter; return t; }
#define CLASS(name, var)						\
	class_##name##_t var __cleanup(class_##name##_destructor) = class_##name##_constructor

#define DEFINE_GUARD(name, type, enter, leave)				\
DEFINE_CLASS(name, type, if (_T) { leave; }, ({ enter; _T; }), type _T)	\
static inline void *class_##name##_lock_ptr(class_##name##_t *slot) { return (void *)*slot; }
#define DEFINE_GUARD_COND(name, ext, attempt)				\
EXTEND_CLASS(name, ext, ({ void *got_ = (attempt) ? (void *)_T : NULL; (class_##name##_t)got_; }), \
	     class_##name##_t _T)					\
static inline void *class_##name##ext##_lock_ptr(class_##name##_t *slot) \
{ return class_##name##_lock_ptr(slot); }

#define DEFINE_LOCK_GUARD_1(name, type, enter, leave, extra...)		\
typedef struct { type *lock; extra; } class_##name##_t;			\
static inline void class_##name##_destructor(class_##name##_t *_T) { if (_T->lock) { leave; } } \
static inline void *class_##name##_lock_ptr(class_##name##_t *_T) { return _T->lock; } \
static inline class_##name##_t class_##name##_constructor(type *lock)	\
{ class_##name##_t slot = { .lock = lock }, *_T = &slot; enter; return slot; }
#define DEFINE_LOCK_GUARD_0(name, enter, leave, extra...)		\
typedef struct { void *lock; extra; } class_##name##_t;			\
static inline void class_##name##_destructor(class_##name##_t *_T) { (void)_T; leave; } \
static inline void *class_##name##_lock_ptr(class_##name##_t *_T) { return _T->lock; } \
static inline class_##name##_t class_##name##_constructor(void)	\
{ class_##name##_t slot = { .lock = (void *)1 }, *_T = &slot; (void)_T; enter; return slot; }

#define guard(name) CLASS(name, __UNIQUE_ID(guard))
#define scoped_guard(name, args...)					\
	for (CLASS(name, scope_)(args), *once_ = NULL;			\
	     class_##name##_lock_ptr(&scope_) && !once_; once_ = (void *)1)
#define scoped_cond_guard(name, fail, args...)				\
	for (CLASS(name, scope_)(args), *once_ = NULL; !once_; once_ = (void *)1) \
		if (!class_##name##_lock_ptr(&scope_)) fail; else

#endif
