/* SPDX-License-Identifier: GPL-2.0-only */
/* The verb "why" of the noun "device". See why.c. */
#ifndef VFIOCTL_WHY_H
#define VFIOCTL_WHY_H

#include "vfioctl.h"

enum rc why_run(struct call *call);

#endif
