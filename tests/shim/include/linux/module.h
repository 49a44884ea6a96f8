/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MODULE_H
#define SHIM_LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/stringify.h>

struct module {
	const char *name;
	atomic_t refs;
	bool leaving;		/* try_module_get() fails */
};

/* All sources of a test are one module, unless the test makes more. */
extern struct module shim_module;
#define THIS_MODULE (&shim_module)

bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);
#define module_name(module) ((module)->name)
#define symbol_get(x) (&(x))
#define symbol_put(x) ((void)0)

#define MODULE_LICENSE(text)
#define MODULE_AUTHOR(text)
#define MODULE_DESCRIPTION(text)
#define MODULE_VERSION(text)
#define MODULE_ALIAS(text)
#define MODULE_ALIAS_MISCDEV(minor)
#define MODULE_ALIAS_CHARDEV(major, minor)
#define MODULE_SOFTDEP(text)
#define MODULE_IMPORT_NS(ns)
#define MODULE_INFO(tag, text)
#define MODULE_FIRMWARE(text)
#define MODULE_DEVICE_TABLE(bus, table) \
	extern typeof(table) table __attribute__((unused))

/* A test loads a module by calling shim_init_<fn>(), and unloads it by shim_exit_<fn>(). */
#define module_init(fn) int shim_init_##fn(void); int shim_init_##fn(void) { return fn(); }
#define module_exit(fn) void shim_exit_##fn(void); \
	void shim_exit_##fn(void) { shim_module_unused(#fn); fn(); }
/* A test that unloads a module in use does what no kernel does: dies. */
void shim_module_unused(const char *exit);

#endif
