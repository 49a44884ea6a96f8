/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes that nobody has written: heap objects are filled with one pattern by the shim,
 * locals with another by the compiler (-ftrivial-auto-var-init=pattern).
 */
#ifndef SHIM_POISON_H
#define SHIM_POISON_H

#define SHIM_POISON_HEAP 0x6b
#ifdef __clang__
#define SHIM_POISON_STACK 0xaa
#else
#define SHIM_POISON_STACK 0xfe
#endif

#endif
