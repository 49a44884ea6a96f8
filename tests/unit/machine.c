// SPDX-License-Identifier: GPL-2.0-only
/* See machine.h. */
#include "machine.h"
#include "unit.h"

int shim_init_vfio_init(void);
void shim_exit_vfio_exit(void);
int shim_init_type1_init(void);
void shim_exit_type1_exit(void);

int machine_load(void)
{
	int ret = shim_init_vfio_init();

	if (ret)
		return ret;
	ret = shim_init_type1_init();
	if (ret)
		shim_exit_vfio_exit();
	return ret;
}

void machine_unload(void)
{
	shim_exit_type1_exit();
	shim_exit_vfio_exit();
}

static int idle_open(struct vfio_device *vdev)
{
	return 0;
}

static const struct vfio_device_ops idle_ops = { .name = "idle", .open_device = idle_open };

struct idle { struct vfio_device vdev; };

int machine_add(struct machine_device *d, struct shim_iommu *hw, const char *name)
{
	struct idle *idle;
	int ret;

	d->group = shim_group_new(hw);
	d->dev = shim_group_device(d->group, name);
	snprintf(d->path, sizeof(d->path), "vfio/%d", iommu_group_id(d->group));
	idle = vfio_alloc_device(idle, vdev, d->dev, &idle_ops);
	if (IS_ERR(idle)) {
		ret = PTR_ERR(idle);
		goto err_group;
	}
	d->vdev = &idle->vdev;
	ret = vfio_register_group_dev(d->vdev);
	if (!ret)
		return 0;
	vfio_put_device(d->vdev);
err_group:
	shim_device_free(d->dev);
	shim_group_free(d->group);
	return ret;
}

void machine_remove(struct machine_device *d)
{
	vfio_unregister_group_dev(d->vdev);
	vfio_put_device(d->vdev);
	shim_device_free(d->dev);
	shim_group_free(d->group);
}

int user_join(int container, const char *group_path)
{
	int *user = shim_user_dup(&container, sizeof(container));
	int group = shim_open(group_path), ret;

	if (group < 0)
		return group;
	ret = shim_ioctl(group, VFIO_GROUP_SET_CONTAINER, user);
	if (ret)
		shim_close(group);
	return ret ? ret : group;
}

int user_set_iommu(int container, unsigned long type)
{
	return shim_ioctl(container, VFIO_SET_IOMMU, (void *)type);
}

long user_map(int container, u64 iova, u64 vaddr, u64 size, u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .iova = iova, .vaddr = vaddr, .size = size,
	}, *user = SHIM_USER(&map);
	long ret = shim_ioctl(container, VFIO_IOMMU_MAP_DMA, user);

	shim_user_free(user);
	return ret;
}

long user_unmap(int container, u64 iova, u64 size, u32 flags, u64 *unmapped)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = flags, .iova = iova, .size = size,
	}, *user = SHIM_USER(&unmap);
	long ret = shim_ioctl(container, VFIO_IOMMU_UNMAP_DMA, user);

	if (unmapped)
		*unmapped = ((struct vfio_iommu_type1_dma_unmap *)shim_user_body(user))->size;
	shim_user_free(user);
	return ret;
}

int user_device(int group, const char *name)
{
	return shim_ioctl(group, VFIO_GROUP_GET_DEVICE_FD, shim_user_dup(name, strlen(name) + 1));
}
