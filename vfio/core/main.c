// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module vfio: init and exit. Each part undoes its own init; the order below is the order
 * of dependence, the last is what user space reaches first.
 */
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "priv.h"

static const struct {
	int (*init)(void);
	void (*exit)(void);
} parts[] = {
	{ vfio_virqfd_init, vfio_virqfd_exit },
	{ vfio_devices_init, vfio_devices_exit },
	{ vfio_groups_init, vfio_groups_exit },
	{ vfio_container_init, vfio_container_exit },
};

static void vfio_exit_parts(size_t done)
{
	while (done--)
		parts[done].exit();
}

static int __init vfio_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int ret = parts[i].init();

		if (ret) {
			vfio_exit_parts(i);
			return ret;
		}
	}
	return 0;
}

static void __exit vfio_exit(void)
{
	vfio_exit_parts(ARRAY_SIZE(parts));
}

module_init(vfio_init);
module_exit(vfio_exit);

MODULE_DESCRIPTION("Passway: devices, groups and containers of VFIO");
MODULE_AUTHOR("The Passway authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
MODULE_ALIAS_MISCDEV(VFIO_MINOR);
MODULE_ALIAS("devname:vfio/vfio");
MODULE_SOFTDEP("post: vfio_iommu_type1");
