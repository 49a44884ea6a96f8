/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MODULEPARAM_H
#define SHIM_LINUX_MODULEPARAM_H

/* Parameters are set by a test through the variables, where it includes the source. */
#define module_param(name, type, mode) \
	static typeof(name) *const shim_param_##name __attribute__((unused)) = &(name)
#define module_param_named(name, variable, type, mode) \
	static typeof(variable) *const shim_param_##name __attribute__((unused)) = &(variable)
#define module_param_string(name, buffer, size, mode) \
	_Static_assert(sizeof(buffer) >= (size), #name)
#define MODULE_PARM_DESC(name, text)

#endif
