/* SPDX-License-Identifier: GPL-2.0-only */
/* PFs and VFs, as sriov.c and token.c share them. */
#ifndef VFIO_PCI_SRIOV_H
#define VFIO_PCI_SRIOV_H

#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/uuid.h>

#include "priv.h"

/**
 * struct vfio_pci_token - the VF token of a PF
 * @lock: guards what follows; a leaf
 * @uuid: the token
 * @serial: counts its changes
 * @vfs_open: VFs that somebody has open
 */
struct vfio_pci_token {
	struct mutex lock;
	uuid_t uuid;
	u64 serial;
	unsigned int vfs_open;
};

struct vfio_pci_token *vfio_pci_token_alloc(void);
void vfio_pci_token_free(struct vfio_pci_token *token);

/* What vfio_pci_name_parse() found */
enum {
	VFIO_PCI_NAME_PLAIN = 1,
	VFIO_PCI_NAME_TOKEN,
};

int vfio_pci_name_parse(const char *name, const char *device, uuid_t *uuid);

#endif
