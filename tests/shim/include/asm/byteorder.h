/* SPDX-License-Identifier: GPL-2.0-only */
#include_next <asm/byteorder.h>
#include <linux/byteorder/generic.h>
