// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runtime power management of PCI functions: each is used while somebody has a reference or
 * sleep is forbidden (which is a reference too); the last one gone puts it into D3hot.
 */
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <shim/fault.h>
#include <shim/pci.h>

static void sleep_now(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);

	dev->power.suspended = true;
	if (pdev->pm_cap && !shim_pci(pdev)->gone) {
		pci_save_state(pdev);
		pdev->current_state = PCI_D3hot;
	}
}

static int wake(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);

	if (!dev->power.suspended)
		return 1;
	if (shim_should_fail("pm_runtime_resume"))
		return -EIO;
	dev->power.suspended = false;
	if (pdev->current_state == PCI_D3hot) {
		pdev->current_state = PCI_D0;
		pci_restore_state(pdev);
	}
	return 0;
}

static void drop(struct device *dev)
{
	if (dev->power.usage <= 0) {
		shim_complain("%s: more runtime PM references dropped than taken",
			      dev_name(dev));
		return;
	}
	if (!--dev->power.usage && !dev->power.suspended && !dev->power.forbidden)
		sleep_now(dev);
}

int pm_runtime_get_sync(struct device *dev)
{
	pm_runtime_get_noresume(dev);
	return wake(dev);
}

int pm_runtime_resume_and_get(struct device *dev)
{
	int ret = pm_runtime_get_sync(dev);

	if (ret < 0)
		pm_runtime_put_noidle(dev);
	return ret < 0 ? ret : 0;
}

void pm_runtime_get_noresume(struct device *dev)
{
	dev->power.usage++;
	shim_live_add(SHIM_PM_USE, 1);
}

/* The reference that the bus holds for an unbound device may be given up by its driver. */
int pm_runtime_put(struct device *dev)
{
	pm_runtime_put_noidle(dev);
	return 0;
}

void pm_runtime_put_noidle(struct device *dev)
{
	shim_live_add(SHIM_PM_USE, -1);
	drop(dev);
}

void pm_runtime_allow(struct device *dev)
{
	dev->power.forbidden = false;
	if (!dev->power.usage && !dev->power.suspended)
		sleep_now(dev);
}

void pm_runtime_forbid(struct device *dev)
{
	dev->power.forbidden = true;
	wake(dev);
}
