// SPDX-License-Identifier: GPL-2.0-only
// sources:
/*
 * The shim itself: what the other tests rely on must be able to fail.
 */
#include <stdlib.h>

#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/eventfd.h>
#include <linux/idr.h>
#include <linux/interval_tree.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <shim/fdtable.h>
#include <shim/mm.h>

#include "unit.h"

static void locks_have_owners(void)
{
	struct rw_semaphore sem;
	struct mutex a, b;
	spinlock_t spin;

	mutex_init(&a);
	mutex_init(&b);
	init_rwsem(&sem);
	spin_lock_init(&spin);
	CHECK_DIES(lockdep_assert_held(&a));
	CHECK_DIES(mutex_unlock(&a));
	CHECK_DIES(down_write(&sem); up_read(&sem));
	mutex_lock(&a);
	lockdep_assert_held(&a);
	CHECK_DIES(mutex_lock(&a));
	CHECK_DIES(lockdep_assert_not_held(&a));
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	CHECK_DIES(mutex_lock(&a));
	mutex_unlock(&b);
	down_read(&sem);
	CHECK_DIES(lockdep_assert_held_write(&sem));
	up_read(&sem);
	spin_lock(&spin);
	CHECK_DIES(kmalloc(8, GFP_KERNEL));
	CHECK_DIES(mutex_lock(&a));
	spin_unlock(&spin);
	{
		guard(mutex)(&a);
		lockdep_assert_held(&a);
	}
	scoped_guard(spinlock, &spin)
		lockdep_assert_held(&spin);
	CHECK_EQ(shim_locks_held(), 0);
}

static void interrupt_locks(void)
{
	unsigned long flags;
	spinlock_t spin;

	spin_lock_init(&spin);
	spin_lock_irqsave(&spin, flags);
	spin_unlock_irqrestore(&spin, flags);
	shim_irq_enter();
	spin_lock(&spin);
	spin_unlock(&spin);
	shim_irq_exit();
	CHECK_DIES(spin_lock(&spin));
}

static void user_memory_is_a_window(void)
{
	u32 have[4] = { 1, 2, 3, 4 }, got[4];
	u32 __user *user = shim_user_alloc(sizeof(have));

	CHECK_EQ(copy_to_user(user, have, sizeof(have)), 0);
	CHECK_EQ(copy_from_user(got, user, sizeof(got)), 0);
	CHECK(!memcmp(have, got, sizeof(got)));
	CHECK_EQ(copy_from_user(got, user + 1, sizeof(got)), 4);
	CHECK_EQ(got[3], 0);
	CHECK_EQ(copy_to_user((u8 *)user - 1, have, 1), 1);
	CHECK_EQ(copy_from_user(got, SHIM_USER_WILD, 4), 4);
	CHECK_EQ(copy_from_user(got, NULL, 4), 4);
	CHECK_EQ(put_user(7, user), 0);
	CHECK_EQ(put_user(7, user + 4), -EFAULT);
	CHECK_EQ(*(u32 *)shim_user_body(user), 7);
	CHECK_DIES(*(volatile u32 *)user = 1);
	CHECK(!access_ok((void *)~0UL, 1));
	CHECK(!access_ok(user, ~0UL));
}

static void poison_does_not_pass(void)
{
	struct { u32 a; u8 b; u32 c; } on_stack;
	void __user *user = shim_user_alloc(64);
	void *heap = kmalloc(16, GFP_KERNEL);

	shim_quiet(true);
	CHECK_EQ(copy_to_user(user, heap, 16), 0);
	UNIT_EXPECT_COMPLAINTS(1);
	on_stack.a = 1;
	on_stack.b = 2;
	CHECK_EQ(copy_to_user(user, &on_stack, sizeof(on_stack)), 0);
	UNIT_EXPECT_COMPLAINTS(1);
	shim_quiet(false);
	memset(heap, 0, 16);
	CHECK_EQ(copy_to_user(user, heap, 16), 0);
	kfree(heap);
}

static void *two_objects(void)
{
	void *one = kmalloc(1, GFP_KERNEL), *two = kvmalloc(100000, GFP_KERNEL);

	if (one && two)
		CHECK_EQ(shim_fail_count(), 2);
	kfree(one);
	kvfree(two);
	return one && two ? (void *)1 : NULL;
}

