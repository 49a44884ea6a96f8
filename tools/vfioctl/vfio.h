/* SPDX-License-Identifier: GPL-2.0-only */
/* Asking the kernel through VFIO itself: may a device be opened, and what its owner may set. */
#ifndef VFIOCTL_VFIO_H
#define VFIOCTL_VFIO_H

#include "dev.h"
#include "secret.h"

/** enum vfio_step - on the way to a device that is open and has its token */
enum vfio_step {
	STEP_GROUP, STEP_CONTAINER, STEP_ATTACH, STEP_IOMMU, STEP_DEVICE, STEP_TOKEN,
};

/** struct vfio - a device in use by us; what is not open is -1 */
struct vfio {
	int group, container, device;
	enum vfio_step step;	/* the last one that was tried */
};

#define VFIO_CLOSED { -1, -1, -1, STEP_GROUP }

/** vfio_open_group - take a device's group, which one process can have at a time; 0 or -errno */
int vfio_open_group(struct vfio *vfio, const struct dev *dev);

/**
 * vfio_admits - whether the kernel would let us open the device by this name; it is not opened
 * @token: given with the name; may be NULL
 * Returns 0, -EACCES when the token is missing or wrong, or another -errno. A PF with no VF in use
 * takes any token, and makes it its own.
 */
int vfio_admits(const struct vfio *vfio, const struct dev *dev, const struct secret *token);

/** vfio_open - open the device, whose group we have; it is reset. 0 or -errno */
int vfio_open(struct vfio *vfio, const struct dev *dev, const struct secret *token);

/** vfio_set_token - set the token of a PF that is open; 0 or -errno */
int vfio_set_token(const struct vfio *vfio, const struct secret *token);

void vfio_close(struct vfio *vfio);

#endif
