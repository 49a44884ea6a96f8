// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device fds: what keeps what alive, groups of several devices, and argsz of every call.
 */
#include "core.h"

#include <fcntl.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct session pair;
static struct pci_dev partner;

/* Two edu devices behind one bridge; the session is on the first. */
void pair_setup(void)
{
	struct pci_dev dev;

	pair = (struct session){ .container = -1, .group = -1, .device = -1 };
	if (EXPECT(find_bound(EDU_ID, 1, &dev), 0) && EXPECT(pci_find(EDU_ID, 2, &partner), 0) &&
	    EXPECT(partner.group, dev.group))
		EXPECT(session_open(&pair, &dev), 0);
}

void pair_teardown(void)
{
	session_close(&pair);
	pci_bind(&partner, NULL);
}

static void pair_two_devices(void)
{
	int second;

	REQUIRE(pci_bind(&partner, "vfio-pci"), 0);
	second = group_device(pair.group, partner.name);
	EXPECT_TRUE(second >= 0);
	/* the group stays in use until the last of its device fds is gone */
	close_fd(&pair.device);
	EXPECT(vf_ioctl(pair.group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EBUSY);
	close_fd(&second);
	EXPECT(vf_ioctl(pair.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
}

/* A member without a VFIO driver is in the group, but not a device of it. */
static void pair_unbound_member(void)
{
	EXPECT(group_device(pair.group, partner.name), -ENODEV);
}

/* While the user owns the group, no host driver that does DMA may take another member. */
static void pair_host_driver_refused(void)
{
	char name[64];

	EXPECT_TRUE(pci_bind(&partner, "uio_pci_generic") < 0);
	EXPECT(pci_driver(&partner, name, sizeof(name)), -ENOENT);
	close_fd(&pair.device);
	EXPECT(vf_ioctl(pair.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	EXPECT(pci_bind(&partner, "uio_pci_generic"), 0);
}

/* While a host driver has a member, the group is not viable. */
static void pair_not_viable(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	close_fd(&pair.device);
	close_fd(&pair.group);
	REQUIRE(pci_bind(&partner, "uio_pci_generic"), 0);
	pair.group = group_open(pair.dev.group);
	REQUIRE_TRUE(pair.group >= 0);
	EXPECT(vf_ioctl(pair.group, VFIO_GROUP_GET_STATUS, &status), 0);
	EXPECT(status.flags, 0);
	EXPECT(group_attach(pair.group, pair.container), -EPERM);
	EXPECT(pci_unbind(&partner), 0);
	EXPECT(vf_ioctl(pair.group, VFIO_GROUP_GET_STATUS, &status), 0);
	EXPECT(status.flags, VFIO_GROUP_FLAGS_VIABLE);
	EXPECT(group_attach(pair.group, pair.container), 0);
}

/* A driver that does no DMA of its own may sit on a member. */
static void pair_stub_is_fine(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	EXPECT(pci_bind(&partner, "pci-stub"), 0);
	EXPECT(vf_ioctl(pair.group, VFIO_GROUP_GET_STATUS, &status), 0);
	EXPECT(status.flags, VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET);
}

/* Two groups share a container: what one maps serves both, and outlives one of them. */
static void pair_second_group(void)
{
	void *memory = memory_small(PAGE_SIZE);
	struct pci_dev single;
	uint64_t unmapped;
	int group;

	REQUIRE(find_bound(EDU_ID, 0, &single), 0);
	group = group_open(single.group);
	REQUIRE_TRUE(group >= 0);
	EXPECT(dma_map(pair.container, memory, IOVA, PAGE_SIZE, RW), 0);
	EXPECT(group_attach(group, pair.container), 0);
	EXPECT(vf_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	EXPECT(group_attach(group, pair.container), 0);
	close_fd(&pair.device);
	EXPECT(vf_ioctl(pair.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
	EXPECT(dma_unmap(pair.container, IOVA, PAGE_SIZE, 0, &unmapped), 0);
	EXPECT(unmapped, PAGE_SIZE);
	close_fd(&group);
	munmap(memory, PAGE_SIZE);
}

CU_TestInfo pair_tests[] = {
	{ "two devices of one group", pair_two_devices },
	{ "a member without VFIO driver: ENODEV", pair_unbound_member },
	{ "host driver refused while in use", pair_host_driver_refused },
	{ "not viable with a host driver", pair_not_viable },
	{ "viable with pci-stub", pair_stub_is_fine },
	{ "two groups in one container keep mappings", pair_second_group },
	CU_TEST_INFO_NULL,
};

static void busy_while_open(void)
{
	EXPECT(vf_ioctl(edu_session.group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EBUSY);
	edu_stop(&edu);
	close_fd(&edu_session.device);
	EXPECT(vf_ioctl(edu_session.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
}

/* An mmap holds the device as its fd does. */
static void busy_while_mapped(void)
{
	close_fd(&edu_session.device);
	EXPECT(vf_ioctl(edu_session.group, VFIO_GROUP_UNSET_CONTAINER, NULL), -EBUSY);
	edu_write(&edu, EDU_LIVENESS, 0x1234);
	EXPECT(edu_read(&edu, EDU_LIVENESS), ~0x1234u);
	edu_stop(&edu);
	EXPECT(vf_ioctl(edu_session.group, VFIO_GROUP_UNSET_CONTAINER, NULL), 0);
}

static void works_without_group_and_container(void)
{
	void *memory = memory_small(PAGE_SIZE);
	uint32_t *words = memory;

	words[0] = 0x600dcafe;
	REQUIRE(dma_map(edu_session.container, memory, IOVA, PAGE_SIZE, RW), 0);
	close_fd(&edu_session.group);
	close_fd(&edu_session.container);
	EXPECT(group_open(edu_session.dev.group), -EBUSY);
	EXPECT(config_read(edu_session.device, 0, 4), 0x11e81234);
	/* the mappings live as long as the device may use them */
	EXPECT(edu_store(&edu, IOVA, 0, 4), 0);
	EXPECT(edu_load(&edu, IOVA + 64, 0, 4), 0);
	EXPECT(words[16], 0x600dcafe);
	edu_stop(&edu);
	close_fd(&edu_session.device);
	edu_session.group = group_open(edu_session.dev.group);
	EXPECT_TRUE(edu_session.group >= 0);
	munmap(memory, PAGE_SIZE);
}

/* Several fds of one device are one opening: the first opens it, the last closes it. */
static void opened_twice(void)
{
	int second = group_device(edu_session.group, edu_session.dev.name);

	REQUIRE_TRUE(second >= 0);
	EXPECT_TRUE(second != edu_session.device);
	EXPECT(config_read(second, 0, 4), 0x11e81234);
	edu_stop(&edu);
	close_fd(&edu_session.device);
	EXPECT(config_read(second, PCI_COMMAND, 2) & 6, 6);
	close_fd(&second);
}

static void bus_master_off_after_close(void)
{
	char path[] = "/sys/bus/pci/devices/0000:00:00.0/config";
	uint16_t command = 0xffff;
	int config;

	EXPECT(config_read(edu_session.device, PCI_COMMAND, 2) & 4, 4);
	edu_stop(&edu);
	close_fd(&edu_session.device);
	memcpy(path + sizeof("/sys/bus/pci/devices/") - 1, edu_session.dev.name, 12);
	config = open(path, O_RDONLY | O_CLOEXEC);
	EXPECT(pread(config, &command, 2, PCI_COMMAND), 2);
	EXPECT(command & 4, 0);
	close_fd(&config);
}

static void unknown_calls(void)
{
	EXPECT(vf_ioctl(edu_session.device, _IO(VFIO_TYPE, 255), NULL), -ENOTTY);
	EXPECT(vf_ioctl(edu_session.device, VFIO_GROUP_GET_STATUS, NULL), -ENOTTY);
	EXPECT(vf_ioctl(edu_session.device, _IO('x', VFIO_BASE + 7), NULL), -ENOTTY);
	EXPECT(vf_ioctl(edu_session.container, _IO(VFIO_TYPE, 255), NULL), -ENOTTY);
	EXPECT(vf_ioctl(edu_session.container, VFIO_DEVICE_GET_INFO, NULL), -ENOTTY);
}

static void extension_coherence_with_group(void)
{
	EXPECT_TRUE(vf_ioctl_number(edu_session.container, VFIO_CHECK_EXTENSION,
				    VFIO_DMA_CC_IOMMU) >= 0);
}

CU_TestInfo device_tests[] = {
	{ "UNSET_CONTAINER with a device open: EBUSY", busy_while_open },
	{ "an mmap holds the device", busy_while_mapped },
	{ "device fd outlives group and container fds", works_without_group_and_container },
	{ "two fds of one device", opened_twice },
	{ "bus mastering off after the last close", bus_master_off_after_close },
	{ "unknown calls: ENOTTY", unknown_calls },
	{ "CHECK_EXTENSION: DMA_CC with a group", extension_coherence_with_group },
	CU_TEST_INFO_NULL,
};

struct sized {
	unsigned long request;
	uint32_t size;			/* the least that the ABI has */
	const char *name;
};

static const struct sized device_calls[] = {
	{ VFIO_DEVICE_GET_INFO, 16, "DEVICE_GET_INFO" },
	{ VFIO_DEVICE_GET_REGION_INFO, 32, "GET_REGION_INFO" },
	{ VFIO_DEVICE_GET_IRQ_INFO, 16, "GET_IRQ_INFO" },
	{ VFIO_DEVICE_SET_IRQS, 20, "SET_IRQS" },
	{ VFIO_DEVICE_FEATURE, 8, "FEATURE" },
};

static const struct sized container_calls[] = {
	{ VFIO_IOMMU_GET_INFO, 16, "IOMMU_GET_INFO" },
	{ VFIO_IOMMU_MAP_DMA, 32, "MAP_DMA" },
	{ VFIO_IOMMU_UNMAP_DMA, 24, "UNMAP_DMA" },
	{ VFIO_IOMMU_DIRTY_PAGES, 8, "DIRTY_PAGES" },
};

static void check_short(int fd, const struct sized *call)
{
	uint32_t buffer[64];

	for (uint32_t argsz = 0; argsz < call->size; argsz++) {
		memset(buffer, 0, sizeof(buffer));
		buffer[0] = argsz;
		if (!check_value(vf_ioctl(fd, call->request, buffer), -EINVAL, call->name,
				 __FILE__, __LINE__))
			return;
	}
	check_value(vf_ioctl(fd, call->request, NULL), -EFAULT, call->name, __FILE__, __LINE__);
}

/* The argument ends at the end of a page: a kernel that reads or writes past argsz faults. */
static void check_edge(int fd, const struct sized *call, long want)
{
	char *page = memory_reserve(HUGE_SIZE);
	uint32_t *argument = (void *)(page + PAGE_SIZE - call->size);

	if (!EXPECT(mprotect(page, PAGE_SIZE, PROT_READ | PROT_WRITE), 0))
		return;
	memset(page, 0, PAGE_SIZE);
	argument[0] = call->size;
	check_value(vf_ioctl(fd, call->request, argument), want, call->name, __FILE__, __LINE__);
	munmap(page, HUGE_SIZE);
}

static void device_argsz_short(void)
{
	for (unsigned int i = 0; i < sizeof(device_calls) / sizeof(device_calls[0]); i++)
		check_short(edu_session.device, &device_calls[i]);
}

static void container_argsz_short(void)
{
	for (unsigned int i = 0; i < sizeof(container_calls) / sizeof(container_calls[0]); i++)
		check_short(edu_session.container, &container_calls[i]);
}

static void argsz_exact(void)
{
	for (int i = 0; i < 3; i++)
		check_edge(edu_session.device, &device_calls[i], 0);
	check_edge(edu_session.container, &container_calls[0], 0);
}

/* A larger argsz is a newer caller: what is known is done, what is beyond stays as it was. */
static void argsz_long(void)
{
	static const uint32_t sizes[] = { 64, 128, 4096, 0x7fffffff, 0xffffffff };
	uint32_t buffer[64];

	for (int call = 0; call < 3; call++) {
		for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			memset(buffer, 0, sizeof(buffer));
			memset(buffer + 10, 0xa5, sizeof(buffer) - 10 * sizeof(buffer[0]));
			buffer[0] = sizes[i];
			check_value(vf_ioctl(edu_session.device, device_calls[call].request,
					     buffer), 0, device_calls[call].name, __FILE__,
				    __LINE__);
			EXPECT(buffer[63], 0xa5a5a5a5);
		}
	}
}

CU_TestInfo argsz_tests[] = {
	{ "device calls: short is EINVAL, NULL is EFAULT", device_argsz_short },
	{ "container calls: short is EINVAL, NULL is EFAULT", container_argsz_short },
	{ "exact, at the end of memory", argsz_exact },
	{ "larger than the kernel knows", argsz_long },
	CU_TEST_INFO_NULL,
};
