// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI of VFIO (linux/vfio.h), as far as vfioctl speaks it: container, group, device.
 *
 * The kernel judges the name that is given to VFIO_GROUP_GET_DEVICE_FD, with its token, before it
 * asks for the container without which no device can be had. A group without container thus tells
 * by EACCES that the name does not do, and by EINVAL that it does; nothing is opened or reset.
 */
#include "vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int status(int ret)
{
	return ret < 0 ? -errno : 0;
}

int vfio_open_group(struct vfio *vfio, const struct dev *dev)
{
	char path[SYS_PATH];

	snprintf(path, sizeof(path), "/dev/vfio/%d", dev->group);
	vfio->group = sys_open(path, O_RDWR);
	return vfio->group < 0 ? vfio->group : 0;
}

/* A file of the device, or -errno */
static int get_device(const struct vfio *vfio, const struct dev *dev, const struct secret *token)
{
	char name[BDF_LEN + SECRET_TEXT + 16];
	int fd;

	snprintf(name, sizeof(name), "%s%s%s", dev->bdf, token ? " vf_token=" : "",
		 token ? token->text : "");
	fd = ioctl(vfio->group, VFIO_GROUP_GET_DEVICE_FD, name);
	if (fd < 0)
		fd = -errno;
	explicit_bzero(name, sizeof(name));
	return fd;
}

int vfio_admits(const struct vfio *vfio, const struct dev *dev, const struct secret *token)
{
	int fd = get_device(vfio, dev, token);

	if (fd < 0)
		return fd == -EINVAL ? 0 : fd;
	close(fd);
	return 0;
}

static int attach(struct vfio *vfio)
{
	vfio->step = STEP_CONTAINER;
	vfio->container = sys_open("/dev/vfio/vfio", O_RDWR);
	if (vfio->container < 0)
		return vfio->container;
	vfio->step = STEP_ATTACH;
	if (ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container))
		return -errno;
	vfio->step = STEP_IOMMU;
	return status(ioctl(vfio->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
}

int vfio_open(struct vfio *vfio, const struct dev *dev, const struct secret *token)
{
	int err = attach(vfio);

	if (err)
		return err;
	vfio->step = STEP_DEVICE;
	vfio->device = get_device(vfio, dev, token);
	return vfio->device < 0 ? vfio->device : 0;
}

int vfio_set_token(const struct vfio *vfio, const struct secret *token)
{
	union {
		struct vfio_device_feature head;
		uint8_t room[sizeof(struct vfio_device_feature) + SECRET_BYTES];
	} arg = { .head = {
		.argsz = sizeof(arg),
		.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
	} };
	int err;

	memcpy(arg.room + sizeof(arg.head), token->bytes, SECRET_BYTES);
	err = status(ioctl(vfio->device, VFIO_DEVICE_FEATURE, &arg));
	explicit_bzero(&arg, sizeof(arg));
	return err;
}

void vfio_close(struct vfio *vfio)
{
	int *const fds[] = { &vfio->device, &vfio->group, &vfio->container };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}
