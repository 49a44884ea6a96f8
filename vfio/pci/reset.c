// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets: when user space asks, and around each use of a device.
 *
 * A reset takes the device lock, which unbinding holds while it waits for user space to let
 * go; so it is only tried. A device that could not be reset when it was closed is reset when
 * it is unbound, where the driver core holds the lock for us. While an open device is in reset
 * it is quiet (command.c).
 */
#include "config.h"
#include "trace.h"

/**
 * vfio_pci_reset_open() - reset a device before its first user, and learn whether it can be
 * @vdev: device that is being opened
 *
 * Return: 0, also for a device that cannot be reset; -EAGAIN when it is being unbound.
 */
int vfio_pci_reset_open(struct vfio_pci_core_device *vdev)
{
	int ret = pci_try_reset_function(vdev->pdev);

	trace_vfio_reset(vdev->pdev, "open", ret);
	if (ret == -EAGAIN)
		return ret;
	vdev->reset_works = !ret;
	vdev->needs_reset = true;
	return 0;
}

/**
 * vfio_pci_reset_close() - reset a device that its last user has left
 * @vdev: device, whose configuration the caller restores afterwards
 */
void vfio_pci_reset_close(struct vfio_pci_core_device *vdev)
{
	int ret;

	if (!vdev->reset_works || !pci_dev_trylock(vdev->pdev))
		return;
	ret = __pci_reset_function_locked(vdev->pdev);
	if (!ret)
		vdev->needs_reset = false;
	pci_dev_unlock(vdev->pdev);
	trace_vfio_reset(vdev->pdev, "close", ret);
}

/**
 * vfio_pci_reset_unbind() - reset a device that could not be when it was closed
 * @vdev: device that is not open, awake
 *
 * Context: device lock held.
 */
void vfio_pci_reset_unbind(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	device_lock_assert(&pdev->dev);
	if (!vdev->needs_reset || !vdev->reset_works || pci_dev_is_disconnected(pdev))
		return;
	pci_cfg_access_lock(pdev);
	pci_save_state(pdev);
	ret = __pci_reset_function_locked(pdev);
	if (!ret)
		vdev->needs_reset = false;
	pci_restore_state(pdev);
	pci_cfg_access_unlock(pdev);
	trace_vfio_reset(pdev, "unbind", ret);
}

/**
 * vfio_pci_reset_user() - reset an open device because its user asks
 * @vdev: device
 *
 * The configuration that the device had is written back afterwards.
 *
 * Context: config->lock held.
 * Return: 0; -EINVAL when it cannot be reset; -EAGAIN when it is being unbound; -EIO when it
 * does not answer; -errno.
 */
int vfio_pci_reset_user(struct vfio_pci_core_device *vdev)
{
	int ret;

	lockdep_assert_held(&vdev->config->lock);
	if (!vdev->reset_works)
		return -EINVAL;
	vfio_pci_quiesce(vdev);
	ret = vfio_pci_set_power_state(vdev, PCI_D0);
	/* The kernel writes the MSI-X table again, with the Command register that it found */
	if (!ret)
		ret = vfio_pci_decode_force(vdev);
	if (!ret)
		ret = pci_try_reset_function(vdev->pdev);
	vfio_pci_decode_restore(vdev);
	vfio_pci_resume(vdev);
	trace_vfio_reset(vdev->pdev, "user", ret);
	return ret;
}
