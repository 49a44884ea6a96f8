// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt indices: how many interrupts each has, and VFIO_DEVICE_SET_IRQS.
 *
 * A request is read and checked once, then given to the handler that the table has for its
 * index and action, with irqs.lock held. So handlers see only requests whose start and count
 * lie inside the index and whose data is there in kernel memory, and nothing changes the
 * state of the interrupts between their checks and what they do. irq_type says which of
 * INTx, MSI and MSI-X is on; only one can be.
 */
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "priv.h"
#include "trace.h"

typedef int (*irq_handler_fn)(struct vfio_pci_core_device *vdev,
			      const struct vfio_pci_irq_request *req);

enum irq_action {
	IRQ_MASK,
	IRQ_UNMASK,
	IRQ_TRIGGER,
	NUM_IRQ_ACTIONS,
};

/**
 * vfio_pci_irq_count() - interrupts of an index
 * @vdev: open device
 * @index: VFIO_PCI_*_IRQ_INDEX, not beyond the last
 */
unsigned int vfio_pci_irq_count(struct vfio_pci_core_device *vdev, unsigned int index)
{
	struct pci_dev *pdev = vdev->pdev;

	switch (index) {
	case VFIO_PCI_INTX_IRQ_INDEX:
		return pdev->pin && pdev->irq && pdev->irq != IRQ_NOTCONNECTED &&
		       !pdev->is_virtfn && !vdev->intx_broken;
	case VFIO_PCI_MSI_IRQ_INDEX:
		return vdev->num_msi;
	case VFIO_PCI_MSIX_IRQ_INDEX:
		return vdev->num_msix;
	case VFIO_PCI_ERR_IRQ_INDEX:
		return pci_is_pcie(pdev);
	case VFIO_PCI_REQ_IRQ_INDEX:
		return 1;
	}
	return 0;
}

static u32 irq_info_flags(struct vfio_pci_core_device *vdev, unsigned int index)
{
	if (index == VFIO_PCI_INTX_IRQ_INDEX)
		return VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	if (index == VFIO_PCI_MSIX_IRQ_INDEX && pci_msix_can_alloc_dyn(vdev->pdev))
		return VFIO_IRQ_INFO_EVENTFD;
	return VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE;
}

/**
 * vfio_pci_get_irq_info() - VFIO_DEVICE_GET_IRQ_INFO
 * @vdev: open device
 * @uarg: struct vfio_irq_info
 *
 * Return: 0; -EINVAL for an index that does not exist; -EFAULT.
 */
