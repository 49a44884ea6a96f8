/* SPDX-License-Identifier: GPL-2.0-only */
/* The suites of abi-pci. */
#ifndef ABI_PCI_H
#define ABI_PCI_H

#include "check.h"

extern CU_TestInfo info_tests[];
extern CU_TestInfo rdwr_tests[];
extern CU_TestInfo config_tests[];
extern CU_TestInfo bar_tests[];
extern CU_TestInfo intx_tests[];
extern CU_TestInfo msi_tests[];
extern CU_TestInfo msix_tests[];
extern CU_TestInfo matrix_tests[];
extern CU_TestInfo event_tests[];
extern CU_TestInfo ioeventfd_tests[];
extern CU_TestInfo ioeventfd_nic_tests[];

/* A session on igb: PCI Express, FLR, MSI, MSI-X with 10 vectors, power management. */
extern struct session nic;
void nic_setup(void);
void nic_teardown(void);

#endif
