/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CUnit, with checks that say what they got. A program is a list of suites; each test opens what
 * it needs through setup functions, so that no test depends on one before it.
 */
#ifndef ABI_CHECK_H
#define ABI_CHECK_H

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <errno.h>
#include <stdbool.h>

#include "client.h"
#include "edu.h"

/* Both evaluate to true when the check holds; the test goes on either way. */
#define EXPECT(call, want) check_value((call), (want), #call, __FILE__, __LINE__)
#define EXPECT_TRUE(condition) check_true((condition), #condition, __FILE__, __LINE__)

/* For what the rest of the test cannot do without. */
#define REQUIRE(call, want)			\
	do {					\
		if (!EXPECT(call, want))	\
			return;			\
	} while (0)
#define REQUIRE_TRUE(condition)			\
	do {					\
		if (!EXPECT_TRUE(condition))	\
			return;			\
	} while (0)

bool check_value(long long got, long long want, const char *call, const char *file, int line);
bool check_true(bool holds, const char *condition, const char *file, int line);

/* Runs all suites, prints "N passed, N failed"; the exit code of the program. */
int check_main(CU_SuiteInfo *suites);

/* True when Passway's modules are under test, for the few places where they mean to differ. */
bool under_passway(void);

/* A session on the machine's edu device, opened before each test and closed after it. */
extern struct session edu_session;
extern struct edu edu;
void edu_setup(void);
void edu_teardown(void);

/* The same for any other device that a suite names in its setup. */
int find_bound(unsigned int vendor, unsigned int device, unsigned int nth, struct pci_dev *dev);

/* Runs the function in a child process; its exit code, or 128 + signal. */
int in_child(int (*function)(void *argument), void *argument);

/* The count of an eventfd, 0 when it did not come in time. */
uint64_t eventfd_count(int fd, int milliseconds);
int eventfd_new(void);

#define EVENT_SOON	2000		/* milliseconds for what must come */
#define EVENT_NONE	100		/* milliseconds for what must not */

#define EDU_ID		0x1234, 0x11e8
#define IGB_ID		0x8086, 0x10c9
#define E1000E_ID	0x8086, 0x10d3
#define NVME_ID		0x1b36, 0x0010

#define IOVA		0x1000000ull		/* where tests map: edu reaches 28 bits */

#endif
