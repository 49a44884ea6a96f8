/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs for guests share.
 */
#ifndef L2_COMMON_H
#define L2_COMMON_H

#include <stdint.h>

#define PAGE	4096ul

/* Prints the message, as printf() does, and exits with 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Physical address of the page of memory at an address, which must be present. */
uint64_t physical(const volatile void *address);

#endif
