/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced failure and live objects.
 *
 * One counter runs over everything that may fail for want of something: an
 * allocation, a page to pin, a copy from or to user space, an IOMMU mapping, a
 * reference. shim_fail_at(n) makes the n-th of them fail, once. Or the calling task is
 * killed there, in place of a failure.
 *
 * Each kind of object the shim hands out is counted while it lives.
 */
#ifndef SHIM_FAULT_H
#define SHIM_FAULT_H

#include <stdbool.h>

enum shim_live {
	SHIM_SLAB,		/* kmalloc family, kmem_cache objects */
	SHIM_VMALLOC,		/* vmalloc and large kvmalloc */
	SHIM_PAGE,		/* alloc_page and friends */
	SHIM_PIN,		/* pins on user pages */
	SHIM_IOPAGE,		/* bytes / 4096 mapped in fake IOMMU domains */
	SHIM_DOMAIN,		/* IOMMU domains */
	SHIM_ATTACH,		/* groups attached to domains */
	SHIM_OWNER,		/* claims of DMA ownership */
	SHIM_GROUP_REF,		/* iommu_group references beyond the test's own */
	SHIM_MM_REF,		/* mmget and mmgrab */
	SHIM_LOCKED_VM,		/* pages charged to any mm */
	SHIM_FILE,		/* references to files */
	SHIM_FD,		/* descriptors reserved or installed */
	SHIM_EVENTFD,		/* eventfd_ctx references beyond the test's own */
	SHIM_MODULE_REF,
	SHIM_DEVICE_REF,	/* get_device, pci_dev_get */
	SHIM_IRQ,		/* request_irq */
	SHIM_ENABLED,		/* pci_enable_device */
	SHIM_VGA,		/* clients and routes of the VGA arbiter */
	SHIM_VECTOR,		/* vectors of MSI and MSI-X */
	SHIM_IOMAP,		/* ioremap, pci_iomap */
	SHIM_REGION,		/* requested resources */
	SHIM_PM_USE,		/* runtime PM usage counts */
	SHIM_DEVNODE,		/* misc devices, cdevs, class devices */
	SHIM_TASK_REF,
	SHIM_LIVE_KINDS
};

void shim_live_add(enum shim_live kind, long n);
long shim_live(enum shim_live kind);
void shim_kill(bool killed);	/* task.c: SIGKILL for the current task, or it never came */
long shim_locked_vm(void);	/* mm.c: charges are plain stores, so they are summed up */
const char *shim_live_name(enum shim_live kind);

/** shim_should_fail() - called by the shim at every site that may fail. */
bool shim_should_fail(const char *site);
/** shim_fail_at() - fail the @nth site from now (1 is the next); 0 fails none. */
void shim_fail_at(unsigned long nth);
/** shim_fail_count() - sites passed since shim_fail_at(). */
unsigned long shim_fail_count(void);
/** shim_fail_site() - name of the site that was made to fail, NULL if none was. */
const char *shim_fail_site(void);
/** shim_fail_pause() - while paused, sites neither count nor fail; nests. */
void shim_fail_pause(void);
void shim_fail_resume(void);

struct shim_sweep {
	unsigned long nth;
	bool kills;
	long live[SHIM_LIVE_KINDS];
};
bool shim_sweep_next(struct shim_sweep *sweep);

/**
 * SHIM_SWEEP() - run the body with the 1st, 2nd, 3rd ... site failing
 *
 * The body sets up, does what is under test, and takes all of it down again. It is
 * repeated until it passes without a forced failure. After every pass each live
 * counter must be back to where it was, and shim_failed() tells the body whether a
 * failure was forced so far.
 */
#define SHIM_SWEEP() \
	for (struct shim_sweep sweep_ = { 0 }; shim_sweep_next(&sweep_); )
/**
 * SHIM_SWEEP_KILLS() - likewise, but SIGKILL comes at the 1st, 2nd, 3rd ... site, and none fails
 *
 * The task is being killed until the body ends: what takes down must bear that.
 */
#define SHIM_SWEEP_KILLS() \
	for (struct shim_sweep sweep_ = { .kills = true }; shim_sweep_next(&sweep_); )
static inline bool shim_failed(void)
{
	return shim_fail_site();
}

/** struct shim_snapshot - live counters at one moment, for tests without a sweep. */
struct shim_snapshot { long live[SHIM_LIVE_KINDS]; };
void shim_snapshot(struct shim_snapshot *snap);
/** shim_nothing_left() - complain about each counter that differs; true if none does. */
bool shim_nothing_left(const struct shim_snapshot *snap);

#endif
