// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/ioas/
/*
 * What emulated devices do to a space: pin, unpin, read and write, beside groups with an IOMMU
 * that come and go.
 */
#include <pthread.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/mmap_lock.h>
#include <linux/sizes.h>

#include "test_ioas_emulated.h"

static void pins_are_counted(void)
{
	struct page *p[N], *again[N];
	struct emu e;

	emu_up(&e);
	shim_map(VADDR, N, SHIM_RW, SHIM_SCATTERED);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	CHECK_EQ(pinned(), 0);
	CHECK_EQ(locked(), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA + PAGE_SIZE, 4, RW, p), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(page_to_pfn(p[i]), shim_pfn_at(VADDR + (1 + i) * PAGE_SIZE));
	CHECK_EQ(pinned(), 4);
	CHECK_EQ(locked(), 4);
	/* two of them again, by an address within the page, and two more */
	CHECK_EQ(ioas_pin(&e.b, IOVA + 3 * PAGE_SIZE + 77, 4, IOAS_READ, again), 0);
	CHECK(again[0] == p[2] && again[1] == p[3]);
	CHECK_EQ(pinned(), 6);
	CHECK_EQ(locked(), 6);
	CHECK_EQ(ioas_unpin(&e.a, IOVA + PAGE_SIZE, 4), 4);
	CHECK_EQ(pinned(), 4);
	CHECK_EQ(locked(), 4);
	CHECK(!p[2]->dirty);
	CHECK(p[1]->dirty);
	CHECK_EQ(ioas_unpin(&e.b, IOVA, N), 4);
	CHECK_EQ(pinned(), 0);
	CHECK_EQ(locked(), 0);
	CHECK_EQ(ioas_unpin(&e.b, IOVA, N), 0);
	CHECK_EQ(ioas_unpin(&e.b, 0, 1), 0);
	CHECK_EQ(ioas_device_close(&e.b), 0);
	ioas_device_open(e.r.ioas, &e.b);
	emu_down(&e);
}

/* The page that was pinned first stays the page, whatever is at its address */
static void a_page_stays_itself(void)
{
	struct vm_area_struct *vma;
	struct page *p, *again;
	struct emu e;

	emu_up(&e);
	vma = shim_map(VADDR, 1, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 1), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, &p), 0);
	shim_unmap(vma);
	shim_map(VADDR, 1, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK(page_to_pfn(p) != shim_pfn_at(VADDR));
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, &again), 0);
	CHECK(again == p);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 1), 1);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 1), 1);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, &again), 0);
	CHECK_EQ(page_to_pfn(again), shim_pfn_at(VADDR));
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 1), 1);
	emu_down(&e);
}

static void pin_looks_first(void)
{
	static struct page *p[IOAS_PIN_MOST + 1];
	struct ioas_device mute = {};
	struct emu e;

	emu_up(&e);
	ioas_device_open(e.r.ioas, &mute);
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 4), 0);
	CHECK_EQ(ioas_map(e.r.ioas, IOVA + 4 * PAGE_SIZE, VADDR + 4 * PAGE_SIZE, PAGE_SIZE,
			  IOAS_READ), 0);
	CHECK_EQ(ioas_map(e.r.ioas, -PAGE_SIZE, VADDR, PAGE_SIZE, RW), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 0, RW, p), -EINVAL);
	CHECK_EQ(ioas_pin(&e.a, IOVA, IOAS_PIN_MOST + 1, RW, p), -E2BIG);
	CHECK_EQ(ioas_pin(&e.a, -PAGE_SIZE, 2, RW, p), -EINVAL);
	CHECK_EQ(ioas_pin(&e.a, IOVA - PAGE_SIZE, 1, RW, p), -EINVAL);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 5, RW, p), -EPERM);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 6, IOAS_READ, p), -EINVAL);
	CHECK_EQ(ioas_pin(&mute, IOVA, 1, RW, p), -EINVAL);
	CHECK_EQ(pinned(), 0);
	CHECK_EQ(locked(), 0);
	CHECK_EQ(e.a.pinned, 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 5, IOAS_READ, p), 0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 5), 5);
	CHECK_EQ(ioas_pin(&e.a, -PAGE_SIZE, 1, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.a, -PAGE_SIZE, 1), 1);
	ioas_device_close(&mute);
	emu_down(&e);
}

