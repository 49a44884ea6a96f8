// SPDX-License-Identifier: GPL-2.0-only
/*
 * INTx: one level-triggered interrupt, masked each time it fires until user space unmasks it.
 *
 * Whether the interrupt can fire is a question of four things: @masked (it fired, or user
 * space masked it), @disabled (the Interrupt Disable bit of user space's command register),
 * @held (the device changes its state) and @off, what the hardware was told last. intx_apply()
 * makes @off follow the others. A device with a Disable bit that works is masked there and can
 * share its line; another has the line for itself and is masked in the interrupt controller.
 *
 * Invariants:
 * - From the interrupt's request to its free the object exists, and starts out off; so no
 *   interrupt finds it half made.
 * - The eventfd is only changed and only signalled with command_lock held, so after a change
 *   nothing signals the old one. The unmask eventfd calls us with its wait-queue lock held,
 *   which we take below command_lock if both are the same eventfd; so that call only tries
 *   command_lock, and leaves signalling to a work item. What user space says before that runs
 *   counts, and not what it has asked for by the eventfd.
 * - While no INTx is on, a device that can be masked is.
 */
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/slab.h>

#include "priv.h"

/**
 * struct vfio_pci_intx - INTx while it is on
 * @vdev: the device, whose command_lock guards what can change here
 * @irq: Linux interrupt, as requested
 * @shared: masked at the device
 * @trigger: eventfd to signal, or NULL
 * @masked: user space has to unmask first
 * @disabled: user space disabled it in configuration space
 * @held: between vfio_pci_intx_hold() and its end
 * @off: the hardware is masked
 * @asked: the unmask eventfd was signalled, and nothing has come of it yet; set without the lock
 * @unmask: eventfd that unmasks, or NULL; guard: irqs.lock
 * @name: for /proc/interrupts
 */
struct vfio_pci_intx {
	struct vfio_pci_core_device *vdev;
	int irq;
	bool shared;
	struct eventfd_ctx *trigger;
	bool masked;
	bool disabled;
	bool held;
	bool off;
	bool asked;
	struct virqfd *unmask;
	char name[40];
};

/* Mask the hardware. The device also if it is so already: it may have been reset since. */
static void intx_turn_off(struct vfio_pci_intx *intx)
{
	if (intx->shared)
		vfio_pci_command_change(intx->vdev, PCI_COMMAND_INTX_DISABLE,
					PCI_COMMAND_INTX_DISABLE);
	else if (!intx->off)
		disable_irq_nosync(intx->irq);
	intx->off = true;
}

static void intx_signal(struct vfio_pci_intx *intx)
{
	lockdep_assert_held(&intx->vdev->command_lock);
	if (intx->trigger)
		eventfd_signal(intx->trigger);
}

/*
 * Let the hardware follow. True when the device asserted the interrupt meanwhile: it stays
 * masked and counts as fired, and the caller signals.
 */
static bool intx_apply(struct vfio_pci_intx *intx)
{
	bool off = intx->masked || intx->disabled || intx->held;

	lockdep_assert_held(&intx->vdev->command_lock);
	if (off == intx->off)
		return false;
	if (off) {
		intx_turn_off(intx);
		return false;
	}
	if (!intx->shared)
		enable_irq(intx->irq);
	else if (!pci_check_and_unmask_intx(intx->vdev->pdev))
		intx->masked = true;
	intx->off = intx->masked;
	return intx->off;
}

/* Change one of the reasons to be masked, and signal what comes of it */
static void intx_set(struct vfio_pci_intx *intx, bool *reason, bool value)
{
	spin_lock_irq(&intx->vdev->command_lock);
	*reason = value;
	if (reason == &intx->masked)
		WRITE_ONCE(intx->asked, false);
	if (intx_apply(intx))
		intx_signal(intx);
	spin_unlock_irq(&intx->vdev->command_lock);
}

/*
 * Another device of the line, or one that was under way when we masked; or what undid our mask:
 * a reset that we know nothing of, by the device itself or by the administrator.
 */
static irqreturn_t intx_interrupt_while_off(struct vfio_pci_intx *intx)
{
	int old;

	if (!intx->shared)
		return IRQ_HANDLED;
	/* Somebody else has its Command register, or it sleeps; it asserts no line then */
	if (intx->held)
		return IRQ_NONE;
	old = vfio_pci_command_change(intx->vdev, PCI_COMMAND_INTX_DISABLE,
				      PCI_COMMAND_INTX_DISABLE);
	return old < 0 || old & PCI_COMMAND_INTX_DISABLE ? IRQ_NONE : IRQ_HANDLED;
}

