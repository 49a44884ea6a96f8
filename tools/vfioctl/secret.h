/* SPDX-License-Identifier: GPL-2.0-only */
/* VF tokens: made, read and written without being shown. See secret.c. */
#ifndef VFIOCTL_SECRET_H
#define VFIOCTL_SECRET_H

#include <stdint.h>

#include "vfioctl.h"

#define SECRET_BYTES 16
#define SECRET_TEXT 37		/* 36 characters and a NUL */

/** struct secret - a VF token: a UUID, in the order of bytes and the form of RFC 9562 */
struct secret {
	uint8_t bytes[SECRET_BYTES];
	char text[SECRET_TEXT];
};

/** secret_make - a token that nobody knows; RC_DONE, or what went wrong, noted in @out */
enum rc secret_make(struct out *out, struct secret *secret);

/** secret_load - read a token from where the command line says; likewise */
enum rc secret_load(struct out *out, const struct place *from, struct secret *secret);

/** secret_store - write a token to where the command line says; @replace a file; likewise */
enum rc secret_store(struct out *out, const struct place *to, bool replace,
		     const struct secret *secret);

void secret_erase(struct secret *secret);

#endif
