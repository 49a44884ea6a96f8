// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a program on a sysfs tree in a folder and plays the kernel for it: each write(2) to a file
 * below ROOT/sys is caught by seccomp, and answered here with what the kernel's PCI driver core
 * would do and return: driver_override, bind, unbind and drivers_probe move the tree's symbolic
 * links, sriov_numvfs makes and removes VFs. So is each ioctl(2) of VFIO's (fakevfio.c). The
 * program under test is unchanged, and sees errors in the place where a real kernel gives them.
 *
 *   fakekernel [-l LOG] [-f ERRNO@FILE@VALUE]... ROOT PROGRAM [ARG]...
 *
 * -f makes the writes of VALUE to FILE (path below /sys/bus/pci/) fail with ERRNO; the pseudo errno
 * IGNORE takes them and does nothing. -l appends one line "FILE VALUE RESULT" a write, and
 * "FILE WHAT RESULT" an ioctl.
 *
 * Likewise, -f ERRNO@FILE@WHAT makes an ioctl fail, as the log has it: FILE is a path below ROOT;
 * and -f ERRNO@stdout@ all writes to the program's standard output.
 *
 * tracefs, at its place below ROOT, makes and removes instances (faketracefs.c). What is written to
 * a file of one is taken; it is called "tracing/FILE".
 *
 * ROOT/kernel/ids/DRIVER lists what a driver is for ("8086:10c9", one a line).
 */
#define _GNU_SOURCE
#include "faketracefs.h"
#include "fakevfio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/vfio.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FAULTS 8
static struct fault {
	const char *file, *value;
	int err;		/* 0: ignore the write */
} faults[MAX_FAULTS];
static int nr_faults;
static char root[PATH_MAX];
static FILE *logfile;

_Noreturn void die(const char *what)
{
	perror(what);
	exit(99);
}

const char *in_root(char path[PATH_MAX], const char *fmt, ...)
{
	int len = snprintf(path, PATH_MAX, "%s/", root);
	va_list args;

	va_start(args, fmt);
	vsnprintf(path + len, (size_t)(PATH_MAX - len), fmt, args);
	va_end(args);
	return path;
}

bool read_line(const char *path, char line[VALUE_MAX])
{
	FILE *f = fopen(path, "r");
	bool got = f && fgets(line, VALUE_MAX, f);

	if (f)
		fclose(f);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

bool exists(const char *path)
{
	return !access(path, F_OK);
}

static bool driver_lists(const char *driver, const char *bdf)
{
	char path[PATH_MAX], vendor[VALUE_MAX], device[VALUE_MAX], id[VALUE_MAX];
	bool found = false;
	FILE *f;

	if (!read_line(in_root(path, "sys/bus/pci/devices/%s/vendor", bdf), vendor) ||
	    !read_line(in_root(path, "sys/bus/pci/devices/%s/device", bdf), device))
		return false;
	f = fopen(in_root(path, "kernel/ids/%s", driver), "r");
	while (f && !found && fgets(id, sizeof(id), f))
		found = !strncmp(id, vendor + 2, 4) && !strncmp(id + 5, device + 2, 4);
	if (f)
		fclose(f);
	return found;
}

static bool driver_matches(const char *driver, const char *bdf)
{
	char path[PATH_MAX], override[VALUE_MAX];

	if (read_line(in_root(path, "sys/bus/pci/devices/%s/driver_override", bdf), override) &&
	    strcmp(override, "(null)"))
		return !strcmp(override, driver);
	return driver_lists(driver, bdf);
}

static int do_bind(const char *driver, const char *bdf)
{
	char path[PATH_MAX], target[PATH_MAX];

	if (!exists(in_root(path, "sys/bus/pci/devices/%s", bdf)) || !driver_matches(driver, bdf))
		return -ENODEV;
	if (exists(in_root(path, "sys/bus/pci/devices/%s/driver", bdf)))
		return -EBUSY;
	if (!strcmp(driver, "vfio-pci") &&
	    !exists(in_root(path, "sys/bus/pci/devices/%s/iommu_group", bdf)))
		return -EINVAL;
	snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
	if (symlink(target, in_root(path, "sys/bus/pci/devices/%s/driver", bdf)))
		die("symlink driver");
	snprintf(target, sizeof(target), "../../devices/%s", bdf);
	if (symlink(target, in_root(path, "sys/bus/pci/drivers/%s/%s", driver, bdf)))
		die("symlink device");
	return 0;
}

static int do_unbind(const char *driver, const char *bdf)
{
	char path[PATH_MAX];

	if (unlink(in_root(path, "sys/bus/pci/drivers/%s/%s", driver, bdf)))
		return -ENODEV;
	if (unlink(in_root(path, "sys/bus/pci/devices/%s/driver", bdf)))
		die("unlink driver");
	return 0;
}

static int do_probe(const char *bdf)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *drivers;
	int err = 0;

	if (!exists(in_root(path, "sys/bus/pci/devices/%s", bdf)))
		return -ENODEV;
	if (exists(in_root(path, "sys/bus/pci/devices/%s/driver", bdf)))
		return 0;
	drivers = opendir(in_root(path, "sys/bus/pci/drivers"));
	if (!drivers)
		die("drivers");
	while (!err && (entry = readdir(drivers))) {
		if (entry->d_name[0] != '.' && driver_matches(entry->d_name, bdf)) {
			err = do_bind(entry->d_name, bdf);
			break;
		}
	}
	closedir(drivers);
	return err;
}

