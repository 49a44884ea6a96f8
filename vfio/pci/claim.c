// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims: who may open, close or reset a device just now.
 *
 * Opening and closing a device, and a reset of several devices, exclude each other, device by
 * device. Each takes a claim on the devices that it has to do with, on all of them at once or
 * on none; so whoever waits for a claim has none, and there is no order to keep. Claims
 * are held for as long as a reset takes, and their holder never waits for the device lock.
 *
 * Invariants:
 * - A device that is listed is registered with VFIO, and stays so while somebody has a claim on it.
 * - @opened changes only with a claim on the device; so what is closed stays closed, and
 *   what is open stays open, for who has one.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "priv.h"

static DEFINE_SPINLOCK(claims_lock);		/* guards all that follows, and @claimed */
static LIST_HEAD(bound);			/* devices by @bound */
static DECLARE_WAIT_QUEUE_HEAD(claim_ended);

static bool try_claim(struct vfio_pci_core_device *vdev)
{
	guard(spinlock)(&claims_lock);
	if (vdev->claimed)
		return false;
	vdev->claimed = true;
	return true;
}

/**
 * vfio_pci_claim() - have a device to oneself, waiting for it
 * @vdev: device
 *
 * Context: may sleep; no claim is held.
 */
void vfio_pci_claim(struct vfio_pci_core_device *vdev)
{
	wait_event(claim_ended, try_claim(vdev));
}

/**
 * vfio_pci_claim_killable() - the same, for as long as the caller lives
 * @vdev: device
 *
 * Return: 0 or -ERESTARTSYS.
 */
int vfio_pci_claim_killable(struct vfio_pci_core_device *vdev)
{
	return wait_event_killable(claim_ended, try_claim(vdev));
}

/**
 * vfio_pci_unclaim() - let others have it
 * @vdev: claimed device
 * @opened: somebody has it open
 */
void vfio_pci_unclaim(struct vfio_pci_core_device *vdev, bool opened)
{
	scoped_guard(spinlock, &claims_lock) {
		vdev->opened = opened;
		vdev->claimed = false;
	}
	wake_up_all(&claim_ended);
}

/**
 * vfio_pci_claims_add() - a device can be part of a set from now on
 * @vdev: device, registered
 */
void vfio_pci_claims_add(struct vfio_pci_core_device *vdev)
{
	guard(spinlock)(&claims_lock);
	list_add_tail(&vdev->bound, &bound);
}

/**
 * vfio_pci_claims_del() - undo vfio_pci_claims_add(), waiting for a set that the device is part of
 * @vdev: device, still registered, perhaps in use
 */
void vfio_pci_claims_del(struct vfio_pci_core_device *vdev)
{
	vfio_pci_claim(vdev);
	scoped_guard(spinlock, &claims_lock)
		list_del(&vdev->bound);
	vfio_pci_unclaim(vdev, vdev->opened);
}

/* Might the set be claimed? -EBUSY while somebody has a claim; @devices of it are bound */
static int set_look(struct vfio_pci_set *set, unsigned int *devices)
{
	struct vfio_pci_core_device *vdev;
	bool busy = false;
	int ret;

	lockdep_assert_held(&claims_lock);
	*devices = 0;
	list_for_each_entry(vdev, &bound, bound) {
		if (!vfio_pci_scope_has(&set->scope, vdev->pdev))
			continue;
		ret = set->allows(set, vdev);
		if (ret)
			return ret;
		busy |= vdev->claimed;
		++*devices;
	}
	return busy ? -EBUSY : 0;
}

/**
 * vfio_pci_set_check() - might a set be claimed?
 * @set: scope and @allows filled in
 *
 * Return: 0; what @allows says against one device; -EBUSY when somebody has a claim on one.
 */
int vfio_pci_set_check(struct vfio_pci_set *set)
{
	unsigned int devices;

	guard(spinlock)(&claims_lock);
	return set_look(set, &devices);
}

static int set_try_claim(struct vfio_pci_set *set, unsigned int functions)
{
	struct vfio_pci_core_device *vdev;
	unsigned int devices;
	int ret;

	guard(spinlock)(&claims_lock);
	ret = set_look(set, &devices);
	if (ret)
		return ret;
	if (devices != functions)
		return -ENXIO;
	list_for_each_entry(vdev, &bound, bound) {
		if (!vfio_pci_scope_has(&set->scope, vdev->pdev))
			continue;
		vdev->claimed = true;
		list_add_tail(&vdev->set_next, &set->devices);
	}
	return 0;
}

/**
 * vfio_pci_set_unclaim() - undo vfio_pci_set_claim()
 * @set: claimed set
 */
void vfio_pci_set_unclaim(struct vfio_pci_set *set)
{
	struct vfio_pci_core_device *vdev;

	scoped_guard(spinlock, &claims_lock)
		list_for_each_entry(vdev, &set->devices, set_next)
			vdev->claimed = false;
	wake_up_all(&claim_ended);
}

/**
 * vfio_pci_set_claim() - claim all devices that are reset together
 * @set: scope and @allows filled in; @devices is then the list of them
 * @wait: wait for the claims of others
 *
 * Context: may sleep; no claim is held.
 * Return: 0; what @allows says against one of them; -ENXIO when one is not bound to a driver of
 * this library; -EBUSY when somebody has a claim on one, and not @wait; -ERESTARTSYS.
 */
int vfio_pci_set_claim(struct vfio_pci_set *set, bool wait)
{
	unsigned int functions = vfio_pci_scope_count(&set->scope);
	int ret, killed = 0;

	INIT_LIST_HEAD(&set->devices);
	if (wait)
		killed = wait_event_killable(claim_ended,
					     (ret = set_try_claim(set, functions)) != -EBUSY);
	else
		ret = set_try_claim(set, functions);
	if (killed || ret)
		return killed ? killed : ret;
	/* It can have been a long wait, and others have come */
	if (vfio_pci_scope_count(&set->scope) == functions)
		return 0;
	vfio_pci_set_unclaim(set);
	return -ENXIO;
}
