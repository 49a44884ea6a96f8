// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/
/*
 * Who pays for what emulated devices pin: the mm that mapped, beside groups with an IOMMU that come
 * and go.
 */
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/sizes.h>

#include "test_ioas_emulated.h"

static void a_task_that_is_killed(void)
{
	struct task_struct *other = shim_task_new("other"), *me;
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	/* paid for, so that nothing but the pinning notices */
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
	current->killed = true;
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, p), -EINTR);
	current->killed = false;
	me = shim_become(other);
	other->killed = true;
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, p), -EINTR);
	other->killed = false;
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 1), 1);
	shim_become(me);
	ioas_detach(e.r.ioas, e.r.group);
	emu_down(&e);
	shim_task_exit(other);
}

static void who_mapped_pays(void)
{
	struct task_struct *other = shim_task_new("other"), *me;
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	current->rlimits[RLIMIT_MEMLOCK] = 4 * PAGE_SIZE;
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	/* another process, which may lock as much as it likes, pins at the cost of this one */
	me = shim_become(other);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 5, RW, p), -ENOMEM);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
	CHECK_EQ(other->mm->locked_vm, 0);
	CHECK_EQ(me->mm->locked_vm, 4);
	/* what is pinned costs nothing more */
	CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA + 3 * PAGE_SIZE, 2, RW, p), -ENOMEM);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 4), 4);
	CHECK_EQ(pinned(), 4);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 4), 4);
	shim_become(me);
	CHECK_EQ(end_all(&e), 0);
	/* a task that may, may from everywhere */
	me->caps = 1ULL << CAP_IPC_LOCK;
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	me->caps = 0;
	shim_become(other);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 5, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 5), 5);
	shim_become(me);
	emu_down(&e);
	shim_task_exit(other);
}

/* A mapping that only a capability allowed stays allowed, also for devices that come later */
static void capable_before_devices(void)
{
	struct task_struct *other = shim_task_new("other"), *me;
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	ioas_device_close(&e.a);
	ioas_device_close(&e.b);
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
	ioas_detach_emulated(e.r.ioas);
	current->rlimits[RLIMIT_MEMLOCK] = PAGE_SIZE;
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), -ENOMEM);
	current->caps = 1ULL << CAP_IPC_LOCK;
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	current->caps = 0;
	CHECK_EQ(ioas_attach_emulated(e.r.ioas), 0);
	ioas_device_open(e.r.ioas, &e.a);
	ioas_device_open(e.r.ioas, &e.b);
	ioas_detach(e.r.ioas, e.r.group);
	me = shim_become(other);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 4), 4);
	shim_become(me);
	emu_down(&e);
	shim_task_exit(other);
}

/* A group with an IOMMU joins and leaves, before and after pins of devices */
static void groups_come_and_go(void)
{
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	current->rlimits[RLIMIT_MEMLOCK] = N * PAGE_SIZE;
	shim_map(VADDR, N, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(ioas_pgsizes(e.r.ioas), (u64)PAGE_MASK);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);

	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
	CHECK_EQ(ioas_pgsizes(e.r.ioas), e.r.hw.pgsizes);
	CHECK_EQ(shim_dma(e.r.group, IOVA, true), shim_pfn_at(VADDR));
	CHECK_EQ(locked(), N);
	CHECK_EQ(pinned(), N + 4);
	/* pinned and unpinned while the mapping pays */
	CHECK_EQ(ioas_pin(&e.a, IOVA + 4 * PAGE_SIZE, 2, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 1), 1);
	CHECK_EQ(locked(), N);
	CHECK_EQ(pinned(), N + 5);

	ioas_detach(e.r.ioas, e.r.group);
	CHECK_EQ(locked(), 5);
	CHECK_EQ(pinned(), 5);
	CHECK_EQ(ioas_pgsizes(e.r.ioas), (u64)PAGE_MASK);
	CHECK_EQ(ioas_unpin(&e.a, IOVA + PAGE_SIZE, 5), 5);
	CHECK_EQ(locked(), 0);

	/* once more, and the emulated group goes first */
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
	ioas_device_close(&e.a);
	ioas_device_close(&e.b);
	ioas_detach_emulated(e.r.ioas);
	CHECK_EQ(locked(), N);
	CHECK_EQ(shim_dma(e.r.group, IOVA, true), shim_pfn_at(VADDR));
	CHECK_EQ(ioas_attach_emulated(e.r.ioas), 0);
	ioas_device_open(e.r.ioas, &e.a);
	ioas_device_open(e.r.ioas, &e.b);
	ioas_detach(e.r.ioas, e.r.group);
	CHECK_EQ(pinned(), 0);
	emu_down(&e);
}