static void memory_that_is_not_there(void)
{
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	shim_map_device(VADDR + 4 * PAGE_SIZE, 4, SHIM_RW, 0x2000);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 5, RW, p), -EFAULT);
	CHECK_EQ(ioas_pin(&e.a, IOVA + 12 * PAGE_SIZE, 1, RW, p), -EFAULT);
	CHECK_EQ(pinned(), 0);
	CHECK_EQ(locked(), 0);
	shim_pin_at_most(1);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
	shim_pin_at_most(0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 4), 4);
	emu_down(&e);
}

static void after_the_process(void)
{
	struct task_struct *other = shim_task_new("other"), *me = shim_become(other);
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 2, RW, p), 0);
	shim_become(me);
	shim_task_exit(other);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 2, RW, p), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 3, RW, p), -EFAULT);
	CHECK_EQ(pinned(), 2);
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), -EFAULT);
	CHECK_EQ(pinned(), 2);
	CHECK_EQ(locked(), 2);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 2), 2);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 2), 2);
	emu_down(&e);
}

static void unmap_tells(void)
{
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 4), 0);
	CHECK_EQ(end_all(&e), 0);
	CHECK_EQ(heard.told, 0);	/* nothing was pinned */
	CHECK_EQ(map(&e.r, IOVA, VADDR, 4), 0);
	CHECK_EQ(map(&e.r, IOVA + SZ_1M, VADDR, N), 0);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
	heard.pins = 2;
	CHECK_EQ(end_all(&e), 0);
	CHECK_EQ(heard.told, 1);	/* the other device has pinned nothing */
	CHECK_EQ(heard.iova, IOVA);
	CHECK_EQ(heard.length, 4 * PAGE_SIZE);
	CHECK_EQ(pinned(), 0);
	CHECK_EQ(locked(), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, p), -EINVAL);
	emu_down(&e);
}

/* A device that unpins what it has not pinned does little harm to another one */
static void a_driver_that_miscounts(void)
{
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 4, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.b, IOVA, 4), 0);
	CHECK_EQ(ioas_pin(&e.b, IOVA + 8 * PAGE_SIZE, 1, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.b, IOVA, 4), 1);
	CHECK_EQ(pinned(), 4);
	/* a pin that fails half-way has counted for nothing */
	CHECK_EQ(ioas_pin(&e.b, IOVA + (N - 1) * PAGE_SIZE, 2, RW, p), -EINVAL);
	CHECK_EQ(e.b.pinned, 0);
	CHECK_EQ(pinned(), 4);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, N), 4);
	CHECK_EQ(pinned(), 0);
	emu_down(&e);
}

/* Pages that follow each other, and of which the first is in an orphan only */
static void some_in_an_orphan(void)
{
	struct page *p[N];
	struct emu e;

	emu_up(&e);
	heard.deaf = true;
	shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 4), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA, 1, RW, p), 0);
	CHECK_EQ(end_all(&e), 0);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 4), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA + PAGE_SIZE, 3, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 4), 4);
	CHECK_EQ(pinned(), 0);
	CHECK_EQ(locked(), 0);
	emu_down(&e);
}

