/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_RWSEM_H
#define SHIM_LINUX_RWSEM_H

#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/lockdep.h>

struct rw_semaphore { struct lockdep_map dep_map; };

#define __RWSEM_INITIALIZER(lock) { .dep_map = SHIM_LOCK_INIT(#lock, &(lock)) }
#define DECLARE_RWSEM(lock) struct rw_semaphore lock = __RWSEM_INITIALIZER(lock)
#define init_rwsem(lock) do { static struct lock_class_key key_; \
	shim_lock_init(&(lock)->dep_map, #lock, &key_); } while (0)

#define down_read(lock) shim_lock(&(lock)->dep_map, SHIM_SLEEPING, SHIM_READ, 0)
#define down_read_nested(lock, sub) shim_lock(&(lock)->dep_map, SHIM_SLEEPING, SHIM_READ, sub)
#define down_read_trylock(lock) shim_trylock(&(lock)->dep_map, SHIM_SLEEPING, SHIM_READ)
#define up_read(lock) shim_unlock(&(lock)->dep_map, SHIM_READ)
#define down_write(lock) shim_lock(&(lock)->dep_map, SHIM_SLEEPING, SHIM_WRITE, 0)
#define down_write_nested(lock, sub) shim_lock(&(lock)->dep_map, SHIM_SLEEPING, SHIM_WRITE, sub)
#define down_write_nest_lock(lock, nest) \
	shim_lock_nested(&(lock)->dep_map, SHIM_SLEEPING, SHIM_WRITE, &(nest)->dep_map)
#define down_write_trylock(lock) shim_trylock(&(lock)->dep_map, SHIM_SLEEPING, SHIM_WRITE)
#define up_write(lock) shim_unlock(&(lock)->dep_map, SHIM_WRITE)
#define downgrade_write(lock) shim_downgrade(&(lock)->dep_map)
#define rwsem_is_locked(lock) shim_lock_taken(&(lock)->dep_map)

int down_read_killable(struct rw_semaphore *lock);
int down_read_interruptible(struct rw_semaphore *lock);
int down_write_killable(struct rw_semaphore *lock);

DEFINE_GUARD(rwsem_read, struct rw_semaphore *, down_read(_T), up_read(_T))
DEFINE_GUARD_COND(rwsem_read, _try, down_read_trylock(_T))
DEFINE_GUARD_COND(rwsem_read, _intr, down_read_interruptible(_T) == 0)
DEFINE_GUARD(rwsem_write, struct rw_semaphore *, down_write(_T), up_write(_T))
DEFINE_GUARD_COND(rwsem_write, _try, down_write_trylock(_T))

#endif
