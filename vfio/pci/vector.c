// SPDX-License-Identifier: GPL-2.0-only
/*
 * One vector of MSI or MSI-X: its interrupt, its eventfd, its offer to irqbypass.
 *
 * Most of what a vector costs is spent in the kernel's interrupt core when it is allocated,
 * requested, freed and given back. So a vector of MSI-X that loses its eventfd keeps all of
 * that and is masked at the device instead, where that is certain to work: each has a mask bit
 * of its own. It is done only where interrupts are isolated, which implies that they are
 * remapped: the message is then constant, so that we can write it again without a lock against
 * the kernel, which moves interrupts between CPUs.
 *
 * A message that comes while a vector is masked is kept, by the device or by the interrupt core,
 * and is signalled when it is on again, to the eventfd that it has then.
 *
 * Context of all functions: irqs.lock held, and memory_lock not; for those that touch the
 * interrupt memory decode is on.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/msi.h>

#include "vector.h"

static irqreturn_t vector_interrupt(int irq, void *data)
{
	struct vfio_pci_vector *vec = data;

	eventfd_signal(READ_ONCE(vec->trigger));
	return IRQ_HANDLED;
}

static int vector_alloc(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec,
			unsigned int index)
{
	struct msi_map map;

	if (vec->virq)
		return 0;
	map = pci_msix_alloc_irq_at(vdev->pdev, index, NULL);
	if (map.index < 0)
		return map.index;
	vec->virq = map.virq;
	return 0;
}

static int vector_request(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec,
			  unsigned int index)
{
	int ret = vector_alloc(vdev, vec, index);

	if (ret)
		return ret;
	snprintf(vec->name, sizeof(vec->name), "vfio-msi%s[%u](%s)",
		 vdev->irq_type == VFIO_PCI_MSIX_IRQ_INDEX ? "x" : "", index,
		 pci_name(vdev->pdev));
	/* To be masked at once, and not when the next one comes */
	irq_set_status_flags(vec->virq, IRQ_DISABLE_UNLAZY);
	ret = request_irq(vec->virq, vector_interrupt, 0, vec->name, vec);
	if (ret)
		irq_clear_status_flags(vec->virq, IRQ_DISABLE_UNLAZY);
	vec->requested = !ret;
	return ret;
}

/* Devices that were reset behind our back have lost their table */
static void vector_write_message(struct vfio_pci_vector *vec)
{
	struct msi_msg msg;

	get_cached_msi_msg(vec->virq, &msg);
	pci_write_msi_msg(vec->virq, &msg);
}

/**
 * vfio_pci_vector_start() - turn a vector on that is off
 * @vdev: device
 * @index: which; its eventfd is in @next
 *
 * Return: 0; -errno, and it is off.
 */
int vfio_pci_vector_start(struct vfio_pci_core_device *vdev, unsigned int index)
{
	struct vfio_pci_vector *vec = &vdev->irqs.vectors[index];
	int ret = 0;

	vec->trigger = vec->next;
	if (vec->requested) {
		vector_write_message(vec);
		enable_irq(vec->virq);
	} else {
		ret = vector_request(vdev, vec, index);
	}
	if (ret)
		vec->trigger = NULL;
	else
		vec->fresh = true;
	return ret;
}

/**
 * vfio_pci_vector_stop() - turn a vector off
 * @vdev: device
 * @vec: vector that is on and not offered; its eventfd is the caller's to put
 *
 * Nothing signals the eventfd afterwards.
 */
void vfio_pci_vector_stop(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec)
{
	WARN_ON_ONCE(vec->producer.token);
	if (vdev->irqs.keep_vectors)
		disable_irq(vec->virq);
	else
		vfio_pci_vector_free(vec);
	vec->trigger = NULL;
}

/**
 * vfio_pci_vector_free() - give the interrupt of a vector back, on or off
 * @vec: vector that is not offered
 */
void vfio_pci_vector_free(struct vfio_pci_vector *vec)
{
	if (!vec->requested)
		return;
	free_irq(vec->virq, vec);
	irq_clear_status_flags(vec->virq, IRQ_DISABLE_UNLAZY);
	vec->requested = false;
}

/**
 * vfio_pci_vector_replace() - give a vector that is on the eventfd in @next
 * @vdev: device
 * @vec: vector that is not offered
 *
 * Nothing signals the old one afterwards.
 */
void vfio_pci_vector_replace(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec)
{
	struct eventfd_ctx *old = vec->trigger;

	WARN_ON_ONCE(vec->producer.token);
	WRITE_ONCE(vec->trigger, vec->next);
	synchronize_irq(vec->virq);
	eventfd_ctx_put(old);
	/* Elsewhere user space has to take the eventfd away first, to have the message written */
	if (vdev->irqs.keep_vectors)
		vector_write_message(vec);
}

static int vector_meets(struct irq_bypass_producer *producer,
			struct irq_bypass_consumer *consumer)
{
	WRITE_ONCE(container_of(producer, struct vfio_pci_vector, producer)->connected, true);
	return 0;
}

static void vector_parts(struct irq_bypass_producer *producer,
			 struct irq_bypass_consumer *consumer)
{
	WRITE_ONCE(container_of(producer, struct vfio_pci_vector, producer)->connected, false);
}

/**
 * vfio_pci_vector_offer() - from here on the interrupt may reach a guest without us
 * @vdev: device
 * @vec: vector
 */
void vfio_pci_vector_offer(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec)
{
	int ret;

	if (!vec->trigger || vec->producer.token)
		return;
	vec->producer.token = vec->trigger;
	vec->producer.irq = vec->virq;
	vec->producer.add_consumer = vector_meets;
	vec->producer.del_consumer = vector_parts;
	ret = irq_bypass_register_producer(&vec->producer);
	if (!ret)
		return;
	vec->producer.token = NULL;
	/* Two vectors may well have one eventfd */
	if (ret != -EBUSY)
		pci_info_ratelimited(vdev->pdev, "%s goes by its eventfd: bypass refused (%d)\n",
				     vec->name, ret);
}

/**
 * vfio_pci_vector_withdraw() - undo vfio_pci_vector_offer(); the interrupt comes to us again
 * @vec: vector
 *
 * Context: the other side may wait for user memory.
 */
void vfio_pci_vector_withdraw(struct vfio_pci_vector *vec)
{
	if (vec->producer.token)
		irq_bypass_unregister_producer(&vec->producer);
	vec->producer.token = NULL;
}

/**
 * vfio_pci_vector_state() - look at a vector
 * @vec: vector
 * @state: filled in
 *
 * Return: whether it is on.
 */
bool vfio_pci_vector_state(const struct vfio_pci_vector *vec, struct vfio_pci_irq_state *state)
{
	if (!vec->trigger)
		return false;
	*state = (struct vfio_pci_irq_state){ .virq = vec->virq };
	if (!vec->producer.token)
		state->bypass = VFIO_PCI_BYPASS_REFUSED;
	else if (READ_ONCE(vec->connected))
		state->bypass = VFIO_PCI_BYPASS_CONNECTED;
	else
		state->bypass = VFIO_PCI_BYPASS_OFFERED;
	return true;
}
