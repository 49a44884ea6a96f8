/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One mediated device: two UARTs behind a PCI function.
 */
#ifndef MTTY_PRIV_H
#define MTTY_PRIV_H

#include <linux/eventfd.h>
#include <linux/mutex.h>
#include <vfio/vfio.h>

#include "pci.h"
#include "uart.h"

#define MTTY_PORTS 2

/**
 * struct mtty - one mediated device
 * @vdev: what the core knows of it
 * @irq_setup: held across VFIO_DEVICE_SET_IRQS; guards @unmask and @intx_on
 * @unmask: eventfd that unmasks INTx, or NULL
 * @intx_on: user space has turned INTx on, if only to hear nothing of it yet
 * @lock: guards all that follows, and is held while @trigger or @req is signalled: once one has
 *	been exchanged, the old one is signalled no more
 * @port: the UARTs, connected to each other
 * @config: configuration space
 * @intx_masked: INTx fired, or user space masked it; it has to unmask before the next
 * @trigger: eventfd for INTx, or NULL
 * @req: eventfd that asks user space to give the device up, or NULL
 *
 * Lock order: @irq_setup, @lock. An unmask eventfd is served from a work item, which takes @lock,
 * so a virqfd is ended below @irq_setup alone.
 */
struct mtty {
	struct vfio_device vdev;
	struct mutex irq_setup;
	struct virqfd *unmask;
	bool intx_on;

	struct mutex lock;
	struct mtty_uart port[MTTY_PORTS];
	struct mtty_config config;
	bool intx_masked;
	struct eventfd_ctx *trigger;
	struct eventfd_ctx *req;
};

/* irq.c */
void mtty_intx_update(struct mtty *mtty);
long mtty_get_irq_info(struct mtty *mtty, void __user *uarg);
long mtty_set_irqs(struct mtty *mtty, void __user *uarg);
void mtty_request(struct mtty *mtty);
void mtty_irqs_release(struct mtty *mtty);

/* vfio.c */
extern const struct vfio_device_ops mtty_vfio_ops;

#endif
