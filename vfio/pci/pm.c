// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power: the states that user space chooses while it has a device open, and sleep while
 * nobody has. Sleep that the user of an open device allows is in low_power.c.
 *
 * An open device is kept awake by a runtime PM reference; a change of its state by user space
 * is carried out here, where it is known that D3hot can lose the configuration and that BARs
 * do not answer in it. A device that is not open has no reference, and the PCI core puts it
 * into D3hot; unless disable_idle_d3 was set when the device was bound. That is remembered
 * per device, so that a change of the parameter never unbalances the references.
 */
#include <linux/minmax.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "config.h"

static void power_forget(struct vfio_pci_core_device *vdev)
{
	kfree(vdev->d3_saved);
	vdev->d3_saved = NULL;
}

/*
 * Before D3hot: keep what it may lose. With memory decode on, since writing back includes the
 * MSI-X table.
 */
static int power_save(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	ret = pci_set_power_state(pdev, PCI_D0);
	if (!ret)
		ret = vfio_pci_decode_force(vdev);
	if (ret)
		return ret;
	pci_save_state(pdev);
	vfio_pci_decode_restore(vdev);
	/* Something else, such as a reset by the administrator, may have woken the device before */
	power_forget(vdev);
	vdev->d3_saved = pci_store_saved_state(pdev);
	return vdev->d3_saved ? 0 : -ENOMEM;
}

/*
 * After it. User space may have written Command meanwhile, which @command held before the change;
 * but whether the device decodes is for the virtual copy to say, whatever has reset the device.
 */
static void power_restore(struct vfio_pci_core_device *vdev, u16 command)
{
	u16 decode = PCI_COMMAND_IO | PCI_COMMAND_MEMORY, mask = (u16)~PCI_COMMAND_INTX_DISABLE;

	if (pci_load_and_free_saved_state(vdev->pdev, &vdev->d3_saved))
		return;
	pci_restore_state(vdev->pdev);
	if (PCI_POSSIBLE_ERROR(command))
		mask = decode;
	command &= ~decode;
	command |= vfio_pci_config_virt_get(vdev->config, PCI_COMMAND, 2) & decode;
	vfio_pci_command_set(vdev, mask, command);
}

static int power_wake(struct vfio_pci_core_device *vdev)
{
	u16 command;
	int ret;

	pci_user_read_config_word(vdev->pdev, PCI_COMMAND, &command);
	ret = pci_set_power_state(vdev->pdev, PCI_D0);
	/* Of a device that refuses the PCI core tells the log only */
	if (!ret && vdev->pdev->current_state != PCI_D0)
		ret = -EIO;
	if (!ret && vdev->d3_saved)
		power_restore(vdev, command);
	return ret;
}

static int power_change(struct vfio_pci_core_device *vdev, pci_power_t state)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret = 0;

	/* In D3cold is one that did not answer when it was to leave D3hot; what it had is kept */
	if (state == PCI_D0 || pdev->current_state > PCI_D3hot)
		ret = power_wake(vdev);
	if (!ret && state >= PCI_D3hot)
		ret = power_save(vdev);
	if (!ret)
		ret = pci_set_power_state(pdev, state);
	return ret;
}

/* Let user space's PMCSR say what is */
static void show_power_state(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_config *cfg = vdev->config;
	u16 pmcsr;

	if (!cfg->pm)
		return;
	pmcsr = vfio_pci_config_virt_get(cfg, cfg->pm + PCI_PM_CTRL, 2);
	pmcsr &= ~PCI_PM_CTRL_STATE_MASK;
	pmcsr |= min(vdev->pdev->current_state, PCI_D3hot);
	vfio_pci_config_virt_set(cfg, cfg->pm + PCI_PM_CTRL, 2, pmcsr);
}

/**
 * vfio_pci_set_power_state() - change the power state of an open device
 * @vdev: device
 * @state: PCI_D0 to PCI_D3hot
 *
 * Context: the device is quiet; config->lock held unless it is being closed.
 * Return: 0; -EBUSY for a PF that has VFs and would leave D0; -errno, and the device is then in
 * the state that it was in, or in D0.
 */
int vfio_pci_set_power_state(struct vfio_pci_core_device *vdev, pci_power_t state)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret = 0;

	lockdep_assert_held(&vdev->irqs.lock);
	lockdep_assert_held_write(&vdev->memory_lock);
	if (state != PCI_D0 && vdev->vfs_wanted)
		ret = -EBUSY;
	else if (state != pdev->current_state)
		ret = power_change(vdev, state);
	if (pdev->current_state < PCI_D3hot)
		power_forget(vdev);
	show_power_state(vdev);
	return ret;
}

/**
 * vfio_pci_pm_register() - let a device sleep that has been bound and is not open
 * @vdev: device, with idle_d3 set
 */
void vfio_pci_pm_register(struct vfio_pci_core_device *vdev)
{
	/* After boot, and after another driver, its state is unknown; only D0 can follow */
	pci_set_power_state(vdev->pdev, PCI_D0);
	/* The same for each of its devices, all of which are ours */
	vdev->pdev->dev.driver->pm = &vfio_pci_pm_ops;
	pm_runtime_allow(&vdev->pdev->dev);
	if (vdev->idle_d3)
		pm_runtime_put(&vdev->pdev->dev);
}

/**
 * vfio_pci_pm_unregister() - undo vfio_pci_pm_register(); the device is awake afterwards
 * @vdev: device that is not open
 */
void vfio_pci_pm_unregister(struct vfio_pci_core_device *vdev)
{
	if (vdev->idle_d3)
		pm_runtime_get_sync(&vdev->pdev->dev);
	pm_runtime_forbid(&vdev->pdev->dev);
}

/**
 * vfio_pci_pm_open() - wake a device for its first user
 * @vdev: device
 */
int vfio_pci_pm_open(struct vfio_pci_core_device *vdev)
{
	return vdev->idle_d3 ? pm_runtime_resume_and_get(&vdev->pdev->dev) : 0;
}

/**
 * vfio_pci_pm_close() - its last user has gone
 * @vdev: device
 */
void vfio_pci_pm_close(struct vfio_pci_core_device *vdev)
{
	/* Of one that did not wake */
	power_forget(vdev);
	if (vdev->idle_d3)
		pm_runtime_put(&vdev->pdev->dev);
}