static int do_override(const char *bdf, const char *driver)
{
	char path[PATH_MAX];
	FILE *f = fopen(in_root(path, "sys/bus/pci/devices/%s/driver_override", bdf), "w");

	if (!f)
		die("driver_override");
	fprintf(f, "%s\n", driver[0] ? driver : "(null)");
	fclose(f);
	return 0;
}

/* Addresses of an igb's VFs: two after two, in devices from 10 on */
static void vf_name(const char *pf, int i, char bdf[VALUE_MAX])
{
	snprintf(bdf, VALUE_MAX, "%.7s:%x.%d", pf, 0x10 + i / 4, i % 4 * 2);
}

static void vf_attribute(const char *bdf, const char *name, const char *value)
{
	char path[PATH_MAX];
	FILE *f = fopen(in_root(path, "sys/bus/pci/devices/%s/%s", bdf, name), "w");

	if (!f)
		die(path);
	fprintf(f, "%s\n", value);
	fclose(f);
}

static void vf_add(const char *pf, int i)
{
	char path[PATH_MAX], target[PATH_MAX], bdf[VALUE_MAX];

	vf_name(pf, i, bdf);
	snprintf(target, sizeof(target), "../../../devices/pci0000:00/%s", bdf);
	if (mkdir(in_root(path, "sys/devices/pci0000:00/%s", bdf), 0755) ||
	    symlink(target, in_root(path, "sys/bus/pci/devices/%s", bdf)))
		die("new VF");
	vf_attribute(bdf, "vendor", "0x8086");
	vf_attribute(bdf, "device", "0x10ca");
	vf_attribute(bdf, "class", "0x020000");
	vf_attribute(bdf, "driver_override", "(null)");
	snprintf(target, sizeof(target), "../%s", bdf);
	if (symlink(target, in_root(path, "sys/bus/pci/devices/%s/virtfn%d", pf, i)))
		die("virtfn");
}

static void vf_remove(const char *pf, int i)
{
	char path[PATH_MAX], bdf[VALUE_MAX], driver[PATH_MAX];
	ssize_t len;

	vf_name(pf, i, bdf);
	len = readlink(in_root(path, "sys/bus/pci/devices/%s/driver", bdf), driver,
		       sizeof(driver) - 1);
	if (len > 0) {
		driver[len] = '\0';
		do_unbind(strrchr(driver, '/') + 1, bdf);
	}
	if (unlink(in_root(path, "sys/bus/pci/devices/%s", bdf)) ||
	    unlink(in_root(path, "sys/bus/pci/devices/%s/virtfn%d", pf, i)))
		die("old VF");
}

