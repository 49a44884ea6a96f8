/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel makes the bodies of events here; linux/tracepoint.h of the shim has made them. */