static void sweep_finds_each_site(void)
{
	unsigned int passes = 0;

	SHIM_SWEEP() {
		passes++;
		CHECK_EQ(!!two_objects(), !shim_failed());
	}
	CHECK_EQ(passes, 3);
}

static void leaks_are_found(void)
{
	struct shim_snapshot before;
	void *leak;

	shim_snapshot(&before);
	leak = kmalloc(8, GFP_KERNEL);
	shim_quiet(true);
	CHECK(!shim_nothing_left(&before));
	UNIT_EXPECT_COMPLAINTS(1);
	shim_quiet(false);
	kfree(leak);
	CHECK(shim_nothing_left(&before));
	CHECK_DIES(kfree(leak));
	leak = kmalloc(8, GFP_KERNEL);
	CHECK_DIES(vfree(leak));
	CHECK_DIES(((volatile char *)leak)[8] = 0);
	kfree(leak);
}

static void warnings_count(void)
{
	shim_quiet(true);
	CHECK(WARN_ON(1));
	CHECK(!WARN_ON(0));
	UNIT_EXPECT_COMPLAINTS(1);
	shim_quiet(false);
	CHECK_DIES(BUG_ON(1));
}

static void interval_tree_agrees_with_a_list(void)
{
	static struct interval_tree_node nodes[400];
	struct rb_root_cached root = RB_ROOT_CACHED;
	unsigned int seed = 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(nodes); i++) {
		nodes[i].start = rand_r(&seed) % 10000;
		nodes[i].last = nodes[i].start + rand_r(&seed) % 300;
		interval_tree_insert(&nodes[i], &root);
	}
	for (unsigned int round = 0; round < 300; round++) {
		unsigned long start = rand_r(&seed) % 10000, last = start + rand_r(&seed) % 500;
		unsigned int have = 0, want = 0;
		struct interval_tree_node *at;
		unsigned long before = 0;

		for (at = interval_tree_iter_first(&root, start, last); at;
		     at = interval_tree_iter_next(at, start, last)) {
			CHECK(at->start >= before);
			before = at->start;
			have++;
		}
		for (unsigned int i = round; i < ARRAY_SIZE(nodes); i++)
			want += nodes[i].start <= last && nodes[i].last >= start;
		CHECK_EQ(have, want);
		interval_tree_remove(&nodes[round], &root);
	}
}

static void ids(void)
{
	DEFINE_IDA(ida);
	DEFINE_XARRAY(xa);
	unsigned long index;
	void *entry;

	CHECK_EQ(ida_alloc(&ida, GFP_KERNEL), 0);
	CHECK_EQ(ida_alloc(&ida, GFP_KERNEL), 1);
	ida_free(&ida, 0);
	CHECK_EQ(ida_alloc_max(&ida, 0, GFP_KERNEL), 0);
	CHECK_EQ(ida_alloc_max(&ida, 1, GFP_KERNEL), -ENOSPC);
	ida_destroy(&ida);
	CHECK(!xa_store(&xa, 5, &ida, GFP_KERNEL));
	CHECK_EQ(xa_insert(&xa, 5, &ida, GFP_KERNEL), -EBUSY);
	CHECK_EQ(xa_insert(&xa, ULONG_MAX, &ida, GFP_KERNEL), 0);
	CHECK(xa_load(&xa, 5) == &ida);
	index = 0;
	xa_for_each(&xa, index, entry)
		CHECK(index == 5 || index == ULONG_MAX);
	CHECK(xa_erase(&xa, 5) == &ida);
	xa_destroy(&xa);
}

static void bitmaps(void)
{
	DECLARE_BITMAP(map, 200) = { 0 }, shifted[4];
	unsigned int start, end;

	bitmap_set(map, 60, 10);
	CHECK_EQ(find_first_bit(map, 200), 60);
	CHECK_EQ(find_next_zero_bit(map, 200, 60), 70);
	CHECK_EQ(bitmap_weight(map, 200), 10);
	CHECK_EQ(find_last_bit(map, 200), 69);
	for_each_set_bitrange(start, end, map, 200) {
		CHECK_EQ(start, 60);
		CHECK_EQ(end, 70);
	}
	bitmap_shift_left(shifted, map, 5, 200);
	CHECK_EQ(find_first_bit(shifted, 200), 65);
}

