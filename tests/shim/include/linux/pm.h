/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/pm_runtime.h>
struct dev_pm_ops {
	int (*runtime_suspend)(struct device *dev);
	int (*runtime_resume)(struct device *dev);
};
