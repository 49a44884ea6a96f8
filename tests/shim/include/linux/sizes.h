/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SIZES_H
#define SHIM_LINUX_SIZES_H

#define SZ_1 1U
#define SZ_4 4U
#define SZ_8 8U
#define SZ_16 16U
#define SZ_64 64U
#define SZ_128 128U
#define SZ_256 256U
#define SZ_512 512U
#define SZ_1K (1U << 10)
#define SZ_4K (1U << 12)
#define SZ_8K 0x2000
#define SZ_16K (1U << 14)
#define SZ_64K (1U << 16)
#define SZ_1M (1U << 20)
#define SZ_2M (1U << 21)
#define SZ_16M (1U << 24)
#define SZ_256M (1U << 28)
#define SZ_1G (1U << 30)
#define SZ_4G (1ULL << 32)

#endif
