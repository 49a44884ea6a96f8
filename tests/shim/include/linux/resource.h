/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_RESOURCE_H
#define SHIM_LINUX_RESOURCE_H

#include <sys/resource.h>
#ifndef RLIM_NLIMITS
#define RLIM_NLIMITS 16
#endif

#endif
