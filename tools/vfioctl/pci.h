/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI addresses, names and capabilities; the last two by libpci. See pci.c. */
#ifndef VFIOCTL_PCI_H
#define VFIOCTL_PCI_H

#include <stdbool.h>
#include <stdint.h>

#define BDF_LEN 20	/* "ffffffff:ff:1f.7" and its NUL fit */

#define PCI_BASE_CLASS_BRIDGE_CODE 0x06	/* PCI Code and ID Assignment, 1.7 */

/** struct pci_addr - the place of a function */
struct pci_addr {
	uint32_t domain;
	uint8_t bus, dev, fn;
};

/** pci_parse - read "[domain:]bus:device.function", strictly; the domain is 0 when left out */
bool pci_parse(const char *text, struct pci_addr *addr);

/** pci_format - write an address as sysfs names it */
void pci_format(const struct pci_addr *addr, char bdf[BDF_LEN]);

/** pci_normalise - pci_parse() and pci_format() in one; false if @text is no address */
bool pci_normalise(const char *text, char bdf[BDF_LEN]);

/** pci_compare - order of two addresses, as for qsort() */
int pci_compare(const struct pci_addr *a, const struct pci_addr *b);

/** pci_path_owner - the innermost PCI function on a sysfs path; false if there is none */
bool pci_path_owner(const char *path, char bdf[BDF_LEN]);

/* Names in words; each result lives until the next call of the same function. */
const char *pci_vendor_name(uint16_t vendor);
const char *pci_device_name(uint16_t vendor, uint16_t device);
const char *pci_class_name(uint16_t class);

/** struct pci_cap_info - what the capability lists tell; see PCIe 6.0, 7.5 to 7.9 */
struct pci_cap_info {
	bool flr;			/* Device Capabilities: function level reset */
	unsigned int msi_vectors;	/* requested, 0: no MSI */
	unsigned int msix_vectors;	/* table size, 0: no MSI-X */
};

/**
 * pci_walk_caps - read a function's capabilities
 * @seen: called with the name of each in list order
 * Returns false when its configuration space cannot be read.
 */
bool pci_walk_caps(const struct pci_addr *addr, struct pci_cap_info *info,
		   void (*seen)(void *arg, const char *name), void *arg);

/** pci_done - release what libpci holds */
void pci_done(void);

#endif
