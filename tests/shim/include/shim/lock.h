/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks that know their owners.
 *
 * Each thread keeps a list of what it holds. Taking a lock twice, letting go of one
 * held by another, sleeping under a spinlock, taking a plain spinlock of an
 * interrupt handler with interrupts on, and taking two classes of locks in both
 * orders (at any time in the run) die on the spot. A class is the place that
 * initialises a lock.
 */
#ifndef SHIM_LOCK_H
#define SHIM_LOCK_H

#include <pthread.h>
#include <stdbool.h>

enum shim_lock_mode { SHIM_ANY, SHIM_READ, SHIM_WRITE };
enum shim_lock_kind { SHIM_SLEEPING, SHIM_SPINNING };

struct lock_class_key { char unused; };

struct lockdep_map {
	const char *name;
	const void *class_key;
	pthread_rwlock_t lock;
	bool nests;	/* in others of its class, by a rule that is not ours to check */
};

#define SHIM_LOCK_INIT(text, key) \
	{ .name = (text), .class_key = (key), .lock = PTHREAD_RWLOCK_INITIALIZER }

void shim_lock_init(struct lockdep_map *map, const char *name, const void *key);
void shim_lock_destroy(struct lockdep_map *map);
void shim_lock(struct lockdep_map *map, enum shim_lock_kind kind, enum shim_lock_mode mode,
	       unsigned int subclass);
/** shim_lock_nested() - several of one class, in any order, while @nest is held. */
void shim_lock_nested(struct lockdep_map *map, enum shim_lock_kind kind,
		      enum shim_lock_mode mode, const struct lockdep_map *nest);
bool shim_trylock(struct lockdep_map *map, enum shim_lock_kind kind, enum shim_lock_mode mode);
void shim_unlock(struct lockdep_map *map, enum shim_lock_mode mode);
void shim_downgrade(struct lockdep_map *map);
bool shim_lock_held(const struct lockdep_map *map, enum shim_lock_mode mode);
bool shim_lock_taken(const struct lockdep_map *map);
void shim_assert_held(const struct lockdep_map *map, enum shim_lock_mode mode,
		      const char *file, int line);
void shim_assert_not_held(const struct lockdep_map *map, const char *file, int line);
void shim_might_sleep(const char *file, int line);

/** shim_locks_held() - how many locks this thread holds; 0 when code has returned. */
unsigned int shim_locks_held(void);

/** shim_jitter() - threads pause now and then, after a lock and where they may sleep. */
void shim_jitter(bool on);

/* Interrupts off and on, by depth, and whether a fake interrupt is being served. */
void shim_irq_disable(void);
void shim_irq_enable(void);
bool shim_irqs_off(void);
void shim_irq_enter(void);
void shim_irq_exit(void);
bool shim_in_irq(void);

#endif
