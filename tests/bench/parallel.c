// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two threads that map and unmap at once, each its own buffer in its own container. Only wall
 * time on two CPUs says something here: counted runs have one CPU and leave these out.
 */
#include "bench.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

#define IOVA		(1ull << 32)
#define SIZE		(128ul << 20)
#define ROUNDS		4

struct worker {
	int container;
	uint64_t iova;
	void *memory;
	int err;
};

static void *storm(void *argument)
{
	struct worker *w = argument;

	for (int i = 0; i < ROUNDS && !w->err; i++) {
		w->err = dma_map(w->container, w->memory, w->iova, SIZE, RW);
		if (!w->err)
			w->err = dma_unmap(w->container, w->iova, SIZE, 0, NULL);
	}
	return NULL;
}

static int pair_cost(int first, int second, double *values)
{
	struct worker workers[2] = {
		{ .container = first, .iova = IOVA, .memory = memory_small(SIZE) },
		{ .container = second, .iova = IOVA + SIZE, .memory = memory_small(SIZE) },
	};
	pthread_t threads[2];
	uint64_t start = clock_now();
	int err = workers[0].memory && workers[1].memory ? 0 : -ENOMEM;

	for (int i = 0; i < 2 && !err; i++)
		pthread_create(&threads[i], NULL, storm, &workers[i]);
	for (int i = 0; i < 2 && !err; i++)
		pthread_join(threads[i], NULL);
	*values = (double)(clock_now() - start) / (2 * ROUNDS * (SIZE / PAGE_SIZE));
	for (int i = 0; i < 2; i++) {
		if (workers[i].memory)
			munmap(workers[i].memory, SIZE);
		if (!err)
			err = workers[i].err;
	}
	return err;
}

static int apart_cost(struct bench *b, double *values)
{
	return pair_cost(b->nic.container, b->disk.container, values);
}

static int shared_cost(struct bench *b, double *values)
{
	return pair_cost(b->nic.container, b->nic.container, values);
}

const struct measurement parallel_measurements[] = {
	{ apart_cost, 2, {
		{ "pair_apart", "map+unmap, 2 threads, 2 containers", "ns", 1.0, 0 } } },
	{ shared_cost, 2, {
		{ "pair_shared", "map+unmap, 2 threads, 1 container", "ns", 1.0, 0 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
