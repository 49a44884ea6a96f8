// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vfio/N: exclusive opening, attaching to a container, viability, and device names.
 */
#define _GNU_SOURCE
#include "core.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct opened {
	struct pci_dev dev;
	int container;
	int group;
};

/* A container and the edu device's group, not attached to each other. */
static bool open_apart(struct opened *o)
{
	o->container = o->group = -1;
	if (!EXPECT(find_bound(EDU_ID, 0, &o->dev), 0))
		return false;
	o->container = container_open();
	o->group = group_open(o->dev.group);
	return EXPECT_TRUE(o->container >= 0) && EXPECT_TRUE(o->group >= 0);
}

static void close_both(struct opened *o)
{
	close_fd(&o->group);
	close_fd(&o->container);
}

static uint32_t group_flags(int group)
{
	struct vfio_group_status status = { .argsz = sizeof(status), .flags = ~0u };

	EXPECT(vf_ioctl(group, VFIO_GROUP_GET_STATUS, &status), 0);
	return status.flags;
}

static void exclusive(void)
{
	struct opened o;
	int again;

	if (open_apart(&o)) {
		EXPECT(group_open(o.dev.group), -EBUSY);
		EXPECT(group_open(o.dev.group), -EBUSY);
		close_fd(&o.group);
		again = group_open(o.dev.group);
		EXPECT_TRUE(again >= 0);
		close_fd(&again);
	}
	close_both(&o);
}

static void status(void)
{
	struct opened o;

	if (open_apart(&o)) {
		EXPECT(group_flags(o.group), VFIO_GROUP_FLAGS_VIABLE);
		EXPECT(group_attach(o.group, o.container), 0);
		EXPECT(group_flags(o.group),
		       VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET);
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
		EXPECT(group_flags(o.group), VFIO_GROUP_FLAGS_VIABLE);
	}
	close_both(&o);
}

/* Nothing past the structure is written, whatever argsz claims. */
static void status_argsz(void)
{
	struct {
		struct vfio_group_status status;
		uint32_t guard;
	} buffer;
	struct opened o;

	if (open_apart(&o)) {
		buffer.status.argsz = sizeof(buffer.status) - 1;
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_GET_STATUS, &buffer), -EINVAL);
		buffer.status.argsz = 0;
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_GET_STATUS, &buffer), -EINVAL);
		memset(&buffer, 0xa5, sizeof(buffer));
		buffer.status.argsz = 4096;
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_GET_STATUS, &buffer), 0);
		EXPECT(buffer.status.flags, VFIO_GROUP_FLAGS_VIABLE);
		EXPECT(buffer.guard, 0xa5a5a5a5);
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_GET_STATUS, NULL), -EFAULT);
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_GET_STATUS, (void *)-4096l), -EFAULT);
	}
	close_both(&o);
}

/* A container is known by its file, not by its number or what it looks like. */
static void foreign_containers(void)
{
	struct opened o;
	int zero = open("/dev/zero", O_RDWR | O_CLOEXEC), memory = memfd_create("not", 0);
	int negative = -1, closed = 1000, pipes[2];

	if (open_apart(&o) && EXPECT(pipe(pipes), 0)) {
		EXPECT(group_attach(o.group, zero), -EBADFD);
		EXPECT(group_attach(o.group, memory), -EBADFD);
		EXPECT(group_attach(o.group, pipes[0]), -EBADFD);
		EXPECT(group_attach(o.group, o.group), -EBADFD);
		EXPECT(group_attach(o.group, closed), -EBADF);
		EXPECT(group_attach(o.group, negative), -EBADF);
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_SET_CONTAINER, NULL), -EFAULT);
		EXPECT(group_flags(o.group), VFIO_GROUP_FLAGS_VIABLE);
		close(pipes[0]);
		close(pipes[1]);
	}
	close_both(&o);
	close_fd(&zero);
	close_fd(&memory);
}

static void attach_twice(void)
{
	struct opened o;
	int other = container_open();

	if (open_apart(&o)) {
		EXPECT(group_attach(o.group, o.container), 0);
		EXPECT(group_attach(o.group, o.container), -EINVAL);
		EXPECT(group_attach(o.group, other), -EINVAL);
	}
	close_both(&o);
	close_fd(&other);
}

static void detach_unattached(void)
{
	struct opened o;

	if (open_apart(&o)) {
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EINVAL);
		EXPECT(group_attach(o.group, o.container), 0);
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EINVAL);
	}
	close_both(&o);
}

static void set_iommu_types(void)
{
	struct opened o;

	if (open_apart(&o) && EXPECT(group_attach(o.group, o.container), 0)) {
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, 0), -ENODEV);
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_SPAPR_TCE_IOMMU), -ENODEV);
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, 99), -ENODEV);
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, ~0ul), -ENODEV);
		/* an extension, but no type of IOMMU */
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_UNMAP_ALL), -EINVAL);
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), 0);
	}
	close_both(&o);
}

static void set_iommu_twice(void)
{
	struct opened o;

	if (open_apart(&o) && EXPECT(group_attach(o.group, o.container), 0)) {
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0);
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), -EINVAL);
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), -EINVAL);
	}
	close_both(&o);
}

