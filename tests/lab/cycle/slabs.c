// SPDX-License-Identifier: GPL-2.0-only
/*
 * slabs: prints "CACHE OBJECTS" for every slab cache, and "vmalloc AREAS", once the kernel has let
 * go of what it can.
 *
 * SLUB counts all objects of a slab that a CPU keeps for itself as in use, and one allocation can
 * bring a CPU several slabs: a figure is right only while no CPU has a slab of that cache.
 * Shrinking a cache takes its slabs from the CPUs. From there until its figure is read nothing is
 * allocated here: all files are open already, and /proc/slabinfo is made from counters alone. The
 * one exception is the text "1" that is written to shrink, in kmalloc-8: one object.
 *
 * Whatever else runs in the machine can only make a figure too high. So it is taken in rounds, the
 * lowest counts, and the end is when several rounds in sequence lowered none: then grace periods
 * are over, and what workers free late is gone. Dropping caches makes kfree_rcu() hurry, too.
 *
 * In place of vmap_area, which keeps freed areas until there are many, the areas in use are
 * counted. Left out are kmemleak's caches, which have an object for each of those areas and all
 * else, and ext4's extent_status: its shrinker goes by a counter that each CPU adds to in lumps,
 * and does not see the few extents of files that are open. So is what the machine's own NICs keep,
 * more or less of it with their traffic: heads of skbs (NAPI, up to 64 on each CPU), and addresses
 * for DMA (the allocator's magazines).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_CACHES	512
#define MAX_ROUNDS	60
#define QUIET_ROUNDS	5	/* that lower nothing, before the figures count as settled */
#define PAUSE_NS	500000000L

struct cache {
	char name[64];
	int shrink;
	long objects;
};

static const char *const left_out[] = {
	"vmap_area", "kmemleak_object", "kmemleak_scan_area", "extent_status",
	"skbuff_head_cache", "iommu_iova", "iommu_iova_magazine",
};

static struct cache caches[MAX_CACHES];
static size_t nr_caches;
static char text[1 << 20];

static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "slabs: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int must_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	must(fd >= 0, path);
	return fd;
}

static void must_write(int fd, const char *value)
{
	must(write(fd, value, strlen(value)) == (ssize_t)strlen(value), value);
}

static void read_all(int fd)
{
	size_t length = 0;
	ssize_t got;

	must(lseek(fd, 0, SEEK_SET) == 0, "seek");
	while ((got = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += got;
	must(got == 0 && length < sizeof(text) - 1, "read");
	text[length] = '\0';
}

static bool is_left_out(const char *name)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (!strcmp(left_out[i], name))
			return true;
	}
	return false;
}

/* Lines are "NAME ACTIVE-OBJECTS ...", below two of heading. */
static void find_caches(int slabinfo)
{
	char path[128], *line, *rest;

	read_all(slabinfo);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct cache *cache = &caches[nr_caches];

		if (line[0] == '#' || !strncmp(line, "slabinfo", 8))
			continue;
		must(nr_caches < MAX_CACHES && sscanf(line, "%63s", cache->name) == 1, line);
		if (is_left_out(cache->name))
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache->name);
		cache->shrink = must_open(path, O_WRONLY);
		cache->objects = -1;
		nr_caches++;
	}
}

static long objects_of(const char *name)
{
	size_t length = strlen(name);
	const char *at = text;

	while ((at = strchr(at, '\n'))) {
		at++;
		if (!strncmp(at, name, length) && at[length] == ' ')
			return atol(at + length);
	}
	must(false, name);
	return -1;
}

/* True if it became lower, or was not known. */
static bool lower(long *figure, long now)
{
	if (*figure >= 0 && now >= *figure)
		return false;
	*figure = now;
	return true;
}

static bool measure_caches(int slabinfo)
{
	bool lowered = false;

	for (size_t i = 0; i < nr_caches; i++) {
		must_write(caches[i].shrink, "1");
		read_all(slabinfo);
		lowered |= lower(&caches[i].objects, objects_of(caches[i].name));
	}
	return lowered;
}

static size_t occurrences(const char *what)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

/* One line an area; those that are freed, but not yet given back, are marked. */
static bool measure_vmalloc(int vmallocinfo, long *areas)
{
	read_all(vmallocinfo);
	return lower(areas, (long)(occurrences("\n") - occurrences("unpurged vm_area")));
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	int drop = must_open("/proc/sys/vm/drop_caches", O_WRONLY);
	int slabinfo = must_open("/proc/slabinfo", O_RDONLY);
	int vmallocinfo = must_open("/proc/vmallocinfo", O_RDONLY);
	long areas = -1;
	int rounds = 0, quiet = 0;

	find_caches(slabinfo);
	sync();
	while (quiet < QUIET_ROUNDS) {
		bool lowered;

		errno = ETIMEDOUT;
		must(rounds++ < MAX_ROUNDS, "the figures do not settle");
		must_write(drop, "3");
		nanosleep(&pause, NULL);
		lowered = measure_caches(slabinfo);
		lowered |= measure_vmalloc(vmallocinfo, &areas);
		quiet = lowered ? 0 : quiet + 1;
	}
	for (size_t i = 0; i < nr_caches; i++)
		printf("%s %ld\n", caches[i].name, caches[i].objects);
	printf("vmalloc %ld\n", areas);
	return 0;
}
