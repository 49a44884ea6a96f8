// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ tests/unit/machine.c
/*
 * Threads: disjoint ranges side by side, and everybody on the same range.
 */
#include <pthread.h>
#include <stdlib.h>

#include "test_type1.h"

struct worker { struct task_struct *task; int container; u64 iova; unsigned int seed, done; };

static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned int seed = w->seed;

	shim_become(w->task);
	for (int round = 0; round < 150; round++) {
		u64 n = 1 + rand_r(&seed) % 8, at = w->iova + rand_r(&seed) % 8 * K4;
		long ret = user_map(w->container, at, VA + rand_r(&seed) % 8 * K4, n * K4, RW);

		CHECK(!ret || ret == -EEXIST);
		w->done += !ret;
		if (round % 3 == 0)
			CHECK_EQ(user_unmap(w->container, w->iova, 16 * K4, 0, NULL), 0);
	}
	return NULL;
}

static void run_threads(u64 stride)
{
	struct worker workers[3];
	pthread_t threads[3];

	up(V2);
	shim_map(VA, 16, SHIM_RW, SHIM_SCATTERED);
	shim_jitter(true);
	for (unsigned int i = 0; i < 3; i++) {
		workers[i] = (struct worker){ current, container, i * stride, i + 1, 0 };
		pthread_create(&threads[i], NULL, work, &workers[i]);
	}
	for (unsigned int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		CHECK(workers[i].done > 0);
	}
	shim_jitter(false);
	CHECK_EQ(user_unmap(container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), 0);
	CHECK_EQ(current->mm->locked_vm, 0);
	CHECK_EQ(shim_live(SHIM_PIN), 0);
	CHECK_EQ(avail(), U16_MAX);
	down();
}

static void threads_apart(void)
{
	run_threads(SZ_1M);
}

static void threads_on_one_range(void)
{
	run_threads(0);
}

UNIT_TESTS(type1_threads,
	{ "threads on ranges apart", threads_apart },
	{ "threads on one range", threads_on_one_range })
