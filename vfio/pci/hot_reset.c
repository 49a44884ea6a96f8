// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets of all devices of a slot or bus: because a user asks who owns them all, and once all of
 * them are closed, when one could not be reset by itself.
 *
 * Such a reset has a claim on each of the devices (claim.c), so that none is opened, closed or
 * unbound meanwhile, and it never happens unless each is bound to a driver of this library. Those
 * that are open are quiet from before it until their configuration is back, which the PCI
 * core saves and restores with the MSI-X tables, for which memory decode is on. The PCI
 * core tries the device locks; a device that is being bound or unbound makes it give up.
 *
 * Locks of several devices are only ever taken here. Each is taken of all devices before the next
 * kind is: so nobody waits for a lock of one device, below memory_lock of another, that could
 * in turn wait for user memory.
 */
#include <linux/file.h>
#include <linux/list.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "config.h"
#include "trace.h"

#define for_each_in_set(vdev, set) list_for_each_entry(vdev, &(set)->devices, set_next)
#define for_each_opened(vdev, set) \
	for_each_in_set(vdev, set) if (!(vdev)->opened) { } else

static void set_quiesce(struct vfio_pci_set *set)
{
	struct vfio_pci_core_device *vdev;

	mutex_init(&set->lock);
	mutex_lock(&set->lock);
	for_each_opened(vdev, set)
		mutex_lock_nest_lock(&vdev->config->lock, &set->lock);
	for_each_opened(vdev, set) {
		mutex_lock_nest_lock(&vdev->irqs.lock, &set->lock);
		vfio_pci_intx_hold(vdev);
	}
	for_each_opened(vdev, set) {
		down_write_nest_lock(&vdev->memory_lock, &set->lock);
		vfio_pci_zap_bars(vdev);
	}
}

static void set_resume(struct vfio_pci_set *set)
{
	struct vfio_pci_core_device *vdev;

	for_each_opened(vdev, set) {
		vfio_pci_msix_settle(vdev);
		up_write(&vdev->memory_lock);
	}
	for_each_opened(vdev, set) {
		vfio_pci_intx_resume(vdev);
		mutex_unlock(&vdev->irqs.lock);
	}
	for_each_opened(vdev, set)
		mutex_unlock(&vdev->config->lock);
	mutex_unlock(&set->lock);
	mutex_destroy(&set->lock);
}

/*
 * Does the PCI core leave the function's configuration to us? VFs have slots of their own, and
 * those whose numbers lie on another bus than their PF's are behind no bridge.
 */
static bool left_to_us(const struct vfio_pci_set *set, struct pci_dev *pdev)
{
	if (pdev->bus != pci_physfn(pdev)->bus)
		return true;
	return set->scope.by_slot && pdev->slot != set->scope.target->slot;
}

/* Those that are open in D0, with memory decode on, so that all of their state is kept */
static int set_prepare(struct vfio_pci_set *set)
{
	struct vfio_pci_core_device *vdev;

	for_each_opened(vdev, set) {
		int ret = vfio_pci_set_power_state(vdev, PCI_D0);

		if (!ret)
			ret = vfio_pci_decode_force(vdev);
		if (ret)
			return ret;
	}
	return 0;
}

static int set_reset_bus(struct vfio_pci_set *set)
{
	struct vfio_pci_core_device *vdev;
	int ret;

	for_each_in_set(vdev, set)
		if (left_to_us(set, vdev->pdev))
			pci_save_state(vdev->pdev);
	ret = pci_reset_bus(set->scope.target);
	for_each_in_set(vdev, set)
		if (left_to_us(set, vdev->pdev))
			pci_restore_state(vdev->pdev);
	return ret;
}

static int set_reset_quiet(struct vfio_pci_set *set)
{
	struct vfio_pci_core_device *vdev;
	int ret;

	set_quiesce(set);
	ret = set_prepare(set);
	if (!ret)
		ret = set_reset_bus(set);
	for_each_opened(vdev, set)
		vfio_pci_decode_restore(vdev);
	set_resume(set);
	return ret;
}

/* Undo set_wake(), of the devices before @until; NULL for all */
static void set_let_sleep(struct vfio_pci_set *set, struct vfio_pci_core_device *until)
{
	struct vfio_pci_core_device *vdev;

	for_each_in_set(vdev, set) {
		if (vdev == until)
			break;
		pm_runtime_put(&vdev->pdev->dev);
	}
}

static int set_wake(struct vfio_pci_set *set)
{
	struct vfio_pci_core_device *vdev;

	for_each_in_set(vdev, set) {
		int ret = pm_runtime_resume_and_get(&vdev->pdev->dev);

		if (ret) {
			set_let_sleep(set, vdev);
			return ret;
		}
	}
	return 0;
}

/* Reset a claimed set; no device in it that is closed needs it any more afterwards */
static int set_reset(struct vfio_pci_set *set, const char *why)
{
	struct vfio_pci_core_device *vdev;
	int ret;

	ret = set_wake(set);
	if (ret)
		return ret;
	ret = set_reset_quiet(set);
	for_each_in_set(vdev, set) {
		trace_vfio_reset(vdev->pdev, why, ret);
		if (!ret && !vdev->opened)
			vdev->needs_reset = false;
	}
	set_let_sleep(set, NULL);
	return ret;
}

/**
 * struct owner - what user space proves that it owns
 * @set: what it wants to be reset; first, to get from there to here
 * @vdev: device that it asks with, for the log
 * @files: of groups and devices, with a reference each
 * @num_files: of them
 * @foreign: a device that none of them stands for, with a reference, or NULL
 */
