/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BUG_H
#define SHIM_LINUX_BUG_H

#include <linux/build_bug.h>
#include <shim/report.h>

/* A warning lets the code go on, and fails the test unless it was expected. */
#define WARN(cond, fmt, ...) ({						\
	bool warn_hit_ = !!(cond);					\
	if (warn_hit_)							\
		shim_complain("%s:%d: WARN: " fmt, __FILE__, __LINE__,	\
			      ##__VA_ARGS__);				\
	unlikely(warn_hit_); })
#define WARN_ON(cond) WARN(cond, "%s", #cond)
#define WARN_ON_ONCE(cond) WARN_ON(cond)
#define WARN_ONCE(cond, fmt, ...) WARN(cond, fmt, ##__VA_ARGS__)
#define VM_WARN_ON(cond) WARN_ON(cond)
#define VM_WARN_ON_ONCE(cond) WARN_ON(cond)

#define BUG() shim_die("%s:%d: BUG", __FILE__, __LINE__)
#define BUG_ON(cond) do { if (cond) \
	shim_die("%s:%d: BUG_ON(%s)", __FILE__, __LINE__, #cond); } while (0)

#endif
