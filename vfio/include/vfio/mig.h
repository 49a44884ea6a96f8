/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Migration (VFIO_DEVICE_FEATURE_MIGRATION and its kin) for drivers: the arcs of the state
 * machine that <uapi/linux/vfio.h> defines, and the stream behind a data_fd.
 *
 * A driver that migrates sets mig_ops and migration_flags of its vfio_device before
 * vfio_register_group_dev(). The core then takes apart what user space asks for into arcs of
 * the machine and has the driver do one after the other. A driver can use the stream below for
 * its data_fd or make a file of its own.
 */
#ifndef VFIO_MIG_H
#define VFIO_MIG_H

#include <linux/types.h>
#include <uapi/linux/vfio.h>

struct file;
struct vfio_device;
struct vfio_mig_stream;

/**
 * struct vfio_migration_ops - what a driver does to migrate its device
 * @migration_set_state: do the arc from the current state to @new_state, all of it. The arcs
 *	into PRE_COPY, PRE_COPY_P2P, STOP_COPY and RESUMING from a state that is none of these
 *	return the file of a new data transfer session, with a reference that becomes the
 *	caller's and that may be dropped at once; all others return NULL. ERR_PTR() leaves the
 *	device in the old state or in ERROR. The core asks for arcs only; since a reset can
 *	change the state before the call, a driver still refuses what is no arc of its own.
 * @migration_get_state: the current state, ERROR too; 0 or -errno
 * @migration_get_data_size: about how many bytes STOP_COPY would have to transfer now, in any
 *	state; 0 or -errno
 *
 * All three must be there. The core calls one at a time for a device; only the driver's reset
 * can change the state besides. Context: process, may sleep.
 */
struct vfio_migration_ops {
	struct file *(*migration_set_state)(struct vfio_device *vdev,
					    enum vfio_device_mig_state new_state);
	int (*migration_get_state)(struct vfio_device *vdev,
				   enum vfio_device_mig_state *curr_state);
	int (*migration_get_data_size)(struct vfio_device *vdev,
				       unsigned long *stop_copy_length);
};

int vfio_mig_get_next_state(struct vfio_device *vdev, enum vfio_device_mig_state cur_fsm,
			    enum vfio_device_mig_state new_fsm,
			    enum vfio_device_mig_state *next_fsm);

/*
 * The stream: mig_stream.c. Saving: alloc, append what there is at first, file (O_RDONLY),
 * append more while in PRE_COPY, complete in STOP_COPY, end. Resuming: alloc, file (O_WRONLY),
 * complete when leaving RESUMING, take, end.
 */

struct vfio_mig_stream *vfio_mig_stream_alloc(size_t limit);
struct file *vfio_mig_stream_file(struct vfio_mig_stream *stream, int access);
int vfio_mig_stream_append(struct vfio_mig_stream *stream, const void *data, size_t len);
void vfio_mig_stream_complete(struct vfio_mig_stream *stream);
size_t vfio_mig_stream_size(struct vfio_mig_stream *stream);
int vfio_mig_stream_take(struct vfio_mig_stream *stream, void *data, size_t len);
void vfio_mig_stream_end(struct vfio_mig_stream *stream);

#endif
