// SPDX-License-Identifier: GPL-2.0-only
/* Configuration space of fake PCI functions: accesses by kernel code, capabilities. */
#include <linux/kernel.h>
#include <linux/unaligned.h>
#include <shim/pci.h>
#include <unistd.h>

u32 shim_pci_get(const struct pci_dev *pdev, unsigned int at, unsigned int width)
{
	u32 value = 0;

	memcpy(&value, shim_pci(pdev)->config + at, width);
	return value;
}

void shim_pci_set(struct pci_dev *pdev, unsigned int at, unsigned int width, u32 value)
{
	memcpy(shim_pci(pdev)->config + at, &value, width);
	memcpy(shim_pci(pdev)->after_reset + at, &value, width);
}

void shim_pci_set_writable(struct pci_dev *pdev, unsigned int at, unsigned int width, u32 mask)
{
	memcpy(shim_pci(pdev)->writable + at, &mask, width);
}

static bool reachable(const struct pci_dev *pdev, int where, unsigned int width)
{
	if (where < 0 || where % width || where + width > (unsigned int)pdev->cfg_size)
		shim_die("%s: %u bytes of configuration space at %#x", pci_name(pdev), width,
			 where);
	return !shim_pci(pdev)->gone && !pci_dev_is_disconnected(pdev) &&
	       pdev->current_state != PCI_D3cold;
}

static u32 cfg_read(const struct pci_dev *pdev, int where, unsigned int width)
{
	u32 value = reachable(pdev, where, width) ? shim_pci_get(pdev, where, width) : ~0U;

	shim_pci(pdev)->config_reads++;
	if (shim_pci(pdev)->slow)
		usleep(1);
	return value;
}

static int cfg_write(const struct pci_dev *pdev, int where, unsigned int width, u32 value)
{
	struct shim_pci *shim = shim_pci(pdev);

	shim->config_writes++;
	if (!reachable(pdev, where, width))
		return PCIBIOS_DEVICE_NOT_FOUND;
	for (unsigned int i = 0; i < width; i++, where++, value >>= 8) {
		u8 byte = value, mask = shim->writable[where];

		shim->config[where] = (shim->config[where] & ~mask) | (byte & mask);
		shim->config[where] &= ~(byte & shim->clear_by_one[where]);
	}
	return PCIBIOS_SUCCESSFUL;
}

/* User accesses wait while the configuration is locked: here, for ever. */
static void user_access(const struct pci_dev *pdev)
{
	might_sleep();
	if (shim_pci(pdev)->access_locked)
		shim_die("%s: access to configuration space while it is locked", pci_name(pdev));
}

#define CONFIG(size, bits)							\
int pci_read_config_##size(const struct pci_dev *pdev, int where, u##bits *value) \
{										\
	*value = cfg_read(pdev, where, bits / 8);					\
	return PCIBIOS_SUCCESSFUL;						\
}										\
int pci_write_config_##size(const struct pci_dev *pdev, int where, u##bits value) \
{										\
	return cfg_write(pdev, where, bits / 8, value);				\
}										\
int pci_user_read_config_##size(struct pci_dev *pdev, int where, u##bits *value) \
{										\
	user_access(pdev);							\
	return pci_read_config_##size(pdev, where, value);			\
}										\
int pci_user_write_config_##size(struct pci_dev *pdev, int where, u##bits value) \
{										\
	user_access(pdev);							\
	return cfg_write(pdev, where, bits / 8, value) ? -ENODEV : 0;		\
}
CONFIG(byte, 8)
CONFIG(word, 16)
CONFIG(dword, 32)

void pci_cfg_access_lock(struct pci_dev *pdev)
{
	might_sleep();
	if (shim_pci(pdev)->access_locked)
		shim_die("%s: configuration space locked twice", pci_name(pdev));
	shim_pci(pdev)->access_locked = true;
}

bool pci_cfg_access_trylock(struct pci_dev *pdev)
{
	bool free = !shim_pci(pdev)->access_locked;

	shim_pci(pdev)->access_locked = true;
	return free;
}

void pci_cfg_access_unlock(struct pci_dev *pdev)
{
	WARN_ON(!shim_pci(pdev)->access_locked);
	shim_pci(pdev)->access_locked = false;
}

/* Capabilities */

u8 shim_pci_add_cap(struct pci_dev *pdev, u8 id, unsigned int length)
{
	struct shim_pci *shim = shim_pci(pdev);
	u8 at = shim->next_cap;

	if (at + length > 0x100)
		shim_die("%s: no room for capability %#x", pci_name(pdev), id);
	shim->next_cap = ALIGN(at + length, 4);
	shim_pci_set(pdev, shim->last_cap, 1, at);
	shim_pci_set(pdev, at, 1, id);
	shim_pci_set(pdev, PCI_STATUS, 2, shim_pci_get(pdev, PCI_STATUS, 2) |
		     PCI_STATUS_CAP_LIST);
	shim->last_cap = at + PCI_CAP_LIST_NEXT;
	return at;
}

u16 shim_pci_add_ext_cap(struct pci_dev *pdev, u16 id, u8 version, unsigned int length)
{
	struct shim_pci *shim = shim_pci(pdev);
	u16 at = shim->next_ext_cap, before = shim->last_ext_cap;

	shim->next_ext_cap = ALIGN(at + length, 4);
	shim_pci_set(pdev, at, 4, id | version << 16);
	if (before)
		shim_pci_set(pdev, before + 2, 2,
			     (shim_pci_get(pdev, before + 2, 2) & 0xf) | at << 4);
	shim->last_ext_cap = at;
	return at;
}

