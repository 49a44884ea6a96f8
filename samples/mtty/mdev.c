// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module mtty: a parent on the mdev bus whose children are dual-port UARTs.
 *
 * The parent is a platform device of the module's own, since no hardware stands behind it. Its
 * folder in sysfs, /sys/devices/platform/mtty, offers one type; an administrator makes a device by
 * writing a UUID to mdev_supported_types/mtty-dual/create, and the bus calls mtty_probe(). User
 * space then reaches it through VFIO. It does no DMA, so nothing of its user's memory is touched.
 *
 * Going away, the parent takes its children along and waits for their users; a device that is open
 * holds the module, so only unbinding the parent or removing one device waits, never rmmod.
 */
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "priv.h"

/* As many as there are functions on a PCI bus; each costs some hundred bytes */
#define MAX_INSTANCES 256

static int mtty_probe(struct mdev_device *mdev)
{
	struct mtty *mtty;
	int ret;

	mtty = vfio_alloc_device(mtty, vdev, mdev_dev(mdev), &mtty_vfio_ops);
	if (IS_ERR(mtty))
		return PTR_ERR(mtty);
	dev_set_drvdata(mdev_dev(mdev), mtty);
	ret = vfio_register_emulated_iommu_dev(&mtty->vdev);
	if (ret)
		vfio_put_device(&mtty->vdev);
	return ret;
}

static void mtty_remove(struct mdev_device *mdev)
{
	struct mtty *mtty = dev_get_drvdata(mdev_dev(mdev));

	vfio_unregister_group_dev(&mtty->vdev);
	vfio_put_device(&mtty->vdev);
}

static ssize_t mtty_show_description(struct mdev_type *type, char *buf)
{
	return sysfs_emit(buf, "two 16550A UARTs, connected by a null modem cable\n");
}

static struct mdev_driver mtty_mdev_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.max_instances = MAX_INSTANCES,
	.probe = mtty_probe,
	.remove = mtty_remove,
	.show_description = mtty_show_description,
	.driver = {
		.name = "mtty_mdev",
		.owner = THIS_MODULE,
	},
};

static struct mdev_type mtty_dual = {
	.sysfs_name = "dual",
	.pretty_name = "dual-port UART",
};

static struct mdev_type *mtty_types[] = { &mtty_dual };

static int mtty_parent_probe(struct platform_device *pdev)
{
	struct mdev_parent *parent = devm_kzalloc(&pdev->dev, sizeof(*parent), GFP_KERNEL);

	if (!parent)
		return -ENOMEM;
	platform_set_drvdata(pdev, parent);
	return mdev_register_parent(parent, &pdev->dev, &mtty_mdev_driver, mtty_types,
				    ARRAY_SIZE(mtty_types));
}

static void mtty_parent_remove(struct platform_device *pdev)
{
	mdev_unregister_parent(platform_get_drvdata(pdev));
}

static struct platform_driver mtty_parent_driver = {
	.probe = mtty_parent_probe,
	.remove = mtty_parent_remove,
	.driver = { .name = "mtty" },
};

static struct platform_device *mtty_platform;

static int __init mtty_module_init(void)
{
	int ret;

	ret = mdev_register_driver(&mtty_mdev_driver);
	if (ret)
		return ret;
	ret = platform_driver_register(&mtty_parent_driver);
	if (ret)
		goto unregister_mdev;
	mtty_platform = platform_device_register_simple("mtty", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(mtty_platform)) {
		ret = PTR_ERR(mtty_platform);
		goto unregister_parent;
	}
	return 0;

unregister_parent:
	platform_driver_unregister(&mtty_parent_driver);
unregister_mdev:
	mdev_unregister_driver(&mtty_mdev_driver);
	return ret;
}

static void __exit mtty_module_exit(void)
{
	platform_device_unregister(mtty_platform);
	platform_driver_unregister(&mtty_parent_driver);
	mdev_unregister_driver(&mtty_mdev_driver);
}

module_init(mtty_module_init);
module_exit(mtty_module_exit);

MODULE_DESCRIPTION("Passway sample: a mediated dual-port UART");
MODULE_AUTHOR("The Passway authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
