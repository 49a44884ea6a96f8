/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MUTEX_H
#define SHIM_LINUX_MUTEX_H

#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/lockdep.h>

struct mutex { struct lockdep_map dep_map; };

#define __MUTEX_INITIALIZER(lock) { .dep_map = SHIM_LOCK_INIT(#lock, &(lock)) }
#define DEFINE_MUTEX(lock) struct mutex lock = __MUTEX_INITIALIZER(lock)
#define mutex_init(lock) do { static struct lock_class_key key_; \
	shim_lock_init(&(lock)->dep_map, #lock, &key_); } while (0)
#define mutex_init_with_key(lock, key) shim_lock_init(&(lock)->dep_map, #lock, key)
#define mutex_destroy(lock) shim_lock_destroy(&(lock)->dep_map)

static inline void mutex_lock_nested(struct mutex *lock, unsigned int subclass)
{
	shim_lock(&lock->dep_map, SHIM_SLEEPING, SHIM_WRITE, subclass);
}

static inline void mutex_lock(struct mutex *lock)
{
	mutex_lock_nested(lock, 0);
}

#define mutex_lock_nest_lock(lock, nest) \
	shim_lock_nested(&(lock)->dep_map, SHIM_SLEEPING, SHIM_WRITE, &(nest)->dep_map)

int mutex_lock_interruptible(struct mutex *lock);
int mutex_lock_killable(struct mutex *lock);

static inline int mutex_trylock(struct mutex *lock)
{
	return shim_trylock(&lock->dep_map, SHIM_SLEEPING, SHIM_WRITE);
}

static inline void mutex_unlock(struct mutex *lock)
{
	shim_unlock(&lock->dep_map, SHIM_WRITE);
}

static inline bool mutex_is_locked(struct mutex *lock)
{
	return shim_lock_taken(&lock->dep_map);
}

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
DEFINE_GUARD_COND(mutex, _try, mutex_trylock(_T))
DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T) == 0)

#endif