static irqreturn_t intx_interrupt(int irq, void *data)
{
	struct vfio_pci_intx *intx = data;
	irqreturn_t ret = IRQ_NONE;
	unsigned long flags;

	spin_lock_irqsave(&intx->vdev->command_lock, flags);
	if (intx->off) {
		ret = intx_interrupt_while_off(intx);
	} else if (!intx->shared || pci_check_and_mask_intx(intx->vdev->pdev)) {
		if (!intx->shared)
			disable_irq_nosync(intx->irq);
		intx->masked = true;
		intx->off = true;
		intx_signal(intx);
		ret = IRQ_HANDLED;
	}
	spin_unlock_irqrestore(&intx->vdev->command_lock, flags);
	return ret;
}

/* What the unmask eventfd asks for; as intx_apply() */
static bool intx_unmask_asked(struct vfio_pci_intx *intx)
{
	lockdep_assert_held(&intx->vdev->command_lock);
	if (!READ_ONCE(intx->asked))
		return false;
	WRITE_ONCE(intx->asked, false);
	intx->masked = false;
	return intx_apply(intx);
}

/* The unmask eventfd was signalled. Non-zero asks for intx_unmask_work(). */
static int intx_unmask_now(void *opaque, void *data)
{
	struct vfio_pci_intx *intx = opaque;
	unsigned long flags;
	bool again;

	WRITE_ONCE(intx->asked, true);
	if (!spin_trylock_irqsave(&intx->vdev->command_lock, flags))
		return 1;
	again = intx_unmask_asked(intx);
	if (again)
		WRITE_ONCE(intx->asked, true);
	spin_unlock_irqrestore(&intx->vdev->command_lock, flags);
	return again;
}

static void intx_unmask_work(void *opaque, void *data)
{
	struct vfio_pci_intx *intx = opaque;

	spin_lock_irq(&intx->vdev->command_lock);
	if (intx_unmask_asked(intx))
		intx_signal(intx);
	spin_unlock_irq(&intx->vdev->command_lock);
}

static int intx_enable(struct vfio_pci_core_device *vdev, struct eventfd_ctx *trigger)
{
	struct vfio_pci_intx *intx;
	int ret;

	vfio_pci_msi_release(vdev);
	intx = kzalloc(sizeof(*intx), GFP_KERNEL_ACCOUNT);
	if (!intx)
		return -ENOMEM;
	intx->vdev = vdev;
	intx->irq = vdev->pdev->irq;
	intx->shared = vdev->intx_maskable;
	intx->disabled = vdev->irqs.intx_disabled;
	intx->trigger = trigger;
	intx->off = true;
	snprintf(intx->name, sizeof(intx->name), "vfio-intx(%s)", pci_name(vdev->pdev));

	/* An interrupt that is masked a little late can be one that is lost */
	if (!intx->shared)
		irq_set_status_flags(intx->irq, IRQ_DISABLE_UNLAZY);
	ret = request_irq(intx->irq, intx_interrupt, intx->shared ? IRQF_SHARED : IRQF_NO_AUTOEN,
			  intx->name, intx);
	if (ret) {
		if (!intx->shared)
			irq_clear_status_flags(intx->irq, IRQ_DISABLE_UNLAZY);
		vfio_pci_warn(vdev, "INTx refused: interrupt %d cannot be %s: %d\n", intx->irq,
			      intx->shared ? "shared" : "had alone", ret);
		kfree(intx);
		return ret;
	}
	vdev->irqs.intx = intx;
	vdev->irq_type = VFIO_PCI_INTX_IRQ_INDEX;
	intx_set(intx, &intx->masked, false);
	return 0;
}

/**
 * vfio_pci_intx_disable() - turn INTx off
 * @vdev: device whose INTx is on
 */
void vfio_pci_intx_disable(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;

	lockdep_assert_held(&vdev->irqs.lock);
	vfio_virqfd_disable(&intx->unmask);
	vfio_pci_intx_hold(vdev);
	free_irq(intx->irq, intx);
	if (!intx->shared)
		irq_clear_status_flags(intx->irq, IRQ_DISABLE_UNLAZY);
	if (intx->trigger)
		eventfd_ctx_put(intx->trigger);
	kfree(intx);
	vdev->irqs.intx = NULL;
	vdev->irq_type = VFIO_PCI_NUM_IRQS;
}

/**
 * vfio_pci_intx_hold() - mask INTx, if it is on, for as long as the device changes its state
 * @vdev: device
 */
void vfio_pci_intx_hold(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;

	lockdep_assert_held(&vdev->irqs.lock);
	if (!intx)
		return;
	spin_lock_irq(&vdev->command_lock);
	intx->held = true;
	intx_turn_off(intx);
	spin_unlock_irq(&vdev->command_lock);
}

/**
 * vfio_pci_intx_resume() - undo vfio_pci_intx_hold()
 * @vdev: device, whose Disable bit may have any value
 */
void vfio_pci_intx_resume(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;

	/* Also if it stays masked for another reason */
	vfio_pci_intx_hold(vdev);
	if (intx)
		intx_set(intx, &intx->held, false);
}

/**
 * vfio_pci_intx_set_disabled() - user space wrote its Interrupt Disable bit
 * @vdev: device
 * @disabled: the bit
 */
