/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MODULEPARAM_H
#define SHIM_LINUX_MODULEPARAM_H

/* A test declares shim_param_NAME, a pointer, and sets the parameter through it. */
#define module_param_named(name, variable, type, mode) \
	typeof(variable) *const shim_param_##name = &(variable)
#define module_param(name, type, mode) module_param_named(name, name, type, mode)
#define module_param_string(name, buffer, size, mode) \
	_Static_assert(sizeof(buffer) >= (size), #name); \
	char *const shim_param_##name = (buffer)
struct kernel_param;
struct kernel_param_ops {
	int (*set)(const char *text, const struct kernel_param *param);
	int (*get)(char *page, const struct kernel_param *param);
};
/* One with functions of its own is shim_param_ops_NAME. */
#define module_param_cb(name, ops, arg, mode) \
	const struct kernel_param_ops *const shim_param_ops_##name = (ops)
#define MODULE_PARM_DESC(name, text)

#endif
