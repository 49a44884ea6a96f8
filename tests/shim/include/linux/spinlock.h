/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SPINLOCK_H
#define SHIM_LINUX_SPINLOCK_H

#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>

typedef struct spinlock { struct lockdep_map dep_map; } spinlock_t;
typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(lock) { .dep_map = SHIM_LOCK_INIT(#lock, &(lock)) }
#define DEFINE_SPINLOCK(lock) spinlock_t lock = __SPIN_LOCK_UNLOCKED(lock)
#define DEFINE_RAW_SPINLOCK(lock) DEFINE_SPINLOCK(lock)
#define spin_lock_init(lock) do { static struct lock_class_key key_; \
	shim_lock_init(&(lock)->dep_map, #lock, &key_); } while (0)
#define raw_spin_lock_init(lock) spin_lock_init(lock)

#define spin_lock(lock) shim_lock(&(lock)->dep_map, SHIM_SPINNING, SHIM_WRITE, 0)
#define spin_lock_nested(lock, sub) shim_lock(&(lock)->dep_map, SHIM_SPINNING, SHIM_WRITE, sub)
#define spin_trylock(lock) shim_trylock(&(lock)->dep_map, SHIM_SPINNING, SHIM_WRITE)
#define spin_unlock(lock) shim_unlock(&(lock)->dep_map, SHIM_WRITE)
#define spin_is_locked(lock) shim_lock_taken(&(lock)->dep_map)
#define assert_spin_locked(lock) lockdep_assert_held(lock)

#define spin_lock_irq(lock) do { shim_irq_disable(); spin_lock(lock); } while (0)
#define spin_unlock_irq(lock) do { spin_unlock(lock); shim_irq_enable(); } while (0)
#define spin_lock_irqsave(lock, flags) do { (flags) = shim_irqs_off(); \
	shim_irq_disable(); spin_lock(lock); } while (0)
/* 1 with the lock held and interrupts off, 0 without either. */
#define spin_trylock_irqsave(lock, flags) ({ (flags) = shim_irqs_off(); shim_irq_disable(); \
	int stl_ = spin_trylock(lock); if (!stl_) shim_irq_enable(); stl_; })
#define spin_unlock_irqrestore(lock, flags) do { (void)(flags); \
	spin_unlock(lock); shim_irq_enable(); } while (0)
#define spin_lock_bh(lock) spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)
#define raw_spin_lock(lock) spin_lock(lock)
#define raw_spin_unlock(lock) spin_unlock(lock)
#define raw_spin_lock_irqsave(lock, flags) spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

DEFINE_GUARD(spinlock, spinlock_t *, spin_lock(_T), spin_unlock(_T))
DEFINE_GUARD(spinlock_irq, spinlock_t *, spin_lock_irq(_T), spin_unlock_irq(_T))
DEFINE_LOCK_GUARD_1(spinlock_irqsave, spinlock_t, spin_lock_irqsave(_T->lock, _T->flags),
		    spin_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)

#endif