static void a_driver_that_does_not_listen(void)
{
	struct page *p[N], *q;
	struct emu e;

	for (int late = 0; late < 2; late++) {
		emu_up(&e);
		heard.deaf = true;
		shim_map(VADDR, 4, SHIM_RW, SHIM_CONTIGUOUS);
		shim_map(VADDR + SZ_1M, 4, SHIM_RW, SHIM_CONTIGUOUS);
		CHECK_EQ(map(&e.r, IOVA, VADDR, 4), 0);
		CHECK_EQ(map(&e.r, IOVA + SZ_1M, VADDR, 4), 0);
		CHECK_EQ(ioas_pin(&e.a, IOVA + PAGE_SIZE, 2, RW, p), 0);
		CHECK_EQ(ioas_pin(&e.a, IOVA + SZ_1M, 1, RW, p + 2), 0);
		CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
		CHECK_EQ(end_all(&e), 0);
		CHECK(shim_log_has("2 pages"));
		CHECK_EQ(heard.told, 2);
		CHECK_EQ(pinned(), 3);
		CHECK_EQ(locked(), 3);
		/* other memory at that address is another page */
		CHECK_EQ(map(&e.r, IOVA, VADDR + SZ_1M, 4), 0);
		CHECK_EQ(ioas_pin(&e.a, IOVA + PAGE_SIZE, 1, RW, &q), 0);
		CHECK_EQ(page_to_pfn(q), shim_pfn_at(VADDR + SZ_1M + PAGE_SIZE));
		CHECK_EQ(ioas_unpin(&e.a, IOVA + PAGE_SIZE, 1), 1);
		CHECK_EQ(locked(), 4 + 3);
		if (late) {
			CHECK_EQ(ioas_unpin(&e.a, IOVA + PAGE_SIZE, 1), 1);
			CHECK_EQ(pinned(), 4 + 2);
			CHECK_EQ(ioas_unpin(&e.a, IOVA + 2 * PAGE_SIZE, 1), 1);
			CHECK_EQ(ioas_unpin(&e.a, IOVA + SZ_1M, 1), 1);
			CHECK_EQ(pinned(), 4);
		}
		ioas_detach(e.r.ioas, e.r.group);
		CHECK_EQ(ioas_device_close(&e.a), late ? 0 : 3);
		ioas_device_open(e.r.ioas, &e.a);
		emu_down(&e);
		CHECK_EQ(pinned(), 0);
		CHECK_EQ(locked(), 0);
		shim_task_reset();
	}
}

/* Memory of the current task with content, which can be mapped */
static void *content(u64 npages, u8 **body)
{
	void *user = shim_user_alloc(npages * PAGE_SIZE);

	*body = shim_user_body(user);
	return user;
}

static void reads_and_writes(void)
{
	u8 *x, *y, data[2 * PAGE_SIZE];
	struct emu e;
	u64 ux, uy;

	emu_up(&e);
	ux = (u64)content(1, &x);
	uy = (u64)content(1, &y);
	memset(x, 0x11, PAGE_SIZE);
	memset(y, 0x22, PAGE_SIZE);
	CHECK_EQ(map(&e.r, IOVA, ux, 1), 0);
	CHECK_EQ(ioas_map(e.r.ioas, IOVA + PAGE_SIZE, uy, PAGE_SIZE, IOAS_READ), 0);
	CHECK_EQ(ioas_map(e.r.ioas, -PAGE_SIZE, ux, PAGE_SIZE, IOAS_WRITE), 0);

	CHECK_EQ(ioas_rw(&e.a, IOVA + PAGE_SIZE - 3, data, 6, false), 0);
	CHECK(!memcmp(data, "\x11\x11\x11\x22\x22\x22", 6));
	CHECK_EQ(ioas_rw(&e.a, IOVA, data, 2 * PAGE_SIZE, false), 0);
	CHECK_EQ(ioas_rw(&e.a, IOVA, data, 0, false), -EINVAL);
	CHECK_EQ(ioas_rw(&e.a, -1, data, 2, true), -EINVAL);
	CHECK_EQ(ioas_rw(&e.a, IOVA, data, SIZE_MAX, false), -EINVAL);
	CHECK_EQ(ioas_rw(&e.a, IOVA - 1, data, 1, false), -EINVAL);
	CHECK_EQ(ioas_rw(&e.a, IOVA + PAGE_SIZE, data, 1, true), -EPERM);
	CHECK_EQ(ioas_rw(&e.a, -1, data, 1, false), -EPERM);
	data[0] = 0x33;
	CHECK_EQ(ioas_rw(&e.a, -1, data, 1, true), 0);
	CHECK_EQ(x[PAGE_SIZE - 1], 0x33);
	shim_user_readonly((void *)ux);
	CHECK_EQ(ioas_rw(&e.a, IOVA, data, 1, true), -EFAULT);
	CHECK_EQ(pinned(), 0);
	CHECK_EQ(end_all(&e), 0);
	CHECK_EQ(ioas_rw(&e.a, IOVA, data, 1, false), -EINVAL);
	CHECK_EQ(heard.told, 0);
	emu_down(&e);
}

