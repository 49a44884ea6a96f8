// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of two runs, and the same as JSON.
 */
#include "bench.h"

#include <string.h>

/* The value of a key in a file of "key value" lines; negative when it has none. */
static double value_of(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	double value, found = -1;
	char name[64];

	if (!file)
		return -1;
	while (fscanf(file, "%63s %lf", name, &value) == 2)
		if (!strcmp(name, key))
			found = value;
	fclose(file);
	return found;
}

/* Two runs on the same modules differ by up to 0.3 %: no more than that is "worse". */
#define TOLERANCE	0.005

struct outcome {
	double theirs;
	double ours;
	double ratio;
	bool met;
};

static struct outcome judge(const struct figure *f, double theirs, double ours)
{
	struct outcome o = { .theirs = theirs, .ours = ours };

	o.ratio = theirs > 0 ? ours / theirs : 0;
	o.met = ours >= 0 && theirs >= 0;
	if (f->target > 0)
		o.met = o.met && o.ratio <= f->target * (1 + TOLERANCE);
	if (f->limit > 0)
		o.met = o.met && ours <= f->limit;
	return o;
}

static void print_row(const struct figure *f, const struct outcome *o, bool judged)
{
	char target[32];

	if (f->target > 0)
		snprintf(target, sizeof(target), "%g", f->target);
	else
		snprintf(target, sizeof(target), "<= %.0f", f->limit);
	printf("%-40s %-5s %15.2f %15.2f %7.4f  %-8s %s\n", f->title, f->unit, o->theirs, o->ours,
	       o->ratio, target, !judged ? "-" : o->met ? "ok" : "over");
}

static void write_row(FILE *out, const struct figure *f, const struct outcome *o, bool first)
{
	fprintf(out,
		"%s\n    {\"figure\": \"%s\", \"title\": \"%s\", \"unit\": \"%s\", "
		"\"theirs\": %.2f, \"ours\": %.2f, \"ratio\": %.5f, ",
		first ? "" : ",", f->key, f->title, f->unit, o->theirs, o->ours, o->ratio);
	if (f->target > 0)
		fprintf(out, "\"target\": %g, ", f->target);
	if (f->limit > 0)
		fprintf(out, "\"limit\": %.2f, ", f->limit);
	fprintf(out, "\"met\": %s}", o->met ? "true" : "false");
}

/* One row; true when it counts as missed. What only one side measured was not met. */
static bool report_row(const struct figure *f, double theirs, double ours, bool judged, FILE *out,
		       bool first)
{
	struct outcome o = judge(f, theirs, ours);

	print_row(f, &o, judged);
	write_row(out, f, &o, first);
	return theirs < 0 || ours < 0 || (judged && !o.met);
}

/* 0, or 1 when nothing was measured or, in a counted run, a target is missed. */
int report(const char *theirs, const char *ours, const char *json, const char *mode)
{
	bool judged = !strcmp(mode, "counted");
	FILE *out = fopen(json, "w");
	const struct measurement *m;
	unsigned int rows = 0, missed = 0;

	if (!out) {
		perror(json);
		return 2;
	}
	fprintf(out, "{\n  \"mode\": \"%s\",\n  \"figures\": [", mode);
	printf("%-40s %-5s %15s %15s %7s  %-8s\n", "figure", "unit", "theirs", "ours", "ratio",
	       "target");
	for (unsigned int i = 0; (m = measurement_at(i)); i++) {
		for (int k = 0; k < FIGURES_MAX && m->figures[k].key; k++) {
			const struct figure *f = &m->figures[k];
			double a = value_of(theirs, f->key), b = value_of(ours, f->key);

			if (a >= 0 || b >= 0)
				missed += report_row(f, a, b, judged, out, rows++ == 0);
		}
	}
	fprintf(out, "\n  ]\n}\n");
	if (fclose(out)) {
		perror(json);
		return 2;
	}
	if (judged)
		printf("figures: %u passed, %u failed\n", rows - missed, missed);
	return rows == 0 || missed > 0;
}
