/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_DEVICE_DRIVER_H
#define SHIM_LINUX_DEVICE_DRIVER_H

struct module;
struct bus_type;
struct dev_pm_ops;

enum probe_type { PROBE_DEFAULT_STRATEGY, PROBE_PREFER_ASYNCHRONOUS, PROBE_FORCE_SYNCHRONOUS };

struct device_driver {
	const char *name;
	const struct bus_type *bus;
	struct module *owner;
	enum probe_type probe_type;
	const struct dev_pm_ops *pm;
	const struct attribute_group **dev_groups;
};

#define module_driver(d, enter, leave)						\
	int shim_init_##d(void); void shim_exit_##d(void);			\
	int shim_init_##d(void) { return enter(&(d)); }				\
	void shim_exit_##d(void) { leave(&(d)); }

#endif
