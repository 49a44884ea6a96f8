// SPDX-License-Identifier: GPL-2.0-only
/*
 * aer BDF UNCORRECTABLE CORRECTABLE: has the root port above a device report errors of it, by the
 * kernel's aer_inject. Errors are bits of the two status registers (PCIe 7.8.4.2 and 7.8.4.5),
 * in hexadecimal; what is fatal says the device's severity register.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What a write to /dev/aer_inject takes; there is no header for it */
struct error {
	uint8_t bus;
	uint8_t device;
	uint8_t function;
	uint32_t uncorrectable;
	uint32_t correctable;
	uint32_t header_log[4];
	uint32_t domain;
};

int main(int argc, char **argv)
{
	unsigned int domain, bus, device, function;
	struct error error;
	int fd;

	if (argc != 4 ||
	    sscanf(argv[1], "%x:%x:%x.%x", &domain, &bus, &device, &function) != 4) {
		fputs("usage: aer BDF UNCORRECTABLE CORRECTABLE\n", stderr);
		return 2;
	}
	error = (struct error){
		.bus = bus, .device = device, .function = function, .domain = domain,
		.uncorrectable = strtoul(argv[2], NULL, 16),
		.correctable = strtoul(argv[3], NULL, 16),
	};
	fd = open("/dev/aer_inject", O_WRONLY);
	if (fd < 0 || write(fd, &error, sizeof(error)) != sizeof(error)) {
		perror("/dev/aer_inject");
		return 1;
	}
	close(fd);
	return 0;
}
