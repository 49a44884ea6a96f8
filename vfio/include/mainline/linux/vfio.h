/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For variant drivers as mainline has them: put this folder's parent before the kernel's own
 * headers (LINUXINCLUDE := -I.../vfio/include/mainline -I.../vfio/include $(LINUXINCLUDE)), and
 * <linux/vfio.h> and <linux/vfio_pci_core.h> are Passway's.
 */
#ifndef VFIO_MAINLINE_VFIO_H
#define VFIO_MAINLINE_VFIO_H

#include <vfio/vfio.h>

/* iommufd is not offered; drivers fill these into their ops, where nobody calls them */
#define vfio_iommufd_physical_bind NULL
#define vfio_iommufd_physical_unbind NULL
#define vfio_iommufd_physical_attach_ioas NULL
#define vfio_iommufd_physical_detach_ioas NULL

#endif
