// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleep of a device that is open, for as long as its user allows it: the features
 * VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, _ENTRY_WITH_WAKEUP and _EXIT.
 *
 * The runtime PM reference of vfio_pci_pm_open() keeps an open device awake. Entry gives it up;
 * from then on the device sleeps whenever nobody uses it, as deep as the platform lets it, and BARs
 * in user memory fault. A read, write or ioctl has a reference of its own (vfio_pci_pm_use()), and
 * so wakes the device for as long as it takes; ioctls that only tell what it is have none. Exit
 * takes the reference of open back. After an entry with an eventfd, the first wake is the exit, and
 * signals it.
 *
 * The PCI core calls us before it saves the configuration and puts the device to sleep, and after
 * it has woken it and written the configuration back. That includes the MSI-X table, so memory
 * decode is on in what it saves, whatever user space chose.
 *
 * Invariants:
 * - low_power.allowed changes only while the device is awake and stays so: who changes it has a
 *   reference, or is the wake itself.
 * - While low_power.asleep is set INTx is held, and no BAR is accessed; whoever else wants
 *   something of the device has to wake it first.
 */
#include <linux/eventfd.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <linux/uaccess.h>

#include "config.h"

/**
 * vfio_pci_pm_wake() - wake a device that its user lets sleep, for one access
 * @vdev: device; the caller's runtime PM reference is dropped on failure
 *
 * Return: 0; -EIO when it does not wake.
 */
int vfio_pci_pm_wake(struct vfio_pci_core_device *vdev)
{
	struct device *dev = &vdev->pdev->dev;

	if (pm_runtime_resume(dev) >= 0)
		return 0;
	pm_runtime_put_noidle(dev);
	return -EIO;
}

/* Keep it awake again. The eventfd to be signalled, or NULL, with its reference */
static struct eventfd_ctx *low_power_revoke(struct vfio_pci_core_device *vdev)
{
	struct eventfd_ctx *wakeup = vdev->low_power.wakeup;

	lockdep_assert_held_write(&vdev->memory_lock);
	pm_runtime_get_noresume(&vdev->pdev->dev);
	WRITE_ONCE(vdev->low_power.allowed, false);
	vdev->low_power.wakeup = NULL;
	return wakeup;
}

static int sleep_begin(struct vfio_pci_core_device *vdev)
{
	int ret;

	mutex_lock(&vdev->config->lock);
	vfio_pci_quiesce(vdev);
	/* A state that user space chose ends here: the PCI core comes back from its own only */
	ret = vfio_pci_set_power_state(vdev, PCI_D0);
	if (!ret)
		ret = vfio_pci_decode_force(vdev);
	vdev->low_power.asleep = !ret;
	vfio_pci_resume(vdev);
	mutex_unlock(&vdev->config->lock);
	/* After any other error the PM core would never wake the device again */
	return ret ? -EBUSY : 0;
}

static void sleep_end(struct vfio_pci_core_device *vdev)
{
	struct eventfd_ctx *wakeup = NULL;

	vfio_pci_quiesce(vdev);
	vdev->low_power.asleep = false;
	vfio_pci_decode_restore(vdev);
	if (vdev->low_power.wakeup)
		wakeup = low_power_revoke(vdev);
	vfio_pci_resume(vdev);
	if (!wakeup)
		return;
	/* Who is told finds the device as it was before the entry */
	eventfd_signal(wakeup);
	eventfd_ctx_put(wakeup);
}

static int low_power_suspend(struct device *dev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(dev);

	return vdev->low_power.allowed ? sleep_begin(vdev) : 0;
}

static int low_power_resume(struct device *dev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(dev);

	if (vdev->low_power.asleep)
		sleep_end(vdev);
	return 0;
}

const struct dev_pm_ops vfio_pci_pm_ops = {
	.runtime_suspend = low_power_suspend,
	.runtime_resume = low_power_resume,
};

