// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts towards user space: INTx, and the request to give the device up.
 *
 * INTx is a level. mtty_intx_update() works it out from the state of the UARTs and of configuration
 * space, and runs after every change of either and of what user space wants to hear. The eventfd
 * is signalled when the level is up and INTx is not masked, which masks it (VFIO calls that
 * automasked); so one signal stands for one rise, or for an unmask while the level is still up,
 * and no state of the level has to be kept.
 */
#include <linux/err.h>
#include <linux/pci_regs.h>
#include <linux/uaccess.h>

#include "priv.h"

/**
 * struct irq_request - VFIO_DEVICE_SET_IRQS after its checks, for an index with one interrupt
 * @count: 0 or 1 interrupts are addressed
 * @by_fd: @fd is given
 * @fd: eventfd, or -1 for none
 * @selected: the interrupt is addressed, and not by a flag of value 0
 * @off: neither interrupts nor data: with the action TRIGGER, the index is turned off
 */
struct irq_request {
	u32 count;
	bool by_fd;
	s32 fd;
	bool selected;
	bool off;
};

static u32 count_of(u32 index)
{
	return index == VFIO_PCI_INTX_IRQ_INDEX || index == VFIO_PCI_REQ_IRQ_INDEX;
}

/**
 * mtty_intx_update() - let INTx follow the state of the device
 * @mtty: device
 */
void mtty_intx_update(struct mtty *mtty)
{
	bool level = false;

	lockdep_assert_held(&mtty->lock);
	for (unsigned int i = 0; i < MTTY_PORTS; i++)
		level |= mtty_uart_interrupts(&mtty->port[i]);
	mtty_config_set_interrupt(&mtty->config, level);
	if (!level || mtty_config_command(&mtty->config) & PCI_COMMAND_INTX_DISABLE)
		return;
	if (!mtty->trigger || mtty->intx_masked)
		return;
	mtty->intx_masked = true;
	eventfd_signal(mtty->trigger);
}

static void intx_set_masked(struct mtty *mtty, bool masked)
{
	mutex_lock(&mtty->lock);
	mtty->intx_masked = masked;
	mtty_intx_update(mtty);
	mutex_unlock(&mtty->lock);
}

static void intx_unmask_work(void *opaque, void *data)
{
	intx_set_masked(opaque, false);
}

/* Put an eventfd into @slot, or none; INTx's hears at once of a level that is up */
static void exchange(struct mtty *mtty, struct eventfd_ctx **slot, struct eventfd_ctx *ctx)
{
	mutex_lock(&mtty->lock);
	swap(*slot, ctx);
	mtty_intx_update(mtty);
	mutex_unlock(&mtty->lock);
	if (ctx)
		eventfd_ctx_put(ctx);
}

/* -1 is none; what is no eventfd leaves the slot as it is */
static int exchange_fd(struct mtty *mtty, struct eventfd_ctx **slot, s32 fd)
{
	struct eventfd_ctx *ctx = fd < 0 ? NULL : eventfd_ctx_fdget(fd);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	exchange(mtty, slot, ctx);
	return 0;
}

static void signal_slot(struct mtty *mtty, struct eventfd_ctx **slot)
{
	mutex_lock(&mtty->lock);
	if (*slot)
		eventfd_signal(*slot);
	mutex_unlock(&mtty->lock);
}

static void intx_disable(struct mtty *mtty)
{
	lockdep_assert_held(&mtty->irq_setup);
	vfio_virqfd_disable(&mtty->unmask);
	exchange(mtty, &mtty->trigger, NULL);
	intx_set_masked(mtty, false);
	mtty->intx_on = false;
}

static int intx_mask(struct mtty *mtty, const struct irq_request *req)
{
	if (req->by_fd)
		return -ENOTTY;
	if (req->selected)
		intx_set_masked(mtty, true);
	return 0;
}

static int intx_unmask(struct mtty *mtty, const struct irq_request *req)
{
	if (req->by_fd && req->fd >= 0)
		return vfio_virqfd_enable(mtty, NULL, intx_unmask_work, NULL, &mtty->unmask,
					  req->fd);
	if (req->by_fd)
		vfio_virqfd_disable(&mtty->unmask);
	else if (req->selected)
		intx_set_masked(mtty, false);
	return 0;
}