static void reads_from_elsewhere(void)
{
	struct task_struct *user = shim_task_new("user"), *other = shim_task_new("other");
	struct task_struct *me = shim_become(user);
	struct mm_struct *mm = other->mm;
	struct emu e;
	u8 *x, data;

	emu_up(&e);
	CHECK_EQ(map(&e.r, IOVA, (u64)content(1, &x), 1), 0);
	shim_become(other);
	CHECK_EQ(ioas_rw(&e.a, IOVA, &data, 1, false), -EPERM);
	/* one that is about to end is no kernel thread */
	other->mm = NULL;
	CHECK_EQ(ioas_rw(&e.a, IOVA, &data, 1, false), -EPERM);
	other->flags |= PF_KTHREAD;
	*x = 5;
	CHECK_EQ(ioas_rw(&e.a, IOVA, &data, 1, false), 0);
	CHECK_EQ(data, 5);
	CHECK(!other->mm);
	shim_become(me);
	shim_task_exit(user);
	shim_become(other);
	CHECK_EQ(ioas_rw(&e.a, IOVA, &data, 1, false), -EFAULT);
	shim_become(me);
	other->mm = mm;
	shim_task_exit(other);
	emu_down(&e);
}

/* The report of so many pages from IOVA on, one bit a page */
static int report(struct emu *e, u64 npages, u64 *bits)
{
	struct ioas_range r = pages(IOVA, npages);
	u64 *user = shim_user_alloc(sizeof(u64));
	int ret;

	*(u64 *)shim_user_body(user) = 0;
	ret = ioas_dirty_read(e->r.ioas, &r, user);
	*bits = *(u64 *)shim_user_body(user);
	shim_user_free(user);
	return ret;
}

static u64 dirty(struct emu *e, u64 npages)
{
	u64 bits;

	CHECK_EQ(report(e, npages, &bits), 0);
	return bits;
}

static void pages_that_are_dirty(void)
{
	struct page *p[N];
	struct emu e;
	u8 *x;
	u64 u;

	emu_up(&e);
	u = (u64)content(N, &x);
	shim_map(u, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, u, N), 0);
	CHECK_EQ(ioas_map(e.r.ioas, IOVA + N * PAGE_SIZE, u, N * PAGE_SIZE, IOAS_READ), 0);
	CHECK_EQ(ioas_rw(&e.a, IOVA, p, 1, true), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA + PAGE_SIZE, 2, RW, p), 0);
	CHECK_EQ(ioas_pin(&e.a, IOVA + N * PAGE_SIZE, 2, IOAS_READ, p), 0);
	ioas_dirty_track(e.r.ioas, true);
	/* what was pinned before, and goes on to be */
	CHECK_EQ(dirty(&e, 2 * N), 0x6);
	CHECK_EQ(dirty(&e, 2 * N), 0x6);
	CHECK_EQ(ioas_unpin(&e.a, IOVA + PAGE_SIZE, 1), 1);
	CHECK_EQ(dirty(&e, 2 * N), 0x6);
	CHECK_EQ(dirty(&e, 2 * N), 0x4);
	/* pinned, unpinned and written between two reports */
	CHECK_EQ(ioas_pin(&e.b, IOVA + 8 * PAGE_SIZE, 2, RW, p), 0);
	CHECK_EQ(ioas_unpin(&e.b, IOVA + 8 * PAGE_SIZE, 2), 2);
	CHECK_EQ(ioas_rw(&e.a, IOVA + 12 * PAGE_SIZE - 1, p, 2, true), 0);
	CHECK_EQ(ioas_rw(&e.a, IOVA + 14 * PAGE_SIZE, p, 2, false), 0);
	CHECK_EQ(dirty(&e, 2 * N), 0x1b04);
	CHECK_EQ(dirty(&e, 2 * N), 0x4);
	/* parts of the range */
	CHECK_EQ(ioas_rw(&e.a, IOVA + 3 * PAGE_SIZE, p, 1, true), 0);
	CHECK_EQ(dirty(&e, 3), 0x4);
	CHECK_EQ(dirty(&e, 4), 0xc);
	CHECK_EQ(dirty(&e, 4), 0x4);
	/* stopped and started anew */
	CHECK_EQ(ioas_rw(&e.a, IOVA, p, 1, true), 0);
	ioas_dirty_track(e.r.ioas, false);
	ioas_dirty_track(e.r.ioas, true);
	CHECK_EQ(dirty(&e, N), 0x4);
	ioas_dirty_track(e.r.ioas, false);
	CHECK_EQ(ioas_unpin(&e.a, IOVA, 2 * N), 3);
	emu_down(&e);
}

