// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts of fake PCI functions: INTx, MSI, MSI-X. */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <shim/fault.h>
#include <shim/irq.h>
#include <shim/pci.h>

#define FIRST_VECTOR_IRQ 256

static unsigned int next_irq = FIRST_VECTOR_IRQ;

void pci_intx(struct pci_dev *pdev, int enable)
{
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	pci_write_config_word(pdev, PCI_COMMAND, enable ? command & ~PCI_COMMAND_INTX_DISABLE :
							  command | PCI_COMMAND_INTX_DISABLE);
}

bool pci_intx_mask_supported(struct pci_dev *pdev)
{
	return !pdev->broken_intx_masking;
}

bool pci_check_and_mask_intx(struct pci_dev *pdev)
{
	if (!(shim_pci_get(pdev, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT))
		return false;
	pci_intx(pdev, 0);
	return true;
}

bool pci_check_and_unmask_intx(struct pci_dev *pdev)
{
	if (shim_pci_get(pdev, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT)
		return false;
	pci_intx(pdev, 1);
	return true;
}

void shim_pci_assert(struct pci_dev *pdev, bool on)
{
	struct shim_pci *shim = shim_pci(pdev);

	shim->asserted = on;
	shim->config[PCI_STATUS] &= ~PCI_STATUS_INTERRUPT;
	if (!on)
		return;
	shim->config[PCI_STATUS] |= PCI_STATUS_INTERRUPT;
	if (!(shim_pci_get(pdev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE) && !shim->mode)
		shim_irq_raise(pdev->irq);
}

/* Vectors */

int pci_msi_vec_count(struct pci_dev *pdev)
{
	u16 flags = pdev->msi_cap ? shim_pci_get(pdev, pdev->msi_cap + PCI_MSI_FLAGS, 2) : 0;

	return pdev->msi_cap ? 1 << ((flags & PCI_MSI_FLAGS_QMASK) >> 1) : -EINVAL;
}

int pci_msix_vec_count(struct pci_dev *pdev)
{
	return pdev->msix_cap ?
		(int)(shim_pci_get(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, 2) &
		      PCI_MSIX_FLAGS_QSIZE) + 1 : -EINVAL;
}

bool pci_msix_can_alloc_dyn(struct pci_dev *pdev)
{
	return pdev->msix_cap && shim_pci(pdev)->dyn_msix;
}

void shim_pci_touch_table(struct pci_dev *pdev)
{
	if (shim_pci(pdev)->mode == PCI_IRQ_MSIX && !shim_pci_answers(pdev, PCI_COMMAND_MEMORY))
		shim_complain("%s: its MSI-X table is written while it does not decode memory",
			      pci_name(pdev));
}

static void set_enable(struct pci_dev *pdev, bool on)
{
	bool msix = shim_pci(pdev)->mode == PCI_IRQ_MSIX;
	unsigned int at = msix ? pdev->msix_cap + PCI_MSIX_FLAGS : pdev->msi_cap + PCI_MSI_FLAGS;
	u16 bit = msix ? PCI_MSIX_FLAGS_ENABLE : PCI_MSI_FLAGS_ENABLE;
	u16 flags = shim_pci_get(pdev, at, 2);

	pci_write_config_word(pdev, at, on ? flags | bit : flags & ~bit);
	pci_intx(pdev, !on);
	*(msix ? &pdev->msix_enabled : &pdev->msi_enabled) = on;
}

void shim_pci_enable_vectors(struct pci_dev *pdev)
{
	if (shim_pci(pdev)->mode)
		set_enable(pdev, true);
}

static int give_vector(struct pci_dev *pdev, unsigned int n)
{
	struct shim_pci *shim = shim_pci(pdev);

	if (!shim->vectors_left)
		return -ENOSPC;
	shim->vectors_left--;
	if (next_irq >= 4000)
		next_irq = FIRST_VECTOR_IRQ;
	while (shim_irq_handlers(next_irq))
		next_irq++;
	shim->vectors[n] = next_irq++;
	shim_live_add(SHIM_VECTOR, 1);
	return 0;
}

static void take_vector(struct pci_dev *pdev, unsigned int n)
{
	struct shim_pci *shim = shim_pci(pdev);

	if (!shim->vectors[n])
		return;
	if (shim_irq_handlers(shim->vectors[n]))
		shim_die("%s: vector %u is freed while it has a handler", pci_name(pdev), n);
	shim_lock(&shim_proc_irq, SHIM_SLEEPING, SHIM_WRITE, 0);
	shim_unlock(&shim_proc_irq, SHIM_WRITE);
	if (shim->when_freed)
		shim->when_freed();
	shim->vectors[n] = 0;
	shim->vectors_left++;
	shim_live_add(SHIM_VECTOR, -1);
}

int pci_alloc_irq_vectors(struct pci_dev *pdev, unsigned int min, unsigned int max,
			  unsigned int flags)
{
	struct shim_pci *shim = shim_pci(pdev);
	bool msix = flags & PCI_IRQ_MSIX;
	int count = msix ? pci_msix_vec_count(pdev) : pci_msi_vec_count(pdev);

	might_sleep();
	if (shim->mode || count < 0)
		return -EINVAL;
	if (shim_should_fail("pci_alloc_irq_vectors"))
		return -ENOMEM;
	count = min3((unsigned int)count, max, shim->vectors_left);
	if (count < (int)min || !count)
		return -ENOSPC;
	shim->mode = msix ? PCI_IRQ_MSIX : PCI_IRQ_MSI;
	shim->nvectors = count;
	for (int n = 0; n < count; n++)
		give_vector(pdev, n);
	shim_pci_touch_table(pdev);
	set_enable(pdev, true);
	return count;
}

void pci_free_irq_vectors(struct pci_dev *pdev)
{
	struct shim_pci *shim = shim_pci(pdev);

	if (!shim->mode)
		return;
	shim_pci_touch_table(pdev);
	for (unsigned int n = 0; n < SHIM_PCI_VECTORS; n++)
		take_vector(pdev, n);
	set_enable(pdev, false);
	shim->mode = 0;
	shim->nvectors = 0;
}

int pci_irq_vector(struct pci_dev *pdev, unsigned int n)
{
	if (n >= SHIM_PCI_VECTORS || !shim_pci(pdev)->vectors[n])
		return -EINVAL;
	return shim_pci(pdev)->vectors[n];
}

struct msi_map pci_msix_alloc_irq_at(struct pci_dev *pdev, unsigned int index,
				     const struct irq_affinity_desc *affinity)
{
	struct shim_pci *shim = shim_pci(pdev);

	if (!shim->dyn_msix || shim->mode != PCI_IRQ_MSIX ||
	    (int)index >= pci_msix_vec_count(pdev))
		return (struct msi_map){ .index = -ENOTSUPP };
	if (shim->vectors[index])
		return (struct msi_map){ .index = -EBUSY };
	if (shim_should_fail("pci_msix_alloc_irq_at") || give_vector(pdev, index))
		return (struct msi_map){ .index = -ENOSPC };
	shim_pci_touch_table(pdev);
	return (struct msi_map){ .index = index, .virq = shim->vectors[index] };
}

void pci_msix_free_irq(struct pci_dev *pdev, struct msi_map map)
{
	shim_pci_touch_table(pdev);
	take_vector(pdev, map.index);
}

bool shim_pci_message(struct pci_dev *pdev, unsigned int vector)
{
	int irq = pci_irq_vector(pdev, vector);

	return irq > 0 && shim_irq_raise(irq);
}

void get_cached_msi_msg(unsigned int irq, struct msi_msg *msg)
{
	*msg = (struct msi_msg){ .address_lo = 0xfee00000, .data = irq };
}

void pci_write_msi_msg(unsigned int irq, struct msi_msg *msg)
{
}
