// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fake buses and slots behind bridges, and their resets.
 *
 * As the PCI core does it, a reset of a slot looks after that slot's functions, and one of a bus
 * after all of the bus; what the link resets is everything behind it, VFs too.
 */
#include <linux/kernel.h>
#include <shim/fault.h>
#include <shim/pci.h>

void (*shim_pci_during_bus_reset)(void);

struct pci_dev *shim_pci_bridge(const char *name, unsigned char number)
{
	struct pci_dev *bridge = shim_pci_new(name, 0x1b36, 0x000c);
	struct shim_pci *shim = shim_pci(bridge);

	bridge->hdr_type = PCI_HEADER_TYPE_BRIDGE;
	shim->below = (struct pci_bus){ .number = number, .domain = bridge->bus->domain,
					.self = bridge, .parent = bridge->bus };
	shim->slot = (struct pci_slot){ .bus = &shim->below };
	return bridge;
}

void shim_pci_put_below(struct pci_dev *pdev, struct pci_dev *bridge)
{
	struct shim_pci *shim = shim_pci(bridge);

	pdev->bus = &shim->below;
	shim_pci(pdev)->below.parent = pdev->bus;
	pdev->slot = PCI_SLOT(pdev->devfn) ? NULL : &shim->slot;
}

struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from)
{
	struct pci_dev *pdev;
	unsigned int n = 0;

	while (from && shim_pci_nth(n++) != from)
		;
	pdev = pci_dev_get(shim_pci_nth(n));
	pci_dev_put(from);
	return pdev;
}

int pci_probe_reset_slot(struct pci_slot *slot)
{
	might_sleep();
	return slot && slot->can_reset ? 0 : -ENOTTY;
}

int pci_probe_reset_bus(struct pci_bus *bus)
{
	might_sleep();
	return bus->self && !shim_pci(bus->self)->no_bus_reset ? 0 : -ENOTTY;
}

static bool behind(struct pci_dev *pdev, struct pci_bus *bus)
{
	struct pci_dev *at = pci_physfn(pdev);

	while (at && at->bus != bus)
		at = at->bus->self;
	return at;
}

struct reset {
	struct pci_bus *bus;
	struct pci_slot *slot;
};

/* A VF with a number on a bus of its own is behind no bridge, and so not found */
static bool looked_after(struct pci_dev *pdev, const struct reset *reset)
{
	return pdev->bus == pci_physfn(pdev)->bus && behind(pdev, reset->bus) &&
	       (!reset->slot || pdev->slot == reset->slot);
}

/* The @n-th function that the PCI core looks after */
static struct pci_dev *reset_member(const struct reset *reset, unsigned int n)
{
	struct pci_dev *pdev;

	for (unsigned int i = 0; (pdev = shim_pci_nth(i)); i++)
		if (looked_after(pdev, reset) && !n--)
			return pdev;
	return NULL;
}

static void unlock(const struct reset *reset, unsigned int count)
{
	while (count)
		pci_dev_unlock(reset_member(reset, --count));
}

/* How many it has locked, or -EAGAIN with none */
static int lock(const struct reset *reset)
{
	struct pci_dev *pdev;
	unsigned int n;

	for (n = 0; (pdev = reset_member(reset, n)); n++)
		if (!pci_dev_trylock(pdev)) {
			unlock(reset, n);
			return -EAGAIN;
		}
	return n;
}

static void save_and_disable(struct pci_dev *pdev)
{
	pci_set_power_state(pdev, PCI_D0);
	pci_save_state(pdev);
	pci_write_config_word(pdev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE);
}

static void pull(const struct reset *reset)
{
	struct pci_dev *pdev;

	for (unsigned int i = 0; (pdev = shim_pci_nth(i)); i++) {
		if (!behind(pdev, reset->bus))
			continue;
		shim_pci(pdev)->resets++;
		shim_pci_lose_registers(pdev);
		pdev->current_state = PCI_D0;
	}
}

int pci_reset_bus(struct pci_dev *pdev)
{
	bool by_slot = !pci_probe_reset_slot(pdev->slot);
	struct reset reset = { .bus = pdev->bus, .slot = by_slot ? pdev->slot : NULL };
	int count, ret = 0;

	if (!by_slot && pci_probe_reset_bus(pdev->bus))
		return -ENOTTY;
	count = lock(&reset);
	if (count < 0)
		return count;
	for (int i = 0; i < count; i++)
		save_and_disable(reset_member(&reset, i));
	if (shim_should_fail("bus reset"))
		ret = -ENOTTY;
	else
		pull(&reset);
	if (!ret && shim_pci_during_bus_reset)
		shim_pci_during_bus_reset();
	for (int i = 0; i < count; i++)
		pci_restore_state(reset_member(&reset, i));
	unlock(&reset, count);
	return ret;
}
