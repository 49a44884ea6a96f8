// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench measure FILE [COMMAND FILE]... [-- KEY...]: measures all figures (or these) on the modules
 * that are loaded and writes "key value" lines; runs the command, which may change the modules,
 * and measures again into the next file.
 * bench report THEIRS OURS JSON MODE: compares two such files, prints the table and writes JSON;
 * in mode "counted" the exit code is 1 when a target is missed.
 *
 * Under QEMU's -icount the clock counts instructions, one a nanosecond: the least of a few runs
 * repeats to about 0.1 %. In wall time it is the best of a few runs, and targets are not judged.
 */
#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct measurement *const tables[] = {
	dma_measurements, pci_measurements, sriov_measurements, memory_measurements,
	parallel_measurements, bypass_measurements, start_measurements,
};

const struct measurement *measurement_at(unsigned int index)
{
	for (unsigned int table = 0; table < sizeof(tables) / sizeof(tables[0]); table++)
		for (const struct measurement *m = tables[table]; m->run; m++)
			if (index-- == 0)
				return m;
	return NULL;
}

uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int open_device(struct session *s, unsigned int vendor, unsigned int device)
{
	struct pci_dev dev;
	int err = pci_find(vendor, device, 0, &dev);

	if (!err)
		err = pci_bind(&dev, "vfio-pci");
	if (!err)
		err = session_open(s, &dev);
	if (err)
		fprintf(stderr, "bench: cannot open %04x:%04x: %s\n", vendor, device,
			strerror(-err));
	return err;
}

static bool wanted(const struct measurement *m, char **keys, int count)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < (long)m->cpus)
		return false;
	for (int i = 0; i < count; i++)
		for (int k = 0; k < FIGURES_MAX; k++)
			if (m->figures[k].key && !strcmp(keys[i], m->figures[k].key))
				return true;
	return count == 0;
}

static int measure_one(const struct measurement *m, struct bench *b, FILE *out)
{
	double values[FIGURES_MAX];
	int err = m->run(b, values);

	if (err) {
		fprintf(stderr, "bench: %s: %s\n", m->figures[0].key, strerror(-err));
		return 1;
	}
	for (int k = 0; k < FIGURES_MAX && m->figures[k].key; k++)
		fprintf(out, "%s %.2f\n", m->figures[k].key, values[k]);
	return 0;
}

static int measure(struct bench *b, const char *path, char **keys, int count)
{
	const struct measurement *m;
	FILE *out = fopen(path, "w");
	int failed = 0;

	if (!out) {
		perror(path);
		return 1;
	}
	if (open_device(&b->nic, 0x8086, 0x10c9) || open_device(&b->disk, 0x1b36, 0x0010))
		failed = 1;
	for (unsigned int i = 0; !failed && (m = measurement_at(i)); i++)
		if (wanted(m, keys, count))
			failed |= measure_one(m, b, out);
	session_close(&b->nic);
	session_close(&b->disk);
	return fclose(out) || failed;
}

/* FILE [COMMAND FILE]... [-- KEY...] */
static int measure_all(char **words, int count)
{
	const struct session closed = { .container = -1, .group = -1, .device = -1 };
	struct bench b = { .nic = closed, .disk = closed };
	int files = 0, keys;

	while (files < count && strcmp(words[files], "--"))
		files++;
	keys = files + (files < count);
	for (int i = 0; i < files; i += 2) {
		if (i > 0 && system(words[i - 1])) {
			fprintf(stderr, "bench: failed: %s\n", words[i - 1]);
			return 1;
		}
		b.warming = i == 0 && files > 1;
		if (measure(&b, words[i], words + keys, count - keys))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "measure"))
		return measure_all(argv + 2, argc - 2);
	if (argc == 6 && !strcmp(argv[1], "report"))
		return report(argv[2], argv[3], argv[4], argv[5]);
	fprintf(stderr, "usage: bench measure FILE [COMMAND FILE]... [-- KEY...]\n"
			"       bench report THEIRS OURS JSON counted|wall\n");
	return 2;
}
