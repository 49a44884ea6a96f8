// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of vfio-pci: information, regions, configuration space, BARs and interrupts.
 * Needs edu and igb.
 */
#include "pci.h"

struct session nic = { .container = -1, .group = -1, .device = -1 };

void nic_setup(void)
{
	struct pci_dev dev;

	if (EXPECT(find_bound(IGB_ID, 0, &dev), 0))
		EXPECT(session_open(&nic, &dev), 0);
}

void nic_teardown(void)
{
	session_close(&nic);
}

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "information", NULL, NULL, nic_setup, nic_teardown, info_tests },
		{ "read and write", NULL, NULL, nic_setup, nic_teardown, rdwr_tests },
		{ "configuration space", NULL, NULL, nic_setup, nic_teardown, config_tests },
		{ "BARs", NULL, NULL, nic_setup, nic_teardown, bar_tests },
		{ "INTx", NULL, NULL, edu_setup, edu_teardown, intx_tests },
		{ "MSI", NULL, NULL, edu_setup, edu_teardown, msi_tests },
		{ "MSI-X", NULL, NULL, nic_setup, nic_teardown, msix_tests },
		{ "SET_IRQS arguments", NULL, NULL, nic_setup, nic_teardown, matrix_tests },
		{ "events and threads", NULL, NULL, nic_setup, nic_teardown, event_tests },
		{ "ioeventfd of edu", NULL, NULL, edu_setup, edu_teardown, ioeventfd_tests },
		{ "ioeventfd of igb", NULL, NULL, nic_setup, nic_teardown, ioeventfd_nic_tests },
		CU_SUITE_INFO_NULL,
	};

	return check_main(suites);
}