/* Registers are free, and memory that is put in their place is not to be */
static void memory_instead_of_registers(void)
{
	struct vm_area_struct *vma;
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
	vma = shim_map_device(VADDR, N, SHIM_RW, 0x2000);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	CHECK_EQ(locked(), 0);
	shim_unmap(vma);
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, p), -EFAULT);
	CHECK_EQ(pinned(), 0);
	/* without an IOMMU devices pay for each page */
	ioas_detach(e.r.ioas, e.r.group);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 2, RW, p), 0);
	CHECK_EQ(locked(), 2);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 2), 2);
	CHECK_EQ(locked(), 0);
	emu_down(&e);
}

static void registers_instead_of_memory(void)
{
	struct vm_area_struct *vma;
	struct page *p[N];
	struct emu e;

	/* the mapping as a whole within the limit, and beyond it */
	for (int poor = 0; poor < 2; poor++) {
		emu_up(&e);
		vma = shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
		CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
		CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
		shim_unmap(vma);
		shim_map_device(VADDR, N, SHIM_RW, 0x2000);
		current->rlimits[RLIMIT_MEMLOCK] = (poor ? 4 : N) * PAGE_SIZE;
		CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
		CHECK_EQ(pinned(), 4);
		CHECK_EQ(locked(), 4);
		/* what is pinned can be once more */
		CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
		CHECK_EQ(ioas_pin(&e.a, IOVA, 5, RW, p), -EFAULT);
		CHECK_EQ(ioas_unpin(&e.a, IOVA, 4), 4);
		CHECK_EQ(locked(), 4);
		CHECK_EQ(ioas_unpin(&e.a, IOVA, 2), 2);
		ioas_detach(e.r.ioas, e.r.group);
		CHECK_EQ(locked(), 2);
		CHECK_EQ(ioas_unpin(&e.a, IOVA + 2 * PAGE_SIZE, 2), 2);
		CHECK_EQ(locked(), 0);
		emu_down(&e);
		shim_task_reset();
	}
}

static void a_group_that_cannot_join(void)
{
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	current->rlimits[RLIMIT_MEMLOCK] = (N - 1) * PAGE_SIZE;
	shim_map(VADDR, N, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N - 1), 0);
	CHECK_EQ(map(&e.r, IOVA + SZ_1M, VADDR + (N - 1) * PAGE_SIZE, 1), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), -ENOMEM);
	CHECK(!shim_group_domain(e.r.group));
	CHECK_EQ(pinned(), 4);
	CHECK_EQ(locked(), 4);
	/* where the IOMMU has no addresses */
	current->rlimits[RLIMIT_MEMLOCK] = RLIM_INFINITY;
	CHECK_EQ(map(&e.r, 1ULL << 60, VADDR, 1), 0);
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), -EINVAL);
	CHECK_EQ(pinned(), 4);
	CHECK_EQ(map(&e.r, 1ULL << 61, VADDR, 1), 0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 4), 4);
	emu_down(&e);
}

UNIT_TESTS(ioas_payer,
	{ "a task that is killed", a_task_that_is_killed },
	{ "who mapped pays", who_mapped_pays },
	{ "capable before there are devices", capable_before_devices },
	{ "groups with an IOMMU come and go", groups_come_and_go },
	{ "memory in the place of registers", memory_instead_of_registers },
	{ "registers in the place of memory", registers_instead_of_memory },
	{ "a group that cannot join", a_group_that_cannot_join })
