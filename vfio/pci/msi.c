// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI and MSI-X: a vector each with an eventfd.
 *
 * A vector has an eventfd exactly while it is on (vector.c). Vectors that are enabled together
 * are allocated in one go; where the kernel can allocate MSI-X vectors one by one, later
 * requests add those that are missing, and none that is in use notices.
 *
 * When MSI-X is turned off where single vectors can be kept, all of them are: the index is then
 * parked. The device has MSI-X off, and the kernel believes it on, so whoever writes its
 * configuration back is followed by vfio_pci_msix_settle(). It ends when the index is
 * turned on again, another kind is, or the device is closed.
 *
 * A request that changes several vectors does so in three passes: take hold of all eventfds,
 * start all vectors that had none, then replace and stop the others, which cannot fail. A
 * failure in the first two leaves every vector as it was.
 *
 * A vector with an eventfd is offered to irqbypass, with the eventfd as token, so that hardware can
 * deliver it to a guest whose KVM listens to that eventfd. Where nobody does, or the connection
 * fails, the eventfd is signalled as ever.
 *
 * The kernel keeps the MSI-X table in the device's memory, so all of this happens with
 * memory decode forced on, and not while the device sleeps. irqs.lock sees to that, which all
 * functions are called with; and not memory_lock, which is not held while vectors are allocated
 * and freed: the kernel waits then for who reads of them in /proc/irq, which can be our user,
 * into a BAR that it has mapped.
 */
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/msi.h>
#include <linux/slab.h>

#include "vector.h"

static void vectors_offer(struct vfio_pci_core_device *vdev, unsigned int start,
			  unsigned int count)
{
	for (; count && start < vdev->irqs.num_vectors; count--, start++)
		vfio_pci_vector_offer(vdev, &vdev->irqs.vectors[start]);
}

/*
 * Nothing of these is with a guest any more when this returns, which it has to be before any of
 * them stops or changes its eventfd
 */
static void vectors_withdraw(struct vfio_pci_core_device *vdev, unsigned int start,
			     unsigned int count)
{
	for (; count && start < vdev->irqs.num_vectors; count--, start++)
		vfio_pci_vector_withdraw(&vdev->irqs.vectors[start]);
}

static void vector_off(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec)
{
	struct eventfd_ctx *old = vec->trigger;

	if (!old)
		return;
	vfio_pci_vector_stop(vdev, vec);
	eventfd_ctx_put(old);
}

/* First pass */
static int vectors_take(struct vfio_pci_vector *vec, const struct vfio_pci_irq_request *req)
{
	unsigned int i;

	for (i = 0; i < req->count; i++, vec++) {
		struct eventfd_ctx *ctx;

		if (req->fds[i] < 0)
			continue;
		ctx = eventfd_ctx_fdget(req->fds[i]);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
		vec->next = ctx;
	}
	return 0;
}

/* Undo the first two passes */
static void vectors_abort(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec,
			  unsigned int count)
{
	for (; count; count--, vec++) {
		if (vec->fresh)
			vfio_pci_vector_stop(vdev, vec);
		vec->fresh = false;
		if (vec->next)
			eventfd_ctx_put(vec->next);
		vec->next = NULL;
	}
}

/* Third pass */
static void vectors_commit(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec,
			   unsigned int count)
{
	for (; count; count--, vec++) {
		if (!vec->next)
			vector_off(vdev, vec);
		else if (!vec->fresh)
			vfio_pci_vector_replace(vdev, vec);
		vec->next = NULL;
		vec->fresh = false;
	}
}

static int vectors_set(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_request *req)
{
	struct vfio_pci_vector *first = vdev->irqs.vectors + req->start;
	unsigned int i;
	int ret;

	lockdep_assert_held(&vdev->irqs.lock);
	if (req->start > vdev->irqs.num_vectors ||
	    req->count > vdev->irqs.num_vectors - req->start)
		return -EINVAL;
	ret = vectors_take(first, req);
	for (i = 0; i < req->count && !ret; i++)
		if (first[i].next && !first[i].trigger)
			ret = vfio_pci_vector_start(vdev, req->start + i);
	if (ret)
		vectors_abort(vdev, first, req->count);
	else
		vectors_commit(vdev, first, req->count);
	return ret;
}

/* The kernel turns INTx on with MSI(-X) off, and nobody handles that */
static void msi_mask_intx(struct vfio_pci_core_device *vdev)
{
	if (vdev->intx_maskable || vdev->intx_broken)
		vfio_pci_command_set(vdev, PCI_COMMAND_INTX_DISABLE, PCI_COMMAND_INTX_DISABLE);
}

