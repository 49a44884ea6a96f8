/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtual configuration space, as config.c, config_perm.c and config_cap.c share it. */
#ifndef VFIO_PCI_CONFIG_H
#define VFIO_PCI_CONFIG_H

#include <linux/bits.h>
#include <linux/mutex.h>

#include "priv.h"

/**
 * struct vfio_pci_perm - permissions of one register
 * @offset: from the start of the capability or header
 * @width: 1, 2 or 4 bytes; the register lies inside one dword
 * @virt: bits that come from the virtual copy; the others are the device's
 * @write: bits that user space may write, to the copy or to the device as @virt says
 *
 * A bit of the device that is cleared by writing one to it must be writable: the others of
 * its register are written back as they were read.
 */
struct vfio_pci_perm {
	u16 offset;
	u8 width;
	u32 virt;
	u32 write;
};

/**
 * struct vfio_pci_config_write - a write of user space to one register
 * @pos: offset in configuration space, a multiple of @width
 * @width: 1, 2 or 4 bytes
 * @mask: bits of the dword around @pos that are written; all of them permitted
 * @data: their values, at their places in that dword
 */
struct vfio_pci_config_write {
	u16 pos;
	u8 width;
	u32 mask;
	u32 data;
};

/**
 * struct vfio_pci_cap - one kind of capability, or the header
 * @id: capability ID
 * @len: bytes; the least of them if @length is there
 * @raw: what has no row passes to the device both ways; else it can only be read
 * @num_rows: rows
 * @rows: permissions
 * @length: bytes of the one at @pos
 * @init: change the fresh copy of the one at @base, which has @len bytes
 * @write: do what a write means; without it the bits are stored
 */
struct vfio_pci_cap {
	u16 id;
	u16 len;
	bool raw;
	u8 num_rows;
	const struct vfio_pci_perm *rows;
	unsigned int (*length)(struct vfio_pci_core_device *vdev, u16 pos);
	void (*init)(struct vfio_pci_core_device *vdev, u16 base, unsigned int len);
	int (*write)(struct vfio_pci_core_device *vdev, u16 base,
		     const struct vfio_pci_config_write *w);
};

/* A stretch of configuration space that belongs together */
struct vfio_pci_claim {
	const struct vfio_pci_cap *cap;
	u16 base;
};

/* Standard and extended capabilities, the header, and what belongs to none */
#define VFIO_PCI_MAX_CLAIMS 128

/**
 * struct vfio_pci_config - virtual configuration space of an open device
 * @lock: serialises writers; a single dword can be read without it
 * @size: bytes, 256 or 4096
 * @pm: offset of the power management capability, 0 for none; constant after init
 * @num_claims: claims in use
 * @claims: what lies in the space; claims[0] is what belongs to no capability
 * @owner: per dword, which claim it belongs to
 * @value: per dword, the virtual copy
 * @virt: per dword, bits that are virtual; constant after init
 * @keep: per dword, bits that user space may not write; constant after init
 *
 * Dwords are in the CPU's byte order, as pci_read_config_dword() gives them.
 */
struct vfio_pci_config {
	struct mutex lock;
	unsigned int size;
	u16 pm;
	unsigned int num_claims;
	struct vfio_pci_claim claims[VFIO_PCI_MAX_CLAIMS];
	u8 *owner;
	u32 *value;
	u32 *virt;
	u32 *keep;
};

/* The bits of a dword that a register of @width bytes at @pos occupies */
static inline u32 vfio_pci_lanes(u16 pos, u8 width)
{
	return GENMASK(8 * width - 1, 0) << (8 * (pos & 3));
}

/* config.c: registers of the virtual copy */

u32 vfio_pci_config_virt_get(const struct vfio_pci_config *cfg, u16 pos, u8 width);
void vfio_pci_config_virt_set(struct vfio_pci_config *cfg, u16 pos, u8 width, u32 val);
int vfio_pci_config_store(struct vfio_pci_core_device *vdev,
			  const struct vfio_pci_config_write *w);

/* config_perm.c: what is known of each capability */

extern const struct vfio_pci_cap vfio_pci_unclaimed;
extern const struct vfio_pci_cap vfio_pci_hidden;
extern const struct vfio_pci_cap vfio_pci_header;
const struct vfio_pci_cap *vfio_pci_find_cap(u8 id);
const struct vfio_pci_cap *vfio_pci_find_ext_cap(u16 id);
void vfio_pci_perm_apply(struct vfio_pci_config *cfg, const struct vfio_pci_cap *cap, u16 base,
			 unsigned int len);

/* config_write.c: what writes to some capabilities do; see @write of struct vfio_pci_cap */

int vfio_pci_header_write(struct vfio_pci_core_device *vdev, u16 base,
			  const struct vfio_pci_config_write *w);
int vfio_pci_pm_write(struct vfio_pci_core_device *vdev, u16 base,
		      const struct vfio_pci_config_write *w);
int vfio_pci_exp_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w);
int vfio_pci_af_write(struct vfio_pci_core_device *vdev, u16 base,
		      const struct vfio_pci_config_write *w);
int vfio_pci_vpd_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w);
int vfio_pci_msi_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w);

/* config_bar.c: base address registers */

void vfio_pci_config_init_bars(struct vfio_pci_core_device *vdev);
void vfio_pci_config_repair_bars(struct vfio_pci_core_device *vdev);

/* config_cap.c: the walk */

int vfio_pci_config_claim_all(struct vfio_pci_core_device *vdev);

#endif
