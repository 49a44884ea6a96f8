/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BITFIELD_H
#define SHIM_LINUX_BITFIELD_H

#include <linux/bits.h>

#define SHIM_LOW_BIT(mask) ((mask) & -(mask))
#define FIELD_GET(mask, reg) ((typeof(mask))(((reg) & (mask)) / SHIM_LOW_BIT(mask)))
#define FIELD_PREP(mask, value) ((typeof(mask))((value) * SHIM_LOW_BIT(mask)) & (mask))
#define FIELD_FIT(mask, value) (!(((value) * SHIM_LOW_BIT(mask)) & ~(mask)))
#define FIELD_MAX(mask) ((typeof(mask))((mask) / SHIM_LOW_BIT(mask)))

#endif
