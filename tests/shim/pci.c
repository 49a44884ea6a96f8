// SPDX-License-Identifier: GPL-2.0-only
/* Fake PCI functions: their making, drivers, BARs, enabling, state and reset. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <linux/kernel.h>
#include <shim/fault.h>
#include <shim/io.h>
#include <shim/irq.h>
#include <shim/pci.h>

#define SHIM_CONFIG_SAVED 4096

struct pci_saved_state { u8 config[SHIM_CONFIG_SAVED]; };

const struct bus_type pci_bus_type = { .name = "pci" };
static LIST_HEAD(drivers);
static u64 next_address = 0x80000000;

static void no_release(struct device *dev)
{
}

#define FUNCTIONS 64
static struct pci_dev *functions[FUNCTIONS];

/* Every function there is, for those who look for one by its place */
static void function_replace(struct pci_dev *old, struct pci_dev *new)
{
	unsigned int i = 0;

	while (i < FUNCTIONS && functions[i] != old)
		i++;
	if (i == FUNCTIONS)
		shim_die("more than %u PCI functions", FUNCTIONS);
	functions[i] = new;
}

struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn)
{
	for (unsigned int i = 0; i < FUNCTIONS; i++)
		if (functions[i] && functions[i]->bus->domain == domain &&
		    functions[i]->bus->number == bus && functions[i]->devfn == devfn)
			return pci_dev_get(functions[i]);
	return NULL;
}

struct pci_dev *shim_pci_nth(unsigned int n)
{
	for (unsigned int i = 0; i < FUNCTIONS; i++)
		if (functions[i] && !n--)
			return functions[i];
	return NULL;
}

struct pci_dev *shim_pci_new(const char *name, u16 vendor, u16 device)
{
	struct shim_pci *shim = calloc(1, sizeof(*shim));
	struct pci_dev *pdev = &shim->pdev;
	unsigned int domain, bus, slot, function;

