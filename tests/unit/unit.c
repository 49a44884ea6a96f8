// SPDX-License-Identifier: GPL-2.0-only
/* Runs the table of tests of one binary under CUnit; see unit.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "unit.h"

static const struct unit_test *current_test;
static const struct unit_test *running[512];
static unsigned int next_running;

bool unit_check(bool holds, const char *file, int line, const char *fmt, ...)
{
	static __thread char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!holds && shim_fail_site())
		fprintf(stderr, "\n    forced failure: %s", shim_fail_site());
	CU_assertImplementation(holds, line, text, file, current_test->name, CU_FALSE);
	return holds;
}

static void run_one(void)
{
	struct shim_snapshot before;
	unsigned int complaints;

	current_test = running[next_running++];
	shim_fail_at(0);
	shim_log_clear();
	shim_trace_clear();
	shim_complaints();
	shim_quiet(false);
	shim_snapshot(&before);
	current_test->run();
	shim_fail_at(0);
	shim_task_reset();
	unit_check(!shim_locks_held(), __FILE__, __LINE__, "%u locks are still held",
		   shim_locks_held());
	unit_check(shim_nothing_left(&before), __FILE__, __LINE__, "objects are left");
	complaints = shim_complaints();
	unit_check(!complaints, __FILE__, __LINE__, "%u complaints", complaints);
	shim_user_free_all();
}

static bool wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(name, argv[i]))
			return true;
	return argc < 2;
}

int unit_main(const char *name, const struct unit_test *tests, size_t n, int argc, char **argv)
{
	unsigned int failed, ran, count = 0;
	CU_pSuite suite;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (n > ARRAY_SIZE(running) || CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	suite = CU_add_suite(name, NULL, NULL);
	for (size_t i = 0; suite && i < n; i++) {
		if (!wanted(tests[i].name, argc, argv))
			continue;
		running[count++] = &tests[i];
		if (!CU_add_test(suite, tests[i].name, run_one))
			return 2;
	}
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_tests_failed();
	ran = CU_get_number_of_tests_run();
	CU_cleanup_registry();
	printf("unit: %u passed, %u failed\n", ran - failed, failed);
	return failed ? 1 : 0;
}

static pid_t child;

bool unit_child(void)
{
	fflush(NULL);
	child = fork();
	if (child < 0)
		shim_die("fork failed");
	if (!child && !getenv("UNIT_SHOW_DEATHS") && !freopen("/dev/null", "w", stderr))
		_exit(3);
	return !child;
}

void unit_child_survived(void)
{
	_exit(0);
}

bool unit_child_died(void)
{
	int status;

	return waitpid(child, &status, 0) == child &&
	       !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
