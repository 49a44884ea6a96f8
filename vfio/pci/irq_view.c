// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs vfio/vfioN/irqs: the interrupts of a device that are in use, for who looks into why one
 * does not come. Below the first line, one line each:
 *
 *	index vector irq masked bypass
 *	msix  3      45  no     connected
 *
 * irq is Linux's number, under which /proc/interrupts counts what came by the host; masked is "yes"
 * while the host keeps INTx from firing; bypass is none (it cannot be), refused (the other side
 * would not, or another vector has its eventfd), offered (nobody has come for it) or connected:
 * then a guest may get it with nothing counted.
 *
 * It may be read at any time between bind and unbind, and then only waits for SET_IRQS and such.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "vector.h"

static const char * const bypass_names[] = {
	[VFIO_PCI_BYPASS_NONE] = "none",
	[VFIO_PCI_BYPASS_REFUSED] = "refused",
	[VFIO_PCI_BYPASS_OFFERED] = "offered",
	[VFIO_PCI_BYPASS_CONNECTED] = "connected",
};

static void show_one(struct seq_file *m, const char *index, unsigned int vector,
		     const struct vfio_pci_irq_state *state)
{
	seq_printf(m, "%-5s %-6u %-4d %-6s %s\n", index, vector, state->virq,
		   state->masked ? "yes" : "no", bypass_names[state->bypass]);
}

static int irqs_show(struct seq_file *m, void *unused)
{
	struct vfio_pci_core_device *vdev = m->private;
	struct vfio_pci_irq_state state;
	unsigned int i;

	seq_puts(m, "index vector irq  masked bypass\n");
	guard(mutex)(&vdev->irqs.lock);
	if (vfio_pci_intx_state(vdev, &state))
		show_one(m, "intx", 0, &state);
	for (i = 0; i < vdev->irqs.num_vectors; i++)
		if (vfio_pci_vector_state(&vdev->irqs.vectors[i], &state))
			show_one(m, vdev->irq_type == VFIO_PCI_MSIX_IRQ_INDEX ? "msix" : "msi",
				 i, &state);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(irqs);

/**
 * vfio_pci_irq_view() - let administrators look at a device's interrupts
 * @vdev: device that has been registered; the file goes when it is unregistered
 */
void vfio_pci_irq_view(struct vfio_pci_core_device *vdev)
{
	debugfs_create_file("irqs", 0400, vdev->vdev.debug_root, vdev, &irqs_fops);
}