	if (sscanf(name, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		shim_die("%s is no PCI address", name);
	pdev->shim = shim;
	function_replace(NULL, pdev);
	snprintf(pdev->dev.name, sizeof(pdev->dev.name), "%s", name);
	pdev->dev.bus = &pci_bus_type;
	pdev->dev.release = no_release;
	device_initialize(&pdev->dev);
	/* as the core leaves it: used by the bus, and by whoever has not allowed sleep */
	pdev->dev.power.usage = 1;
	pdev->dev.power.forbidden = true;
	shim_live_add(SHIM_PM_USE, 1);
	shim->bus = (struct pci_bus){ .number = bus, .domain = domain };
	pdev->bus = &shim->bus;
	pdev->devfn = PCI_DEVFN(slot, function);
	pdev->vendor = vendor;
	pdev->device = device;
	pdev->class = PCI_CLASS_NETWORK_ETHERNET << 8;
	pdev->hdr_type = PCI_HEADER_TYPE_NORMAL;
	pdev->cfg_size = 4096;
	pdev->current_state = PCI_D0;
	pdev->error_state = pci_channel_io_normal;
	pdev->pin = 1;
	pdev->irq = 32 + (slot & 15);
	shim->can_reset = true;
	shim->vectors_left = SHIM_PCI_VECTORS;
	shim->next_cap = 0x40;
	shim->last_cap = PCI_CAPABILITY_LIST;
	shim->next_ext_cap = 0x100;
	shim_pci_set(pdev, PCI_VENDOR_ID, 2, vendor);
	shim_pci_set(pdev, PCI_DEVICE_ID, 2, device);
	shim_pci_set(pdev, PCI_CLASS_REVISION, 4, pdev->class << 8);
	shim_pci_set(pdev, PCI_INTERRUPT_PIN, 1, 1);
	shim_pci_set_writable(pdev, PCI_COMMAND, 2, 0x0547);
	shim_pci_set_writable(pdev, PCI_CACHE_LINE_SIZE, 2, 0xffff);
	shim_pci_set_writable(pdev, PCI_INTERRUPT_LINE, 1, 0xff);
	shim->clear_by_one[PCI_STATUS + 1] = 0xf9;
	pdev->pcie_cap = shim_pci_add_cap(pdev, PCI_CAP_ID_EXP, 60);
	shim_pci_set(pdev, pdev->pcie_cap + PCI_EXP_FLAGS, 2, 2);
	shim_pci_set(pdev, pdev->pcie_cap + PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_FLR);
	shim_pci_set_writable(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, 2, 0x7fff);
	return pdev;
}

void shim_pci_free(struct pci_dev *pdev)
{
	struct shim_pci *shim = shim_pci(pdev);

	if (pdev->driver)
		shim_die("%s: freed with a driver", pci_name(pdev));
	function_replace(pdev, NULL);
	for (int bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (shim->claimed[bar])
			shim_complain("%s: BAR %d is still requested", pci_name(pdev), bar);
		if (pdev->resource[bar].parent)
			shim_resource_del(&pdev->resource[bar]);
		if (shim->bar[bar])
			munmap(shim->bar[bar], pci_resource_len(pdev, bar));
	}
	shim_live_add(SHIM_PM_USE, -pdev->dev.power.usage);
	free(shim->rom);
	free(pdev->saved_state);
	free(shim);
}

void shim_pci_add_bar(struct pci_dev *pdev, int bar, u64 size, unsigned long flags)
{
	struct shim_pci *shim = shim_pci(pdev);
	bool io = flags & IORESOURCE_IO, wide = flags & IORESOURCE_MEM_64;
	unsigned int at = PCI_BASE_ADDRESS_0 + 4 * bar;
	u64 mask = ~(size - 1);

	next_address = ALIGN(next_address, size > 4096 ? size : 4096);
	pdev->resource[bar] = (struct resource){
		.name = pci_name(pdev), .flags = flags,
		.start = io ? 0xc000 + 0x100 * bar : next_address };
	pdev->resource[bar].end = pdev->resource[bar].start + size - 1;
	next_address += io ? 0 : size + 4096;
	shim_resource_add(io ? &ioport_resource : &iomem_resource, &pdev->resource[bar]);
	shim->bar[bar] = mmap(NULL, size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (shim->bar[bar] == MAP_FAILED)
		shim_die("%s: no memory for BAR %d", pci_name(pdev), bar);
	/* the low bits that a reset keeps, the address that firmware gave, what can be written */
	shim_pci_set(pdev, at, 4, io ? PCI_BASE_ADDRESS_SPACE_IO :
		     (wide ? PCI_BASE_ADDRESS_MEM_TYPE_64 : 0) |
		     (flags & IORESOURCE_PREFETCH ? PCI_BASE_ADDRESS_MEM_PREFETCH : 0));
	*(u32 *)(shim->config + at) |= (u32)pdev->resource[bar].start;
	shim_pci_set_writable(pdev, at, 4, mask & (io ? 0xfffc : ~0xfU));
	if (wide) {
		*(u32 *)(shim->config + at + 4) = pdev->resource[bar].start >> 32;
		shim_pci_set_writable(pdev, at + 4, 4, mask >> 32);
	}
}

void shim_pci_add_rom(struct pci_dev *pdev, u64 size)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];

	next_address = ALIGN(next_address, size);
	*res = (struct resource){ .name = "ROM", .start = next_address,
				  .end = next_address + size - 1, .flags = IORESOURCE_MEM };
	next_address += size;
	shim_pci(pdev)->rom = calloc(1, size);
	shim_pci_set_writable(pdev, PCI_ROM_ADDRESS, 4, ~(size - 1) | 1);
	*(u32 *)(shim_pci(pdev)->config + PCI_ROM_ADDRESS) = res->start;
}

bool shim_pci_answers(const struct pci_dev *pdev, u16 command)
{
	u16 now = shim_pci_get(pdev, PCI_COMMAND, 2);

	if (pdev->no_command_memory)
		now |= PCI_COMMAND_MEMORY;
	return pdev->current_state == PCI_D0 && (now & command) == command;
}

void shim_pci_unplug(struct pci_dev *pdev)
{
	shim_pci(pdev)->gone = true;
	pdev->error_state = pci_channel_io_perm_failure;
}

struct pci_dev *pci_dev_get(struct pci_dev *pdev)
{
	if (pdev)
		get_device(&pdev->dev);
	return pdev;
}

void pci_dev_put(struct pci_dev *pdev)
{
	if (pdev)
		put_device(&pdev->dev);
}

/* Drivers */

static bool id_fits(const struct pci_device_id *id, const struct pci_dev *pdev)
{
	return (id->vendor == (u32)PCI_ANY_ID || id->vendor == pdev->vendor) &&
	       (id->device == (u32)PCI_ANY_ID || id->device == pdev->device) &&
	       (id->subvendor == (u32)PCI_ANY_ID || id->subvendor == pdev->subsystem_vendor) &&
	       (id->subdevice == (u32)PCI_ANY_ID || id->subdevice == pdev->subsystem_device) &&
	       !((id->class ^ pdev->class) & id->class_mask);
}

const struct pci_device_id *pci_match_id(const struct pci_device_id *table,
					 struct pci_dev *pdev)
{
	for (; table && (table->vendor || table->subvendor || table->class_mask); table++)
		if (id_fits(table, pdev))
			return table;
	return NULL;
}

int pci_register_driver(struct pci_driver *driver)
{
	if (shim_should_fail("pci_register_driver"))
		return -ENOMEM;
	list_add(&driver->node, &drivers);
	driver->driver.name = driver->name;
	driver->driver.owner = THIS_MODULE;
	shim_live_add(SHIM_DEVNODE, 1);
	return 0;
}

void pci_unregister_driver(struct pci_driver *driver)
{
	list_del(&driver->node);
	shim_live_add(SHIM_DEVNODE, -1);
}

int pci_add_dynid(struct pci_driver *driver, unsigned int vendor, unsigned int device,
		  unsigned int subvendor, unsigned int subdevice, unsigned int class,
		  unsigned int class_mask, unsigned long data)
{
	pr_debug("%s: new id %x:%x:%x:%x:%x:%x", driver->name, vendor, device, subvendor,
		 subdevice, class, class_mask);
	return shim_should_fail("pci_add_dynid") ? -ENOMEM : 0;
}

struct pci_driver *shim_pci_driver(const char *name)
{
	struct pci_driver *driver;

