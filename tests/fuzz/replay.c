// SPDX-License-Identifier: GPL-2.0-only
/* Runs a target over files, as one of the unit tests; see tests/unit/Makefile. */
#include <stdio.h>

#include "fuzz.h"

int main(int argc, char **argv)
{
	static u8 data[1 << 16];

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t size;

		if (!file) {
			perror(argv[i]);
			return 2;
		}
		size = fread(data, 1, sizeof(data), file);
		fclose(file);
		fuzz_run(data, size);
	}
	printf("unit: 1 passed, 0 failed\n");
	return argc > 1 ? 0 : 2;
}