static int do_numvfs(const char *pf, const char *value)
{
	char path[PATH_MAX], now[VALUE_MAX], most[VALUE_MAX];
	int num = atoi(value), had, i;

	if (!read_line(in_root(path, "sys/bus/pci/devices/%s/sriov_numvfs", pf), now) ||
	    !read_line(in_root(path, "sys/bus/pci/devices/%s/sriov_totalvfs", pf), most))
		return -ENOENT;
	had = atoi(now);
	if (num > atoi(most))
		return -ERANGE;
	if (!exists(in_root(path, "sys/bus/pci/devices/%s/driver", pf)))
		return -ENOENT;
	if (had && num)
		return -EBUSY;
	for (i = 0; i < had; i++)
		vf_remove(pf, i);
	for (i = 0; i < num; i++)
		vf_add(pf, i);
	vf_attribute(pf, "sriov_numvfs", value);
	return 0;
}

/*
 * @file is "drivers_probe", "drivers/NAME/bind" or "unbind", or "devices/BDF/driver_override" or
 * "sriov_numvfs".
 */
static int do_write(char *file, const char *value)
{
	char *leaf = strrchr(file, '/'), *name;

	if (!strcmp(file, "drivers_probe"))
		return do_probe(value);
	if (!leaf)
		return -EACCES;
	*leaf++ = '\0';
	name = strrchr(file, '/');
	name = name ? name + 1 : file;
	if (!strcmp(leaf, "driver_override"))
		return do_override(name, value);
	if (!strcmp(leaf, "sriov_numvfs"))
		return do_numvfs(name, value);
	if (!strcmp(leaf, "bind"))
		return do_bind(name, value);
	if (!strcmp(leaf, "unbind"))
		return do_unbind(name, value);
	return -EACCES;
}

/* What -f has a call fail with, 0 if it is to be ignored; 1: no fault */
static int fault_of(const char *file, const char *value)
{
	int i;

	for (i = 0; i < nr_faults; i++) {
		if (!strcmp(faults[i].file, file) && !strcmp(faults[i].value, value))
			return faults[i].err;
	}
	return 1;
}

/* @file: path below ROOT/sys; devices are known by their place on the bus. */
static int serve(const char *file, const char *value)
{
	static const char bus[] = "bus/pci/";
	const char *of_tracing = tracefs_file(file);
	char short_file[PATH_MAX];
	const char *bdf;
	int err;

	if (!strncmp(file, bus, strlen(bus))) {
		strcpy(short_file, file + strlen(bus));
	} else if (of_tracing) {
		snprintf(short_file, sizeof(short_file), "tracing/%s", of_tracing);
	} else {
		bdf = strrchr(file, '/');
		while (bdf && bdf > file && bdf[-1] != '/')
			bdf--;
		snprintf(short_file, sizeof(short_file), "devices/%s", bdf ? bdf : file);
	}
	err = fault_of(short_file, value);
	if (logfile)
		fprintf(logfile, "%s %s", short_file, value);
	if (err > 0)
		err = of_tracing ? 0 : do_write(short_file, value);
	if (logfile) {
		fprintf(logfile, " %d\n", err);
		fflush(logfile);
	}
	return err;
}

bool read_memory(const struct seccomp_notif *req, unsigned long long from, void *to, size_t len)
{
	struct iovec local = { to, len };
	struct iovec remote = { (void *)(uintptr_t)from, len };

	return process_vm_readv((pid_t)req->pid, &local, 1, &remote, 1, 0) == (ssize_t)len;
}

static int serve_ioctl(int listener, const struct seccomp_notif *req, const char *file)
{
	char said[VALUE_MAX] = "";
	int ret = vfio_ioctl(listener, req, file, said), err = fault_of(file, said);

	if (err <= 0)
		ret = err;
	if (logfile) {
		fprintf(logfile, "%s %s %d\n", file, said, ret < 0 ? ret : 0);
		fflush(logfile);
	}
	return ret;
}

/* A folder that is made or removed: false if it is none of tracefs's */
static bool serve_folder(const struct seccomp_notif *req)
{
	char path[PATH_MAX];
	size_t at = strlen(root);

	return read_memory(req, req->data.args[0], path, TRACEFS_PATH) &&
	       memchr(path, '\0', TRACEFS_PATH) && !strncmp(path, root, at) &&
	       (req->data.nr == SYS_mkdir ? tracefs_mkdir(path, path + at)
					  : tracefs_rmdir(path, path + at));
}

