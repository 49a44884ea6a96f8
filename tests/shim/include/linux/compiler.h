/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#include <linux/types.h>

#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) ((void)(*(volatile typeof(x) *)&(x) = (value)))
#define data_race(expr) (expr)
#define OPTIMIZER_HIDE_VAR(x) __asm__("" : "+r"(x))
#define unreachable() __builtin_unreachable()
#define __must_be_array(a) 0

#endif
