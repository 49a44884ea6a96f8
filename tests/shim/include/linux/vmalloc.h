/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_VMALLOC_H
#define SHIM_LINUX_VMALLOC_H

#include <linux/slab.h>

void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void vfree(const void *p);
bool is_vmalloc_addr(const void *p);
#define vcalloc(n, size) vzalloc(array_size(n, size))
#define vmalloc_array(n, size) vmalloc(array_size(n, size))

#endif