void vfio_pci_intx_set_disabled(struct vfio_pci_core_device *vdev, bool disabled)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;

	lockdep_assert_held(&vdev->irqs.lock);
	vdev->irqs.intx_disabled = disabled;
	if (intx)
		intx_set(intx, &intx->disabled, disabled);
}

/**
 * vfio_pci_intx_state() - look at INTx
 * @vdev: device
 * @state: filled in
 *
 * Return: whether INTx is on.
 */
bool vfio_pci_intx_state(struct vfio_pci_core_device *vdev, struct vfio_pci_irq_state *state)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;

	lockdep_assert_held(&vdev->irqs.lock);
	if (intx)
		*state = (struct vfio_pci_irq_state){ intx->irq, READ_ONCE(intx->off),
						      VFIO_PCI_BYPASS_NONE };
	return intx;
}

/* INTx is on, and the request is for the one interrupt that there is */
static bool intx_addressed(struct vfio_pci_core_device *vdev,
			   const struct vfio_pci_irq_request *req)
{
	lockdep_assert_held(&vdev->irqs.lock);
	return vdev->irqs.intx && req->count == 1;
}

/**
 * vfio_pci_intx_mask() - mask by ioctl
 * @vdev: device, with irqs.lock held
 * @req: after its checks
 *
 * Return: 0; -EINVAL while INTx is off; -ENOTTY by eventfd, which only unmasks.
 */
int vfio_pci_intx_mask(struct vfio_pci_core_device *vdev,
		       const struct vfio_pci_irq_request *req)
{
	if (!intx_addressed(vdev, req))
		return -EINVAL;
	if (req->data == VFIO_IRQ_SET_DATA_EVENTFD)
		return -ENOTTY;
	if (vfio_pci_irq_selected(req, 0))
		intx_set(vdev->irqs.intx, &vdev->irqs.intx->masked, true);
	return 0;
}

/**
 * vfio_pci_intx_unmask() - unmask by ioctl, or from now on by eventfd
 * @vdev: device, with irqs.lock held
 * @req: after its checks; eventfd -1 ends what another has begun
 *
 * Return: 0; -EINVAL while INTx is off; -errno of the eventfd.
 */
int vfio_pci_intx_unmask(struct vfio_pci_core_device *vdev,
			 const struct vfio_pci_irq_request *req)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;

	if (!intx_addressed(vdev, req))
		return -EINVAL;
	if (req->data == VFIO_IRQ_SET_DATA_EVENTFD) {
		if (req->fds[0] >= 0)
			return vfio_virqfd_enable(intx, intx_unmask_now, intx_unmask_work, NULL,
						  &intx->unmask, req->fds[0]);
		vfio_virqfd_disable(&intx->unmask);
	} else if (vfio_pci_irq_selected(req, 0)) {
		intx_set(intx, &intx->masked, false);
	}
	return 0;
}

/* Install an eventfd, turning INTx on for it; -1 takes it away and leaves INTx on */
static int intx_set_trigger(struct vfio_pci_core_device *vdev, int fd)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;
	struct eventfd_ctx *ctx = NULL;
	int ret = 0;

	if (fd >= 0) {
		ctx = eventfd_ctx_fdget(fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	}
	if (intx) {
		spin_lock_irq(&vdev->command_lock);
		swap(intx->trigger, ctx);
		spin_unlock_irq(&vdev->command_lock);
	} else {
		ret = intx_enable(vdev, ctx);
	}
	if (ctx && (intx || ret))
		eventfd_ctx_put(ctx);
	return ret;
}

/**
 * vfio_pci_intx_trigger() - turn INTx on and off, set its eventfd, or signal that by hand
 * @vdev: device, with irqs.lock held
 * @req: after its checks; without data and count it turns INTx off
 *
 * Return: 0; -EINVAL while another kind is on, or to signal while INTx is off; -errno.
 */
int vfio_pci_intx_trigger(struct vfio_pci_core_device *vdev,
			  const struct vfio_pci_irq_request *req)
{
	struct vfio_pci_intx *intx = vdev->irqs.intx;

	lockdep_assert_held(&vdev->irqs.lock);
	if (intx && !req->count && req->data == VFIO_IRQ_SET_DATA_NONE) {
		vfio_pci_intx_disable(vdev);
		return 0;
	}
	if ((!intx && vdev->irq_type != VFIO_PCI_NUM_IRQS) || req->count != 1)
		return -EINVAL;
	if (req->data == VFIO_IRQ_SET_DATA_EVENTFD)
		return intx_set_trigger(vdev, req->fds[0]);
	if (!intx)
		return -EINVAL;
	if (vfio_pci_irq_selected(req, 0)) {
		spin_lock_irq(&vdev->command_lock);
		intx_signal(intx);
		spin_unlock_irq(&vdev->command_lock);
	}
	return 0;
}