/* Give back what was allocated for an index that is off; memory decode is forced on */
static void msi_free(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irqs *irqs = &vdev->irqs;
	unsigned int i;

	for (i = 0; i < irqs->num_vectors; i++)
		vfio_pci_vector_free(&irqs->vectors[i]);
	irqs->num_vectors = 0;
	kvfree(irqs->vectors);
	irqs->vectors = NULL;
	pci_free_irq_vectors(vdev->pdev);
	msi_mask_intx(vdev);
}

/* At the device alone; command_lock held */
static void msix_write_enable(struct pci_dev *pdev, bool on)
{
	u16 flags;

	if (pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, &flags) ||
	    PCI_POSSIBLE_ERROR(flags) || !(flags & PCI_MSIX_FLAGS_ENABLE) == !on)
		return;
	pci_write_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS,
			      flags ^ PCI_MSIX_FLAGS_ENABLE);
}

/* MSI-X off at the device and parked, or on again */
static void msix_park(struct vfio_pci_core_device *vdev, bool park)
{
	pci_cfg_access_lock(vdev->pdev);
	spin_lock_irq(&vdev->command_lock);
	vdev->irqs.parked = park;
	msix_write_enable(vdev->pdev, !park);
	spin_unlock_irq(&vdev->command_lock);
	pci_cfg_access_unlock(vdev->pdev);
	if (park)
		msi_mask_intx(vdev);
}

/**
 * vfio_pci_msix_settle() - the kernel has written a device's configuration back
 * @vdev: open device
 *
 * Context: any but interrupt; nobody else writes its configuration meanwhile.
 */
void vfio_pci_msix_settle(struct vfio_pci_core_device *vdev)
{
	spin_lock_irq(&vdev->command_lock);
	if (vdev->irqs.parked)
		msix_write_enable(vdev->pdev, false);
	spin_unlock_irq(&vdev->command_lock);
}

/* End parking with nothing kept; memory decode is forced on */
static void msix_drop(struct vfio_pci_core_device *vdev)
{
	if (!vdev->irqs.parked)
		return;
	spin_lock_irq(&vdev->command_lock);
	vdev->irqs.parked = false;
	spin_unlock_irq(&vdev->command_lock);
	msi_free(vdev);
}

/* Are vectors parked for a request of the first @count, and all of these allocated? */
static bool msix_parked_for(const struct vfio_pci_core_device *vdev, unsigned int index,
			    unsigned int count)
{
	const struct vfio_pci_irqs *irqs = &vdev->irqs;
	unsigned int i;

	if (!irqs->parked || index != VFIO_PCI_MSIX_IRQ_INDEX || count > irqs->num_vectors)
		return false;
	/* Where none can be added, the number is what was asked for */
	if (!pci_msix_can_alloc_dyn(vdev->pdev) && count != irqs->num_vectors)
		return false;
	for (i = 0; i < count; i++)
		if (!irqs->vectors[i].virq)
			return false;
	return true;
}

/* Allocate vectors 0 to @count - 1; positive when there are not that many, but some */
static int msi_alloc(struct vfio_pci_core_device *vdev, unsigned int index, unsigned int count)
{
	bool msix = index == VFIO_PCI_MSIX_IRQ_INDEX;
	struct vfio_pci_irqs *irqs = &vdev->irqs;
	struct pci_dev *pdev = vdev->pdev;
	unsigned int total = count, i;
	int got;

	if (msix && pci_msix_can_alloc_dyn(pdev))
		total = vdev->num_msix;
	irqs->vectors = kvcalloc(total, sizeof(*irqs->vectors), GFP_KERNEL_ACCOUNT);
	if (!irqs->vectors)
		return -ENOMEM;
	got = pci_alloc_irq_vectors(pdev, 1, count, msix ? PCI_IRQ_MSIX : PCI_IRQ_MSI);
	if (got < (int)count) {
		if (got > 0)
			msi_free(vdev);
		kvfree(irqs->vectors);
		irqs->vectors = NULL;
		return got;
	}
	for (i = 0; i < count; i++)
		irqs->vectors[i].virq = pci_irq_vector(pdev, i);
	irqs->num_vectors = total;
	irqs->keep_vectors = msix && msi_device_has_isolated_msi(&pdev->dev);
	return 0;
}

static int msi_enable(struct vfio_pci_core_device *vdev, unsigned int index, unsigned int count)
{
	int ret = 0;

	if (msix_parked_for(vdev, index, count)) {
		msix_park(vdev, false);
	} else {
		msix_drop(vdev);
		ret = msi_alloc(vdev, index, count);
	}
	if (!ret)
		vdev->irq_type = index;
	return ret;
}

/* Turn the index off, and keep its vectors if they can be; memory decode is forced on */
static void msi_off(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irqs *irqs = &vdev->irqs;
	unsigned int i;

	for (i = 0; i < irqs->num_vectors; i++)
		vector_off(vdev, &irqs->vectors[i]);
	if (irqs->keep_vectors)
		msix_park(vdev, true);
	else
		msi_free(vdev);
	vdev->irq_type = VFIO_PCI_NUM_IRQS;
}