struct owner {
	struct vfio_pci_set set;
	struct vfio_pci_core_device *vdev;
	struct file **files;
	unsigned int num_files;
	struct pci_dev *foreign;
};

static int owner_allows(struct vfio_pci_set *set, struct vfio_pci_core_device *vdev)
{
	struct owner *owner = container_of(set, struct owner, set);

	for (unsigned int i = 0; i < owner->num_files; i++)
		if (vfio_file_has_dev(owner->files[i], &vdev->vdev))
			return 0;
	/* To be told outside of atomic context; nobody asks on after that */
	owner->foreign = pci_dev_get(vdev->pdev);
	return -EINVAL;
}

static void owner_put_files(struct owner *owner)
{
	while (owner->num_files)
		fput(owner->files[--owner->num_files]);
	kfree(owner->files);
}

static int owner_add_file(struct owner *owner, int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	owner->files[owner->num_files++] = file;
	return vfio_file_is_ready(file) ? 0 : -EINVAL;
}

/* On failure some files may be there */
static int owner_get_files(struct owner *owner, s32 __user *fds, unsigned int count)
{
	owner->files = kcalloc(count, sizeof(*owner->files), GFP_KERNEL_ACCOUNT);
	if (!owner->files)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++) {
		int fd, ret;

		ret = get_user(fd, fds + i) ? -EFAULT : owner_add_file(owner, fd);
		if (ret)
			return ret;
	}
	return 0;
}

static int owner_reset(struct owner *owner)
{
	int ret = vfio_pci_set_claim(&owner->set, true);

	if (owner->foreign)
		vfio_pci_warn(owner->vdev,
			      "hot reset refused: its user has not shown to own %s\n",
			      pci_name(owner->foreign));
	pci_dev_put(owner->foreign);
	if (ret == -ENXIO) {
		vfio_pci_warn(owner->vdev, "hot reset refused: it would reset what is %s\n",
			      "not bound to vfio-pci, or is being unbound");
		return -EINVAL;
	}
	if (ret)
		return ret;
	ret = set_reset(&owner->set, "hot");
	vfio_pci_set_unclaim(&owner->set);
	return ret;
}

/*
 * A file stands for what is reset, so that more files than functions cannot be meant; none
 * would mean that the device's own file is to vouch for all, which it does with iommufd only.
 */
static int hot_reset_check(const struct vfio_pci_hot_reset *args, unsigned int functions)
{
	if (args->flags || !args->count || args->count > functions)
		return -EINVAL;
	if (args->argsz - sizeof(*args) < args->count * sizeof(s32))
		return -EINVAL;
	return 0;
}

/**
 * vfio_pci_hot_reset() - VFIO_DEVICE_PCI_HOT_RESET
 * @vdev: open device
 * @uarg: struct vfio_pci_hot_reset, with files of groups in use and of devices
 *
 * Return: 0; -EINVAL unless the files stand for all devices that are reset, and each is bound to a
 * driver of this library and not about to be unbound; -EBADF; -ENODEV when neither slot nor bus can
 * be reset; -EAGAIN while something else has the device lock of one; -EIO when one does not
 * answer; -errno.
 */
long vfio_pci_hot_reset(struct vfio_pci_core_device *vdev, void __user *uarg)
{
	struct owner owner = { .vdev = vdev, .set.allows = owner_allows };
	struct vfio_pci_hot_reset args;
	int ret;

	ret = vfio_args_get(&args, sizeof(args), sizeof(args), uarg);
	if (!ret)
		ret = vfio_pci_scope_get(vdev, &owner.set.scope);
	if (!ret)
		ret = hot_reset_check(&args, vfio_pci_scope_count(&owner.set.scope));
	if (ret)
		return ret;
	ret = owner_get_files(&owner, uarg + sizeof(args), args.count);
	if (!ret)
		ret = owner_reset(&owner);
	owner_put_files(&owner);
	return ret;
}

/**
 * struct idle - devices that nobody has open
 * @set: they
 * @wanted: one of them has not been reset since somebody had it
 */
struct idle {
	struct vfio_pci_set set;
	bool wanted;
};

static int idle_allows(struct vfio_pci_set *set, struct vfio_pci_core_device *vdev)
{
	struct idle *idle = container_of(set, struct idle, set);

	if (vdev->opened)
		return -EBUSY;
	idle->wanted |= vdev->needs_reset;
	return 0;
}

/**
 * vfio_pci_hot_reset_idle() - a device has been closed: reset what it was the last user of
 * @vdev: device
 *
 * A device that needs a reset and has none of its own gets one here, when it and all that are
 * reset with it are closed. Of several that are closed at the same time, the last sees that.
 *
 * Context: no claim is held.
 */
void vfio_pci_hot_reset_idle(struct vfio_pci_core_device *vdev)
{
	struct idle idle = { .set.allows = idle_allows };
	int ret;

	if (vfio_pci_scope_get(vdev, &idle.set.scope))
		return;
	/* The claim counts all functions of the machine */
	if (vfio_pci_set_check(&idle.set) || !idle.wanted)
		return;
	idle.wanted = false;
	if (vfio_pci_set_claim(&idle.set, false))
		return;
	/* Another that was closed may have done it since */
	ret = idle.wanted ? set_reset(&idle.set, "idle") : 0;
	vfio_pci_set_unclaim(&idle.set);
	if (ret)
		vfio_pci_warn(vdev, "closed, but not reset with its neighbours: %d\n", ret);
}
