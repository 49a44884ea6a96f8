/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the test driver of devices with an emulated IOMMU does for user space: ioctls of a device,
 * each of which is one call of a driver to the VFIO core.
 */
#ifndef TESTS_LAB_EMULATED_H
#define TESTS_LAB_EMULATED_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct emulated_call - arguments of all calls
 * @iova: address
 * @len: bytes; for pin and unpin: pages
 * @data: user memory, copied from or to by read and write
 * @flags: of the call
 */
struct emulated_call {
	__u64 iova;
	__u64 len;
	__u64 data;
	__u32 flags;
	__u32 unused;
};

/* The number of pages pinned; flags: IOMMU_READ (1), IOMMU_WRITE (2) */
#define EMULATED_PIN	_IOW('e', 0, struct emulated_call)
#define EMULATED_UNPIN	_IOW('e', 1, struct emulated_call)
/* By vfio_dma_rw() */
#define EMULATED_READ	_IOW('e', 2, struct emulated_call)
#define EMULATED_WRITE	_IOW('e', 3, struct emulated_call)
#define EMULATED_KTHREAD	1	/* flag: from a kernel thread */
/* By the page pinned at iova: exchange len bytes of it for those at data */
#define EMULATED_SWAP	_IOW('e', 4, struct emulated_call)
/* How often dma_unmap was called since the open; flags: EMULATED_DEAF from now on, or 0 */
#define EMULATED_TOLD	_IOW('e', 5, struct emulated_call)
#define EMULATED_DEAF	1	/* unpin nothing when told to, nor when closed */

#endif
