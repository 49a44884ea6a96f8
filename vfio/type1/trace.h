/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of containers: passway:vfio_map, passway:vfio_unmap. One a call, not one a page.
 *
 * Addresses and sizes are in bytes; @space is a name for the container, and no address.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM passway

#if !defined(VFIO_TYPE1_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VFIO_TYPE1_TRACE_H

#include <linux/tracepoint.h>
#include <uapi/linux/vfio.h>

struct type1;

TRACE_EVENT(vfio_map,
	TP_PROTO(const struct type1 *space, const struct vfio_iommu_type1_dma_map *map,
		 int error),
	TP_ARGS(space, map, error),
	TP_STRUCT__entry(
		__field(const void *, space)
		__field(u64, iova)
		__field(u64, vaddr)
		__field(u64, size)
		__field(u32, flags)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->space = space;
		__entry->iova = map->iova;
		__entry->vaddr = map->vaddr;
		__entry->size = map->size;
		__entry->flags = map->flags;
		__entry->error = error;
	),
	TP_printk("space=%p iova=%#llx vaddr=%#llx size=%llu flags=%s error=%d", __entry->space,
		  __entry->iova, __entry->vaddr, __entry->size,
		  __print_flags(__entry->flags, "|",
				{ VFIO_DMA_MAP_FLAG_READ, "read" },
				{ VFIO_DMA_MAP_FLAG_WRITE, "write" },
				{ VFIO_DMA_MAP_FLAG_VADDR, "vaddr" }),
		  __entry->error)
);

/* @unmapped: bytes that it ended, if it succeeded */
TRACE_EVENT(vfio_unmap,
	TP_PROTO(const struct type1 *space, const struct vfio_iommu_type1_dma_unmap *unmap,
		 u64 unmapped, int error),
	TP_ARGS(space, unmap, unmapped, error),
	TP_STRUCT__entry(
		__field(const void *, space)
		__field(u64, iova)
		__field(u64, size)
		__field(u64, unmapped)
		__field(u32, flags)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->space = space;
		__entry->iova = unmap->iova;
		__entry->size = unmap->size;
		__entry->unmapped = error ? 0 : unmapped;
		__entry->flags = unmap->flags;
		__entry->error = error;
	),
	TP_printk("space=%p iova=%#llx size=%llu unmapped=%llu flags=%s error=%d",
		  __entry->space, __entry->iova, __entry->size, __entry->unmapped,
		  __print_flags(__entry->flags, "|",
				{ VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP, "dirty" },
				{ VFIO_DMA_UNMAP_FLAG_ALL, "all" },
				{ VFIO_DMA_UNMAP_FLAG_VADDR, "vaddr" }),
		  __entry->error)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH type1
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
