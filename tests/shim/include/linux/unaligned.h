/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_UNALIGNED_H
#define SHIM_LINUX_UNALIGNED_H

#include <string.h>
#include <linux/types.h>

/* The host is little-endian, as the machine that it imitates. */
#define SHIM_UNALIGNED(bits)							\
static inline u##bits get_unaligned_le##bits(const void *p)			\
{ u##bits v; memcpy(&v, p, sizeof(v)); return v; }				\
static inline void put_unaligned_le##bits(u##bits v, void *p)			\
{ memcpy(p, &v, sizeof(v)); }
SHIM_UNALIGNED(16)
SHIM_UNALIGNED(32)
SHIM_UNALIGNED(64)

#endif
