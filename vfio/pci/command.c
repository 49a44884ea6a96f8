// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Command register of an open device, and having the device to ourselves.
 *
 * Decoding (Memory, I/O) is user space's wish in the virtual copy and the host's need when it
 * touches the MSI-X table or the ROM; DisINTx follows the state of INTx, also in interrupt
 * context. All of that is one register without single-bit access, so:
 *
 * - Every read-modify-write of ours is done with command_lock held.
 * - Whoever changes decoding or the power state holds irqs.lock and memory_lock for write; so
 *   with either of them held neither changes.
 * - Where the kernel writes the register for us (resets, power states), the device is quiet:
 *   INTx is held, and its bit is set anew when that ends.
 *
 * So vfio_pci_decodes() tells what the device does, and no change of one bit undoes another.
 * Resets of the administrator, and of a device that can reset itself, are not ours: decoding is
 * then the fault of who did it, and INTx is masked again when it fires.
 */
#include "config.h"

/**
 * vfio_pci_command_change() - change bits of Command at the device
 * @vdev: device
 * @mask: bits
 * @bits: their values
 *
 * Context: command_lock held.
 * Return: what the register held before, or -EIO when the device does not answer.
 */
int vfio_pci_command_change(struct vfio_pci_core_device *vdev, u16 mask, u16 bits)
{
	u16 old;

	lockdep_assert_held(&vdev->command_lock);
	if (pci_read_config_word(vdev->pdev, PCI_COMMAND, &old) || PCI_POSSIBLE_ERROR(old))
		return -EIO;
	if ((old ^ bits) & mask &&
	    pci_write_config_word(vdev->pdev, PCI_COMMAND, (old & ~mask) | (bits & mask)))
		return -EIO;
	return old;
}

/**
 * vfio_pci_command_set() - change bits of Command at the device, when that is not in reset
 * @vdev: device
 * @mask: bits; DisINTx only while INTx is off; a VF, which has no bits for decoding, keeps its
 * @bits: their values
 *
 * Context: process, may sleep; for decoding with irqs.lock and memory_lock held for write, unless
 * nobody else has the device.
 * Return: what the register held before, or -EIO when the device does not answer.
 */
int vfio_pci_command_set(struct vfio_pci_core_device *vdev, u16 mask, u16 bits)
{
	int old;

	if (vdev->pdev->no_command_memory)
		mask &= ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	/* Waits until whoever has it in reset is done */
	pci_cfg_access_lock(vdev->pdev);
	spin_lock_irq(&vdev->command_lock);
	old = vfio_pci_command_change(vdev, mask, bits);
	spin_unlock_irq(&vdev->command_lock);
	pci_cfg_access_unlock(vdev->pdev);
	return old;
}

/**
 * vfio_pci_decodes() - does the device answer in memory or I/O space?
 * @vdev: device
 * @bit: PCI_COMMAND_MEMORY or PCI_COMMAND_IO; 0 asks for the power state only
 *
 * Context: memory_lock held; the answer is good for as long as it is.
 */
bool vfio_pci_decodes(struct vfio_pci_core_device *vdev, u16 bit)
{
	lockdep_assert_held(&vdev->memory_lock);
	/* In any other state a function answers configuration requests only (PCIe 5.3.1) */
	if (vdev->low_power.asleep || vdev->borrowed || vdev->pdev->current_state != PCI_D0)
		return false;
	return (vfio_pci_config_virt_get(vdev->config, PCI_COMMAND, 2) & bit) == bit;
}

/**
 * vfio_pci_decode_force() - make the device answer in memory space, whatever user space chose
 * @vdev: device
 *
 * The kernel writes the MSI-X table and reads the ROM also while decoding is off.
 *
 * Context: memory_lock held for write, and irqs.lock until after vfio_pci_decode_restore().
 * Return: 0; -EIO when the device sleeps or is lost, and nothing is to be restored.
 */
int vfio_pci_decode_force(struct vfio_pci_core_device *vdev)
{
	int old;

	lockdep_assert_held(&vdev->irqs.lock);
	lockdep_assert_held_write(&vdev->memory_lock);
	if (vdev->pdev->current_state != PCI_D0)
		return -EIO;
	if (vdev->pdev->no_command_memory)
		return 0;
	old = vfio_pci_command_set(vdev, PCI_COMMAND_MEMORY, PCI_COMMAND_MEMORY);
	if (old < 0)
		return old;
	vdev->decode_forced = !(old & PCI_COMMAND_MEMORY);
	return 0;
}

/**
 * vfio_pci_decode_restore() - undo vfio_pci_decode_force(); harmless if that failed
 * @vdev: device
 *
 * Context: irqs.lock, and memory_lock held for write.
 */
void vfio_pci_decode_restore(struct vfio_pci_core_device *vdev)
{
	lockdep_assert_held(&vdev->irqs.lock);
	lockdep_assert_held_write(&vdev->memory_lock);
	if (vdev->decode_forced)
		vfio_pci_command_set(vdev, PCI_COMMAND_MEMORY, 0);
	vdev->decode_forced = false;
}

/**
 * vfio_pci_quiesce() - keep user space and interrupts off a device that is to change its state
 * @vdev: device
 *
 * BARs are taken out of user memory, and INTx cannot fire.
 *
 * Context: to be followed by vfio_pci_resume(); irqs.lock and memory_lock are held meanwhile.
 */
void vfio_pci_quiesce(struct vfio_pci_core_device *vdev)
{
	mutex_lock(&vdev->irqs.lock);
	vfio_pci_intx_hold(vdev);
	down_write(&vdev->memory_lock);
	vfio_pci_zap_bars(vdev);
}

/**
 * vfio_pci_resume() - undo vfio_pci_quiesce()
 * @vdev: device, which may have lost its configuration in between and got it back
 */
void vfio_pci_resume(struct vfio_pci_core_device *vdev)
{
	vfio_pci_msix_settle(vdev);
	up_write(&vdev->memory_lock);
	/* One that is about to sleep keeps INTx masked until it has woken */
	if (!vdev->low_power.asleep)
		vfio_pci_intx_resume(vdev);
	mutex_unlock(&vdev->irqs.lock);
}