static void work_runs_later(void);
static unsigned int ran;
static void note(struct work_struct *work)
{
	ran++;
}

static void work_runs_later(void)
{
	struct work_struct work;

	ran = 0;
	INIT_WORK(&work, note);
	CHECK(schedule_work(&work));
	CHECK(!schedule_work(&work));
	CHECK_EQ(ran, 0);
	shim_run_work();
	CHECK_EQ(ran, 1);
	CHECK(schedule_work(&work));
	CHECK(cancel_work_sync(&work));
	CHECK(!flush_work(&work));
	CHECK_EQ(ran, 1);
}

static void eventfds(void)
{
	int fd = shim_eventfd(), other = shim_plain_fd();
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(fd);

	CHECK(IS_ERR(eventfd_ctx_fdget(other)));
	CHECK_EQ(PTR_ERR(eventfd_ctx_fdget(99)), -EBADF);
	eventfd_signal(ctx);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK_EQ(shim_live(SHIM_EVENTFD), 1);
	CHECK_EQ(shim_close(fd), 0);
	eventfd_signal(ctx);
	eventfd_ctx_put(ctx);
	CHECK_EQ(shim_close(other), 0);
	CHECK_EQ(shim_close(other), -EBADF);
}

static void pins(void)
{
	struct page *pages[8];
	struct vm_area_struct *ro;

	shim_map(0x10000000, 4, SHIM_RW, SHIM_CONTIGUOUS);
	ro = shim_map(0x10010000, 4, SHIM_RO, SHIM_SCATTERED);
	CHECK_EQ(pin_user_pages_fast(0x10000000, 8, FOLL_WRITE, pages), 4);
	CHECK_EQ(page_to_pfn(pages[3]), page_to_pfn(pages[0]) + 3);
	CHECK_EQ(shim_live(SHIM_PIN), 4);
	shim_page_mapped(page_to_pfn(pages[0]), 0, 1);
	CHECK_DIES(unpin_user_page(pages[0]));
	shim_page_mapped(page_to_pfn(pages[0]), 0, -1);
	shim_page_stale(page_to_pfn(pages[0]), 0, 1);
	CHECK_DIES(unpin_user_page(pages[0]));
	shim_page_stale(page_to_pfn(pages[0]), 0, -1);
	unpin_user_pages_dirty_lock(pages, 4, true);
	CHECK_DIES(unpin_user_page(pages[0]));
	CHECK_DIES(shim_page_mapped(page_to_pfn(pages[0]), 0, 1));
	CHECK_EQ(pin_user_pages_fast(0x10010000, 4, FOLL_WRITE, pages), -EFAULT);
	CHECK_EQ(pin_user_pages_fast(0x10010000, 4, 0, pages), 4);
	CHECK(page_to_pfn(pages[1]) != page_to_pfn(pages[0]) + 1);
	CHECK_EQ(shim_pins_at(0x10010000), 1);
	unpin_user_pages(pages, 4);
	shim_unmap(ro);
	CHECK_EQ(pin_user_pages_fast(0x10010000, 4, 0, pages), -EFAULT);
}

static void charged_mm_is_found(void)
{
	struct shim_snapshot before;

	shim_snapshot(&before);
	current->mm->locked_vm = 3;
	shim_quiet(true);
	CHECK(!shim_nothing_left(&before));
	UNIT_EXPECT_COMPLAINTS(1);
	shim_quiet(false);
	current->mm->locked_vm = 0;
}

UNIT_TESTS(shim,
	{ "locks have owners", locks_have_owners },
	{ "locks of interrupt handlers", interrupt_locks },
	{ "user memory is a window", user_memory_is_a_window },
	{ "unwritten bytes do not reach user space", poison_does_not_pass },
	{ "a sweep finds each site", sweep_finds_each_site },
	{ "leaks are found", leaks_are_found },
	{ "warnings count", warnings_count },
	{ "the interval tree agrees with a list", interval_tree_agrees_with_a_list },
	{ "ids", ids },
	{ "bitmaps", bitmaps },
	{ "work runs later", work_runs_later },
	{ "eventfds", eventfds },
	{ "pins", pins },
	{ "a charged mm is found", charged_mm_is_found })