	list_for_each_entry(driver, &drivers, node)
		if (!strcmp(driver->name, name))
			return driver;
	return NULL;
}

int shim_pci_bind(struct pci_dev *pdev, struct pci_driver *driver)
{
	const struct pci_device_id *id = pci_match_id(driver->id_table, pdev);
	int ret;

	device_lock(&pdev->dev);
	pdev->driver = driver;
	pdev->dev.driver = &driver->driver;
	ret = driver->probe(pdev, id);
	if (ret) {
		pdev->driver = NULL;
		pdev->dev.driver = NULL;
		pdev->dev.driver_data = NULL;
	}
	device_unlock(&pdev->dev);
	return ret;
}

void shim_pci_unbind(struct pci_dev *pdev)
{
	device_lock(&pdev->dev);
	pdev->driver->remove(pdev);
	pdev->driver = NULL;
	pdev->dev.driver = NULL;
	pdev->dev.driver_data = NULL;
	device_unlock(&pdev->dev);
	if (pdev->dev.power.usage != 1)
		shim_complain("%s: unbound with %d runtime PM references", pci_name(pdev),
			      pdev->dev.power.usage);
	if (pdev->enable_cnt)
		shim_complain("%s: unbound while enabled", pci_name(pdev));
}

/* Enabling and BARs */

int pci_enable_device(struct pci_dev *pdev)
{
	if (shim_should_fail("pci_enable_device"))
		return -EIO;
	if (pdev->enable_cnt++ == 0)
		pci_write_config_word(pdev, PCI_COMMAND, shim_pci_get(pdev, PCI_COMMAND, 2) |
				      PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	shim_live_add(SHIM_ENABLED, 1);
	return 0;
}

void pci_disable_device(struct pci_dev *pdev)
{
	shim_live_add(SHIM_ENABLED, -1);
	if (--pdev->enable_cnt == 0)
		pci_clear_master(pdev);
}

static void set_master(struct pci_dev *pdev, bool on)
{
	u16 command = shim_pci_get(pdev, PCI_COMMAND, 2);

	pci_write_config_word(pdev, PCI_COMMAND, on ? command | PCI_COMMAND_MASTER :
						      command & ~PCI_COMMAND_MASTER);
	pdev->is_busmaster = on;
}

void pci_set_master(struct pci_dev *pdev)
{
	set_master(pdev, true);
}

void pci_clear_master(struct pci_dev *pdev)
{
	set_master(pdev, false);
}

int pci_request_region(struct pci_dev *pdev, int bar, const char *name)
{
	if (!pci_resource_len(pdev, bar))
		return 0;
	if (shim_pci(pdev)->claimed[bar] || shim_should_fail("pci_request_region"))
		return -EBUSY;
	shim_pci(pdev)->claimed[bar] = true;
	shim_live_add(SHIM_REGION, 1);
	return 0;
}

void pci_release_region(struct pci_dev *pdev, int bar)
{
	if (!pci_resource_len(pdev, bar))
		return;
	if (!shim_pci(pdev)->claimed[bar])
		shim_die("%s: BAR %d released, but not requested", pci_name(pdev), bar);
	shim_pci(pdev)->claimed[bar] = false;
	shim_live_add(SHIM_REGION, -1);
}

int pci_request_selected_regions(struct pci_dev *pdev, int bars, const char *name)
{
	for (int bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (!(bars & BIT(bar)) || !pci_request_region(pdev, bar, name))
			continue;
		pci_release_selected_regions(pdev, bars & (BIT(bar) - 1));
		return -EBUSY;
	}
	return 0;
}

void pci_release_selected_regions(struct pci_dev *pdev, int bars)
{
	for (int bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (bars & BIT(bar))
			pci_release_region(pdev, bar);
}

void __iomem *pci_iomap(struct pci_dev *pdev, int bar, unsigned long max)
{
	u64 size = pci_resource_len(pdev, bar);
	bool io = pdev->resource[bar].flags & IORESOURCE_IO;

	if (!size || shim_should_fail("pci_iomap"))
		return NULL;
	return shim_io_map(pdev, io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY,
			   shim_pci(pdev)->bar[bar], max && max < size ? max : size);
}

void pci_iounmap(struct pci_dev *pdev, void __iomem *at)
{
	if (at)
		shim_io_unmap(at);
}

/* An image begins with 55 aa; without one there is nothing to map. */
void __iomem *pci_map_rom(struct pci_dev *pdev, size_t *size)
{
	u8 *rom = shim_pci(pdev)->rom;

	*size = pci_resource_len(pdev, PCI_ROM_RESOURCE);
	if (!rom || shim_should_fail("pci_map_rom"))
		return NULL;
	if (!shim_pci_answers(pdev, PCI_COMMAND_MEMORY) || rom[0] != 0x55 || rom[1] != 0xaa)
		return NULL;
	return shim_io_map(pdev, PCI_COMMAND_MEMORY, rom, *size);
}

void pci_unmap_rom(struct pci_dev *pdev, void __iomem *at)
{
	shim_io_unmap(at);
}

/* State and reset */

int pci_save_state(struct pci_dev *pdev)
{
	if (!pdev->saved_state)
		pdev->saved_state = calloc(1, sizeof(*pdev->saved_state));
	memcpy(pdev->saved_state->config, shim_pci(pdev)->config, SHIM_CONFIG_SAVED);
	pdev->state_saved = true;
	return 0;
}

void pci_restore_state(struct pci_dev *pdev)
{
	struct shim_pci *shim = shim_pci(pdev);

	if (!pdev->state_saved || shim->gone)
		return;
	for (unsigned int i = 0; i < SHIM_CONFIG_SAVED; i++) {
		u8 mask = shim->writable[i];

		/* what belongs to no capability is not known to the kernel, and lost */
		if (i >= shim->next_cap && i < 256)
			continue;
		/* the power state is not part of what is restored */
		if (pdev->pm_cap && i / 2 == (pdev->pm_cap + PCI_PM_CTRL) / 2)
			continue;
		shim->config[i] = (shim->config[i] & ~mask) |
				  (pdev->saved_state->config[i] & mask);
	}
	pdev->state_saved = false;
	shim_pci_touch_table(pdev);
	shim_pci_enable_vectors(pdev);
}

struct pci_saved_state *pci_store_saved_state(struct pci_dev *pdev)
{
	return pdev->state_saved ? kmemdup(pdev->saved_state, sizeof(*pdev->saved_state),
					   GFP_KERNEL) : NULL;
}

int pci_load_saved_state(struct pci_dev *pdev, struct pci_saved_state *state)
{
	pdev->state_saved = false;
	if (!state)
		return 0;
	*pdev->saved_state = *state;
	pdev->state_saved = true;
	return 0;
}

int pci_load_and_free_saved_state(struct pci_dev *pdev, struct pci_saved_state **state)
{
	int ret = pci_load_saved_state(pdev, *state);

	kfree(*state);
	*state = NULL;
	return ret;
}

void shim_pci_lose_registers(struct pci_dev *pdev)
{
	memcpy(shim_pci(pdev)->config, shim_pci(pdev)->after_reset, 4096);
}

int pci_set_power_state(struct pci_dev *pdev, pci_power_t state)
{
	bool wakes = pdev->current_state >= PCI_D3hot && state < PCI_D3hot;

	if (state == pdev->current_state)
		return 0;
	if (pci_dev_is_disconnected(pdev) || shim_should_fail("pci_set_power_state"))
		return -EIO;
	if (!pdev->pm_cap)
		return state == PCI_D0 ? 0 : -EIO;
	/* from a deeper state there is a way to D0 only */
	if (state != PCI_D0 && state < pdev->current_state)
		return -EINVAL;
	if (wakes && shim_pci(pdev)->refuses)
		return 0;
	if (wakes && shim_pci(pdev)->soft_reset)
		shim_pci_lose_registers(pdev);
	pdev->current_state = state;
	if (state <= PCI_D3hot)
		shim_pci(pdev)->config[pdev->pm_cap + PCI_PM_CTRL] = state;
	return 0;
}

int __pci_reset_function_locked(struct pci_dev *pdev)
{
	device_lock_assert(&pdev->dev);
	might_sleep();
	if (!shim_pci(pdev)->can_reset)
		return -ENOTTY;
	if (shim_should_fail("reset"))
		return -EIO;
	shim_pci(pdev)->resets++;
	shim_pci_lose_registers(pdev);
	pdev->current_state = PCI_D0;
	if (shim_pci(pdev)->neighbour) {
		unsigned long writes = shim_pci(pdev)->config_writes;

		shim_irq_raise(pdev->irq);
		if (shim_pci(pdev)->config_writes != writes)
			shim_complain("%s: an interrupt handler writes to it while it is in reset",
				      pci_name(pdev));
	}
	return 0;
}

int pci_reset_function_locked(struct pci_dev *pdev)
{
	int ret;

	if (!shim_pci(pdev)->can_reset)
		return -ENOTTY;
	pci_save_state(pdev);
	ret = __pci_reset_function_locked(pdev);
	pci_restore_state(pdev);
	if (pdev->driver && pdev->driver->err_handler && pdev->driver->err_handler->reset_done)
		pdev->driver->err_handler->reset_done(pdev);
	return ret;
}

int shim_pci_dev_trylock(struct pci_dev *pdev)
{
	if (!device_trylock(&pdev->dev))
		return 0;
	if (pci_cfg_access_trylock(pdev))
		return 1;
	device_unlock(&pdev->dev);
	return 0;
}

void pci_dev_lock(struct pci_dev *pdev)
{
	device_lock(&pdev->dev);
	pci_cfg_access_lock(pdev);
}

void pci_dev_unlock(struct pci_dev *pdev)
{
	pci_cfg_access_unlock(pdev);
	device_unlock(&pdev->dev);
}

int pci_try_reset_function(struct pci_dev *pdev)
{
	int ret;

	if (!shim_pci(pdev)->can_reset)
		return -ENOTTY;
	if (!pci_dev_trylock(pdev))
		return -EAGAIN;
	ret = pci_reset_function_locked(pdev);
	pci_dev_unlock(pdev);
	return ret;
}

int pci_reset_function(struct pci_dev *pdev)
{
	int ret;

	pci_dev_lock(pdev);
	ret = pci_reset_function_locked(pdev);
	pci_dev_unlock(pdev);
	return ret;
}

ssize_t shim_pci_attr(struct pci_dev *pdev, const char *name, char *page)
{
	const struct attribute_group **groups = pdev->driver->dev_groups;

	for (; groups && *groups; groups++)
		for (struct attribute **attr = (*groups)->attrs; *attr; attr++) {
			struct device_attribute *da =
				container_of(*attr, struct device_attribute, attr);

			if (!strcmp((*attr)->name, name) && (!(*groups)->is_visible ||
			    (*groups)->is_visible(&pdev->dev.kobj, *attr, 0)))
				return da->show(&pdev->dev, da, page);
		}
	return -ENOENT;
}
