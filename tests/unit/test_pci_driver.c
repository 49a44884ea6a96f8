// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/* The driver vfio-pci: its parameters, and what it refuses to bind to. */
#include "pci_machine.h"
#include "unit.h"

extern char *const shim_param_ids;
extern bool *const shim_param_disable_denylist;

static void ids(const char *text)
{
	strcpy(shim_param_ids, text);
	pci_machine_make();
	CHECK_EQ(pci_machine_load(), 0);
	pci_machine_unload();
	pci_machine_break();
	*shim_param_ids = 0;
}

static void ids_that_are_understood(void)
{
	ids("8086:10c9");
	CHECK(shim_log_has("new id 8086:10c9:ffffffff:ffffffff:0:0"));
	ids("10de:1b80:1043:85aa:030000:ffff00,,1af4:1041:ffffffff");
	CHECK(shim_log_has("new id 10de:1b80:1043:85aa:30000:ffff00"));
	CHECK(shim_log_has("new id 1af4:1041:ffffffff:ffffffff:0:0"));
	CHECK(!shim_log_has("refused"));
}

static void ids_that_are_not(void)
{
	static const char *const bad[] = {
		"8086", "8086:", ":10c9", "8086:10c9x", "8086:10c9:", "8086 10c9", "108086:123456789",
		"1:2:3:4:5:6:7", "-1:2",
	};
	char text[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		shim_log_clear();
		snprintf(text, sizeof(text), "%s,1af4:1041", bad[i]);
		ids(text);
		CHECK(shim_log_has("entry 1 of ids= refused: -"));
		/* and the next is not lost with it */
		CHECK(shim_log_has("new id 1af4:1041:"));
	}
}

static void the_deny_list(void)
{
	pci_machine_make();
	pm.pdev->vendor = PCI_VENDOR_ID_INTEL;
	pm.pdev->device = 0x0435;
	CHECK_EQ(pci_machine_load(), -EINVAL);
	CHECK(shim_log_has(PCI_BDF));
	CHECK(shim_log_has("bind refused"));
	*shim_param_disable_denylist = true;
	CHECK_EQ(pci_machine_load(), 0);
	CHECK(shim_log_has("bound all the same"));
	*shim_param_disable_denylist = false;
	pci_machine_unload();
	pci_machine_break();
}

UNIT_TESTS(pci_driver,
	{ "ids that are understood", ids_that_are_understood },
	{ "ids that are not", ids_that_are_not },
	{ "the deny list", the_deny_list })
