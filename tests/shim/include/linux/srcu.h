/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SRCU_H
#define SHIM_LINUX_SRCU_H

#include <linux/rcupdate.h>

struct srcu_struct { char unused; };
#define DEFINE_SRCU(name) struct srcu_struct name
#define DEFINE_STATIC_SRCU(name) static struct srcu_struct name
static inline int init_srcu_struct(struct srcu_struct *s) { return 0; }
static inline void cleanup_srcu_struct(struct srcu_struct *s) { }
static inline int srcu_read_lock(struct srcu_struct *s) { rcu_read_lock(); return 0; }
static inline void srcu_read_unlock(struct srcu_struct *s, int idx) { rcu_read_unlock(); }
#define srcu_dereference(p, s) rcu_dereference(p)

#endif