long vfio_pci_get_irq_info(struct vfio_pci_core_device *vdev, void __user *uarg)
{
	struct vfio_irq_info info;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), sizeof(info), uarg);
	if (ret)
		return ret;
	if (info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info.index = array_index_nospec(info.index, VFIO_PCI_NUM_IRQS);
	/* Conventional PCI has no errors to tell */
	if (info.index == VFIO_PCI_ERR_IRQ_INDEX && !pci_is_pcie(vdev->pdev))
		return -EINVAL;
	info.flags = irq_info_flags(vdev, info.index);
	info.count = vfio_pci_irq_count(vdev, info.index);
	return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* Replace the eventfd of err or req; NULL for none */
static void event_set(struct vfio_pci_irqs *irqs, struct eventfd_ctx **slot,
		      struct eventfd_ctx *ctx)
{
	lockdep_assert_held(&irqs->lock);
	spin_lock(&irqs->event_lock);
	swap(*slot, ctx);
	spin_unlock(&irqs->event_lock);
	if (ctx)
		eventfd_ctx_put(ctx);
}

static int event_set_fd(struct vfio_pci_irqs *irqs, struct eventfd_ctx **slot, int fd)
{
	struct eventfd_ctx *ctx = NULL;

	if (fd >= 0)
		ctx = eventfd_ctx_fdget(fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	event_set(irqs, slot, ctx);
	return 0;
}

/* Install or take away the eventfd of err or req, or signal it by hand */
static int event_trigger(struct vfio_pci_irqs *irqs, struct eventfd_ctx **slot,
			 const struct vfio_pci_irq_request *req)
{
	/* Nothing can be addressed to be signalled, nor taken away */
	if (req->data == VFIO_IRQ_SET_DATA_NONE ? !*slot : !req->count)
		return -EINVAL;
	if (req->data == VFIO_IRQ_SET_DATA_EVENTFD)
		return event_set_fd(irqs, slot, req->fds[0]);
	if (!req->count)
		event_set(irqs, slot, NULL);
	else if (*slot && vfio_pci_irq_selected(req, 0))
		eventfd_signal(*slot);
	return 0;
}

static int err_trigger(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_request *req)
{
	return event_trigger(&vdev->irqs, &vdev->irqs.err, req);
}

static int req_trigger(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_request *req)
{
	return event_trigger(&vdev->irqs, &vdev->irqs.req, req);
}

static const irq_handler_fn irq_handlers[VFIO_PCI_NUM_IRQS][NUM_IRQ_ACTIONS] = {
	[VFIO_PCI_INTX_IRQ_INDEX] = {
		[IRQ_MASK] = vfio_pci_intx_mask,
		[IRQ_UNMASK] = vfio_pci_intx_unmask,
		[IRQ_TRIGGER] = vfio_pci_intx_trigger,
	},
	[VFIO_PCI_MSI_IRQ_INDEX] = { [IRQ_TRIGGER] = vfio_pci_msi_trigger },
	[VFIO_PCI_MSIX_IRQ_INDEX] = { [IRQ_TRIGGER] = vfio_pci_msi_trigger },
	[VFIO_PCI_ERR_IRQ_INDEX] = { [IRQ_TRIGGER] = err_trigger },
	[VFIO_PCI_REQ_IRQ_INDEX] = { [IRQ_TRIGGER] = req_trigger },
};

/* The only one, after vfio_irq_set_size() */
static enum irq_action irq_action_of(u32 flags)
{
	if (flags & VFIO_IRQ_SET_ACTION_MASK)
		return IRQ_MASK;
	return flags & VFIO_IRQ_SET_ACTION_UNMASK ? IRQ_UNMASK : IRQ_TRIGGER;
}

/* @was: irq_type before something that may have turned it off */
static void irq_trace_disable(struct vfio_pci_core_device *vdev, unsigned int was)
{
	if (was != VFIO_PCI_NUM_IRQS && vdev->irq_type == VFIO_PCI_NUM_IRQS)
		trace_vfio_irq_disable(vdev->pdev, was);
}

static int irq_request_run(struct vfio_pci_core_device *vdev, const struct vfio_irq_set *hdr,
			   const void *data)
{
	u32 index = array_index_nospec(hdr->index, VFIO_PCI_NUM_IRQS);
	enum irq_action action = irq_action_of(hdr->flags);
	irq_handler_fn handler = irq_handlers[index][action];
	struct vfio_pci_irq_request req = {
		.index = index,
		.start = hdr->start,
		.count = hdr->count,
		.data = hdr->flags & VFIO_IRQ_SET_DATA_TYPE_MASK,
		.bools = data,
	};
	unsigned int was;
	int ret;

	if (!handler)
		return -ENOTTY;
	mutex_lock(&vdev->irqs.lock);
	was = vdev->irq_type;
	ret = handler(vdev, &req);
	if (req.data == VFIO_IRQ_SET_DATA_EVENTFD && action == IRQ_TRIGGER)
		trace_vfio_irq_enable(vdev->pdev, index, req.start, req.count, ret);
	irq_trace_disable(vdev, was);
	mutex_unlock(&vdev->irqs.lock);
	return ret;
}

/**
 * vfio_pci_set_irqs() - VFIO_DEVICE_SET_IRQS
 * @vdev: open device
 * @uarg: struct vfio_irq_set
 *
 * Return: 0; -EINVAL; -ENOTTY for an action that the index does not have; -EFAULT; -EBADF
 * for a bad file descriptor; -ENOMEM; and when more vectors are asked for than can be had,
 * how many can be.
 */
long vfio_pci_set_irqs(struct vfio_pci_core_device *vdev, void __user *uarg)
{
	const size_t minsz = offsetof(struct vfio_irq_set, data);
	struct vfio_irq_set hdr;
	u8 small[64] __aligned(sizeof(s32));
	void *data = small;
	size_t size;
	int ret;

	ret = vfio_args_get(&hdr, sizeof(hdr), minsz, uarg);
	if (ret)
		return ret;
	if (hdr.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	ret = vfio_irq_set_size(&hdr, vfio_pci_irq_count(vdev, hdr.index), &size);
	if (ret)
		return ret;

	if (size > sizeof(small)) {
		data = memdup_user(uarg + minsz, size);
		if (IS_ERR(data))
			return PTR_ERR(data);
	} else if (copy_from_user(small, uarg + minsz, size)) {
		return -EFAULT;
	}
	ret = irq_request_run(vdev, &hdr, data);
	if (data != small)
		kfree(data);
	return ret;
}

static bool event_signal(struct vfio_pci_irqs *irqs, struct eventfd_ctx **slot)
{
	bool there;

	spin_lock(&irqs->event_lock);
	there = *slot;
	if (there)
		eventfd_signal(*slot);
	spin_unlock(&irqs->event_lock);
	return there;
}

/**
 * vfio_pci_signal_err() - tell user space of an error of the device
 * @vdev: device
 *
 * Return: false when it does not listen.
 */
bool vfio_pci_signal_err(struct vfio_pci_core_device *vdev)
{
	return event_signal(&vdev->irqs, &vdev->irqs.err);
}

/**
 * vfio_pci_signal_req() - ask user space to give the device up
 * @vdev: device
 *
 * Return: false when it does not listen.
 */
bool vfio_pci_signal_req(struct vfio_pci_core_device *vdev)
{
	return event_signal(&vdev->irqs, &vdev->irqs.req);
}

/**
 * vfio_pci_irqs_init() - no interrupt is on
 * @vdev: new device
 */
void vfio_pci_irqs_init(struct vfio_pci_core_device *vdev)
{
	mutex_init(&vdev->irqs.lock);
	spin_lock_init(&vdev->irqs.event_lock);
	vdev->irq_type = VFIO_PCI_NUM_IRQS;
}

/**
 * vfio_pci_irqs_release() - free all interrupts of a device that is being closed
 * @vdev: device
 */
void vfio_pci_irqs_release(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irqs *irqs = &vdev->irqs;
	unsigned int was;

	mutex_lock(&irqs->lock);
	was = vdev->irq_type;
	if (vdev->irq_type == VFIO_PCI_INTX_IRQ_INDEX)
		vfio_pci_intx_disable(vdev);
	vfio_pci_msi_release(vdev);
	event_set(irqs, &irqs->err, NULL);
	event_set(irqs, &irqs->req, NULL);
	irqs->intx_disabled = false;
	irq_trace_disable(vdev, was);
	mutex_unlock(&irqs->lock);
}
