// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/
/*
 * User addresses that become invalid and valid again, and threads that meet on a mapping.
 */
#include <pthread.h>

#include <linux/resource.h>
#include <linux/sched/mm.h>

#include "test_ioas.h"

static int drop(struct rig *r, u64 iova, u64 npages, u64 *dropped)
{
	const struct ioas_range range = pages(iova, npages);

	return ioas_vaddr_drop(r->ioas, &range, IOAS_WHOLE, dropped);
}

static int renew(struct rig *r, u64 iova, u64 npages)
{
	return ioas_vaddr_renew(r->ioas, iova, VADDR, npages << PAGE_SHIFT);
}

static void drop_and_renew(void)
{
	struct rig r;
	u64 size;

	rig_up(&r);
	shim_map(VADDR, 8, SHIM_RW, SHIM_CONTIGUOUS);
	map(&r, 0x1000, VADDR, 4);
	map(&r, 0x5000, VADDR, 4);
	CHECK_EQ(renew(&r, 0x1000, 4), -EINVAL);
	CHECK_EQ(drop(&r, 0x1000, 3, &size), -EINVAL);
	CHECK_EQ(drop(&r, 0x5000, 4, &size), 0);
	CHECK_EQ(size, 4 * PAGE_SIZE);
	CHECK_EQ(drop(&r, 0x1000, 8, &size), -EINVAL);
	CHECK_EQ(renew(&r, 0x1000, 4), -EINVAL);
	CHECK(reaches(&r, 0x5000, VADDR, 4, true));
	CHECK_EQ(renew(&r, 0x5000, 3), -EINVAL);
	CHECK_EQ(renew(&r, 0x4000, 5), -EINVAL);
	CHECK_EQ(renew(&r, 0x1000, 8), -EINVAL);
	CHECK_EQ(renew(&r, 0x100000, 4), -ENOENT);
	CHECK_EQ(renew(&r, 0x5000, 0), -EINVAL);
	CHECK_EQ(renew(&r, -PAGE_SIZE, 2), -EINVAL);
	CHECK_EQ(renew(&r, 0x5000, 4), 0);
	CHECK_EQ(drop(&r, 0x1000, 8, &size), 0);
	CHECK_EQ(size, 8 * PAGE_SIZE);
	rig_down(&r);
}

static void no_group_while_invalid(void)
{
	struct shim_iommu hw = SHIM_VTD;
	struct iommu_group *group = shim_group_new(&hw);
	struct device *dev = shim_group_device(group, "0000:02:00.0");
	struct rig r;
	u64 size;

	iommu_group_claim_dma_owner(group, &hw);
	rig_up(&r);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	map(&r, 0x1000, VADDR, 4);
	CHECK_EQ(drop(&r, 0x1000, 4, &size), 0);
	CHECK_EQ(ioas_attach(r.ioas, group), -EBUSY);
	CHECK_EQ(unmap(&r, 0x1000, 4), 4 * PAGE_SIZE);
	CHECK_EQ(ioas_attach(r.ioas, group), 0);
	ioas_detach(r.ioas, group);
	rig_down(&r);
	iommu_group_release_dma_owner(group);
	shim_device_free(dev);
	shim_group_free(group);
}

/* After exec, the new mm pays; if it cannot, the old one goes on. */
static void the_payer_changes(void)
{
	struct task_struct *next = shim_task_new("next"), *self;
	struct mm_struct *old = current->mm, *new = next->mm;
	struct rig r;
	u64 size;

	rig_up(&r);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	map(&r, 0x1000, VADDR, 4);
	CHECK_EQ(drop(&r, 0x1000, 4, &size), 0);
	self = shim_become(next);
	current->rlimits[RLIMIT_MEMLOCK] = 3 * PAGE_SIZE;
	CHECK_EQ(renew(&r, 0x1000, 4), -ENOMEM);
	CHECK_EQ(old->locked_vm, 4);
	CHECK_EQ(new->locked_vm, 0);
	current->rlimits[RLIMIT_MEMLOCK] = 4 * PAGE_SIZE;
	CHECK_EQ(renew(&r, 0x1000, 4), 0);
	CHECK_EQ(old->locked_vm, 0);
	CHECK_EQ(new->locked_vm, 4);
	CHECK_EQ(unmap(&r, 0x1000, 4), 4 * PAGE_SIZE);
	CHECK_EQ(new->locked_vm, 0);
	shim_become(self);
	shim_task_exit(next);
	rig_down(&r);
}

static struct rig *meeting;
static struct task_struct *other;
static unsigned int meetings;

static void *meanwhile(void *arg)
{
	const struct ioas_range *ranges;

	shim_become(other);
	meetings++;
	CHECK_EQ(map(meeting, 0x40000, VADDR, 2), 0);
	CHECK_EQ(map(meeting, 0x10000, VADDR, 1), -EEXIST);
	CHECK_EQ(unmap(meeting, 0x40000, 2), 2 * PAGE_SIZE);
	CHECK_EQ(ioas_entries_left(meeting->ioas), 65534);
	CHECK_EQ(ioas_ranges(meeting->ioas, &ranges), 1);
	current->killed = true;
	CHECK_EQ(unmap(meeting, 0x10000, 1), -EINTR);
	CHECK_EQ(unmap_all(meeting), -EINTR);
	current->killed = false;
	return NULL;
}

/*
 * The first thread is in a fault of its map, for as long as user space likes. Others can do
 * anything but touch that mapping, and whoever waits for it can be killed.
 */
static vm_fault_t slow_fault(struct vm_fault *vmf)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, meanwhile, NULL), 0);
	pthread_join(thread, NULL);
	return vmf_insert_pfn(vmf->vma, vmf->address, 0xfe000);
}

static void a_slow_fault_holds_up_nobody(void)
{
	static const struct vm_operations_struct ops = { .fault = slow_fault };
	struct task_struct *self;
	struct rig r;

	rig_up(&r);
	meeting = &r;
	meetings = 0;
	other = shim_task_new("other");
	self = shim_become(other);
	shim_map(VADDR, 2, SHIM_RW, SHIM_CONTIGUOUS);
	shim_become(self);
	shim_map_empty(VADDR, 1, SHIM_RW | VM_PFNMAP | VM_IO)->vm_ops = &ops;
	CHECK_EQ(map(&r, 0x10000, VADDR, 1), 0);
	CHECK_EQ(meetings, 1);
	CHECK_EQ(shim_dma(r.group, 0x10000, true), 0xfe000);
	CHECK_EQ(unmap(&r, 0x10000, 1), PAGE_SIZE);
	shim_task_exit(other);
	rig_down(&r);
}

UNIT_TESTS(ioas_vaddr,
	{ "drop and renew", drop_and_renew },
	{ "no group while addresses are invalid", no_group_while_invalid },
	{ "the payer changes", the_payer_changes },
	{ "a slow fault holds up nobody", a_slow_fault_holds_up_nobody })
