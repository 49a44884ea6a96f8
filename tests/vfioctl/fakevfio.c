// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays VFIO as far as a token goes: groups, one container and devices.
 *
 *   ROOT/dev/vfio/vfio, ROOT/dev/vfio/N   the container and the groups, plain files
 *   ROOT/kernel/token/BDF                 a PF that is on vfio-pci, and its token
 *   ROOT/kernel/used/BDF                  is there while VFs of that PF are in use; if it says
 *                                         "once", until an open was refused for that
 *   ROOT/kernel/device/BDF                what an opened device's fd leads to, made when opened
 */
#define _GNU_SOURCE
#include "fakevfio.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define OPTION " vf_token="

static bool has_container, has_iommu;

static void set_token(const char *bdf, const char *token)
{
	char path[PATH_MAX];
	FILE *f = fopen(in_root(path, "kernel/token/%s", bdf), "w");

	if (!f)
		die(path);
	fprintf(f, "%s\n", token);
	fclose(f);
}

/* The PF of a VF, or "" */
static void find_pf(const char *bdf, char pf[VALUE_MAX])
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t len = readlink(in_root(path, "sys/bus/pci/devices/%s/physfn", bdf), target,
			       sizeof(target) - 1);

	target[len > 0 ? len : 0] = '\0';
	snprintf(pf, VALUE_MAX, "%.100s", len > 0 ? strrchr(target, '/') + 1 : "");
}

/* The rules of the kernel's token.c */
static int admit(const char *bdf, const char *token)
{
	char path[PATH_MAX], pf[VALUE_MAX], right[VALUE_MAX];

	find_pf(bdf, pf);
	if (pf[0] && read_line(in_root(path, "kernel/token/%s", pf), right))
		return token && !strcmp(token, right) ? 0 : -EACCES;
	if (!pf[0] && read_line(in_root(path, "kernel/token/%s", bdf), right)) {
		if (exists(in_root(path, "kernel/used/%s", bdf))) {
			if (token && !strcmp(token, right))
				return 0;
			if (read_line(path, right) && !strcmp(right, "once"))
				unlink(path);
			return -EACCES;
		}
		if (token)
			set_token(bdf, token);
		return 0;
	}
	return token ? -EINVAL : 0;
}

static int give_device(int listener, const struct seccomp_notif *req, const char *bdf)
{
	struct seccomp_notif_addfd add = { .id = req->id, .newfd_flags = O_CLOEXEC };
	char path[PATH_MAX];
	int fd = open(in_root(path, "kernel/device/%s", bdf), O_RDWR | O_CREAT, 0600);

	if (fd < 0)
		die(path);
	add.srcfd = (unsigned int)fd;
	fd = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	close((int)add.srcfd);
	return fd < 0 ? -errno : fd;
}

static int get_device(int listener, const struct seccomp_notif *req, char *said)
{
	char name[VALUE_MAX], *token;
	int err;

	if (!read_memory(req, req->data.args[2], name, sizeof(name) - 1))
		return -EFAULT;
	name[sizeof(name) - 1] = '\0';
	sprintf(said, "GET_DEVICE_FD %.100s", name);
	token = strstr(name, OPTION);
	if (token) {
		*token = '\0';
		token += strlen(OPTION);
	}
	err = admit(name, token);
	if (!err && !(has_container && has_iommu))
		err = -EINVAL;
	return err ? err : give_device(listener, req, name);
}

static int feature(const struct seccomp_notif *req, const char *bdf, char *said)
{
	struct {
		struct vfio_device_feature head;
		uint8_t token[16];
	} arg;
	char text[VALUE_MAX];
	size_t i, at = 0;

	if (!read_memory(req, req->data.args[2], &arg, sizeof(arg)))
		return -EFAULT;
	strcpy(said, "FEATURE");
	if (arg.head.argsz != sizeof(arg) ||
	    arg.head.flags != (VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN))
		return -EINVAL;
	for (i = 0; i < sizeof(arg.token); i++)
		at += (size_t)sprintf(text + at, "%s%02x",
				      i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
				      arg.token[i]);
	set_token(bdf, text);
	return 0;
}

int vfio_ioctl(int listener, const struct seccomp_notif *req, const char *file, char *said)
{
	static const char devices[] = "kernel/device/";
	unsigned int request = (unsigned int)req->data.args[1];

	if (!strncmp(file, devices, strlen(devices)) && request == VFIO_DEVICE_FEATURE)
		return feature(req, file + strlen(devices), said);
	switch (request) {
	case VFIO_GROUP_SET_CONTAINER:
		strcpy(said, "SET_CONTAINER");
		has_container = true;
		return 0;
	case VFIO_SET_IOMMU:
		strcpy(said, "SET_IOMMU");
		has_iommu = has_container;
		return has_iommu ? 0 : -EINVAL;
	case VFIO_GROUP_GET_DEVICE_FD:
		return get_device(listener, req, said);
	default:
		strcpy(said, "?");
		return -ENOTTY;
	}
}
