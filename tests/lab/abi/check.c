// SPDX-License-Identifier: GPL-2.0-only
/*
 * See check.h.
 */
#define _GNU_SOURCE
#include "check.h"

#include <CUnit/Basic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct session edu_session = { .container = -1, .group = -1, .device = -1 };
struct edu edu;

bool check_value(long long got, long long want, const char *call, const char *file, int line)
{
	char text[512];

	if (got < 0 && got > -4096)
		snprintf(text, sizeof(text), "%s: got %lld (%s), want %lld", call, got,
			 strerrorname_np(-got), want);
	else
		snprintf(text, sizeof(text), "%s: got %lld (%#llx), want %lld", call, got, got,
			 want);
	return CU_assertImplementation(got == want, line, text, file, "", CU_FALSE);
}

bool check_true(bool holds, const char *condition, const char *file, int line)
{
	return CU_assertImplementation(holds, line, condition, file, "", CU_FALSE);
}

int check_main(CU_SuiteInfo *suites)
{
	unsigned int failed;

	/* a test that hangs must not take what it said so far with it */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
		fprintf(stderr, "CUnit: %s\n", CU_get_error_msg());
		return 2;
	}
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
	printf("\n%u passed, %u failed\n",
	       CU_get_number_of_tests_run() - CU_get_number_of_tests_failed(), failed);
	failed = failed || CU_get_number_of_tests_run() == 0;
	CU_cleanup_registry();
	return failed ? 1 : 0;
}

bool under_passway(void)
{
	const char *modules = getenv("JOB_MODULES");

	return modules && !strcmp(modules, "passway");
}

int find_bound(unsigned int vendor, unsigned int device, unsigned int nth, struct pci_dev *dev)
{
	int err = pci_find(vendor, device, nth, dev);

	return err ? err : pci_bind(dev, "vfio-pci");
}

void edu_setup(void)
{
	struct pci_dev dev;

	if (EXPECT(find_bound(EDU_ID, 0, &dev), 0) && EXPECT(session_open(&edu_session, &dev), 0))
		EXPECT(edu_start(&edu, edu_session.device), 0);
}

void edu_teardown(void)
{
	edu_stop(&edu);
	session_close(&edu_session);
}

int in_child(int (*function)(void *argument), void *argument)
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(function(argument));
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int eventfd_new(void)
{
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

uint64_t eventfd_count(int fd, int milliseconds)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	uint64_t count = 0;

	if (poll(&wait, 1, milliseconds) == 1 && read(fd, &count, sizeof(count)) != sizeof(count))
		count = 0;
	return count;
}
