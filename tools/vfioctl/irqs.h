/* SPDX-License-Identifier: GPL-2.0-only */
/* The interrupts of a device that are in use. See irqs.c. */
#ifndef VFIOCTL_IRQS_H
#define VFIOCTL_IRQS_H

#include "dev.h"
#include "out.h"

/** irqs_add - add them as the array "interrupts"; nothing where the kernel does not tell */
void irqs_add(struct json_object *attrs, const struct dev *dev);

#endif
