/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LOG_H
#define SHIM_LOG_H

#include <stdbool.h>

/** shim_log_clear() - forget all messages. */
void shim_log_clear(void);
/** shim_log_has() - whether @part stands in a message since the last clear. */
bool shim_log_has(const char *part);
/** shim_log_count() - number of messages of @level ("err", "warn", ...), NULL for all. */
unsigned int shim_log_count(const char *level);

#endif
