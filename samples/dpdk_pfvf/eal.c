// SPDX-License-Identifier: GPL-2.0-only
/*
 * DPDK's start. The options are made in memory; see main.c for why.
 *
 * --in-memory: the two processes share no memory with anybody, so nothing of it needs a name, and
 * nothing is left when one is killed. --no-telemetry: its socket would tell the options.
 */
#include "pfvf.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <stdio.h>

/* The first or the last CPU that we may run on */
static int pick_cpu(bool first)
{
	cpu_set_t allowed;
	int picked = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return 0;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		picked = cpu;
		if (first)
			break;
	}
	return picked;
}

/* 0, or -1 with DPDK's reason told */
int eal_start(const char *program, bool first_cpu, const rte_uuid_t token,
	      const char (*devices)[NAME_SIZE], unsigned int num_devices)
{
	char uuid[RTE_UUID_STRLEN], cpu[16], allow[VFS_MAX][sizeof("--allow=") + NAME_SIZE];
	char *argv[8 + VFS_MAX] = {
		(char *)program, "--in-memory", "--no-telemetry", "-l", cpu,
		"--vfio-vf-token", uuid,
	};
	int argc = 7;

	rte_uuid_unparse(token, uuid, sizeof(uuid));
	snprintf(cpu, sizeof(cpu), "%d", pick_cpu(first_cpu));
	for (unsigned int i = 0; i < num_devices; i++) {
		snprintf(allow[i], sizeof(allow[i]), "--allow=%s", devices[i]);
		argv[argc++] = allow[i];
	}
	if (rte_eal_init(argc, argv) >= 0)
		return 0;
	complain("%s: DPDK did not start: %s", program, rte_strerror(rte_errno));
	return -1;
}
