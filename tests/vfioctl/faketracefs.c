// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instances of tracefs: mkdir(2) makes one with all its files, and rmdir(2) removes it with them.
 * Events are told by whoever writes lines to its trace_pipe.
 */
#define _GNU_SOURCE
#include "faketracefs.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fakevfio.h"

#define INSTANCES "kernel/tracing/instances/"

static const char *const files[] = {
	"trace_clock", "trace_options", "buffer_percent", "events/passway/vfio_open/enable",
	"events/passway/vfio_close/enable", "events/passway/vfio_reset/enable",
	"events/passway/vfio_error/enable", "events/passway/vfio_request/enable",
	"events/passway/vfio_token_refused/enable",
};

static bool is_instance(const char *name)
{
	return !strncmp(name, "/sys/" INSTANCES, strlen("/sys/" INSTANCES));
}

/* A file and the folders that lead to it */
static void make_file(const char *instance, const char *file)
{
	char path[PATH_MAX];
	char *at = path + snprintf(path, sizeof(path), "%s/", instance);
	FILE *f;

	snprintf(at, sizeof(path) - (size_t)(at - path), "%s", file);
	while ((at = strchr(at, '/'))) {
		*at = '\0';
		mkdir(path, 0755);
		*at++ = '/';
	}
	f = fopen(path, "w");
	if (!f)
		die(path);
	fclose(f);
}

bool tracefs_mkdir(const char *path, const char *name)
{
	char pipe[PATH_MAX];
	size_t i;

	if (!is_instance(name))
		return false;
	if (mkdir(path, 0700))
		die(path);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		make_file(path, files[i]);
	snprintf(pipe, sizeof(pipe), "%s/trace_pipe", path);
	if (mkfifo(pipe, 0600))
		die(pipe);
	return true;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

bool tracefs_rmdir(const char *path, const char *name)
{
	if (!is_instance(name))
		return false;
	if (nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS))
		die(path);
	return true;
}

const char *tracefs_file(const char *file)
{
	const char *at = NULL;

	if (!strncmp(file, INSTANCES, strlen(INSTANCES)))
		at = strchr(file + strlen(INSTANCES), '/');
	return at ? at + 1 : NULL;
}
