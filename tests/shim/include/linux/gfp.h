/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_GFP_H
#define SHIM_LINUX_GFP_H

#include <linux/types.h>

#define __GFP_ZERO 0x01u
#define __GFP_NOFAIL 0x02u
#define __GFP_NOWARN 0x04u
#define __GFP_ACCOUNT 0x08u
#define __GFP_DIRECT_RECLAIM 0x10u
#define __GFP_NORETRY 0x20u
#define __GFP_RETRY_MAYFAIL 0x40u
#define __GFP_COMP 0x80u
#define __GFP_KSWAPD_RECLAIM 0x100u
#define __GFP_HIGHMEM 0
#define GFP_KERNEL __GFP_DIRECT_RECLAIM
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_USER GFP_KERNEL
#define GFP_HIGHUSER GFP_KERNEL
#define GFP_ATOMIC __GFP_KSWAPD_RECLAIM
#define GFP_NOWAIT (__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)
#define GFP_NOIO GFP_KERNEL
#define gfpflags_allow_blocking(flags) (!!((flags) & __GFP_DIRECT_RECLAIM))

struct page;
struct page *alloc_pages(gfp_t flags, unsigned int order);
void __free_pages(struct page *page, unsigned int order);
unsigned long __get_free_pages(gfp_t flags, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
#define alloc_page(flags) alloc_pages(flags, 0)
#define __free_page(page) __free_pages(page, 0)
#define __get_free_page(flags) __get_free_pages(flags, 0)
#define get_zeroed_page(flags) __get_free_pages((flags) | __GFP_ZERO, 0)
#define free_page(addr) free_pages(addr, 0)

#endif