/* Nothing but an eventfd turns INTx on; it has to be on for everything else */
static int set_intx(struct mtty *mtty, u32 action, const struct irq_request *req)
{
	bool trigger = action == VFIO_IRQ_SET_ACTION_TRIGGER;
	int ret;

	lockdep_assert_held(&mtty->irq_setup);
	if (trigger && req->by_fd && req->count) {
		ret = exchange_fd(mtty, &mtty->trigger, req->fd);
		mtty->intx_on |= !ret;
		return ret;
	}
	if (!mtty->intx_on)
		return -EINVAL;
	if (trigger && req->off) {
		intx_disable(mtty);
		return 0;
	}
	if (!req->count)
		return -EINVAL;
	if (action == VFIO_IRQ_SET_ACTION_MASK)
		return intx_mask(mtty, req);
	if (action == VFIO_IRQ_SET_ACTION_UNMASK)
		return intx_unmask(mtty, req);
	if (req->selected)
		signal_slot(mtty, &mtty->trigger);
	return 0;
}

static int set_req(struct mtty *mtty, u32 action, const struct irq_request *req)
{
	lockdep_assert_held(&mtty->irq_setup);
	if (action != VFIO_IRQ_SET_ACTION_TRIGGER)
		return -ENOTTY;
	if (!req->count && !req->off)
		return -EINVAL;
	if (req->by_fd)
		return exchange_fd(mtty, &mtty->req, req->fd);
	if (req->off)
		exchange(mtty, &mtty->req, NULL);
	else if (req->selected)
		signal_slot(mtty, &mtty->req);
	return 0;
}

/**
 * mtty_set_irqs() - VFIO_DEVICE_SET_IRQS
 * @mtty: open device
 * @uarg: struct vfio_irq_set
 *
 * Return: 0; -EINVAL; -ENOTTY for what the index cannot do; -EFAULT; -EBADF for a bad file
 * descriptor; -EBUSY when there is an unmask eventfd already; -ENOMEM.
 */
long mtty_set_irqs(struct mtty *mtty, void __user *uarg)
{
	const size_t minsz = offsetof(struct vfio_irq_set, data);
	union {
		u8 flag;
		s32 fd;
	} data = {};
	struct irq_request req = {};
	struct vfio_irq_set hdr;
	size_t size;
	u32 action;
	int ret;

	ret = vfio_args_get(&hdr, sizeof(hdr), minsz, uarg);
	if (ret)
		return ret;
	ret = vfio_irq_set_size(&hdr, count_of(hdr.index), &size);
	if (ret)
		return ret;
	/* one interrupt an index: no more than one file descriptor */
	if (copy_from_user(&data, uarg + minsz, size))
		return -EFAULT;

	action = hdr.flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;
	req.count = hdr.count;
	req.by_fd = hdr.flags & VFIO_IRQ_SET_DATA_EVENTFD;
	req.fd = data.fd;
	req.selected = hdr.count && (hdr.flags & VFIO_IRQ_SET_DATA_NONE || data.flag);
	req.off = !hdr.count && hdr.flags & VFIO_IRQ_SET_DATA_NONE;

	mutex_lock(&mtty->irq_setup);
	if (hdr.index == VFIO_PCI_INTX_IRQ_INDEX)
		ret = set_intx(mtty, action, &req);
	else
		ret = set_req(mtty, action, &req);
	mutex_unlock(&mtty->irq_setup);
	return ret;
}

/**
 * mtty_get_irq_info() - VFIO_DEVICE_GET_IRQ_INFO
 * @mtty: open device
 * @uarg: struct vfio_irq_info
 *
 * Return: 0; -EINVAL for an index that does not exist; -EFAULT.
 */
long mtty_get_irq_info(struct mtty *mtty, void __user *uarg)
{
	struct vfio_irq_info info;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), sizeof(info), uarg);
	if (ret)
		return ret;
	if (info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info.count = count_of(info.index);
	info.flags = info.count ? VFIO_IRQ_INFO_EVENTFD : 0;
	if (info.index == VFIO_PCI_INTX_IRQ_INDEX)
		info.flags |= VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	else if (info.count)
		info.flags |= VFIO_IRQ_INFO_NORESIZE;
	return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
}

/**
 * mtty_request() - ask user space to give the device up, if it listens
 * @mtty: device that is being removed
 */
void mtty_request(struct mtty *mtty)
{
	signal_slot(mtty, &mtty->req);
}

/**
 * mtty_irqs_release() - the last user has gone
 * @mtty: device
 */
void mtty_irqs_release(struct mtty *mtty)
{
	mutex_lock(&mtty->irq_setup);
	intx_disable(mtty);
	exchange(mtty, &mtty->req, NULL);
	mutex_unlock(&mtty->irq_setup);
}
