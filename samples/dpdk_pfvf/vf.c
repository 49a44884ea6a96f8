// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VFs' process: each VF sends to the next one, the last to the first, by its MAC address, so
 * that it is the PF's switch that brings the frames there. One thread does it all: a burst from
 * a VF, then what the next one has received.
 *
 * A frame has an EtherType for experiments and a number, which counts up for each sender; what
 * has another shape or comes late is stray, what does not come is lost. So at the end
 * for each pair: sent = received + lost.
 */
#include "pfvf.h"

#include <assert.h>
#include <inttypes.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stdio.h>
#include <unistd.h>

#define BURST		32
#define ETHERTYPE	0x88b5		/* IEEE 802, local experimental 1 */
#define PERIOD_MS	1000		/* between two reports */
#define QUESTION_MS	10		/* between two questions for a signal */
#define DRAIN_MS	200		/* what takes longer is lost */
#define DRAIN_LIMIT_MS	(10 * DRAIN_MS)	/* of all that is under way */

struct frame {
	struct rte_ether_hdr ether;
	rte_be64_t number;
	uint8_t padding[46];
} __attribute__((packed, aligned(2)));

static_assert(sizeof(struct frame) >= RTE_ETHER_MIN_LEN - RTE_ETHER_CRC_LEN);

/* A VF, and what this program has counted of it; numbers of frames */
struct vf {
	uint16_t port;
	struct rte_ether_addr mac;
	uint64_t sent;
	uint64_t received;
	uint64_t stray;
	uint64_t expected;		/* the least number that the next frame may have */
};

static struct vf vfs[VFS_MAX];
static unsigned int num_vfs;
static struct rte_mempool *pool;

/* The VF @n places behind this one in the circle */
static struct vf *behind(const struct vf *vf, unsigned int n)
{
	return &vfs[(vf - vfs + n) % num_vfs];
}

static void write_frame(struct rte_mbuf *mbuf, const struct vf *from, uint64_t number)
{
	struct frame *frame = (struct frame *)rte_pktmbuf_append(mbuf, sizeof(*frame));

	*frame = (struct frame){
		.ether = {
			.dst_addr = behind(from, 1)->mac,
			.src_addr = from->mac,
			.ether_type = rte_cpu_to_be_16(ETHERTYPE),
		},
		.number = rte_cpu_to_be_64(number),
	};
}

static void send_burst(struct vf *vf)
{
	struct rte_mbuf *mbufs[BURST];
	uint16_t done;

	if (rte_pktmbuf_alloc_bulk(pool, mbufs, BURST))
		return;
	for (unsigned int i = 0; i < BURST; i++)
		write_frame(mbufs[i], vf, vf->sent + i);
	done = rte_eth_tx_burst(vf->port, 0, mbufs, BURST);
	vf->sent += done;
	if (done < BURST)
		rte_pktmbuf_free_bulk(mbufs + done, BURST - done);
}

/* Does it come from the VF before this one? */
static bool is_frame(const struct vf *vf, const struct rte_mbuf *mbuf)
{
	const struct frame *frame = rte_pktmbuf_mtod(mbuf, const struct frame *);

	return rte_pktmbuf_data_len(mbuf) >= sizeof(*frame) &&
	       frame->ether.ether_type == rte_cpu_to_be_16(ETHERTYPE) &&
	       rte_is_same_ether_addr(&frame->ether.src_addr,
				      &behind(vf, num_vfs - 1)->mac) &&
	       rte_be_to_cpu_64(frame->number) >= vf->expected;
}

/* The number of frames from the VF before this one */
static unsigned int receive_burst(struct vf *vf)
{
	struct rte_mbuf *mbufs[BURST];
	uint16_t num = rte_eth_rx_burst(vf->port, 0, mbufs, BURST);
	uint64_t before = vf->received;

	for (unsigned int i = 0; i < num; i++) {
		if (!is_frame(vf, mbufs[i])) {
			vf->stray++;
			continue;
		}
		vf->expected = rte_be_to_cpu_64(rte_pktmbuf_mtod(mbufs[i],
								 struct frame *)->number) + 1;
		vf->received++;
	}
	rte_pktmbuf_free_bulk(mbufs, num);
	return (unsigned int)(vf->received - before);
}

