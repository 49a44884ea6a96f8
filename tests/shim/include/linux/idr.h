/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_IDR_H
#define SHIM_LINUX_IDR_H

#include <linux/gfp.h>
#include <linux/xarray.h>

/* Identifiers in use are the indices of an xarray. */
struct ida { struct xarray xa; };

#define IDA_INIT(name) { .xa = XARRAY_INIT(name.xa, XA_FLAGS_ALLOC) }
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)
#define ida_init(ida) xa_init_flags(&(ida)->xa, XA_FLAGS_ALLOC)
#define ida_destroy(ida) xa_destroy(&(ida)->xa)
#define ida_is_empty(ida) xa_empty(&(ida)->xa)
int ida_alloc_range(struct ida *ida, unsigned int least, unsigned int most, gfp_t flags);
void ida_free(struct ida *ida, unsigned int id);
#define ida_alloc(ida, flags) ida_alloc_range(ida, 0, INT_MAX, flags)
#define ida_alloc_min(ida, least, flags) ida_alloc_range(ida, least, INT_MAX, flags)
#define ida_alloc_max(ida, most, flags) ida_alloc_range(ida, 0, most, flags)

struct idr { struct xarray xa; };
#define DEFINE_IDR(name) struct idr name = IDA_INIT(name)
#define idr_init(idr) xa_init_flags(&(idr)->xa, XA_FLAGS_ALLOC)
#define idr_destroy(idr) xa_destroy(&(idr)->xa)
#define idr_find(idr, id) xa_load(&(idr)->xa, id)
#define idr_remove(idr, id) xa_erase(&(idr)->xa, id)
#define idr_is_empty(idr) xa_empty(&(idr)->xa)
int idr_alloc(struct idr *idr, void *entry, int start, int end, gfp_t flags);
#define idr_for_each_entry(idr, entry, id) xa_for_each(&(idr)->xa, id, entry)

#endif
