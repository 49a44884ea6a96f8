// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PF's process. DPDK's driver answers the VFs out of an interrupt thread of its own; there is
 * nothing to do here but to stay, and to tell what the PF counts.
 */
#include "pfvf.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PERIOD_MS	1000

/* An exit code; what is there after an error goes with the process */
int pf_open(const char *pf, const rte_uuid_t token)
{
	char device[1][NAME_SIZE];
	struct rte_mempool *pool;

	snprintf(device[0], NAME_SIZE, "%s", pf);
	if (eal_start("pf", true, token, device, 1))
		return EXIT_BROKEN;
	if (rte_eth_dev_count_avail() != 1) {
		complain("%s: DPDK has no driver for it, or may not have it", pf);
		return EXIT_BROKEN;
	}
	pool = port_pool(1);
	return pool && !port_start(0, pool) ? EXIT_ENDED : EXIT_BROKEN;
}

/* Until a signal asks to end, or tells that the child has ended, whose exit code then says why */
int pf_watch(int ready_fd)
{
	if (write(ready_fd, "", 1) != 1) {
		complain("the VFs' process is gone: %s", strerror(errno));
		return EXIT_BROKEN;
	}
	while (!ask_signal(PERIOD_MS))
		port_report("PF", 0);
	return EXIT_ENDED;
}

void pf_close(void)
{
	port_report("PF total", 0);
	port_stop(0);
	rte_eal_cleanup();
}
