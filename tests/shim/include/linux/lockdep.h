/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_LOCKDEP_H
#define SHIM_LINUX_LOCKDEP_H

#include <shim/lock.h>
#include <shim/report.h>

#define lockdep_is_held(lock) shim_lock_held(&(lock)->dep_map, SHIM_ANY)
#define lockdep_is_held_type(lock, how) \
	shim_lock_held(&(lock)->dep_map, (how) ? SHIM_READ : SHIM_WRITE)
#define lockdep_assert_held(lock) \
	shim_assert_held(&(lock)->dep_map, SHIM_ANY, __FILE__, __LINE__)
#define lockdep_assert_held_write(lock) \
	shim_assert_held(&(lock)->dep_map, SHIM_WRITE, __FILE__, __LINE__)
#define lockdep_assert_held_read(lock) \
	shim_assert_held(&(lock)->dep_map, SHIM_READ, __FILE__, __LINE__)
#define lockdep_assert_held_once(lock) lockdep_assert_held(lock)
#define lockdep_assert_not_held(lock) \
	shim_assert_not_held(&(lock)->dep_map, __FILE__, __LINE__)
#define lockdep_assert(cond) do { if (!(cond)) \
	shim_die("%s:%d: lockdep_assert(%s)", __FILE__, __LINE__, #cond); } while (0)
#define lockdep_set_class(lock, key) ((lock)->dep_map.class_key = (key))
#define lockdep_set_class_and_name(lock, key, text) \
	((lock)->dep_map.class_key = (key), (lock)->dep_map.name = (text))
#define lockdep_register_key(key) ((void)(key))
#define lockdep_unregister_key(key) ((void)(key))
#define might_lock(lock) shim_might_sleep(__FILE__, __LINE__)
#define SINGLE_DEPTH_NESTING 1

#endif
