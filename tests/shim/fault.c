// SPDX-License-Identifier: GPL-2.0-only
/* Forced failures and live objects; see shim/fault.h. */
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <shim/fault.h>
#include <shim/report.h>
#include <shim/run.h>

static const char *const live_names[SHIM_LIVE_KINDS] = {
	[SHIM_SLAB] = "slab object", [SHIM_VMALLOC] = "vmalloc area",
	[SHIM_PAGE] = "page", [SHIM_PIN] = "pin", [SHIM_IOPAGE] = "IOMMU page",
	[SHIM_DOMAIN] = "IOMMU domain", [SHIM_ATTACH] = "domain attachment",
	[SHIM_OWNER] = "DMA owner", [SHIM_GROUP_REF] = "IOMMU group reference",
	[SHIM_MM_REF] = "mm reference", [SHIM_LOCKED_VM] = "locked page",
	[SHIM_FILE] = "file reference", [SHIM_FD] = "file descriptor",
	[SHIM_EVENTFD] = "eventfd reference", [SHIM_MODULE_REF] = "module reference",
	[SHIM_DEVICE_REF] = "device reference", [SHIM_IRQ] = "interrupt handler",
	[SHIM_ENABLED] = "enabled device",
	[SHIM_VGA] = "VGA client or route", [SHIM_VECTOR] = "interrupt vector", [SHIM_IOMAP] = "I/O mapping",
	[SHIM_REGION] = "requested resource", [SHIM_PM_USE] = "runtime PM use",
	[SHIM_DEVNODE] = "device node", [SHIM_TASK_REF] = "task reference",
};

static atomic_long live[SHIM_LIVE_KINDS];
static atomic_ulong passed, target;
static _Atomic(const char *) failed_site;
static bool kills;
static _Thread_local unsigned int paused;

void shim_live_add(enum shim_live kind, long n)
{
	if (atomic_fetch_add(&live[kind], n) + n < 0)
		shim_die("more releases than acquisitions: %s", live_names[kind]);
}

long shim_live(enum shim_live kind)
{
	return kind == SHIM_LOCKED_VM ? shim_locked_vm() : live[kind];
}

const char *shim_live_name(enum shim_live kind)
{
	return live_names[kind];
}

bool shim_should_fail(const char *site)
{
	if (paused)
		return false;
	if (atomic_fetch_add(&passed, 1) + 1 != target)
		return false;
	failed_site = site;
	if (kills)
		shim_kill(true);
	return !kills;
}

void shim_fail_at(unsigned long nth)
{
	failed_site = NULL;
	passed = 0;
	target = nth;
}

unsigned long shim_fail_count(void)
{
	return passed;
}

const char *shim_fail_site(void)
{
	return failed_site;
}

void shim_fail_pause(void)
{
	paused++;
}

void shim_fail_resume(void)
{
	if (!paused--)
		shim_die("shim_fail_resume() without shim_fail_pause()");
}

void shim_snapshot(struct shim_snapshot *snap)
{
	for (int kind = 0; kind < SHIM_LIVE_KINDS; kind++)
		snap->live[kind] = shim_live(kind);
}

static bool same_as(const long *before)
{
	bool same = true;

	shim_run_work();
	for (int kind = 0; kind < SHIM_LIVE_KINDS; kind++) {
		if (shim_live(kind) == before[kind])
			continue;
		shim_complain("%s: %ld before, %ld after (forced failure: %s, number %lu)",
			      live_names[kind], before[kind], shim_live(kind),
			      failed_site ? failed_site : "none", target);
		same = false;
	}
	return same;
}

bool shim_nothing_left(const struct shim_snapshot *snap)
{
	return same_as(snap->live);
}

bool shim_sweep_next(struct shim_sweep *sweep)
{
	bool failed = failed_site, clean;

	if (!sweep->nth) {
		shim_run_work();
		for (int kind = 0; kind < SHIM_LIVE_KINDS; kind++)
			sweep->live[kind] = shim_live(kind);
	} else {
		target = 0;
		kills = false;
		shim_kill(false);
		clean = same_as(sweep->live);
		if (!failed || !clean) {
			shim_fail_at(0);
			return false;
		}
	}
	kills = sweep->kills;
	shim_fail_at(++sweep->nth);
	return true;
}
