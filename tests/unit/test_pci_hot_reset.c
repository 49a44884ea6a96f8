// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c tests/unit/bus_machine.c
/* Resets of a bus: for who owns all of it, with all of it quiet, and after the last user. */
#include <pthread.h>
#include <unistd.h>

#include <linux/sizes.h>
#include <shim/irq.h>
#include <vfio/pci_core.h>

#include "../../vfio/pci/priv.h"
#include "bus_machine.h"
#include "unit.h"
#include "../irq_set.h"

#define VA 0x7f0000000000UL

extern bool *const shim_param_enable_sriov;

static unsigned int resets(struct pci_dev *pdev)
{
	return shim_pci(pdev)->resets;
}

/* Both reset, once, or neither, in what @call does */
#define CHECK_RESETS(call, want, times) do {				\
	unsigned int a_ = resets(pm.pdev), b_ = resets(bm.other);	\
									\
	CHECK_EQ(call, want);						\
	CHECK_EQ(resets(pm.pdev) - a_, times);				\
	CHECK_EQ(resets(bm.other) - b_, times);				\
} while (0)

static void owner_of_all(void)
{
	int groups[2], devices[2], mixed[2];

	bus_up(true);
	groups[0] = pm.group_fd;
	groups[1] = bm.group_fd;
	CHECK_RESETS(bus_reset(pm.fd, 2, groups), 0, 1);
	devices[0] = bm.fd;
	devices[1] = pm.fd;
	CHECK_RESETS(bus_reset(bm.fd, 2, devices), 0, 1);
	mixed[0] = bm.group_fd;
	mixed[1] = pm.fd;
	CHECK_RESETS(bus_reset(pm.fd, 2, mixed), 0, 1);
	bus_down();
}

/* Its group is in use, it is not */
static void owner_of_one_that_is_closed(void)
{
	int fds[2];

	bus_up(true);
	shim_close(bm.fd);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	CHECK_EQ(bm.other->current_state, PCI_D3hot);
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), 0, 1);
	CHECK_EQ(bm.other->current_state, PCI_D3hot);
	bus_down();
}

static void refused(void)
{
	int none = shim_eventfd(), fds[3] = { -1, -1, -1 };

	bus_up(true);
	fds[0] = pm.group_fd;
	/* a part only, also twice */
	CHECK_RESETS(bus_reset(pm.fd, 1, fds), -EINVAL, 0);
	fds[1] = pm.group_fd;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EINVAL, 0);
	fds[1] = pm.fd;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EINVAL, 0);
	/* nothing, more than there is, no file, a file of something else */
	CHECK_RESETS(bus_reset(pm.fd, 0, fds), -EINVAL, 0);
	CHECK_RESETS(bus_reset(pm.fd, 3, fds), -EINVAL, 0);
	fds[1] = -1;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EBADF, 0);
	fds[1] = none;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EINVAL, 0);
	fds[1] = pm.container;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EINVAL, 0);
	/* a group that is in no container: it may not be kept from the host's drivers */
	shim_close(bm.fd);
	CHECK_EQ(shim_ioctl(bm.group_fd, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	fds[1] = bm.group_fd;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EINVAL, 0);
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_PCI_HOT_RESET, SHIM_USER_WILD), -EFAULT);
	bus_down();
}

static void argsz(void)
{
	static const struct { u32 argsz, flags; long want; } cases[] = {
		{ 0, 0, -EINVAL }, { 11, 0, -EINVAL }, { 12, 0, -EINVAL }, { 19, 0, -EINVAL },
		{ 20, 1, -EINVAL }, { 20, 1U << 31, -EINVAL }, { 20, 0, 0 }, { U32_MAX, 0, 0 },
	};
	struct { struct vfio_pci_hot_reset head; int fds[2]; } args = { .head.count = 2 };

	bus_up(true);
	args.fds[0] = pm.fd;
	args.fds[1] = bm.fd;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		args.head.argsz = cases[i].argsz;
		args.head.flags = cases[i].flags;
		CHECK_RESETS(shim_ioctl(pm.fd, VFIO_DEVICE_PCI_HOT_RESET, SHIM_USER(&args)),
			     cases[i].want, cases[i].want ? 0 : 1);
	}
	args.head.argsz = U32_MAX;
	args.head.count = U32_MAX;
	CHECK_EQ(shim_ioctl(pm.fd, VFIO_DEVICE_PCI_HOT_RESET, SHIM_USER(&args)), -EINVAL);
	bus_down();
}

/* The other function is the host's, or nobody's */
static void not_bound(void)
{
	int fds[2];

	bus_up(true);
	bus_other_close();
	shim_pci_unbind(bm.other);
	fds[0] = pm.group_fd;
	fds[1] = pm.fd;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EINVAL, 0);
	CHECK(shim_log_has("not bound to vfio-pci"));
	bus_down();
}

