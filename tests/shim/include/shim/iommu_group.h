/* SPDX-License-Identifier: GPL-2.0-only */
/* Between iommu.c and iommu_group.c. */
#ifndef SHIM_IOMMU_GROUP_H
#define SHIM_IOMMU_GROUP_H

struct iommu_domain;
struct iommu_group;
struct shim_iommu;

struct shim_iommu *shim_group_hw(const struct iommu_group *group);
void shim_domain_attached(struct iommu_domain *domain);

#endif
