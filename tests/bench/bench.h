/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Figures measured through the public VFIO ABI. A figure is a const row: what it is called, what
 * yields it, and what part of the distribution's value ours may reach.
 */
#ifndef BENCH_H
#define BENCH_H

#include "../lab/abi/client.h"

#include <stdint.h>
#include <stdio.h>

/*
 * What a run measures on: one session each on an igb PF and an nvme controller, and the memory
 * that is mapped. The memory stays while modules change, so that all map the same physical pages.
 * The values of a warming round are thrown away.
 */
struct bench {
	bool warming;
	struct session nic;
	struct session disk;
	void *small;
	void *transparent;
	void *huge;
	void *crowd;
	void *scattered;
};

struct figure {
	const char *key;		/* in files; NULL: no figure */
	const char *title;		/* in the table */
	const char *unit;
	double target;			/* ours / theirs may not exceed it; 0: no target */
	double limit;			/* nor may ours exceed this; 0: no limit of its own */
};

#define FIGURES_MAX	2

/* One procedure and the figures that it yields, values[] in their order. */
struct measurement {
	int (*run)(struct bench *b, double *values);
	unsigned int cpus;		/* needs as many, else it is left out */
	struct figure figures[FIGURES_MAX];
};

/* Each ends with a row whose run is NULL. */
extern const struct measurement dma_measurements[];
extern const struct measurement pci_measurements[];
extern const struct measurement sriov_measurements[];
extern const struct measurement memory_measurements[];
extern const struct measurement parallel_measurements[];
extern const struct measurement bypass_measurements[];
extern const struct measurement start_measurements[];

/* All of them in order; NULL past the last. */
const struct measurement *measurement_at(unsigned int index);

uint64_t clock_now(void);

/* What else the machine does meanwhile (timer ticks, RCU) only adds: the least of several runs. */
static inline void keep_least(uint64_t *least, uint64_t value)
{
	if (value < *least)
		*least = value;
}


int report(const char *theirs, const char *ours, const char *json, const char *mode);

#endif
