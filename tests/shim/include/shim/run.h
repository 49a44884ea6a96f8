/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deferred execution. Work items, delayed work, timers and RCU callbacks wait in
 * queues until a test lets them run, or until code under test waits for them: then
 * they run in the thread that waits. A wait that nothing can end dies after a while.
 */
#ifndef SHIM_RUN_H
#define SHIM_RUN_H

#include <stdbool.h>

struct callback_head;

/** shim_run_work() - run queued work and RCU callbacks, also what they queue. */
void shim_run_work(void);
/** shim_run_one() - run the oldest queued work item; false if there is none. */
bool shim_run_one(void);
/** shim_work_pending() - number of queued work items. */
unsigned int shim_work_pending(void);
void shim_rcu_run(void);

/* Used by the waiting primitives: makes progress, or sleeps a little, or dies. */
struct shim_wait { unsigned int idle; const char *what; };
void shim_wait_step(struct shim_wait *wait);

#endif
