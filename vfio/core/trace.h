/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of devices, whatever their bus: passway:vfio_bind and so on.
 *
 * Each tells the bus's name of the device; those of files the process, too: what the trace itself
 * knows is the thread, which has often ended when somebody reads of it.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM passway

#if !defined(VFIO_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VFIO_CORE_TRACE_H

#include <linux/device.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <vfio/vfio.h>

DECLARE_EVENT_CLASS(vfio_offer,
	TP_PROTO(struct vfio_device *vdev),
	TP_ARGS(vdev),
	TP_STRUCT__entry(
		__string(device, dev_name(vdev->dev))
		__string(driver, vdev->ops->name)
	),
	TP_fast_assign(
		__assign_str(device);
		__assign_str(driver);
	),
	TP_printk("device=%s driver=%s", __get_str(device), __get_str(driver))
);

/* A driver offers a device, which can be opened from now on */
DEFINE_EVENT(vfio_offer, vfio_bind,
	TP_PROTO(struct vfio_device *vdev),
	TP_ARGS(vdev)
);

/* It takes the device back; the last user has gone */
DEFINE_EVENT(vfio_offer, vfio_unbind,
	TP_PROTO(struct vfio_device *vdev),
	TP_ARGS(vdev)
);

/* The users of a device that is being unbound are asked to close it; @asked times before */
TRACE_EVENT(vfio_request,
	TP_PROTO(struct vfio_device *vdev, unsigned int asked),
	TP_ARGS(vdev, asked),
	TP_STRUCT__entry(
		__string(device, dev_name(vdev->dev))
		__field(unsigned int, asked)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->asked = asked;
	),
	TP_printk("device=%s asked=%u", __get_str(device), __entry->asked)
);

/* A file was made for a device, or could not be; @users are those that it has then */
TRACE_EVENT(vfio_open,
	TP_PROTO(struct vfio_device *vdev, int error),
	TP_ARGS(vdev, error),
	TP_STRUCT__entry(
		__string(device, dev_name(vdev->dev))
		__field(pid_t, pid)
		__field(unsigned int, users)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->pid = task_tgid_nr(current);
		__entry->users = vdev->open_count;
		__entry->error = error;
	),
	TP_printk("device=%s pid=%d users=%u error=%d", __get_str(device), __entry->pid,
		  __entry->users, __entry->error)
);

/* A file of a device was closed; @users are those that are left */
TRACE_EVENT(vfio_close,
	TP_PROTO(struct vfio_device *vdev),
	TP_ARGS(vdev),
	TP_STRUCT__entry(
		__string(device, dev_name(vdev->dev))
		__field(pid_t, pid)
		__field(unsigned int, users)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->pid = task_tgid_nr(current);
		__entry->users = vdev->open_count;
	),
	TP_printk("device=%s pid=%d users=%u", __get_str(device), __entry->pid,
		  __entry->users)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH core
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