u8 pci_find_capability(struct pci_dev *pdev, int id)
{
	u8 at = shim_pci_get(pdev, PCI_CAPABILITY_LIST, 1);

	for (unsigned int n = 0; at >= 0x40 && n < 48; n++) {
		if (shim_pci_get(pdev, at, 1) == id)
			return at;
		at = shim_pci_get(pdev, at + 1, 1) & ~3;
	}
	return 0;
}

u16 pci_find_ext_capability(struct pci_dev *pdev, int id)
{
	unsigned int at = 0x100;

	for (unsigned int n = 0; at >= 0x100 && at < (unsigned int)pdev->cfg_size && n < 960; n++) {
		u32 head = shim_pci_get(pdev, at, 4);

		if (head && PCI_EXT_CAP_ID(head) == id)
			return at;
		at = PCI_EXT_CAP_NEXT(head);
	}
	return 0;
}

void shim_pci_add_pm(struct pci_dev *pdev)
{
	pdev->pm_cap = shim_pci_add_cap(pdev, PCI_CAP_ID_PM, PCI_PM_SIZEOF);
	shim_pci_set(pdev, pdev->pm_cap + PCI_PM_PMC, 2, 3);
	shim_pci_set_writable(pdev, pdev->pm_cap + PCI_PM_CTRL, 2, PCI_PM_CTRL_STATE_MASK);
}

void shim_pci_add_msi(struct pci_dev *pdev, unsigned int vectors)
{
	u8 at = shim_pci_add_cap(pdev, PCI_CAP_ID_MSI, 24);

	pdev->msi_cap = at;
	shim_pci_set(pdev, at + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT |
		     __builtin_ctz(vectors) << 1);
	shim_pci_set_writable(pdev, at + PCI_MSI_FLAGS, 2,
			      PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
	for (unsigned int reg = 4; reg <= 16; reg += 4)
		shim_pci_set_writable(pdev, at + reg, 4, ~0U);
}

void shim_pci_add_msix(struct pci_dev *pdev, unsigned int vectors, int bar, u32 offset)
{
	u8 at = shim_pci_add_cap(pdev, PCI_CAP_ID_MSIX, PCI_CAP_MSIX_SIZEOF);

	pdev->msix_cap = at;
	shim_pci_set(pdev, at + PCI_MSIX_FLAGS, 2, vectors - 1);
	shim_pci_set_writable(pdev, at + PCI_MSIX_FLAGS, 2,
			      PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	shim_pci_set(pdev, at + PCI_MSIX_TABLE, 4, offset | bar);
	shim_pci_set(pdev, at + PCI_MSIX_PBA, 4, (offset + 0x800) | bar);
}

int pci_pcie_type(const struct pci_dev *pdev)
{
	return shim_pci_get(pdev, pdev->pcie_cap + PCI_EXP_FLAGS, 2) >> 4 & 0xf;
}

int pcie_capability_read_word(struct pci_dev *pdev, int where, u16 *value)
{
	*value = 0;
	return pdev->pcie_cap ? pci_read_config_word(pdev, pdev->pcie_cap + where, value) : 0;
}

int pcie_capability_read_dword(struct pci_dev *pdev, int where, u32 *value)
{
	*value = 0;
	return pdev->pcie_cap ? pci_read_config_dword(pdev, pdev->pcie_cap + where, value) : 0;
}

int pcie_capability_write_word(struct pci_dev *pdev, int where, u16 value)
{
	return pdev->pcie_cap ? pci_write_config_word(pdev, pdev->pcie_cap + where, value) : 0;
}

int pcie_get_readrq(struct pci_dev *pdev)
{
	return 128 << (shim_pci_get(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, 2) >> 12 & 7);
}

int pcie_get_mps(struct pci_dev *pdev)
{
	return 128 << (shim_pci_get(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, 2) >> 5 & 7);
}

int pcie_set_readrq(struct pci_dev *pdev, int bytes)
{
	u16 control = shim_pci_get(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, 2);

	if (bytes < 128 || bytes > 4096 || bytes & (bytes - 1))
		return -EINVAL;
	control = (control & ~PCI_EXP_DEVCTL_READRQ) | (__builtin_ctz(bytes) - 7) << 12;
	return pci_write_config_word(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, control);
}

static ssize_t vpd_room(loff_t at, size_t n)
{
	if (at < 0)
		return -EINVAL;
	if (at >= 256)
		return 0;
	return n < (size_t)(256 - at) ? n : (size_t)(256 - at);
}

ssize_t pci_read_vpd(struct pci_dev *pdev, loff_t at, size_t n, void *to)
{
	ssize_t room = vpd_room(at, n);

	might_sleep();
	if (room > 0)
		memcpy(to, shim_pci(pdev)->vpd + at, room);
	return room;
}

ssize_t pci_write_vpd(struct pci_dev *pdev, loff_t at, size_t n, const void *from)
{
	ssize_t room = vpd_room(at, n);

	might_sleep();
	if (room > 0)
		memcpy(shim_pci(pdev)->vpd + at, from, room);
	return room;
}
