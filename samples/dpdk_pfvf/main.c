// SPDX-License-Identifier: GPL-2.0-only
/*
 * dpdk_pfvf PF [VFS]: one DPDK process drives a PF, a second one its VFs, which send to each other.
 *
 * Both devices are vfio-pci's. Whoever drives a PF can stop and redirect what its VFs send, so
 * vfio-pci gives a VF only to who knows the VF token of its PF:
 *
 *      parent                                   child
 *      makes VFs, or waits for them
 *      makes a token
 *      forks ---------------------------------> waits
 *      opens the PF, which sets the token
 *      says that the PF is there -------------> opens the VFs with the token
 *      tells each second what the PF            sends from each VF to the next one, and tells
 *      has counted                              each second what the VFs have counted
 *      on SIGINT, SIGTERM, or when the child
 *      has ended: has the child end ----------> receives what is under way, closes the VFs
 *      closes the PF, removes VFs it made
 *
 * The VFs come before the PF is opened, since DPDK's igb asks only then how many of them it has to
 * answer. The child comes before DPDK starts, since DPDK cannot be forked.
 *
 * A token on a command line could be read by every user of the machine, in /proc/PID/cmdline.
 * DPDK takes it only as an option, but from the array that rte_eal_init() is given: that is made in
 * memory here, and the child has the token by being forked. So nothing needs to write it anywhere,
 * and no process is started with it.
 */
#include "pfvf.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

/* All that ends a process; blocked, and asked for, so that nothing happens in between */
static sigset_t signals;

void complain(const char *fmt, ...)
{
	va_list args;

	fputs("dpdk_pfvf: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

int ask_signal(unsigned int milliseconds)
{
	const struct timespec limit = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L,
	};
	int sig = sigtimedwait(&signals, NULL, &limit);

	return sig < 0 ? 0 : sig;
}

/* A UUID of version 4: random but for the bits that say so (RFC 9562, 5.4) */
static int token_new(rte_uuid_t token)
{
	if (getrandom(token, sizeof(rte_uuid_t), 0) != sizeof(rte_uuid_t))
		return -1;
	token[6] = (token[6] & 0x0f) | 0x40;
	token[8] = (token[8] & 0x3f) | 0x80;
	return 0;
}

/* The child: it ends with its parent, too, whatever becomes of that */
static pid_t start_vfs(const struct vf_list *vfs, const rte_uuid_t token, int *ready_fd)
{
	pid_t parent = getpid(), pid;
	int fds[2];

	if (pipe(fds))
		return -1;
	fflush(NULL);
	pid = fork();
	if (pid) {
		close(fds[0]);
		*ready_fd = fds[1];
		return pid;
	}
	close(fds[1]);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_BROKEN);
	exit(vf_run(vfs, token, fds[0]));
}

/* The exit code of the child, which is asked to end */
static int end_vfs(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid)
		return EXIT_BROKEN;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	complain("the VFs' process was ended by signal %d", WTERMSIG(status));
	return EXIT_BROKEN;
}

static int run(const char *pf, const struct vf_list *vfs)
{
	int ready_fd = -1, ret, vfs_ret;
	bool opened = false;
	rte_uuid_t token;
	pid_t child;

	if (token_new(token)) {
		complain("no random numbers: %s", strerror(errno));
		return EXIT_BROKEN;
	}
	child = start_vfs(vfs, token, &ready_fd);
	if (child < 0) {
		complain("no second process: %s", strerror(errno));
		return EXIT_BROKEN;
	}
	ret = pf_open(pf, token);
	if (!ret) {
		ret = pf_watch(ready_fd);
		opened = true;
	}
	close(ready_fd);
	vfs_ret = end_vfs(child);
	if (opened)
		pf_close();
	return ret ? ret : vfs_ret;
}

int main(int argc, char **argv)
{
	struct vf_list vfs;
	unsigned long wanted = 0;
	char *end = "";
	bool made;
	int ret;

	if (argc == 3)
		wanted = strtoul(argv[2], &end, 10);
	if (argc < 2 || argc > 3 || *end || wanted > VFS_MAX || (argc == 3 && wanted < 2) ||
	    strlen(argv[1]) != NAME_SIZE - 1) {
		fprintf(stderr, "usage: dpdk_pfvf PF [VFS]\n"
			"  PF   a PF that is bound to vfio-pci, as 0000:01:00.0\n"
			"  VFS  makes so many VFs, 2 to %u; without it, waits for VFs\n", VFS_MAX);
		return EXIT_USAGE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	/* that the child has died early is told by write(), so that the parent can clean up */
	signal(SIGPIPE, SIG_IGN);

	ret = vfs_prepare(argv[1], wanted, &vfs, &made);
	if (!ret)
		ret = run(argv[1], &vfs);
	if (made)
		vfs_remove(argv[1]);
	return ret;
}
