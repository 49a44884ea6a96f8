// SPDX-License-Identifier: GPL-2.0-only
/*
 * irqbypass with others there already. The kernel measures: crowd/crowd.ko, which runs over either
 * module, is loaded for each figure.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PARAMETERS	"/sys/module/crowd/parameters/"

/* It is built beside this program */
static int crowd_load(unsigned int others)
{
	char path[PATH_MAX + 16], arguments[32];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);
	int fd, err = 0;

	if (n < 0)
		return -errno;
	path[n] = 0;
	strcpy(strrchr(path, '/'), "/crowd/crowd.ko");
	snprintf(arguments, sizeof(arguments), "others=%u", others);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, arguments, 0))
		err = -errno;
	close_fd(&fd);
	return err;
}

static int crowd_value(const char *parameter, double *value)
{
	FILE *file = fopen(parameter, "re");
	int found;

	if (!file)
		return -errno;
	found = fscanf(file, "%lf", value);
	fclose(file);
	return found == 1 ? 0 : -EIO;
}

static int crowd_cost(unsigned int others, double *values)
{
	int err = crowd_load(others);

	if (err)
		return err;
	err = crowd_value(PARAMETERS "alone", &values[0]);
	if (!err)
		err = crowd_value(PARAMETERS "meeting", &values[1]);
	if (syscall(SYS_delete_module, "crowd", 0) && !err)
		err = -errno;
	return err;
}

static int few(struct bench *b, double *values)
{
	(void)b;
	return crowd_cost(16, values);
}

static int some(struct bench *b, double *values)
{
	(void)b;
	return crowd_cost(1000, values);
}

/* Nothing here needs warming, and a list takes a minute to make this crowd */
static int many(struct bench *b, double *values)
{
	values[0] = values[1] = 0;
	return b->warming ? 0 : crowd_cost(100000, values);
}

const struct measurement bypass_measurements[] = {
	{ few, 1, {
		{ "bypass_16", "irqbypass on and off, 16 others", "ns", 1.0, 0 },
		{ "bypass_16_meet", "the same, both sides meet", "ns", 1.0, 0 } } },
	{ some, 1, {
		{ "bypass_1000", "irqbypass on and off, 1,000 others", "ns", 1.0, 0 },
		{ "bypass_1000_meet", "the same, both sides meet", "ns", 1.0, 0 } } },
	{ many, 1, {
		{ "bypass_100000", "irqbypass on and off, 100,000 others", "ns", 0.001, 0 },
		{ "bypass_100000_meet", "the same, both sides meet", "ns", 0.001, 0 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
