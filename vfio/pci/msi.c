// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI and MSI-X: a vector each with an eventfd.
 *
 * A vector has an eventfd exactly while its interrupt is requested. Vectors that are enabled
 * together are allocated in one go; where the kernel can allocate MSI-X vectors one by one,
 * later requests add those that are missing, and none that is in use notices. What was
 * allocated stays so until the index is disabled.
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
 * memory decode forced on, and not while the device sleeps. Context of all functions: irqs.lock
 * held; of those that take part in turning the index on or off, memory_lock for write.
 */
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irqbypass.h>
#include <linux/msi.h>
#include <linux/slab.h>

#include "priv.h"

/**
 * struct vfio_pci_vector - one vector
 * @trigger: eventfd; set exactly while @virq is requested
 * @next: eventfd of the request in progress
 * @fresh: started by the request in progress
 * @virq: Linux interrupt, 0 while none is allocated
 * @producer: as irqbypass knows it; its token is set exactly while it is offered
 * @name: for /proc/interrupts
 */
struct vfio_pci_vector {
	struct eventfd_ctx *trigger;
	struct eventfd_ctx *next;
	bool fresh;
	int virq;
	struct irq_bypass_producer producer;
	char name[40];
};

static irqreturn_t vector_interrupt(int irq, void *data)
{
	struct vfio_pci_vector *vec = data;

	eventfd_signal(READ_ONCE(vec->trigger));
	return IRQ_HANDLED;
}

static int vector_alloc(struct vfio_pci_core_device *vdev, unsigned int index)
{
	struct vfio_pci_vector *vec = &vdev->irqs.vectors[index];
	struct msi_map map;

	if (vec->virq)
		return 0;
	map = pci_msix_alloc_irq_at(vdev->pdev, index, NULL);
	if (map.index < 0)
		return map.index;
	vec->virq = map.virq;
	return 0;
}

/* Start a vector with the eventfd in @next */
static int vector_start(struct vfio_pci_core_device *vdev, unsigned int index)
{
	struct vfio_pci_vector *vec = &vdev->irqs.vectors[index];
	int ret;

	ret = vector_alloc(vdev, index);
	if (ret)
		return ret;
	snprintf(vec->name, sizeof(vec->name), "vfio-msi%s[%u](%s)",
		 vdev->irq_type == VFIO_PCI_MSIX_IRQ_INDEX ? "x" : "", index,
		 pci_name(vdev->pdev));
	vec->trigger = vec->next;
	ret = request_irq(vec->virq, vector_interrupt, 0, vec->name, vec);
	if (ret)
		vec->trigger = NULL;
	else
		vec->fresh = true;
	return ret;
}

/* From here on the interrupt may reach a guest without us */
static void vector_offer(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec)
{
	int ret;

	if (!vec->trigger || vec->producer.token)
		return;
	vec->producer.token = vec->trigger;
	vec->producer.irq = vec->virq;
	ret = irq_bypass_register_producer(&vec->producer);
	if (!ret)
		return;
	vec->producer.token = NULL;
	/* Two vectors may well have one eventfd */
	if (ret != -EBUSY)
		pci_info_ratelimited(vdev->pdev, "%s goes by its eventfd: bypass refused (%d)\n",
				     vec->name, ret);
}

static void vectors_offer(struct vfio_pci_core_device *vdev, unsigned int start,
			  unsigned int count)
{
	for (; count && start < vdev->irqs.num_vectors; count--, start++)
		vector_offer(vdev, &vdev->irqs.vectors[start]);
}

/*
 * Nothing of these is with a guest any more when this returns, which it has to be before any of
 * them stops or changes its eventfd. The other side may wait for user memory, so not below
 * memory_lock.
 */
static void vectors_withdraw(struct vfio_pci_core_device *vdev, unsigned int start,
			     unsigned int count)
{
	for (; count && start < vdev->irqs.num_vectors; count--, start++) {
		struct irq_bypass_producer *producer = &vdev->irqs.vectors[start].producer;

		if (producer->token)
			irq_bypass_unregister_producer(producer);
		producer->token = NULL;
	}
}

static void vector_stop(struct vfio_pci_vector *vec)
{
	WARN_ON_ONCE(vec->producer.token);
	if (!vec->trigger)
		return;
	free_irq(vec->virq, vec);
	eventfd_ctx_put(vec->trigger);
	vec->trigger = NULL;
}

