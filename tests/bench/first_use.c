// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the start of QEMU until its guest uses the device that it was given: real KVM, nested, and a
 * guest whose whole software is first_use.S, which goes to the device at once. What is counted is
 * QEMU's own start, the guest's memory being allocated, pinned and mapped, and the device's opening
 * and realisation. The device is QEMU's educational one: it has no reset, and so nothing waits.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STARTS		5
/* by the lab's own functions; see l2_still there */
#define LAB(commands)	"bash -euc '. \"$LAB/guest/lib.sh\"; " commands "'"

extern char **environ;

/* The guest's ROM is built beside this program */
static int find_rom(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size);

	if (n < 0)
		return -errno;
	if ((size_t)n + sizeof("first_use.bin") > size)
		return -ENAMETOOLONG;
	path[n] = 0;
	strcpy(strrchr(path, '/') + 1, "first_use.bin");
	return 0;
}

/* QEMU on the device, with the guest's debug console in @console */
static int spawn(const struct pci_dev *dev, const char *rom, int console, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	char device[64];
	const char *const arguments[] = {
		"qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
		"-M", "q35,accel=kvm", "-cpu", "host", "-m", "512", "-bios", rom,
		"-device", device, "-debugcon", "stdio", "-device", "isa-debug-exit", NULL,
	};
	int err;

	snprintf(device, sizeof(device), "vfio-pci,host=%s,addr=5.0", dev->name);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, console, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(pid, arguments[0], &files, NULL, (char *const *)arguments, environ);
	posix_spawn_file_actions_destroy(&files);
	return -err;
}

static int start_once(const struct pci_dev *dev, const char *rom, uint64_t *least)
{
	uint64_t start;
	int console[2], err;
	char said = 0;
	pid_t pid;

	if (pipe2(console, O_CLOEXEC))
		return -errno;
	start = clock_now();
	err = spawn(dev, rom, console[1], &pid);
	close_fd(&console[1]);
	if (!err) {
		/* nothing comes if QEMU ends before */
		if (read(console[0], &said, 1) != 1 || said != 'y')
			err = -EIO;
		keep_least(least, clock_now() - start);
		waitpid(pid, NULL, 0);
	}
	close_fd(&console[0]);
	return err;
}

static int first_use(struct bench *b, double *values)
{
	uint64_t least = UINT64_MAX;
	struct pci_dev dev;
	char rom[PATH_MAX];
	int err = find_rom(rom, sizeof(rom));

	(void)b;
	if (!err)
		err = pci_find(0x1234, 0x11e8, 0, &dev);
	if (!err)
		err = pci_bind(&dev, "vfio-pci");
	if (!err && system(LAB("modprobe kvm_amd; l2_still")))
		err = -EIO;
	for (int i = 0; i < STARTS && !err; i++)
		err = start_once(&dev, rom, &least);
	/* modules cannot change below KVM */
	if (system(LAB("l2_still_end; modprobe -r kvm_amd")) && !err)
		err = -EIO;
	values[0] = least;
	return err;
}

const struct measurement start_measurements[] = {
	{ first_use, 1, {
		{ "first_use", "QEMU's start to the guest's first use", "ns", 1.0, 0 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
