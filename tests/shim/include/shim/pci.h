/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake PCI functions: a configuration space with a mask of bits that can be written,
 * BARs, capabilities, interrupts, resets, power states.
 *
 * What is complained of, since hardware would not forgive it: access to a BAR that is not
 * decoded or sleeps, writing the MSI-X table likewise, freeing vectors in use, unbalanced
 * enables and power references.
 */
#ifndef SHIM_PCI_H
#define SHIM_PCI_H

#include <linux/pci.h>

#define SHIM_PCI_VECTORS 2048
#define SHIM_PCI_VFS 8

/**
 * struct shim_pci - what a function is beyond its struct pci_dev
 * @config: registers, as hardware has them now
 * @writable: bits of them that a write changes
 * @clear_by_one: bits that a written 1 clears
 * @after_reset: registers after a reset
 * @bar: content of the BARs; @rom of the ROM
 * @claimed: BARs that a driver has requested; a test may claim one for another driver
 * @can_reset: there is a way to
 * @soft_reset: D3hot to D0 loses the registers (No_Soft_Reset is 0)
 * @dyn_msix: vectors can be added one by one
 * @vectors_left: how many the host can still give
 * @gone: unplugged: everything reads as ones
 * @asserted: it asserts INTx
 * @refuses: it stays in D3hot when it is to wake, of which the PCI core tells the log only
 * @when_freed: called while a vector of it is given back
 * @neighbour: another device of its INTx line interrupts while it is in reset
 * @slow: reading its configuration takes so long that other threads get between
 * @resets: how often it was reset
 * @vectors: Linux interrupt of each vector, or 0
 * @vga_client: registered with the VGA arbiter
 * @vga_decodes: what the arbiter was told last that it decodes
 * @vga_route: route of the arbiter that it had last
 * @vf_iommu: of its VFs, each in a group of its own
 * @no_autoprobe: new VFs are not given to a driver
 * @vf: its VFs
 * @below: the bus behind it, if it is a bridge
 * @slot: there, for device 0
 * @no_bus_reset: that bus cannot be reset
 */
struct shim_pci {
	struct pci_dev pdev;
	struct pci_bus bus;
	u8 config[4096], writable[4096], clear_by_one[4096], after_reset[4096];
	u8 *bar[PCI_STD_NUM_BARS], *rom;
	bool claimed[PCI_STD_NUM_BARS];
	bool can_reset, soft_reset, dyn_msix, gone, asserted, neighbour, slow, access_locked;
	bool refuses;
	void (*when_freed)(void);
	unsigned int vectors_left, resets, next_cap, next_ext_cap, last_cap, last_ext_cap;
	int vectors[SHIM_PCI_VECTORS];
	unsigned int nvectors, mode;	/* mode is PCI_IRQ_* or 0 */
	u8 vpd[256];
	unsigned long config_reads, config_writes;
	bool vga_client;
	unsigned int vga_decodes, vga_route;
	struct shim_iommu *vf_iommu;
	bool no_autoprobe;
	struct pci_dev *vf[SHIM_PCI_VFS];
	struct pci_bus below;
	struct pci_slot slot;
	bool no_bus_reset;
};

static inline struct shim_pci *shim_pci(const struct pci_dev *pdev)
{
	return pdev->shim;
}

/** shim_pci_new() - a PCIe endpoint at @name ("0000:01:00.0") without BARs and capabilities
 * other than PCIe; extended space of 4096 bytes; can be reset; not in a group. */
struct pci_dev *shim_pci_new(const char *name, u16 vendor, u16 device);
void shim_pci_free(struct pci_dev *pdev);
/** shim_pci_add_bar() - memory at a fresh address; @flags IORESOURCE_*; size a power of two. */
void shim_pci_add_bar(struct pci_dev *pdev, int bar, u64 size, unsigned long flags);
void shim_pci_add_rom(struct pci_dev *pdev, u64 size);
/** shim_pci_add_cap() - another capability of @length bytes, header included; its offset. */
u8 shim_pci_add_cap(struct pci_dev *pdev, u8 id, unsigned int length);
u16 shim_pci_add_ext_cap(struct pci_dev *pdev, u16 id, u8 version, unsigned int length);
/* Usual capabilities, with their bits set up. */
void shim_pci_add_pm(struct pci_dev *pdev);
void shim_pci_add_msi(struct pci_dev *pdev, unsigned int vectors);
void shim_pci_add_msix(struct pci_dev *pdev, unsigned int vectors, int bar, u32 offset);
/* Registers as hardware changes them, and their state after reset. */
void shim_pci_set(struct pci_dev *pdev, unsigned int at, unsigned int width, u32 value);
u32 shim_pci_get(const struct pci_dev *pdev, unsigned int at, unsigned int width);
void shim_pci_set_writable(struct pci_dev *pdev, unsigned int at, unsigned int width, u32 mask);
/** shim_pci_bind() - probe by @driver under the device lock, as by driver_override. */
int shim_pci_bind(struct pci_dev *pdev, struct pci_driver *driver);
void shim_pci_unbind(struct pci_dev *pdev);
struct pci_driver *shim_pci_driver(const char *name);
/** shim_pci_attr() - read an attribute that its driver has for it; -ENOENT when there is none. */
ssize_t shim_pci_attr(struct pci_dev *pdev, const char *name, char *page);
/** shim_pci_set_numvfs() - the administrator writes sriov_numvfs. */
int shim_pci_set_numvfs(struct pci_dev *pdev, int num);
int shim_pci_probe_vf(struct pci_dev *vf, const char *driver);
/** shim_pci_assert() - it asserts INTx, or no longer; the line fires as hardware would. */
void shim_pci_assert(struct pci_dev *pdev, bool on);
/** shim_pci_message() - it sends MSI(-X) @vector; true if it reached a handler. */
bool shim_pci_message(struct pci_dev *pdev, unsigned int vector);
/* The MSI-X table, if in use, is written by the host. */
void shim_pci_touch_table(struct pci_dev *pdev);
/* What was on before its configuration was written back is on again, whatever was in that. */
void shim_pci_enable_vectors(struct pci_dev *pdev);
/** shim_pci_bridge() - a PCIe bridge at @name, with bus @number behind it. */
struct pci_dev *shim_pci_bridge(const char *name, unsigned char number);
/** shim_pci_put_below() - the function is behind that bridge, and in its slot if it is device 0. */
void shim_pci_put_below(struct pci_dev *pdev, struct pci_dev *bridge);
/** shim_pci_during_bus_reset - called, if set, while all functions of a bus are in reset. */
extern void (*shim_pci_during_bus_reset)(void);
/* The function loses what a reset loses. */
void shim_pci_lose_registers(struct pci_dev *pdev);
/** shim_pci_nth() - the @n-th function there is, in no order; NULL behind the last. */
struct pci_dev *shim_pci_nth(unsigned int n);
/** shim_pci_unplug() - by surprise. */
void shim_pci_unplug(struct pci_dev *pdev);
/** shim_pci_answers() - it decodes memory or ports (@command) and is in D0. */
bool shim_pci_answers(const struct pci_dev *pdev, u16 command);

#endif
