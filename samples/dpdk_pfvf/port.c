// SPDX-License-Identifier: GPL-2.0-only
/*
 * A port: started, stopped, and what it has counted. Both processes use one queue each way, and
 * one pool of buffers for all ports.
 */
#include "pfvf.h"

#include <inttypes.h>
#include <rte_bus.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <stdio.h>

#define CACHE		64
#define LINK_TRIES	100
#define LINK_WAIT_MS	100

/* Enough for two full rings of each port, and for what is between them */
struct rte_mempool *port_pool(unsigned int ports)
{
	struct rte_mempool *pool =
		rte_pktmbuf_pool_create("frames", ports * 3 * PORT_RING - 1, CACHE, 0,
					RTE_MBUF_DEFAULT_BUF_SIZE, rte_socket_id());

	if (!pool)
		complain("no memory for frames: %s", rte_strerror(rte_errno));
	return pool;
}

void port_name(uint16_t port, char name[NAME_SIZE])
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port, &info))
		snprintf(name, NAME_SIZE, "port %u", port);
	else
		snprintf(name, NAME_SIZE, "%s", rte_dev_name(info.device));
}

static int set_up(uint16_t port, struct rte_mempool *pool)
{
	const struct rte_eth_conf conf = { 0 };
	int socket = rte_eth_dev_socket_id(port);
	int ret = rte_eth_dev_configure(port, 1, 1, &conf);

	if (!ret)
		ret = rte_eth_rx_queue_setup(port, 0, PORT_RING, socket, NULL, pool);
	if (!ret)
		ret = rte_eth_tx_queue_setup(port, 0, PORT_RING, socket, NULL);
	return ret ? ret : rte_eth_dev_start(port);
}

static bool link_up(uint16_t port)
{
	struct rte_eth_link link;

	for (int i = 0; i < LINK_TRIES; i++) {
		if (!rte_eth_link_get_nowait(port, &link) && link.link_status)
			return true;
		rte_delay_us_sleep(LINK_WAIT_MS * 1000);
	}
	return false;
}

int port_start(uint16_t port, struct rte_mempool *pool)
{
	char name[NAME_SIZE];
	int ret = set_up(port, pool);

	port_name(port, name);
	if (ret)
		complain("%s does not start: %s", name, rte_strerror(-ret));
	else if (!link_up(port))
		complain("%s has no link", name);
	else
		return 0;
	return -1;
}

void port_stop(uint16_t port)
{
	rte_eth_dev_stop(port);
	rte_eth_dev_close(port);
}

void port_report(const char *when, uint16_t port)
{
	struct rte_eth_stats stats;
	char name[NAME_SIZE];

	port_name(port, name);
	if (rte_eth_stats_get(port, &stats))
		return;
	printf("%s %s: sent %" PRIu64 " frames %" PRIu64 " bytes, received %" PRIu64
	       " frames %" PRIu64 " bytes, missed %" PRIu64 "\n", when, name, stats.opackets,
	       stats.obytes, stats.ipackets, stats.ibytes, stats.imissed);
}
