// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers, groups and device fds: who may do what in which order.
 * Needs edu and edu-pair.
 */
#include "core.h"

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "container", NULL, NULL, NULL, NULL, container_tests },
		{ "group", NULL, NULL, NULL, NULL, group_tests },
		{ "group of two devices", NULL, NULL, pair_setup, pair_teardown, pair_tests },
		{ "device fd", NULL, NULL, edu_setup, edu_teardown, device_tests },
		{ "argument size", NULL, NULL, edu_setup, edu_teardown, argsz_tests },
		{ "processes", NULL, NULL, edu_setup, edu_teardown, process_tests },
		CU_SUITE_INFO_NULL,
	};

	return check_main(suites);
}
