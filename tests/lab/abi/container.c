// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vfio/vfio: what a container says of itself, and that it grants nothing before a group is
 * attached and its IOMMU set.
 */
#include "core.h"

#include <fcntl.h>
#include <unistd.h>

static int extension(int container, unsigned long number)
{
	return vf_ioctl_number(container, VFIO_CHECK_EXTENSION, number);
}

static void api_version(void)
{
	int container = container_open();

	EXPECT(vf_ioctl(container, VFIO_GET_API_VERSION, NULL), VFIO_API_VERSION);
	EXPECT(vf_ioctl_number(container, VFIO_GET_API_VERSION, 1), VFIO_API_VERSION);
	close_fd(&container);
}

static void extensions_supported(void)
{
	int container = container_open();

	EXPECT(extension(container, VFIO_TYPE1_IOMMU), 1);
	EXPECT(extension(container, VFIO_TYPE1v2_IOMMU), 1);
	EXPECT(extension(container, VFIO_UNMAP_ALL), 1);
	close_fd(&container);
}

static void extensions_absent(void)
{
	static const unsigned long absent[] = {
		0, VFIO_SPAPR_TCE_IOMMU, VFIO_EEH, VFIO_SPAPR_TCE_v2_IOMMU, VFIO_NOIOMMU_IOMMU,
		11, 1000, 1ul << 31, ~0ul,
	};
	int container = container_open();

	for (unsigned int i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		EXPECT(extension(container, absent[i]), 0);
	close_fd(&container);
}

/* Coherence is a property of the attached groups: unknown, hence 0, while there is none. */
static void extension_coherence_needs_group(void)
{
	int container = container_open();

	EXPECT(extension(container, VFIO_DMA_CC_IOMMU), 0);
	close_fd(&container);
}

static void set_iommu_without_group(void)
{
	static const unsigned long types[] = {
		VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, VFIO_SPAPR_TCE_IOMMU, 0, 99, ~0ul,
	};
	int container = container_open();

	for (unsigned int i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		EXPECT(vf_ioctl_number(container, VFIO_SET_IOMMU, types[i]), -EINVAL);
	close_fd(&container);
}

/* Calls of the IOMMU backend do not exist before there is one. */
static void backend_calls_without_iommu(void)
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	void *memory = memory_small(PAGE_SIZE);
	int container = container_open();

	EXPECT(vf_ioctl(container, VFIO_IOMMU_GET_INFO, &info), -EINVAL);
	EXPECT(dma_map(container, memory, IOVA, PAGE_SIZE, RW), -EINVAL);
	EXPECT(dma_unmap(container, IOVA, PAGE_SIZE, 0, NULL), -EINVAL);
	close_fd(&container);
}

static void read_write_without_iommu(void)
{
	int container = container_open();
	char byte = 0;

	EXPECT_TRUE(read(container, &byte, 1) == -1 && errno == EINVAL);
	EXPECT_TRUE(write(container, &byte, 1) == -1 && errno == EINVAL);
	close_fd(&container);
}

static void independent_containers(void)
{
	int first = container_open(), second = container_open();

	EXPECT_TRUE(first >= 0);
	EXPECT_TRUE(second >= 0);
	close_fd(&first);
	EXPECT(vf_ioctl(second, VFIO_GET_API_VERSION, NULL), VFIO_API_VERSION);
	close_fd(&second);
}

CU_TestInfo container_tests[] = {
	{ "GET_API_VERSION answers 0", api_version },
	{ "CHECK_EXTENSION: what is supported", extensions_supported },
	{ "CHECK_EXTENSION: what is not", extensions_absent },
	{ "CHECK_EXTENSION: DMA_CC without a group", extension_coherence_needs_group },
	{ "SET_IOMMU without a group: EINVAL", set_iommu_without_group },
	{ "backend calls without an IOMMU: EINVAL", backend_calls_without_iommu },
	{ "read and write without an IOMMU: EINVAL", read_write_without_iommu },
	{ "containers are independent", independent_containers },
	CU_TEST_INFO_NULL,
};
