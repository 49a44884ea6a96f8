// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers, mappings and devices over fork, exec and sudden death.
 */
#define _GNU_SOURCE
#include "core.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char *memory;

static int child_maps(void *iova)
{
	return -dma_map(edu_session.container, memory, (uintptr_t)iova, PAGE_SIZE, RW);
}

/* A child has the same container; what it maps is its own memory, charged to itself. */
static void fork_maps(void)
{
	uint64_t unmapped;

	memory = memory_small(PAGE_SIZE);
	EXPECT(dma_map(edu_session.container, memory, IOVA, PAGE_SIZE, RW), 0);
	EXPECT(in_child(child_maps, (void *)(uintptr_t)(IOVA + PAGE_SIZE)), 0);
	EXPECT(in_child(child_maps, (void *)(uintptr_t)IOVA), EEXIST);
	/* the child is gone, its mapping is not */
	EXPECT(dma_unmap(edu_session.container, IOVA, 2 * PAGE_SIZE, 0, &unmapped), 0);
	EXPECT(unmapped, 2 * PAGE_SIZE);
	EXPECT(locked_pages(), 0);
	munmap(memory, PAGE_SIZE);
}

/* The page that was pinned stays the page of who pinned it, whoever writes first after fork. */
static int child_writes(void *unused)
{
	(void)unused;
	memory[0] = 'c';
	return 0;
}

static void fork_keeps_pinned_page(void)
{
	memory = memory_small(PAGE_SIZE);
	memory[0] = 'p';
	REQUIRE(dma_map(edu_session.container, memory, IOVA, PAGE_SIZE, RW), 0);
	EXPECT(in_child(child_writes, NULL), 0);
	EXPECT(memory[0], 'p');
	memory[1] = 'q';
	EXPECT(edu_store(&edu, IOVA, 0, 4), 0);
	EXPECT(edu_load(&edu, IOVA + 16, 0, 4), 0);
	EXPECT(memory[16], 'p');
	EXPECT(memory[17], 'q');
	munmap(memory, PAGE_SIZE);
}

static int child_unmaps(void *unused)
{
	(void)unused;
	return -dma_unmap(edu_session.container, IOVA, PAGE_SIZE, 0, NULL);
}

/* Another process unmaps: the charge goes back to the one that mapped. */
static void unmap_by_child(void)
{
	long before = locked_pages();

	memory = memory_small(PAGE_SIZE);
	REQUIRE(dma_map(edu_session.container, memory, IOVA, PAGE_SIZE, RW), 0);
	EXPECT(locked_pages() - before, 1);
	EXPECT(in_child(child_unmaps, NULL), 0);
	EXPECT(locked_pages(), before);
	munmap(memory, PAGE_SIZE);
}

/*
 * The mapping survives the exec of its maker; the new program has none of the charge, and
 * unmapping does not take its count below zero.
 */
static int child_execs(void *unused)
{
	static const char script[] =
		"test $(awk '/^VmLck/ { print $2 }' /proc/self/status) = 0";

	(void)unused;
	if (dma_map(edu_session.container, memory, IOVA, PAGE_SIZE, RW))
		return 99;
	fcntl(edu_session.container, F_SETFD, 0);
	execl("/bin/sh", "sh", "-c", script, NULL);
	return 98;
}

static void exec_drops_charge(void)
{
	uint64_t unmapped;

	memory = memory_small(PAGE_SIZE);
	EXPECT(in_child(child_execs, NULL), 0);
	EXPECT(dma_unmap(edu_session.container, IOVA, PAGE_SIZE, 0, &unmapped), 0);
	EXPECT(unmapped, PAGE_SIZE);
	EXPECT(locked_pages(), 0);
	munmap(memory, PAGE_SIZE);
}

/* Has the device and memory mapped, and waits to be killed. */
static int child_waits(void *pipe_end)
{
	struct session s;
	struct pci_dev dev;

	if (pci_find(EDU_ID, 0, &dev) || session_open(&s, &dev))
		return 1;
	if (dma_map(s.container, memory, IOVA, HUGE_SIZE, RW))
		return 2;
	if (write(*(int *)pipe_end, "r", 1) != 1)
		return 3;
	pause();
	return 4;
}

static void killed_owner(void)
{
	long pinned = pinned_pages();
	int pipes[2], status;
	pid_t pid;
	char byte;

	edu_stop(&edu);
	session_close(&edu_session);
	memory = memory_small(HUGE_SIZE);
	REQUIRE(pipe(pipes), 0);
	pid = fork();
	if (pid == 0)
		_exit(child_waits(&pipes[1]));
	EXPECT(read(pipes[0], &byte, 1), 1);
	EXPECT(group_open(edu_session.dev.group), -EBUSY);
	kill(pid, SIGKILL);
	EXPECT(waitpid(pid, &status, 0), pid);
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT(session_open(&edu_session, &edu_session.dev), 0);
	EXPECT_TRUE(pins_returned(pinned));
	close(pipes[0]);
	close(pipes[1]);
	munmap(memory, HUGE_SIZE);
}

CU_TestInfo process_tests[] = {
	{ "fork: a child maps into the container", fork_maps },
	{ "fork: a pinned page stays with its owner", fork_keeps_pinned_page },
	{ "a child unmaps: the charge returns", unmap_by_child },
	{ "exec: the new program is not charged", exec_drops_charge },
	{ "SIGKILL frees group and memory", killed_owner },
	CU_TEST_INFO_NULL,
};
