/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzz target: fuzz_one() makes of an input whatever it likes. Kernel sources run in the
 * shim; after each input nothing may be left, no lock held, and nothing complained of.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <linux/types.h>
#include <shim/report.h>

/** struct fuzz_input - bytes still to be used; zeroes follow the last */
struct fuzz_input {
	const u8 *at;
	size_t left;
};

void fuzz_one(struct fuzz_input *in);

/** fuzz_run() - one input, with the checks after it. */
void fuzz_run(const u8 *data, size_t size);

/** fuzz_take() - the next @n bytes, at most 8, as a number. */
u64 fuzz_take(struct fuzz_input *in, unsigned int n);

#define FUZZ_HOLDS(cond) do {							\
	if (!(cond))								\
		shim_die("%s:%d: does not hold: %s", __FILE__, __LINE__, #cond); \
} while (0)

#endif
