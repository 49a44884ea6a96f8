// SPDX-License-Identifier: GPL-2.0-only
/* The bodies of this folder's trace events. */
#define CREATE_TRACE_POINTS
#include "trace.h"