static void dirty_beside_an_iommu(void)
{
	struct emu e;

	emu_up(&e);
	shim_map(VADDR, N, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, N), 0);
	ioas_dirty_track(e.r.ioas, true);
	CHECK_EQ(dirty(&e, N), 0);
	CHECK_EQ(ioas_attach(e.r.ioas, e.r.group), 0);
	CHECK_EQ(dirty(&e, N), 0xffff);
	ioas_detach(e.r.ioas, e.r.group);
	/* the IOMMU's devices may have written all of it since */
	CHECK_EQ(dirty(&e, 4), 0xf);
	CHECK_EQ(dirty(&e, N), 0xffff);
	CHECK_EQ(dirty(&e, N), 0);
	emu_down(&e);
}

static void a_report_that_is_lost(void)
{
	struct ioas_range r = pages(IOVA, N);
	struct emu e;
	u64 size, *u;
	u8 *x, data = 1;

	emu_up(&e);
	CHECK_EQ(map(&e.r, IOVA, (u64)content(N, &x), N), 0);
	ioas_dirty_track(e.r.ioas, true);
	CHECK_EQ(ioas_rw(&e.a, IOVA, &data, 1, true), 0);
	CHECK_EQ(ioas_dirty_read(e.r.ioas, &r, SHIM_USER_WILD), -EFAULT);
	CHECK_EQ(dirty(&e, N), 0xffff);
	CHECK_EQ(dirty(&e, N), 0);
	CHECK_EQ(ioas_rw(&e.a, IOVA + PAGE_SIZE, &data, 1, true), 0);
	CHECK_EQ(ioas_unmap(e.r.ioas, &r, IOAS_WHOLE, SHIM_USER_WILD, &size), -EFAULT);
	CHECK_EQ(dirty(&e, N), 0xffff);
	/* and one with the end of the mapping */
	CHECK_EQ(ioas_rw(&e.a, IOVA + PAGE_SIZE, &data, 1, true), 0);
	u = shim_user_alloc(sizeof(u64));
	*(u64 *)shim_user_body(u) = 0;
	CHECK_EQ(ioas_unmap(e.r.ioas, &r, IOAS_WHOLE, u, &size), 0);
	CHECK_EQ(*(u64 *)shim_user_body(u), 2);
	emu_down(&e);
}

static void addresses_stay(void)
{
	struct ioas_range r = pages(IOVA, 1);
	struct emu e;
	u64 size;

	emu_up(&e);
	shim_map(VADDR, 1, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 1), 0);
	CHECK_EQ(ioas_vaddr_drop(e.r.ioas, &r, IOAS_WHOLE, &size), -EBUSY);
	CHECK(ioas_coherent(e.r.ioas));
	CHECK(ioas_has_emulated(e.r.ioas));
	emu_down(&e);

	/* nor does an emulated group join while they are gone */
	rig_up(&e.r);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 1), 0);
	CHECK_EQ(ioas_vaddr_drop(e.r.ioas, &r, IOAS_WHOLE, &size), 0);
	CHECK_EQ(ioas_attach_emulated(e.r.ioas), -EBUSY);
	rig_down(&e.r);
}

static void *pin_slowly(void *arg)
{
	struct emu *e = arg;
	struct page *p;

	heard.pins = 1;
	CHECK_EQ(ioas_pin(&e->a, IOVA, 1, RW, &p), 0);
	return NULL;
}

static int unmapped;

