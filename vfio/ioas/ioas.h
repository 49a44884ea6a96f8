/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mapping engine as an ABI sees it: an I/O address space.
 *
 * A space holds mappings of IOVA ranges to user memory, and the groups whose devices reach
 * it. The memory of a mapping is pinned and charged to the mm that mapped it, from the
 * mapping's start to its end, whatever groups come and go; unless the space has emulated
 * devices and no group with an IOMMU, when only what such devices pin is.
 *
 * Context of every function: process, may sleep. ioas_attach(), ioas_detach(), their likes and
 * ioas_destroy() need that nothing else runs on the space; all others may run in several
 * threads at once. What emulated devices do (ioas_pin() and so on) may even run beside
 * ioas_attach() and ioas_detach().
 */
#ifndef VFIO_IOAS_IOAS_H
#define VFIO_IOAS_IOAS_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/types.h>

struct ioas;
struct iommu_group;

/* What a device may do with a mapping */
#define IOAS_READ	1
#define IOAS_WRITE	2

/**
 * struct ioas_range - addresses
 * @start: first
 * @last: last, inclusive
 */
struct ioas_range {
	u64 start;
	u64 last;
};

/**
 * enum ioas_select - what a range of IOVAs means to an operation on mappings
 * @IOAS_WHOLE: the mappings in it; -EINVAL if one of them reaches out of it
 * @IOAS_STARTING: the mappings that begin in it, wherever they end; none at all if one
 *	reaches into it from before
 */
enum ioas_select {
	IOAS_WHOLE,
	IOAS_STARTING,
};

/* Pages that ioas_pin() takes at once */
#define IOAS_PIN_MOST	(PAGE_SIZE / sizeof(struct page *))

/**
 * struct ioas_device - an open device without an IOMMU of its own
 * @unmap: addresses are about to be unmapped; the device must unpin what it has pinned of them
 *	before it returns. NULL if it never pins. Set by who opens it; may be called while it
 *	has pins, of any addresses, until ioas_device_close() returns.
 * @ioas: its space; this and what follows belong to the engine
 * @node: in ioas->devices
 * @pinned: how many pins it has, or is about to have
 */
struct ioas_device {
	void (*unmap)(struct ioas_device *dev, u64 iova, u64 length);
	struct ioas *ioas;
	struct list_head node;
	unsigned long pinned;
};

struct ioas *ioas_create(unsigned int entry_limit, bool small_pages);
void ioas_destroy(struct ioas *ioas);

int ioas_attach(struct ioas *ioas, struct iommu_group *group);
void ioas_detach(struct ioas *ioas, struct iommu_group *group);
int ioas_attach_emulated(struct ioas *ioas);
void ioas_detach_emulated(struct ioas *ioas);
bool ioas_has_emulated(const struct ioas *ioas);

bool ioas_coherent(const struct ioas *ioas);
u64 ioas_pgsizes(const struct ioas *ioas);
unsigned int ioas_ranges(const struct ioas *ioas, const struct ioas_range **ranges);
unsigned int ioas_entries_left(struct ioas *ioas);

int ioas_map(struct ioas *ioas, u64 iova, u64 vaddr, u64 length, unsigned int prot);
int ioas_unmap(struct ioas *ioas, const struct ioas_range *range, enum ioas_select select,
	       u64 __user *bitmap, u64 *unmapped);

int ioas_vaddr_drop(struct ioas *ioas, const struct ioas_range *range,
		    enum ioas_select select, u64 *dropped);
int ioas_vaddr_renew(struct ioas *ioas, u64 iova, u64 vaddr, u64 length);

void ioas_device_open(struct ioas *ioas, struct ioas_device *dev);
unsigned long ioas_device_close(struct ioas_device *dev);
int ioas_pin(struct ioas_device *dev, u64 iova, unsigned int npages, unsigned int prot,
	     struct page **pages);
unsigned int ioas_unpin(struct ioas_device *dev, u64 iova, unsigned int npages);
int ioas_rw(struct ioas_device *dev, u64 iova, void *data, size_t len, bool write);

void ioas_dirty_track(struct ioas *ioas, bool on);
bool ioas_dirty_tracked(struct ioas *ioas);
int ioas_dirty_read(struct ioas *ioas, const struct ioas_range *range, u64 __user *bitmap);

/**
 * ioas_page_mask() - what must be zero in each address and length of a mapping
 * @ioas: space
 */
static inline u64 ioas_page_mask(const struct ioas *ioas)
{
	u64 pgsizes = ioas_pgsizes(ioas);

	return (pgsizes & -pgsizes) - 1;
}

#endif
