/* SPDX-License-Identifier: GPL-2.0-only */
/* See linux/vfio.h beside this file. */
#ifndef VFIO_MAINLINE_VFIO_PCI_CORE_H
#define VFIO_MAINLINE_VFIO_PCI_CORE_H

#include <linux/uaccess.h>
#include <linux/vfio.h>
#include <vfio/pci_core.h>

#endif
