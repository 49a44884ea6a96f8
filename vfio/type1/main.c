// SPDX-License-Identifier: GPL-2.0-only
/*
 * The container ABI "type1": a page table by MAP_DMA and UNMAP_DMA. It is thin: arguments are
 * read and checked here, and what they mean is done by the engine in vfio/ioas.
 *
 * Not offered: nesting (VFIO_TYPE1_NESTING_IOMMU), which newer kernels have given up.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <vfio/iommu.h>

#include "../ioas/ioas.h"
#include "priv.h"

static bool allow_unsafe_interrupts;
module_param(allow_unsafe_interrupts, bool, 0644);
MODULE_PARM_DESC(allow_unsafe_interrupts,
		 "Assign devices whose interrupts the platform cannot isolate (default: no)");

static bool disable_hugepages;
module_param(disable_hugepages, bool, 0644);
MODULE_PARM_DESC(disable_hugepages,
		 "Map by single pages, so that IOMMUs use no huge pages (default: no)");

static unsigned int dma_entry_limit = U16_MAX;
module_param(dma_entry_limit, uint, 0644);
MODULE_PARM_DESC(dma_entry_limit, "Mappings that a container can have (default: 65535)");

static int type1_extension(void *space, unsigned long ext)
{
	struct type1 *t = space;

	switch (ext) {
	case VFIO_TYPE1_IOMMU:
	case VFIO_TYPE1v2_IOMMU:
	case VFIO_UNMAP_ALL:
		return 1;
	case VFIO_UPDATE_VADDR:
		return t && !ioas_has_emulated(t->ioas);
	case VFIO_DMA_CC_IOMMU:
		return t && ioas_coherent(t->ioas);
	}
	return 0;
}

static void *type1_open(unsigned long type)
{
	struct ioas *ioas;
	struct type1 *t;

	if (type != VFIO_TYPE1_IOMMU && type != VFIO_TYPE1v2_IOMMU)
		return ERR_PTR(-EINVAL);
	t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	if (!t)
		return ERR_PTR(-ENOMEM);
	ioas = ioas_create(READ_ONCE(dma_entry_limit), READ_ONCE(disable_hugepages));
	if (IS_ERR(ioas)) {
		kfree(t);
		return ERR_CAST(ioas);
	}
	t->ioas = ioas;
	t->v2 = type == VFIO_TYPE1v2_IOMMU;
	return t;
}

static void type1_release(void *space)
{
	struct type1 *t = space;

	ioas_destroy(t->ioas);
	kfree(t);
}

static int type1_attach(void *space, struct iommu_group *group)
{
	struct type1 *t = space;

	if (!iommu_group_has_isolated_msi(group) && !READ_ONCE(allow_unsafe_interrupts)) {
		pr_warn_ratelimited("group %d: interrupts are not isolated from other devices; parameter allow_unsafe_interrupts accepts that\n",
				    iommu_group_id(group));
		return -EPERM;
	}
	return ioas_attach(t->ioas, group);
}

static void type1_detach(void *space, struct iommu_group *group)
{
	struct type1 *t = space;

	ioas_detach(t->ioas, group);
}

static long type1_ioctl(void *space, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case VFIO_IOMMU_GET_INFO:
		return type1_get_info(space, uarg);
	case VFIO_IOMMU_MAP_DMA:
		return type1_map_dma(space, uarg);
	case VFIO_IOMMU_UNMAP_DMA:
		return type1_unmap_dma(space, uarg);
	case VFIO_IOMMU_DIRTY_PAGES:
		return type1_dirty_pages(space, uarg);
	}
	return -ENOTTY;
}

static struct vfio_iommu_backend type1_backend = {
	.name = "type1",
	.owner = THIS_MODULE,
	.extension = type1_extension,
	.open = type1_open,
	.release = type1_release,
	.attach = type1_attach,
	.detach = type1_detach,
	.attach_emulated = type1_attach_emulated,
	.detach_emulated = type1_detach_emulated,
	.open_device = type1_open_device,
	.close_device = type1_close_device,
	.pin = type1_pin,
	.unpin = type1_unpin,
	.rw = type1_rw,
	.ioctl = type1_ioctl,
};

static int __init type1_init(void)
{
	return vfio_register_iommu_backend(&type1_backend);
}

static void __exit type1_exit(void)
{
	vfio_unregister_iommu_backend(&type1_backend);
}

module_init(type1_init);
module_exit(type1_exit);

MODULE_DESCRIPTION("VFIO containers with an IOMMU behind them (type1)");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
