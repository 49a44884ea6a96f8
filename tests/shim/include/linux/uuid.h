/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_UUID_H
#define SHIM_LINUX_UUID_H

#include <linux/types.h>

#define UUID_STRING_LEN 36

typedef struct { u8 b[16]; } uuid_t;

static inline void uuid_copy(uuid_t *to, const uuid_t *from)
{
	*to = *from;
}
void uuid_gen(uuid_t *uuid);
/* 0, or -EINVAL for what does not begin with a UUID. */
int uuid_parse(const char *text, uuid_t *uuid);

#endif
