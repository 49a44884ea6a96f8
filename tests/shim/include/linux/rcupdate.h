/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_RCUPDATE_H
#define SHIM_LINUX_RCUPDATE_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <asm/barrier.h>

/* Callbacks wait for shim_run_work(), rcu_barrier() or synchronize_rcu(). */
void rcu_read_lock(void);
void rcu_read_unlock(void);
bool rcu_read_lock_held(void);
void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, rcu_callback_t fn);
#define rcu_barrier() synchronize_rcu()
#define synchronize_rcu_expedited() synchronize_rcu()
#define synchronize_srcu(s) synchronize_rcu()

#define rcu_dereference_check(p, cond) ({				\
	if (!(cond) && !rcu_read_lock_held())				\
		shim_die("%s:%d: rcu_dereference without a lock", __FILE__, __LINE__); \
	READ_ONCE(p); })
#define rcu_dereference(p) rcu_dereference_check(p, false)
#define rcu_dereference_protected(p, cond) ({				\
	if (!(cond))							\
		shim_die("%s:%d: rcu_dereference_protected(%s)", __FILE__, __LINE__, #cond); \
	(p); })
#define rcu_dereference_raw(p) READ_ONCE(p)
#define rcu_access_pointer(p) READ_ONCE(p)
#define rcu_assign_pointer(p, v) smp_store_release(&(p), v)
#define rcu_replace_pointer(p, new, cond) ({ \
	typeof(p) old_ = rcu_dereference_protected(p, cond); \
	rcu_assign_pointer(p, new); old_; })
#define RCU_INIT_POINTER(p, v) WRITE_ONCE(p, v)

DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())

#define list_add_rcu(entry, head) list_add(entry, head)
#define list_add_tail_rcu(entry, head) list_add_tail(entry, head)
#define list_for_each_entry_rcu(pos, head, member, ...) list_for_each_entry(pos, head, member)

/* Forward pointers stay, so that readers get on. */
static inline void list_del_rcu(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->prev = LIST_POISON2;
}

#endif