static void no_such_reset(void)
{
	int fds[2];

	bus_up(true);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	shim_pci(bm.bridge)->no_bus_reset = true;
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -ENODEV, 0);
	bus_down();
}

/* The device lock is only tried: who unbinds waits for users with it held */
static void while_it_is_unbound(void)
{
	int fds[2];

	bus_up(true);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	device_lock(&bm.other->dev);
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EAGAIN, 0);
	device_unlock(&bm.other->dev);
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), 0, 1);
	bus_down();
}

/* What user space can see while all is in reset; by hook */
static struct {
	unsigned int seen;
	s32 line;
} during;

static bool locked(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = pci_get_drvdata(pdev);

	return lockdep_is_held_type(&vdev->memory_lock, 0);
}

static void look_during_reset(void)
{
	during.seen++;
	CHECK(!shim_pfn_at(VA) && !shim_pfn_at(VA + SZ_1M));
	CHECK(locked(pm.pdev) && locked(bm.other));
	/* INTx is held, whatever the device does */
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(during.line), 0);
}

static void all_are_quiet(void)
{
	int fds[2];

	bus_up(true);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	during.seen = 0;
	during.line = pci_event(INTX);
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, SZ_4K, SHIM_RW | VM_SHARED, 0), 0);
	CHECK_EQ(shim_mmap_fd(bm.fd, VA + SZ_1M, SZ_4K, SHIM_RW | VM_SHARED, 0), 0);
	CHECK_EQ(shim_touch(VA, true) | shim_touch(VA + SZ_1M, true), 0);
	shim_pci_during_bus_reset = look_during_reset;
	CHECK_RESETS(bus_reset(bm.fd, 2, fds), 0, 1);
	shim_pci_during_bus_reset = NULL;
	CHECK_EQ(during.seen, 1);
	/* and what it asserted comes afterwards */
	CHECK_EQ(shim_eventfd_count(during.line), 1);
	CHECK_EQ(shim_touch(VA, true) | shim_touch(VA + SZ_1M, true), 0);
	bus_down();
}

static u16 command(struct pci_dev *pdev)
{
	return shim_pci_get(pdev, PCI_COMMAND, 2);
}

