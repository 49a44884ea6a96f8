/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_PM_RUNTIME_H
#define SHIM_LINUX_PM_RUNTIME_H

#include <linux/device.h>

/* A device sleeps while nobody uses it and it is allowed to; see pm.c. */
int pm_runtime_get_sync(struct device *dev);
int pm_runtime_resume_and_get(struct device *dev);
int pm_runtime_resume(struct device *dev);
int pm_request_idle(struct device *dev);
void pm_runtime_get_noresume(struct device *dev);
int pm_runtime_put(struct device *dev);
void pm_runtime_put_noidle(struct device *dev);
void pm_runtime_allow(struct device *dev);
void pm_runtime_forbid(struct device *dev);
#define pm_runtime_put_sync(dev) pm_runtime_put(dev)
#define pm_runtime_suspended(dev) ((dev)->power.suspended)
#define pm_runtime_active(dev) (!(dev)->power.suspended)
/* The bus enables it for each function, and no other bus does */
bool pm_runtime_enabled(struct device *dev);
#define pm_runtime_barrier(dev) ((void)(dev))
#define pm_runtime_enable(dev) ((void)(dev))
#define pm_runtime_disable(dev) ((void)(dev))

#endif