/* The last group takes the IOMMU with it: the container is as new. */
static void last_group_resets_container(void)
{
	void *memory = memory_small(PAGE_SIZE);
	struct opened o;

	if (open_apart(&o) && EXPECT(group_attach(o.group, o.container), 0)) {
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0);
		EXPECT(dma_map(o.container, memory, IOVA, PAGE_SIZE, RW), 0);
		EXPECT(vf_ioctl(o.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
		EXPECT(dma_map(o.container, memory, IOVA, PAGE_SIZE, RW), -EINVAL);
		EXPECT(group_attach(o.group, o.container), 0);
		EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), 0);
		EXPECT(dma_map(o.container, memory, IOVA, PAGE_SIZE, RW), 0);
	}
	close_both(&o);
	munmap(memory, PAGE_SIZE);
}

static void device_without_container(void)
{
	struct opened o;

	if (open_apart(&o)) {
		EXPECT(group_device(o.group, o.dev.name), -EINVAL);
		EXPECT(group_attach(o.group, o.container), 0);
		/* attached, but no IOMMU yet */
		EXPECT(group_device(o.group, o.dev.name), -EINVAL);
	}
	close_both(&o);
}

static void device_names(void)
{
	char *page = memory_reserve(HUGE_SIZE);
	struct opened o;
	int device;

	REQUIRE(mprotect(page, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	memset(page, 'x', PAGE_SIZE);
	if (open_apart(&o) && EXPECT(group_attach(o.group, o.container), 0) &&
	    EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0)) {
		EXPECT(group_device(o.group, ""), -ENODEV);
		EXPECT(group_device(o.group, "0000:00:1f.7"), -ENODEV);
		EXPECT(group_device(o.group, "lo"), -ENODEV);
		/* of another group */
		EXPECT(group_device(o.group, "0000:00:00.0"), -ENODEV);
		/* a name that is a beginning of the right one, and one that continues it */
		EXPECT(group_device(o.group, "0000:00"), -ENODEV);
		EXPECT_TRUE(group_device(o.group, "0000:00:07.01") < 0);
		/* a page without an end, then an address that faults */
		EXPECT(group_device(o.group, page), -EINVAL);
		EXPECT(group_device(o.group, page + 16), -EFAULT);
		EXPECT(group_device(o.group, NULL), -EFAULT);
		device = group_device(o.group, o.dev.name);
		EXPECT_TRUE(device >= 0);
		close_fd(&device);
	}
	close_both(&o);
	munmap(page, HUGE_SIZE);
}

/* A device that has no VF token to check must not be given one, nor anything else. */
static void device_name_with_option(void)
{
	static const char *const options[] = {
		"vf_token=14d63f20-8445-11ea-8900-1f9ce7d5650d", "unknown=1", "trailing",
	};
	char name[128];
	struct opened o;

	if (open_apart(&o) && EXPECT(group_attach(o.group, o.container), 0) &&
	    EXPECT(vf_ioctl_number(o.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0)) {
		for (unsigned int i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
			int err;

			snprintf(name, sizeof(name), "%s %s", o.dev.name, options[i]);
			err = group_device(o.group, name);
			/* without VF tokens (an issue of its own) it is just an unknown name */
			EXPECT_TRUE(err == -EINVAL || (under_passway() && err == -ENODEV));
		}
	}
	close_both(&o);
}

static void unknown_calls(void)
{
	struct opened o;

	if (open_apart(&o)) {
		EXPECT(vf_ioctl(o.group, VFIO_DEVICE_GET_INFO, NULL), -ENOTTY);
		EXPECT(vf_ioctl(o.group, VFIO_GET_API_VERSION, NULL), -ENOTTY);
		EXPECT(vf_ioctl(o.group, _IO(VFIO_TYPE, 255), NULL), -ENOTTY);
		EXPECT(vf_ioctl(o.group, _IO('x', VFIO_BASE + 3), NULL), -ENOTTY);
	}
	close_both(&o);
}

/* A group of which no device is bound to a VFIO driver has no node. */
static void no_driver_no_node(void)
{
	struct pci_dev dev;

	REQUIRE(find_bound(EDU_ID, 0, &dev), 0);
	EXPECT(pci_unbind(&dev), 0);
	EXPECT(group_open(dev.group), -ENOENT);
	EXPECT(pci_bind(&dev, "vfio-pci"), 0);
}

CU_TestInfo group_tests[] = {
	{ "a group opens once: EBUSY", exclusive },
	{ "GET_STATUS", status },
	{ "GET_STATUS honours argsz", status_argsz },
	{ "SET_CONTAINER with other files", foreign_containers },
	{ "SET_CONTAINER twice: EINVAL", attach_twice },
	{ "UNSET_CONTAINER when not set: EINVAL", detach_unattached },
	{ "SET_IOMMU of types", set_iommu_types },
	{ "SET_IOMMU twice: EINVAL", set_iommu_twice },
	{ "the last group resets the container", last_group_resets_container },
	{ "GET_DEVICE_FD needs container and IOMMU: EINVAL", device_without_container },
	{ "GET_DEVICE_FD: names", device_names },
	{ "GET_DEVICE_FD: options after the name", device_name_with_option },
	{ "unknown calls: ENOTTY", unknown_calls },
	{ "no bound device, no node", no_driver_no_node },
	CU_TEST_INFO_NULL,
};
