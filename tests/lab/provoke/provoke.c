// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does what kernel code must not do, so that the lab can prove that it notices.
 * `insmod provoke.ko what=NAME` commits the fault that the table below names and then refuses to
 * load; it never stays.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <asm/desc_defs.h>

static char *what;
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "name of the fault");

static unsigned int count = 100;
module_param(count, uint, 0);
MODULE_PARM_DESC(count, "objects that leak");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);

static void provoke_warn(void)
{
	WARN(1, "provoked\n");
}

static void provoke_oops(void)
{
	/* an address that no process maps, in the first page */
	WRITE_ONCE(*(int *)8, 1);
}

static void provoke_hang(void)
{
	mutex_lock(&first);
	/* never woken: uninterruptible, as a task is that waits for a lost event */
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	mutex_unlock(&first);
}

static void provoke_use_after_free(void)
{
	int *object = kmalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return;
	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	pr_info("provoke: %d\n", READ_ONCE(*object));
}

static void provoke_leak(void)
{
	/* many by default: kmemleak does not report what a stale register or stack slot names */
	for (unsigned int i = 0; i < count; i++) {
		void *object = kmalloc(192, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(object);
	}
}

static void provoke_lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void provoke_atomic_sleep(void)
{
	spin_lock(&spin);
	msleep(1);
	spin_unlock(&spin);
}

static void provoke_triple_fault(void)
{
	const struct desc_ptr none = {};

	/* no handler, and none for the lack of one */
	asm volatile("lidt %0; ud2" : : "m"(none));
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "warn", provoke_warn },
	{ "oops", provoke_oops },
	{ "hang", provoke_hang },
	{ "use-after-free", provoke_use_after_free },
	{ "leak", provoke_leak },
	{ "lock-order", provoke_lock_order },
	{ "atomic-sleep", provoke_atomic_sleep },
	{ "triple-fault", provoke_triple_fault },
};

static int __init provoke_init(void)
{
	for (size_t i = 0; what && i < ARRAY_SIZE(faults); i++) {
		if (strcmp(faults[i].name, what) == 0) {
			faults[i].commit();
			return -ECANCELED;
		}
	}
	pr_err("provoke: no fault %s\n", what ?: "named");
	return -EINVAL;
}
module_init(provoke_init);

MODULE_DESCRIPTION("Commits faults that the lab must notice");
MODULE_LICENSE("GPL");
