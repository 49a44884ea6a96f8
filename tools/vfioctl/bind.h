/* SPDX-License-Identifier: GPL-2.0-only */
/* Verbs of the device noun that change its driver. See bind.c. */
#ifndef VFIOCTL_BIND_H
#define VFIOCTL_BIND_H

#include "vfioctl.h"

enum rc bind_run(struct call *call);
enum rc unbind_run(struct call *call);

#endif
