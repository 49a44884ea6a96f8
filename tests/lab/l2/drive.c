// SPDX-License-Identifier: GPL-2.0-only
/*
 * An NVMe drive, by the kernel's driver.
 *
 *	drive fill DISK MIB SEED [BUFFERS]	writes, and has the drive flush what it holds
 *	drive check DISK MIB SEED [BUFFERS]	reads: each word must be what fill wrote there
 *	drive blank DISK MIB			reads: all must be zero
 *	drive format CONTROLLER			formats namespace 1
 *	drive online CONTROLLER ID QUEUES VECTORS
 *						gives a secondary controller what it needs to work
 *
 * Every CPU takes its share of the blocks, so that each of the driver's queues is used. Data goes
 * past the page cache, straight between the drive and BUFFERS MiB of memory (2) for each CPU. How
 * much of that lies above 4 GiB is printed: where a small guest has only memory plugged in later.
 * Exits with 1 and a message when anything is wrong.
 */
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB		(1ul << 20)
#define BLOCK		(MIB / 2)	/* one command of the drive */
#define HIGH		(4ul << 30)

/* NVM Express base specification: opcodes of the admin command set */
#define ADMIN_VIRTUALIZATION	0x1c
#define ADMIN_FORMAT		0x80
/* Virtualization Management: actions, and which of a controller's flexible resources */
#define SECONDARY_ASSIGN	8u
#define SECONDARY_ONLINE	9u
#define RESOURCE_QUEUES		0u
#define RESOURCE_VECTORS	1u

struct job {
	const char *disk;
	bool write;
	bool blank;
	unsigned long bytes, buffers, seed;
};

/* What stands at a word of the disk: a mix of its place, so that nothing can be swapped unseen */
static uint64_t word_at(uint64_t index, uint64_t seed)
{
	uint64_t word = (index + seed * 0x10001) * 0x9e3779b97f4a7c15ull;

	return word ^ word >> 29;
}

static void fill_block(uint64_t *words, uint64_t first, const struct job *job)
{
	for (uint64_t i = 0; i < BLOCK / sizeof(*words); i++)
		words[i] = word_at(first + i, job->seed);
}

static void check_block(const uint64_t *words, uint64_t first, const struct job *job)
{
	for (uint64_t i = 0; i < BLOCK / sizeof(*words); i++) {
		uint64_t want = job->blank ? 0 : word_at(first + i, job->seed);

		if (words[i] != want)
			fail("%s: at byte %#lx is %#lx, not %#lx", job->disk,
			     (first + i) * sizeof(*words), words[i], want);
	}
}

/* MiB of the buffers that lie in high physical memory */
static unsigned long count_high(const char *buffers, unsigned long bytes)
{
	unsigned long high = 0;

	for (unsigned long at = 0; at < bytes; at += PAGE)
		high += physical(buffers + at) >= HIGH;
	return high * PAGE / MIB;
}

/* The share of one CPU out of so many */
static void work(const struct job *job, int share, int shares)
{
	int disk = open(job->disk, (job->write ? O_WRONLY : O_RDONLY) | O_DIRECT | O_CLOEXEC);
	char *buffers = mmap(NULL, job->buffers, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	unsigned long at, slot = 0;

	if (disk < 0)
		fail("%s: %s", job->disk, strerror(errno));
	if (buffers == MAP_FAILED)
		fail("no %lu bytes for buffers", job->buffers);
	for (at = share * BLOCK; at < job->bytes; at += shares * BLOCK) {
		uint64_t *words = (uint64_t *)(buffers + slot);
		uint64_t first = at / sizeof(*words);
		ssize_t done;

		if (job->write) {
			fill_block(words, first, job);
			done = pwrite(disk, words, BLOCK, at);
		} else {
			/* what was there before must not pass for what should have come */
			memset(words, 0xa5, BLOCK);
			done = pread(disk, words, BLOCK, at);
		}
		if (done != (ssize_t)BLOCK)
			fail("%s: at byte %#lx: %s", job->disk, at,
			     done < 0 ? strerror(errno) : "short");
		if (!job->write)
			check_block(words, first, job);
		slot = (slot + BLOCK) % job->buffers;
	}
	if (job->write && fsync(disk))
		fail("%s: flush: %s", job->disk, strerror(errno));
	printf("%s: %lu MiB %s, buffers: %lu MiB, above 4 GiB: %lu MiB\n", job->disk,
	       job->bytes / MIB / shares, job->write ? "written" : "right", job->buffers / MIB,
	       count_high(buffers, job->buffers));
}

static void on_every_cpu(const struct job *job)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), status = 0;

	for (int cpu = 0; cpu < cpus; cpu++) {
		if (!fork()) {
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(cpu, &set);
			if (sched_setaffinity(0, sizeof(set), &set))
				fail("CPU %d: %s", cpu, strerror(errno));
			work(job, cpu, cpus);
			exit(0);
		}
	}
	for (int cpu = 0, one; cpu < cpus; cpu++) {
		wait(&one);
		status |= one;
	}
	if (status)
		exit(1);
}

static void admin(const char *controller, struct nvme_admin_cmd command)
{
	int fd = open(controller, O_RDWR | O_CLOEXEC), status;

	if (fd < 0)
		fail("%s: %s", controller, strerror(errno));
	status = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);
	if (status)
		fail("%s: admin command %#x: %s, status %#x", controller, command.opcode,
		     status < 0 ? strerror(errno) : "refused", status);
	close(fd);
}

static void virtualize(const char *controller, unsigned int secondary, unsigned int action,
		       unsigned int resource, unsigned int count)
{
	admin(controller, (struct nvme_admin_cmd){
		.opcode = ADMIN_VIRTUALIZATION,
		.cdw10 = action | resource << 8 | secondary << 16,
		.cdw11 = count,
	});
}

static void online(const char *controller, unsigned int secondary, unsigned int queues,
		   unsigned int vectors)
{
	virtualize(controller, secondary, SECONDARY_ASSIGN, RESOURCE_QUEUES, queues);
	virtualize(controller, secondary, SECONDARY_ASSIGN, RESOURCE_VECTORS, vectors);
	virtualize(controller, secondary, SECONDARY_ONLINE, 0, 0);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	struct job job = { .buffers = 2 * MIB };

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2)
		job.disk = argv[2];
	if (argc > 3)
		job.bytes = strtoul(argv[3], NULL, 0) * MIB;
	if (argc > 4)
		job.seed = strtoul(argv[4], NULL, 0);
	if (argc > 5)
		job.buffers = strtoul(argv[5], NULL, 0) * MIB;
	job.write = !strcmp(verb, "fill");
	job.blank = !strcmp(verb, "blank");
	if (!strcmp(verb, "format") && argc == 3)
		admin(argv[2], (struct nvme_admin_cmd){ .opcode = ADMIN_FORMAT, .nsid = 1 });
	else if (!strcmp(verb, "online") && argc == 6)
		online(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	else if (((job.write || !strcmp(verb, "check")) && argc >= 5 && job.buffers) ||
		 (job.blank && argc == 4))
		on_every_cpu(&job);
	else
		fail("usage: see the head of drive.c");
	return 0;
}