/*
 * Works in every power state: user space that resets a device turns its interrupts off first. One
 * that sleeps is woken for it, since the table is in its memory; it can lose its configuration
 * by that, and what user space has written to Command since it fell asleep is in no copy.
 */
static void msi_awake(struct vfio_pci_core_device *vdev,
		      void (*run)(struct vfio_pci_core_device *vdev))
{
	struct pci_dev *pdev = vdev->pdev;
	pci_power_t state;
	u16 command = 0;

	down_write(&vdev->memory_lock);
	state = pdev->current_state;
	if (state != PCI_D0)
		pci_user_read_config_word(pdev, PCI_COMMAND, &command);
	/* A device that does not wake or answer is lost, and takes no harm */
	pci_set_power_state(pdev, PCI_D0);
	vdev->borrowed = state != PCI_D0;
	vfio_pci_decode_force(vdev);
	up_write(&vdev->memory_lock);

	run(vdev);

	down_write(&vdev->memory_lock);
	vfio_pci_decode_restore(vdev);
	if (vdev->borrowed) {
		if (!PCI_POSSIBLE_ERROR(command))
			vfio_pci_command_set(vdev, (u16)~PCI_COMMAND_INTX_DISABLE, command);
		/* In D3cold is one that did not answer; what it had is still to be written back */
		pci_set_power_state(pdev, min(state, PCI_D3hot));
	}
	vdev->borrowed = false;
	up_write(&vdev->memory_lock);
}

static void msi_disable(struct vfio_pci_core_device *vdev)
{
	vectors_withdraw(vdev, 0, vdev->irqs.num_vectors);
	msi_awake(vdev, msi_off);
}

/**
 * vfio_pci_msi_release() - turn MSI and MSI-X off, if one is on, and keep nothing of them
 * @vdev: device
 */
void vfio_pci_msi_release(struct vfio_pci_core_device *vdev)
{
	lockdep_assert_held(&vdev->irqs.lock);
	if (vdev->irqs.parked) {
		msi_awake(vdev, msix_drop);
	} else if (vdev->irqs.vectors) {
		vdev->irqs.keep_vectors = false;
		msi_disable(vdev);
	}
}

static int msi_set_eventfds(struct vfio_pci_core_device *vdev,
			    const struct vfio_pci_irq_request *req)
{
	bool was_off = vdev->irq_type == VFIO_PCI_NUM_IRQS;
	int ret;

	vectors_withdraw(vdev, req->start, req->count);
	down_write(&vdev->memory_lock);
	ret = vfio_pci_decode_force(vdev);
	up_write(&vdev->memory_lock);
	if (!ret && was_off)
		ret = msi_enable(vdev, req->index, req->start + req->count);
	if (!ret) {
		ret = vectors_set(vdev, req);
		if (ret && was_off) {
			vdev->irqs.keep_vectors = false;
			msi_off(vdev);
		}
	}
	down_write(&vdev->memory_lock);
	vfio_pci_decode_restore(vdev);
	up_write(&vdev->memory_lock);
	/* After a failure those that were there before */
	vectors_offer(vdev, req->start, req->count);
	return ret;
}

static int msi_signal(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_request *req)
{
	struct vfio_pci_irqs *irqs = &vdev->irqs;
	unsigned int i;

	if (req->start > irqs->num_vectors || req->count > irqs->num_vectors - req->start)
		return -EINVAL;
	for (i = 0; i < req->count; i++) {
		struct eventfd_ctx *trigger = irqs->vectors[req->start + i].trigger;

		if (trigger && vfio_pci_irq_selected(req, i))
			eventfd_signal(trigger);
	}
	return 0;
}

/**
 * vfio_pci_msi_trigger() - turn MSI or MSI-X on and off, set eventfds, or signal by hand
 * @vdev: device, with irqs.lock held
 * @req: after its checks; without data and count it turns the kind off
 *
 * Return: 0; -EINVAL while another kind is on, or for vectors that are not; -errno.
 */
int vfio_pci_msi_trigger(struct vfio_pci_core_device *vdev,
			 const struct vfio_pci_irq_request *req)
{
	unsigned int mode = vdev->irq_type;

	lockdep_assert_held(&vdev->irqs.lock);
	if (mode != req->index && mode != VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	/* While the index is off, eventfds alone can turn it on */
	if (mode != req->index && (req->data != VFIO_IRQ_SET_DATA_EVENTFD || !req->count))
		return -EINVAL;
	if (req->data == VFIO_IRQ_SET_DATA_EVENTFD)
		return msi_set_eventfds(vdev, req);
	if (req->data == VFIO_IRQ_SET_DATA_BOOL || req->count)
		return msi_signal(vdev, req);
	msi_disable(vdev);
	return 0;
}
