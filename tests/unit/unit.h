/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every unit test uses: a table of tests, checks that print both values, and the
 * parts of the shim that a test drives.
 *
 * Before each test the shim is as new. After it, these must hold or the test fails: no
 * complaint of the shim (UNIT_EXPECT_COMPLAINTS() takes those that the test provokes), no
 * lock held, every live counter where it was.
 */
#ifndef UNIT_H
#define UNIT_H

#include <CUnit/CUnit.h>

#include <linux/kernel.h>
#include <linux/slab.h>
#include <shim/fault.h>
#include <shim/log.h>
#include <shim/report.h>
#include <shim/run.h>
#include <shim/task.h>
#include <shim/trace.h>
#include <shim/user.h>

struct unit_test {
	const char *name;
	void (*run)(void);
};

int unit_main(const char *suite, const struct unit_test *tests, size_t n, int argc, char **argv);

/* The end of a test file: UNIT_TESTS(suite, {"name", fn}, ...). With arguments, only the
 * tests whose names contain one of them are run. */
#define UNIT_TESTS(suite, ...)							\
int main(int argc, char **argv)							\
{										\
	static const struct unit_test tests[] = { __VA_ARGS__ };		\
										\
	return unit_main(#suite, tests, ARRAY_SIZE(tests), argc, argv);		\
}

/* Checks go on after a failure; CHECK_OR_STOP() leaves the function. */
#define CHECK(cond) unit_check(!!(cond), __FILE__, __LINE__, "%s", #cond)
#define CHECK_EQ(have, want) ({							\
	long long have_ = (long long)(have), want_ = (long long)(want);		\
	unit_check(have_ == want_, __FILE__, __LINE__,				\
		   "%s is %lld (0x%llx), not %lld (0x%llx)", #have, have_, have_, want_, want_); })
#define CHECK_STR(have, want) \
	unit_check(!strcmp(have, want), __FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #have, \
		   have, want)
#define CHECK_OR_STOP(cond) do { if (!CHECK(cond)) return; } while (0)
bool unit_check(bool holds, const char *file, int line, const char *fmt, ...) __printf(4, 5);

/* In a child process: the statement must die by the shim, BUG() or the sanitizer. */
#define CHECK_DIES(statement) do {						\
	if (unit_child()) {							\
		statement;							\
		unit_child_survived();						\
	}									\
	unit_check(unit_child_died(), __FILE__, __LINE__, "%s did not die", #statement); \
} while (0)
bool unit_child(void);
void unit_child_survived(void) __attribute__((noreturn));
bool unit_child_died(void);

/* @n complaints must have been raised so far by this test. */
#define UNIT_EXPECT_COMPLAINTS(n) CHECK_EQ(shim_complaints(), n)

#endif