/* Configuration and tables are as they were, also of one that slept or decoded nothing */
static void state_survives(void)
{
	int fds[2], first = pm.fd;
	s32 event, other;

	bus_up(true);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	event = pci_event(MSIX);
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x11), 1);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	first = pm.fd;
	pm.fd = bm.fd;
	other = pci_event(MSIX);
	pci_set_command(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
	pm.fd = first;

	CHECK_RESETS(bus_reset(pm.fd, 2, fds), 0, 1);
	CHECK(!(command(pm.pdev) & PCI_COMMAND_MEMORY));
	CHECK_EQ(pci_config_get(PCI_CACHE_LINE_SIZE, 1), 0x11);
	CHECK(command(bm.other) & PCI_COMMAND_MASTER);
	CHECK(shim_pci_message(pm.pdev, 0));
	CHECK_EQ(shim_eventfd_count(event), 1);
	CHECK(shim_pci_message(bm.other, 0));
	CHECK_EQ(shim_eventfd_count(other), 1);

	pci_set_power(3);
	CHECK_RESETS(bus_reset(bm.fd, 2, fds), 0, 1);
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
	CHECK_EQ(pci_config_get(pm.pdev->pm_cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 0);
	CHECK_EQ(pci_config_get(PCI_CACHE_LINE_SIZE, 1), 0x11);
	bus_down();
}

static void one_is_lost(void)
{
	int fds[2];

	bus_up(true);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	shim_pci_unplug(bm.other);
	CHECK_RESETS(bus_reset(pm.fd, 2, fds), -EIO, 0);
	CHECK(command(pm.pdev) & PCI_COMMAND_MEMORY);
	bus_down();
}

/* A slot reset leaves VFs to us, and they count as much as functions do */
static void vfs_go_with_their_pf(bool by_slot)
{
	int fds[4], n = 0;
	struct pci_dev *vf;
	char path[16];

	bus_make();
	pm.pdev->is_physfn = true;
	shim_pci(pm.pdev)->vf_iommu = &pm.hw;
	*shim_param_enable_sriov = true;
	shim_pci(bm.bridge)->slot.can_reset = by_slot;
	CHECK_EQ(bus_load(), 0);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	vf = shim_pci(pm.pdev)->vf[0];
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(bus_other_open(), 0);
	fds[n++] = pm.group_fd;
	fds[n++] = bm.group_fd;
	CHECK_RESETS(bus_reset(pm.fd, n, fds), -EINVAL, 0);
	snprintf(path, sizeof(path), "vfio/%d", iommu_group_id(vf->dev.iommu_group));
	fds[n++] = user_join(pm.container, path);
	CHECK(fds[2] >= 0);
	shim_pci_set_writable(vf, 0xf0, 4, ~0);
	CHECK_EQ(pci_write_config_word(vf, PCI_CACHE_LINE_SIZE, 0x22), 0);
	CHECK_RESETS(bus_reset(pm.fd, n, fds), 0, 1);
	CHECK_EQ(resets(vf), 1);
	CHECK_EQ(shim_pci_get(vf, PCI_CACHE_LINE_SIZE, 1), 0x22);
	shim_task_reset();
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	*shim_param_enable_sriov = false;
	bus_down();
}

static void vfs_in_the_slot(void) { vfs_go_with_their_pf(true); }
static void vfs_of_another_bus(void) { vfs_go_with_their_pf(false); }

/* Neither can be reset by itself */
static void unresettable_up(void)
{
	bus_make();
	shim_pci(pm.pdev)->can_reset = false;
	shim_pci(bm.other)->can_reset = false;
	CHECK_EQ(bus_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(bus_other_open(), 0);
}

static void after_the_last_close(void)
{
	unresettable_up();
	CHECK_RESETS((pci_user_close(), 0), 0, 0);
	CHECK_RESETS((bus_other_close(), 0), 0, 1);
	/* once is enough */
	CHECK_EQ(bus_other_open(), 0);
	CHECK_RESETS((bus_other_close(), 0), 0, 1);
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	bus_down();
}

/* The one that needs it has been closed before one that does not */
static void for_one_that_went_before(void)
{
	unresettable_up();
	shim_pci(bm.other)->can_reset = true;
	bus_other_close();
	CHECK_EQ(bus_other_open(), 0);
	pci_user_close();
	CHECK_EQ(resets(pm.pdev), 0);
	bus_other_close();
	CHECK_EQ(resets(pm.pdev), 1);
	bus_down();
}

static void not_below_another(void)
{
	unresettable_up();
	bus_other_close();
	shim_pci_unbind(bm.other);
	/* it has no driver that would have to know, but the host may give it one */
	CHECK_RESETS((pci_user_close(), 0), 0, 0);
	bus_down();
}

/* The other was taken when the last was closed; an open that fails counts as a close */
static void after_a_failed_open(void)
{
	unresettable_up();
	shim_close(bm.fd);
	shim_pci(bm.other)->access_locked = true;
	CHECK_RESETS((shim_close(pm.fd), 0), 0, 0);
	CHECK(shim_log_has("not reset with its neighbours"));
	shim_pci(bm.other)->access_locked = false;
	for (unsigned int nth = 1; strcmp(shim_fail_site() ? : "", "pci_enable_device"); nth++) {
		shim_fail_at(nth);
		CHECK_OR_STOP(user_device(bm.group_fd, OTHER_BDF) < 0);
	}
	shim_fail_at(0);
	CHECK(resets(pm.pdev) > 0);
	bus_down();
}

/* Function resets that work are enough, and a user's hot reset does for who has gone */
static void only_when_needed(void)
{
	int fds[2];

	bus_up(true);
	pci_user_close();
	CHECK_EQ(resets(bm.other), 1);	/* at its open */
	CHECK_EQ(resets(pm.pdev), 2);
	bus_other_close();
	CHECK_EQ(resets(pm.pdev), 2);
	bus_down();

	unresettable_up();
	shim_close(pm.fd);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	CHECK_RESETS(bus_reset(bm.fd, 2, fds), 0, 1);
	shim_pci(bm.other)->can_reset = true;
	shim_close(bm.fd);
	bm.fd = user_device(bm.group_fd, OTHER_BDF);
	/* with the other, when that could not be reset alone; which it now can */
	CHECK_EQ(resets(pm.pdev), 2);
	CHECK_EQ(shim_close(bm.fd), 0);
	CHECK_EQ(resets(pm.pdev), 2);
	bus_down();
}

/* Each step fails; nothing is left claimed or locked, and both work on */
static void sweep_reset(void)
{
	int fds[2];

	bus_up(true);
	fds[0] = pm.group_fd;
	fds[1] = bm.fd;
	shim_close(bm.fd);
	bm.fd = user_device(bm.group_fd, OTHER_BDF);
	SHIM_SWEEP() {
		long ret = bus_reset(pm.fd, 2, fds);

		if (!shim_failed())
			CHECK_EQ(ret, 0);
		CHECK(command(pm.pdev) & PCI_COMMAND_MEMORY);
		CHECK_EQ(pm.pdev->dev.power.usage, bm.other->dev.power.usage);
	}
	bus_down();
}

static void sweep_close(void)
{
	SHIM_SWEEP() {
		shim_fail_pause();
		unresettable_up();
		bus_other_close();
		shim_fail_resume();
		pci_user_close();
		shim_fail_pause();
		CHECK_EQ(resets(pm.pdev), !shim_failed());
		bus_down();
		shim_fail_resume();
	}
}

/* One thread opens and closes the other function, while this one resets both or is refused */
static int other_done;

static void *open_and_close(void *task)
{
	shim_become(task);
	for (int round = 0; round < 100; round++) {
		int fd = user_device(bm.group_fd, OTHER_BDF);

		CHECK(fd >= 0 || fd == -EAGAIN);
		if (fd >= 0)
			CHECK_EQ(shim_close(fd), 0);
	}
	__atomic_store_n(&other_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void against_open_and_close(void)
{
	unsigned int done = 0;
	pthread_t thread;
	int fds[2];

	bus_up(true);
	shim_close(bm.fd);
	fds[0] = pm.group_fd;
	fds[1] = bm.group_fd;
	other_done = 0;
	shim_jitter(true);
	pthread_create(&thread, NULL, open_and_close, current);
	while (!__atomic_load_n(&other_done, __ATOMIC_ACQUIRE)) {
		long ret = bus_reset(pm.fd, 2, fds);

		CHECK(!ret || ret == -EAGAIN);
		done += !ret;
	}
	pthread_join(thread, NULL);
	shim_jitter(false);
	CHECK(done > 0);
	bus_down();
}

/* Both are closed at the same time: whoever is last resets both, once */
static void *reset_all(void *task)
{
	int fds[2] = { pm.group_fd, bm.group_fd };

	shim_become(task);
	CHECK_EQ(bus_reset(pm.fd, 2, fds), -EINVAL);
	return NULL;
}

/* Whoever asks waits for a claim, and meanwhile a VF has come that is bound to nothing */
static void a_function_comes_meanwhile(void)
{
	struct vfio_pci_core_device *other;
	pthread_t thread;

	bus_make();
	pm.pdev->is_physfn = true;
	shim_pci(pm.pdev)->vf_iommu = &pm.hw;
	*shim_param_enable_sriov = true;
	CHECK_EQ(bus_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
	CHECK_EQ(bus_other_open(), 0);
	other = pci_get_drvdata(bm.other);
	vfio_pci_claim(other);
	pthread_create(&thread, NULL, reset_all, current);
	usleep(20000);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 1), 1);
	shim_pci_unbind(shim_pci(pm.pdev)->vf[0]);
	CHECK_RESETS((vfio_pci_unclaim(other, true), pthread_join(thread, NULL)), 0, 0);
	CHECK_EQ(shim_pci_set_numvfs(pm.pdev, 0), 0);
	*shim_param_enable_sriov = false;
	bus_down();
}

static void *close_other(void *task)
{
	shim_become(task);
	bus_other_close();
	return NULL;
}

static void closed_together(void)
{
	for (int round = 0; round < 30; round++) {
		pthread_t thread;

		unresettable_up();
		shim_jitter(true);
		pthread_create(&thread, NULL, close_other, current);
		pci_user_close();
		pthread_join(thread, NULL);
		shim_jitter(false);
		CHECK_EQ(resets(pm.pdev), 1);
		CHECK_EQ(resets(bm.other), 1);
		bus_down();
	}
}

UNIT_TESTS(pci_hot_reset,
	{ "the owner of all, by groups and devices", owner_of_all },
	{ "with one that is closed", owner_of_one_that_is_closed },
	{ "refused", refused },
	{ "argsz, flags and count", argsz },
	{ "a function that is not bound", not_bound },
	{ "neither bus nor slot can be reset", no_such_reset },
	{ "while one is unbound", while_it_is_unbound },
	{ "all are quiet meanwhile", all_are_quiet },
	{ "their state survives", state_survives },
	{ "one does not answer", one_is_lost },
	{ "VFs in the slot", vfs_in_the_slot },
	{ "VFs of another bus", vfs_of_another_bus },
	{ "after the last close", after_the_last_close },
	{ "for one that was closed before", for_one_that_went_before },
	{ "never below another user", not_below_another },
	{ "after an open that failed", after_a_failed_open },
	{ "only when it is needed", only_when_needed },
	{ "each step of a reset fails", sweep_reset },
	{ "each step after the last close fails", sweep_close },
	{ "against opening and closing", against_open_and_close },
	{ "both are closed at the same time", closed_together },
	{ "a function comes meanwhile", a_function_comes_meanwhile })