/* The user allows sleep; with an eventfd until the first wake. Its reference is taken over */
static int low_power_allow(struct vfio_pci_core_device *vdev, struct eventfd_ctx *wakeup)
{
	down_write(&vdev->memory_lock);
	if (vdev->low_power.allowed) {
		up_write(&vdev->memory_lock);
		return -EINVAL;
	}
	vfio_pci_zap_bars(vdev);
	vdev->low_power.wakeup = wakeup;
	WRITE_ONCE(vdev->low_power.allowed, true);
	up_write(&vdev->memory_lock);
	/* After that, or who uses it now would not know; see vfio_pci_pm_use() */
	pm_runtime_put(&vdev->pdev->dev);
	return 0;
}

/**
 * vfio_pci_low_power_entry() - VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY
 * @vdev: open device
 * @flags: what is asked
 * @arg: unused
 * @argsz: bytes there
 *
 * Return: 0; -EINVAL for what cannot be asked, or when sleep is allowed already.
 */
int vfio_pci_low_power_entry(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			     size_t argsz)
{
	int ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, 0);

	return ret == 1 ? low_power_allow(vdev, NULL) : ret;
}

/**
 * vfio_pci_low_power_entry_wakeup() - VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP
 * @vdev: open device
 * @flags: what is asked
 * @arg: struct vfio_device_low_power_entry_with_wakeup
 * @argsz: bytes there
 *
 * Return: 0; -EINVAL for what cannot be asked, a file that is no eventfd, or when sleep is allowed
 * already; -EBADF; -EFAULT.
 */
int vfio_pci_low_power_entry_wakeup(struct vfio_pci_core_device *vdev, u32 flags,
				    void __user *arg, size_t argsz)
{
	struct vfio_device_low_power_entry_with_wakeup entry;
	struct eventfd_ctx *wakeup;
	int ret;

	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, sizeof(entry));
	if (ret != 1)
		return ret;
	if (copy_from_user(&entry, arg, sizeof(entry)))
		return -EFAULT;
	if (entry.wakeup_eventfd < 0)
		return -EINVAL;
	wakeup = eventfd_ctx_fdget(entry.wakeup_eventfd);
	if (IS_ERR(wakeup))
		return PTR_ERR(wakeup);
	ret = low_power_allow(vdev, wakeup);
	if (ret)
		eventfd_ctx_put(wakeup);
	return ret;
}

/**
 * vfio_pci_low_power_exit() - VFIO_DEVICE_FEATURE_LOW_POWER_EXIT
 * @vdev: open device, which this call has woken; that signals, too
 * @flags: what is asked
 * @arg: unused
 * @argsz: bytes there
 *
 * Return: 0, also when sleep was not allowed; -EINVAL for what cannot be asked.
 */
int vfio_pci_low_power_exit(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			    size_t argsz)
{
	struct eventfd_ctx *unused = NULL;
	int ret;

	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, 0);
	if (ret != 1)
		return ret;
	down_write(&vdev->memory_lock);
	if (vdev->low_power.allowed)
		unused = low_power_revoke(vdev);
	up_write(&vdev->memory_lock);
	if (unused)
		eventfd_ctx_put(unused);
	return 0;
}

/**
 * vfio_pci_low_power_close() - wake a device that is being closed, whatever its user allowed
 * @vdev: device
 *
 * Nobody is told. One that does not wake is lost; but for its registers all is as if it were awake.
 */
void vfio_pci_low_power_close(struct vfio_pci_core_device *vdev)
{
	struct device *dev = &vdev->pdev->dev;
	struct eventfd_ctx *unused;
	bool allowed;

	/* No wake ends it from here on, unless one has already */
	down_write(&vdev->memory_lock);
	unused = vdev->low_power.wakeup;
	vdev->low_power.wakeup = NULL;
	allowed = vdev->low_power.allowed;
	up_write(&vdev->memory_lock);
	if (unused)
		eventfd_ctx_put(unused);
	if (!allowed)
		return;
	pm_runtime_get_sync(dev);
	if (vdev->low_power.asleep)
		sleep_end(vdev);
	WRITE_ONCE(vdev->low_power.allowed, false);
}
