/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of dpdk_pfvf share; main.c tells how they work together. */
#ifndef PFVF_H
#define PFVF_H

#include <rte_ether.h>
#include <rte_mempool.h>
#include <rte_uuid.h>
#include <stdbool.h>
#include <stdint.h>

/* Exit codes, of both processes */
enum {
	EXIT_ENDED,		/* as it was asked to, and all VFs received */
	EXIT_BROKEN,		/* it could not go on; stderr says why */
	EXIT_USAGE,
	EXIT_SILENT,		/* a VF has received nothing */
};

#define NAME_SIZE	sizeof("0000:00:00.0")
#define VFS_MAX		16

struct vf_list {
	unsigned int num;
	char name[VFS_MAX][NAME_SIZE];
};

/* main.c: waits for a signal to end, or for the other process to; 0 when none came in time */
int ask_signal(unsigned int milliseconds);
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* sriov.c: VFs as sysfs shows them. Not finding what is needed is told on stderr. */
int vfs_prepare(const char *pf, unsigned int wanted, struct vf_list *vfs, bool *made);
void vfs_remove(const char *pf);

/* eal.c */
int eal_start(const char *program, bool first_cpu, const rte_uuid_t token,
	      const char (*devices)[NAME_SIZE], unsigned int num_devices);

/* port.c: one queue each way on a port of its own */
#define PORT_RING	256

struct rte_mempool *port_pool(unsigned int ports);
int port_start(uint16_t port, struct rte_mempool *pool);
void port_stop(uint16_t port);
void port_name(uint16_t port, char name[NAME_SIZE]);
/* One line: what the port itself has counted */
void port_report(const char *when, uint16_t port);

/* pf.c: what the parent does */
int pf_open(const char *pf, const rte_uuid_t token);
int pf_watch(int ready_fd);
void pf_close(void);

/* vf.c: the child, until it is asked to end; an exit code */
int vf_run(const struct vf_list *list, const rte_uuid_t token, int ready_fd);

#endif
