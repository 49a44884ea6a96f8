// SPDX-License-Identifier: GPL-2.0-only
/* Modules: references, and requests to load one. */
#include <stdarg.h>

#include <linux/module.h>
#include <shim/fault.h>

struct module shim_module = { .name = "passway" };
int (*shim_on_request_module)(const char *name);

bool try_module_get(struct module *module)
{
	if (!module)
		return true;
	if (module->leaving || shim_should_fail("try_module_get"))
		return false;
	__module_get(module);
	return true;
}

void __module_get(struct module *module)
{
	if (!module)
		return;
	atomic_inc(&module->refs);
	shim_live_add(SHIM_MODULE_REF, 1);
}

void module_put(struct module *module)
{
	if (!module)
		return;
	if (atomic_dec_return(&module->refs) < 0)
		shim_die("module_put: %s has no references left", module->name);
	shim_live_add(SHIM_MODULE_REF, -1);
}

void shim_module_unused(const char *exit)
{
	if (atomic_read(&shim_module.refs))
		shim_die("%s: called while the module has %d references", exit,
			 atomic_read(&shim_module.refs));
}

int request_module(const char *fmt, ...)
{
	char name[64];
	va_list args;

	shim_might_sleep("request_module", 0);
	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	pr_debug("request_module: %s", name);
	return shim_on_request_module ? shim_on_request_module(name) : -ENOENT;
}
