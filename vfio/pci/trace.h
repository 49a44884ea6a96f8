/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of PCI devices: passway:vfio_reset and so on.
 *
 * Each tells the device's address, and what came of it (0 or -errno) where it can fail.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM passway

#if !defined(VFIO_PCI_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VFIO_PCI_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>
#include <uapi/linux/vfio.h>

/* A device was reset, or could not be; @why: open, close, unbind, user, hot, idle */
TRACE_EVENT(vfio_reset,
	TP_PROTO(struct pci_dev *pdev, const char *why, int error),
	TP_ARGS(pdev, why, error),
	TP_STRUCT__entry(
		__string(device, pci_name(pdev))
		__string(why, why)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(why);
		__entry->error = error;
	),
	TP_printk("device=%s why=%s error=%d", __get_str(device), __get_str(why),
		  __entry->error)
);

/* For readers of the events' formats, who do not know the numbers behind these names */
TRACE_DEFINE_ENUM(VFIO_PCI_INTX_IRQ_INDEX);
TRACE_DEFINE_ENUM(VFIO_PCI_MSI_IRQ_INDEX);
TRACE_DEFINE_ENUM(VFIO_PCI_MSIX_IRQ_INDEX);
TRACE_DEFINE_ENUM(VFIO_PCI_ERR_IRQ_INDEX);
TRACE_DEFINE_ENUM(VFIO_PCI_REQ_IRQ_INDEX);
TRACE_DEFINE_ENUM(pci_channel_io_normal);
TRACE_DEFINE_ENUM(pci_channel_io_frozen);
TRACE_DEFINE_ENUM(pci_channel_io_perm_failure);

#define show_irq_index(index)					\
	__print_symbolic(index,					\
			 { VFIO_PCI_INTX_IRQ_INDEX, "intx" },	\
			 { VFIO_PCI_MSI_IRQ_INDEX, "msi" },	\
			 { VFIO_PCI_MSIX_IRQ_INDEX, "msix" },	\
			 { VFIO_PCI_ERR_IRQ_INDEX, "err" },	\
			 { VFIO_PCI_REQ_IRQ_INDEX, "req" })

/* Eventfds were given for @count interrupts of an index from @start on, or taken away */
TRACE_EVENT(vfio_irq_enable,
	TP_PROTO(struct pci_dev *pdev, u32 index, u32 start, u32 count, int error),
	TP_ARGS(pdev, index, start, count, error),
	TP_STRUCT__entry(
		__string(device, pci_name(pdev))
		__field(u32, index)
		__field(u32, start)
		__field(u32, count)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->index = index;
		__entry->start = start;
		__entry->count = count;
		__entry->error = error;
	),
	TP_printk("device=%s index=%s start=%u count=%u error=%d", __get_str(device),
		  show_irq_index(__entry->index), __entry->start, __entry->count,
		  __entry->error)
);

/* All interrupts of an index are off that was on */
TRACE_EVENT(vfio_irq_disable,
	TP_PROTO(struct pci_dev *pdev, u32 index),
	TP_ARGS(pdev, index),
	TP_STRUCT__entry(
		__string(device, pci_name(pdev))
		__field(u32, index)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->index = index;
	),
	TP_printk("device=%s index=%s", __get_str(device), show_irq_index(__entry->index))
);

/* An open was refused by a rule of VF tokens; no token is told */
TRACE_EVENT(vfio_token_refused,
	TP_PROTO(struct pci_dev *pdev, const char *rule, int error),
	TP_ARGS(pdev, rule, error),
	TP_STRUCT__entry(
		__string(device, pci_name(pdev))
		__string(rule, rule)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(rule);
		__entry->error = error;
	),
	TP_printk("device=%s error=%d rule=\"%s\"", __get_str(device), __entry->error,
		  __get_str(rule))
);

/* The host was told of an error of a device; @told: its user listens to that */
TRACE_EVENT(vfio_error,
	TP_PROTO(struct pci_dev *pdev, pci_channel_state_t state, bool told),
	TP_ARGS(pdev, state, told),
	TP_STRUCT__entry(
		__string(device, pci_name(pdev))
		__field(u32, state)
		__field(bool, told)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->state = (__force u32)state;
		__entry->told = told;
	),
	TP_printk("device=%s state=%s told=%u", __get_str(device),
		  __print_symbolic(__entry->state,
				   { (__force u32)pci_channel_io_normal, "normal" },
				   { (__force u32)pci_channel_io_frozen, "frozen" },
				   { (__force u32)pci_channel_io_perm_failure, "failed" }),
		  __entry->told)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH pci
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
