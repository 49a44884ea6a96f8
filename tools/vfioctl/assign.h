/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a device can be assigned. See assign.c. */
#ifndef VFIOCTL_ASSIGN_H
#define VFIOCTL_ASSIGN_H

#include "dev.h"

/**
 * assign_check - whether the kernel would let a user have this device through VFIO
 * @all: at least all members of its group; those selected count as held by vfio-pci
 * @why: the first rule that forbids it
 * Returns true if nothing forbids it. The driver that holds the device itself does not.
 */
bool assign_check(const struct dev *dev, const struct devs *all, struct finding *why);

#endif
