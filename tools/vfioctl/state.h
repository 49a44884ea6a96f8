/* SPDX-License-Identifier: GPL-2.0-only */
/* What is remembered of a device between bind and unbind. See state.c. */
#ifndef VFIOCTL_STATE_H
#define VFIOCTL_STATE_H

#include "dev.h"

#define STATE_DIR "/run/vfioctl"

/** state_lock - one vfioctl at a time; makes the folder. 0 or -errno. Held until the process ends
 */
int state_lock(void);

/** state_save - remember the driver that holds a device now, "" for none; 0 or -errno */
int state_save(const struct dev *dev);

/**
 * state_load - the driver that held a device before
 * Returns 0, or -ENOENT when nothing is known of it or another device has come to its place.
 */
int state_load(const struct dev *dev, char driver[SYS_NAME]);

/** state_forget - drop what is remembered */
void state_forget(const char *bdf);

#endif