static unsigned int receive_all(void)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < num_vfs; i++)
		num += receive_burst(&vfs[i]);
	return num;
}

static void report(const char *when)
{
	for (unsigned int i = 0; i < num_vfs; i++)
		port_report(when, vfs[i].port);
}

static uint64_t in_ms(unsigned int milliseconds)
{
	return rte_get_timer_cycles() + rte_get_timer_hz() / 1000 * milliseconds;
}

static void run(void)
{
	uint64_t next_report = in_ms(PERIOD_MS), next_question = in_ms(QUESTION_MS);

	for (;;) {
		uint64_t now = rte_get_timer_cycles();

		for (unsigned int i = 0; i < num_vfs; i++) {
			send_burst(&vfs[i]);
			receive_burst(behind(&vfs[i], 1));
		}
		if (now >= next_report) {
			report("VF");
			next_report = in_ms(PERIOD_MS);
		}
		if (now < next_question)
			continue;
		if (ask_signal(0))
			return;
		next_question = in_ms(QUESTION_MS);
	}
}

/* What is under way when nobody sends any more */
static void drain(void)
{
	uint64_t end = in_ms(DRAIN_MS), limit = in_ms(DRAIN_LIMIT_MS);

	while (rte_get_timer_cycles() < RTE_MIN(end, limit))
		if (receive_all())
			end = in_ms(DRAIN_MS);
}

/* What this program has counted; an exit code */
static int summary(void)
{
	int ret = EXIT_ENDED;

	report("VF total");
	for (unsigned int i = 0; i < num_vfs; i++) {
		const struct vf *from = &vfs[i], *to = behind(from, 1);
		char names[2][NAME_SIZE];

		port_name(from->port, names[0]);
		port_name(to->port, names[1]);
		printf("pair %s to %s: sent %" PRIu64 " frames, received %" PRIu64 ", lost %"
		       PRIu64 ", stray %" PRIu64 "\n", names[0], names[1], from->sent,
		       to->received, from->sent - to->received, to->stray);
		if (!to->received)
			ret = EXIT_SILENT;
	}
	return ret;
}

static int vfs_open(const struct vf_list *list, const rte_uuid_t token)
{
	uint16_t port;

	if (eal_start("vf", false, token, list->name, list->num))
		return EXIT_BROKEN;
	if (rte_eth_dev_count_avail() != list->num) {
		complain("of %u VFs DPDK has %u", list->num, rte_eth_dev_count_avail());
		return EXIT_BROKEN;
	}
	pool = port_pool(list->num);
	if (!pool)
		return EXIT_BROKEN;
	RTE_ETH_FOREACH_DEV(port) {
		struct vf *vf = &vfs[num_vfs++];

		vf->port = port;
		if (port_start(port, pool) || rte_eth_macaddr_get(port, &vf->mac))
			return EXIT_BROKEN;
	}
	return EXIT_ENDED;
}

static void vfs_close(void)
{
	for (unsigned int i = 0; i < num_vfs; i++)
		port_stop(vfs[i].port);
	rte_eal_cleanup();
}

int vf_run(const struct vf_list *list, const rte_uuid_t token, int ready_fd)
{
	char ready;
	int ret;

	/* the end of the file: the parent has given up, and says why */
	if (read(ready_fd, &ready, 1) != 1)
		return EXIT_ENDED;
	ret = vfs_open(list, token);
	if (ret)
		return ret;
	printf("%u VFs send to each other\n", num_vfs);
	run();
	drain();
	ret = summary();
	vfs_close();
	return ret;
}