/* Fills in the answer to one write(2), ioctl(2), mkdir(2) or rmdir(2). */
static void answer(int listener, const struct seccomp_notif *req, struct seccomp_notif_resp *resp)
{
	char path[PATH_MAX], link[64], value[VALUE_MAX];
	size_t len = req->data.args[2], at = strlen(root);
	ssize_t got;
	int err;

	resp->id = req->id;
	resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (req->data.nr == SYS_mkdir || req->data.nr == SYS_rmdir) {
		if (serve_folder(req))
			resp->flags = 0;
		return;
	}
	if (req->data.nr == SYS_write && req->data.args[0] == STDOUT_FILENO) {
		err = fault_of("stdout", "");
		if (err < 0) {
			resp->flags = 0;
			resp->error = err;
		}
		return;
	}
	snprintf(link, sizeof(link), "/proc/%u/fd/%d", req->pid, (int)req->data.args[0]);
	got = readlink(link, path, sizeof(path) - 1);
	if (got < 0)
		return;
	path[got] = '\0';
	if (strncmp(path, root, at))
		return;
	if (req->data.nr == SYS_ioctl) {
		resp->flags = 0;
		err = serve_ioctl(listener, req, path + at + 1);
		resp->error = err < 0 ? err : 0;
		resp->val = err < 0 ? 0 : err;
		return;
	}
	if (strncmp(path + at, "/sys/", 5))
		return;
	resp->flags = 0;
	if (len >= sizeof(value) || !read_memory(req, req->data.args[1], value, len) ||
	    ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &req->id)) {
		resp->error = -EFAULT;
		return;
	}
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	err = serve(path + at + 5, value);
	resp->error = err;
	resp->val = err ? 0 : (long long)len;
}

static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 6, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rmdir, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff00),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VFIO_TYPE << 8, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no_new_privs");
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &prog);
}

union fd_message {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void pass_fd(int sock, int *fd, bool send)
{
	union fd_message control = { 0 };
	char byte = 0;
	struct iovec io = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	if (!send) {
		if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
			die("recvmsg");
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(*fd));
		return;
	}
	control.head = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), fd, sizeof(*fd));
	if (sendmsg(sock, &msg, 0) != 1)
		die("sendmsg");
}

static _Noreturn void run_program(int sock, char **argv)
{
	int listener = install_filter();

	if (listener < 0)
		die("seccomp");
	pass_fd(sock, &listener, true);
	close(sock);
	close(listener);
	execv(argv[0], argv);
	_exit(99);
}

static void serve_program(int listener)
{
	struct pollfd poll_fd = { listener, POLLIN, 0 };

	while (poll(&poll_fd, 1, -1) > 0 && poll_fd.revents & POLLIN) {
		struct seccomp_notif req = { 0 };
		struct seccomp_notif_resp resp = { 0 };

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &req))
			continue;
		answer(listener, &req, &resp);
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	}
}

static int errno_of(const char *name)
{
	int err;

	if (!strcmp(name, "IGNORE"))
		return 0;
	for (err = 1; err < 134; err++) {
		if (strerrorname_np(err) && !strcmp(strerrorname_np(err), name))
			return -err;
	}
	fprintf(stderr, "fakekernel: no errno %s\n", name);
	exit(99);
}

static void take_fault(char *text)
{
	struct fault *fault = &faults[nr_faults++];

	if (nr_faults > MAX_FAULTS)
		exit(99);
	fault->err = errno_of(strsep(&text, "@"));
	fault->file = strsep(&text, "@");
	fault->value = text;
	if (!text)
		exit(99);
}

int main(int argc, char **argv)
{
	int sock[2], listener, status, option;
	pid_t pid;

	while ((option = getopt(argc, argv, "+l:f:")) >= 0) {
		if (option == 'l')
			logfile = fopen(optarg, "ae");
		else if (option == 'f')
			take_fault(optarg);
		else
			return 99;
	}
	if (argc - optind < 2 || !realpath(argv[optind], root))
		die("usage");
	if (!strcmp(root, "/"))
		root[0] = '\0';
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock))
		die("socketpair");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		run_program(sock[1], argv + optind + 1);
	close(sock[1]);
	pass_fd(sock[0], &listener, false);
	serve_program(listener);
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