/* Replace the eventfd of a vector that runs; nothing signals the old one afterwards */
static void vector_replace(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec)
{
	struct eventfd_ctx *old = vec->trigger;
	struct msi_msg msg;

	WARN_ON_ONCE(vec->producer.token);
	WRITE_ONCE(vec->trigger, vec->next);
	synchronize_irq(vec->virq);
	eventfd_ctx_put(old);
	if (vdev->irq_type != VFIO_PCI_MSIX_IRQ_INDEX)
		return;
	/*
	 * Devices that were reset behind our back have lost their table. The kernel moves an
	 * interrupt to another CPU without a lock that we could take; where interrupts are
	 * remapped, that does not change the message. Elsewhere user space has to take the
	 * eventfd away first: starting a vector writes its message, too.
	 */
	if (!msi_device_has_isolated_msi(&vdev->pdev->dev))
		return;
	get_cached_msi_msg(vec->virq, &msg);
	pci_write_msi_msg(vec->virq, &msg);
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
static void vectors_abort(struct vfio_pci_vector *vec, unsigned int count)
{
	for (; count; count--, vec++) {
		if (vec->fresh) {
			free_irq(vec->virq, vec);
			vec->trigger = NULL;
			vec->fresh = false;
		}
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
			vector_stop(vec);
		else if (!vec->fresh)
			vector_replace(vdev, vec);
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
			ret = vector_start(vdev, req->start + i);
	if (ret)
		vectors_abort(first, req->count);
	else
		vectors_commit(vdev, first, req->count);
	return ret;
}

/* Give back all vectors. The kernel turns INTx on with it, and nobody handles that. */
static void msi_free(struct vfio_pci_core_device *vdev)
{
	pci_free_irq_vectors(vdev->pdev);
	if (vdev->intx_maskable || vdev->intx_broken)
		vfio_pci_command_set(vdev, PCI_COMMAND_INTX_DISABLE, PCI_COMMAND_INTX_DISABLE);
}

/* Allocate vectors 0 to @count - 1; positive when there are not that many, but some */
static int msi_enable(struct vfio_pci_core_device *vdev, unsigned int index, unsigned int count)
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
	vdev->irq_type = index;
	return 0;
}

/* Memory decode is forced on */
static void msi_teardown(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irqs *irqs = &vdev->irqs;
	unsigned int i;

	for (i = 0; i < irqs->num_vectors; i++)
		vector_stop(&irqs->vectors[i]);
	msi_free(vdev);
	kvfree(irqs->vectors);
	irqs->vectors = NULL;
	irqs->num_vectors = 0;
	vdev->irq_type = VFIO_PCI_NUM_IRQS;
}

/**
 * vfio_pci_msi_disable() - turn MSI or MSI-X off
 * @vdev: device with one of them on
 *
 * Works in every power state: user space that resets a device does this first. One that
 * sleeps is woken for it, since the table is in its memory.
 */
void vfio_pci_msi_disable(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	pci_power_t state;

	lockdep_assert_held(&vdev->irqs.lock);
	vectors_withdraw(vdev, 0, vdev->irqs.num_vectors);
	down_write(&vdev->memory_lock);
	state = pdev->current_state;
	/* A device that does not wake or answer is lost, and takes no harm */
	pci_set_power_state(pdev, PCI_D0);
	vfio_pci_decode_force(vdev);
	msi_teardown(vdev);
	vfio_pci_decode_restore(vdev);
	if (state <= PCI_D3hot)
		pci_set_power_state(pdev, state);
	up_write(&vdev->memory_lock);
}

static int msi_set_eventfds(struct vfio_pci_core_device *vdev,
			    const struct vfio_pci_irq_request *req)
{
	bool was_off = vdev->irq_type == VFIO_PCI_NUM_IRQS;
	int ret;

	vectors_withdraw(vdev, req->start, req->count);
	down_write(&vdev->memory_lock);
	ret = vfio_pci_decode_force(vdev);
	if (!ret && was_off)
		ret = msi_enable(vdev, req->index, req->start + req->count);
	if (!ret) {
		ret = vectors_set(vdev, req);
		if (ret && was_off)
			msi_teardown(vdev);
	}
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
	vfio_pci_msi_disable(vdev);
	return 0;
}
