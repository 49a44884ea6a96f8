/* SPDX-License-Identifier: GPL-2.0-only */
/* The suites of abi-core. */
#ifndef ABI_CORE_H
#define ABI_CORE_H

#include "check.h"

extern CU_TestInfo container_tests[];
extern CU_TestInfo group_tests[];
extern CU_TestInfo pair_tests[];
extern CU_TestInfo device_tests[];
extern CU_TestInfo argsz_tests[];
extern CU_TestInfo process_tests[];

void pair_setup(void);
void pair_teardown(void);

#endif
