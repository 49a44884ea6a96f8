/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MINMAX_H
#define SHIM_LINUX_MINMAX_H

#include <linux/types.h>
#include <linux/const.h>

#define SHIM_PICK(op, a, b) ({						\
	typeof(a) pick_a_ = (a);					\
	typeof(b) pick_b_ = (b);					\
	pick_a_ op pick_b_ ? pick_a_ : pick_b_; })
#define min(a, b) SHIM_PICK(<, a, b)
#define max(a, b) SHIM_PICK(>, a, b)
#define min3(a, b, c) min(min(a, b), c)
#define max3(a, b, c) max(max(a, b), c)
#define min_t(type, a, b) ({ type min_a_ = (a), min_b_ = (b);		\
	min_a_ < min_b_ ? min_a_ : min_b_; })
#define max_t(type, a, b) ({ type max_a_ = (a), max_b_ = (b);		\
	max_a_ > max_b_ ? max_a_ : max_b_; })
#define umin(a, b) min_t(u64, a, b)
#define umax(a, b) max_t(u64, a, b)
#define min_not_zero(a, b) ({						\
	typeof(a) mnz_a_ = (a);						\
	typeof(b) mnz_b_ = (b);						\
	!mnz_a_ ? mnz_b_ : !mnz_b_ ? mnz_a_ : min(mnz_a_, mnz_b_); })
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define clamp_t(type, v, lo, hi) min_t(type, max_t(type, v, lo), hi)
#define clamp_val(v, lo, hi) clamp_t(typeof(v), v, lo, hi)
#define swap(a, b) do {							\
	typeof(a) swap_ = (a);						\
	(a) = (b);							\
	(b) = swap_;							\
} while (0)
#define in_range(v, start, len) ((u64)(v) - (u64)(start) < (u64)(len))

#endif
