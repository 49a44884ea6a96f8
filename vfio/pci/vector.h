/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VFIO_PCI_VECTOR_H
#define VFIO_PCI_VECTOR_H

#include <linux/irqbypass.h>

#include "priv.h"

/**
 * struct vfio_pci_vector - one vector of MSI or MSI-X
 * @trigger: eventfd; set exactly while the interrupt is on
 * @next: eventfd of the request in progress
 * @fresh: started by the request in progress
 * @requested: the interrupt has our handler, and is masked while there is no @trigger
 * @virq: Linux interrupt, 0 while none is allocated
 * @producer: as irqbypass knows it; its token is set exactly while it is offered
 * @connected: a consumer has it; changed below the lock of irqbypass
 * @name: for /proc/interrupts
 */
struct vfio_pci_vector {
	struct eventfd_ctx *trigger;
	struct eventfd_ctx *next;
	bool fresh;
	bool requested;
	int virq;
	struct irq_bypass_producer producer;
	bool connected;
	char name[40];
};

int vfio_pci_vector_start(struct vfio_pci_core_device *vdev, unsigned int index);
void vfio_pci_vector_stop(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec);
void vfio_pci_vector_replace(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec);
void vfio_pci_vector_free(struct vfio_pci_vector *vec);
void vfio_pci_vector_offer(struct vfio_pci_core_device *vdev, struct vfio_pci_vector *vec);
void vfio_pci_vector_withdraw(struct vfio_pci_vector *vec);
bool vfio_pci_vector_state(const struct vfio_pci_vector *vec, struct vfio_pci_irq_state *state);

#endif
