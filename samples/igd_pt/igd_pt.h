/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of igd_pt know of each other. */
#ifndef IGD_PT_H
#define IGD_PT_H

#include <vfio/pci_core.h>

/* How user space finds the regions, by type and subtype (uapi/linux/vfio.h) */
#define IGD_REGION_TYPE (VFIO_REGION_TYPE_PCI_VENDOR_TYPE | PCI_VENDOR_ID_INTEL)

int igd_opregion_add(struct vfio_pci_core_device *vdev);
int igd_bridges_add(struct vfio_pci_core_device *vdev);

#endif