static void *unmap_slowly(void *arg)
{
	CHECK_EQ(end_all(arg), 0);
	__atomic_store_n(&unmapped, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* A pin that is held up by its user's mmap_lock holds up an unmap, and nobody else */
static void unmap_waits_for_accesses(void)
{
	struct mm_struct *mm = current->mm;
	pthread_t pinner, unmapper;
	struct page *p;
	struct emu e;
	int ret;
	u8 byte;

	emu_up(&e);
	unmapped = 0;
	shim_map(VADDR, 2, SHIM_RW, SHIM_CONTIGUOUS);
	CHECK_EQ(map(&e.r, IOVA, VADDR, 1), 0);
	mmap_write_lock(mm);
	pthread_create(&pinner, NULL, pin_slowly, &e);
	usleep(20000);
	pthread_create(&unmapper, NULL, unmap_slowly, &e);
	/* once the unmap has begun, the mapping is none for devices */
	do {
		usleep(1000);
		ret = ioas_rw(&e.b, IOVA, &byte, 1, false);
	} while (ret == -EFAULT);
	CHECK_EQ(ret, -EINVAL);
	CHECK_EQ(ioas_pin(&e.b, IOVA, 1, RW, &p), -EINVAL);
	CHECK_EQ(ioas_unpin(&e.b, IOVA, 1), 0);
	CHECK_EQ(__atomic_load_n(&unmapped, __ATOMIC_SEQ_CST), 0);
	CHECK_EQ(heard.told, 0);
	mmap_write_unlock(mm);
	pthread_join(pinner, NULL);
	pthread_join(unmapper, NULL);
	CHECK_EQ(unmapped, 1);
	CHECK_EQ(heard.told, 1);	/* the one with pins */
	CHECK_EQ(pinned(), 0);
	emu_down(&e);
}

/* Every step at which something can fail, with pages pinned before and after */
static void fails_without_a_trace(void)
{
	struct ioas_range r = pages(IOVA, N);
	struct page *p[N];
	struct emu e;
	int ret;

	SHIM_SWEEP() {
		u8 *x, data = 1;
		u64 u, bits;

		ret = emu_up(&e);
		if (ret) {
			CHECK(shim_failed());
			continue;
		}
		u = (u64)content(N, &x);
		shim_map(u, N, SHIM_RW, SHIM_SCATTERED);
		ret = map(&e.r, IOVA, u, N);
		if (!ret)
			ioas_dirty_track(e.r.ioas, true);
		if (!ret) {
			ret = ioas_pin(&e.a, IOVA + 2 * PAGE_SIZE, 2, RW, p);
			if (!ret)
				ret = ioas_pin(&e.b, IOVA, 4, RW, p);
			CHECK_EQ(pinned(), (e.a.pinned ? 2 : 0) + (e.b.pinned ? 2 : 0));
			CHECK_EQ(locked(), pinned());
		}
		if (!ret)
			ret = ioas_rw(&e.a, IOVA + 8 * PAGE_SIZE, &data, 1, true);
		if (!ret)
			ret = report(&e, N, &bits);
		if (!ret)
			CHECK_EQ(bits & 0x10f, 0x10f);
		if (!ret) {
			ret = ioas_attach(e.r.ioas, e.r.group);
			CHECK_EQ(locked(), ret ? 4 : N);
			CHECK_EQ(pinned(), ret ? 4 : N + 4);
			if (!ret) {
				ret = ioas_pin(&e.a, IOVA + 4 * PAGE_SIZE, 1, RW, p);
				ioas_detach(e.r.ioas, e.r.group);
				CHECK_EQ(locked(), ret ? 4 : 5);
				CHECK_EQ(pinned(), locked());
			}
		}
		if (!shim_failed())
			CHECK_EQ(ret, 0);
		if (e.a.pinned)
			ioas_unpin(&e.a, IOVA + 2 * PAGE_SIZE, 3);
		if (e.b.pinned)
			ioas_unpin(&e.b, IOVA, 4);
		CHECK_EQ(pinned(), 0);
		CHECK_EQ(locked(), 0);
		ioas_unmap(e.r.ioas, &r, IOAS_WHOLE, NULL, &bits);
		emu_down(&e);
		shim_task_reset();
		shim_user_free_all();
	}
}

UNIT_TESTS(ioas_access,
	{ "pins are counted and charged", pins_are_counted },
	{ "a pinned page stays itself", a_page_stays_itself },
	{ "pin looks first", pin_looks_first },
	{ "memory that is not there", memory_that_is_not_there },
	{ "after the process has ended", after_the_process },
	{ "unmap tells devices", unmap_tells },
	{ "unmap waits for accesses, and they do not for it", unmap_waits_for_accesses },
	{ "a driver that miscounts", a_driver_that_miscounts },
	{ "a range of which some is in an orphan", some_in_an_orphan },
	{ "a driver that does not listen", a_driver_that_does_not_listen },
	{ "reads and writes", reads_and_writes },
	{ "reads from elsewhere", reads_from_elsewhere },
	{ "pages that are dirty", pages_that_are_dirty },
	{ "dirty beside an IOMMU", dirty_beside_an_iommu },
	{ "a report that is lost", a_report_that_is_lost },
	{ "user addresses stay", addresses_stay },
	{ "each step can fail, and leaves nothing", fails_without_a_trace })
