/* SPDX-License-Identifier: GPL-2.0-only */
/* Operands of the command line that name devices and groups. See operand.c. */
#ifndef VFIOCTL_OPERAND_H
#define VFIOCTL_OPERAND_H

#include "dev.h"
#include "out.h"

/** operand_address - read an address, whether there is such a device or not; as operand_device() */
enum rc operand_address(struct out *out, const char *text, char bdf[BDF_LEN]);

/**
 * operand_device - find the device that @text names, and load its group with it
 * @bdf: its address, for devs_find()
 * Returns RC_DONE, or what went wrong, noted in @out.
 */
enum rc operand_device(struct out *out, const char *text, struct devs *devs, char bdf[BDF_LEN]);

/** operand_pf - likewise, of a device that can have VFs */
enum rc operand_pf(struct out *out, const char *text, struct devs *devs, char bdf[BDF_LEN]);

/** operand_group - load the members of a group; likewise */
enum rc operand_group(struct out *out, unsigned int group, struct devs *devs);

/** operand_fault - note that something is not there or cannot be read */
enum rc operand_fault(struct out *out, const char *handle, const char *what, int err);

#endif
