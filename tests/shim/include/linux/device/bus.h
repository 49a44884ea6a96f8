/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_DEVICE_BUS_H
#define SHIM_LINUX_DEVICE_BUS_H

#include <linux/notifier.h>

struct device;
struct device_driver;

struct bus_type { const char *name; };

#define BUS_NOTIFY_ADD_DEVICE 0
#define BUS_NOTIFY_DEL_DEVICE 1
#define BUS_NOTIFY_BIND_DRIVER 3
#define BUS_NOTIFY_BOUND_DRIVER 4
#define BUS_NOTIFY_UNBIND_DRIVER 5
#define BUS_NOTIFY_UNBOUND_DRIVER 6
int bus_register_notifier(const struct bus_type *bus, struct notifier_block *block);
int bus_unregister_notifier(const struct bus_type *bus, struct notifier_block *block);

#endif
