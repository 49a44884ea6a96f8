/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_WORDPART_H
#define SHIM_LINUX_WORDPART_H
#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define lower_32_bits(n) ((u32)(n))
#define upper_16_bits(n) ((u16)((n) >> 16))
#define lower_16_bits(n) ((u16)(n))
#endif
