// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mends the emulated CPU's VMRUN, as a plugin of QEMU (the fault was seen in QEMU 11.1.3).
 *
 * VMRUN can begin with an interrupt for the guest (AMD64 Architecture Programmer's Manual,
 * volume 2, 15.20, Event Injection); so does every one that KVM injects. QEMU delivers it, and
 * leaves its vector as the exception that the CPU is to take next. Nobody looks at that until the
 * guest exits, which clears it; but if another thread wants the CPU meanwhile, whatever for, the
 * guest gets the interrupt once more, with interrupts off. It then waits for a lock that it has
 * itself, takes its user's GS for its own, or, when KVM is handed the second one back as an
 * "exception" of that vector, which VMRUN refuses, goes on at an address of the machine's kernel.
 *
 * QEMU tells plugins of each interrupt that it has delivered. It holds its big lock then, but for
 * the one that VMRUN brings: there the CPU goes back to its main loop, and on with the guest,
 * with no exception. At this point its state is complete, and VMRUN was the last instruction of
 * its block.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUBLIC	__attribute__((visibility("default")))

/* QEMU: docs/devel/tcg-plugins.rst; qemu-plugin.h comes with no package and wants glib.h */
#define INTERFACE		7
#define DISCON_INTERRUPT	1

typedef void discon_cb(unsigned int cpu, int type, uint64_t from, uint64_t to, void *data);
void qemu_plugin_register_vcpu_discon_cb(uint64_t id, int type, discon_cb *cb, void *data);

/* not for plugins, yet among the symbols that QEMU leaves to its modules */
bool bql_locked(void);
void *qemu_get_cpu(int index);
void cpu_loop_exit_noexc(void *cpu) __attribute__((noreturn));

PUBLIC int qemu_plugin_version = INTERFACE;
PUBLIC int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

static void interrupted(unsigned int cpu, int type, uint64_t from, uint64_t to, void *data)
{
	(void)type, (void)from, (void)to, (void)data;
	if (!bql_locked())
		cpu_loop_exit_noexc(qemu_get_cpu(cpu));
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info, (void)argc, (void)argv;
	qemu_plugin_register_vcpu_discon_cb(id, DISCON_INTERRUPT, interrupted, NULL);
	return 0;
}
