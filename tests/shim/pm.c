// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runtime power management of PCI functions: each is used while somebody has a reference or
 * sleep is forbidden (which is a reference too); the last one gone puts it into D3hot, in the
 * thread that drops it. The driver is told before it sleeps, and can refuse, and after it has
 * woken; whoever wants it awake meanwhile waits.
 */
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <shim/fault.h>
#include <shim/pci.h>
#include <shim/run.h>

static const struct dev_pm_ops *callbacks(struct device *dev)
{
	return to_pci_dev(dev)->driver && dev->driver ? dev->driver->pm : NULL;
}

static void change_begin(struct device *dev)
{
	struct shim_wait wait = { .what = "a change of a device's power" };

	while (__atomic_exchange_n(&dev->power.changing, true, __ATOMIC_SEQ_CST))
		shim_wait_step(&wait);
}

static void change_end(struct device *dev)
{
	__atomic_store_n(&dev->power.changing, false, __ATOMIC_SEQ_CST);
}

static int used(struct device *dev)
{
	return __atomic_load_n(&dev->power.usage, __ATOMIC_SEQ_CST);
}

/* Registers are lost or not as with any change of the state; what fails is up to the test */
static void move(struct pci_dev *pdev, pci_power_t state)
{
	shim_fail_pause();
	pci_set_power_state(pdev, state);
	shim_fail_resume();
}

static void sleep_now(struct device *dev)
{
	const struct dev_pm_ops *pm = callbacks(dev);
	struct pci_dev *pdev = to_pci_dev(dev);

	if (dev->power.suspended || used(dev) || dev->power.forbidden)
		return;
	pdev->state_saved = false;
	if (pm && pm->runtime_suspend && pm->runtime_suspend(dev))
		return;
	dev->power.suspended = true;
	if (pdev->pm_cap && !shim_pci(pdev)->gone) {
		pci_save_state(pdev);
		move(pdev, PCI_D3hot);
	}
}

static void idle(struct device *dev)
{
	change_begin(dev);
	sleep_now(dev);
	change_end(dev);
}

static int wake_now(struct device *dev)
{
	const struct dev_pm_ops *pm = callbacks(dev);
	struct pci_dev *pdev = to_pci_dev(dev);

	if (!dev->power.suspended)
		return 1;
	if (shim_should_fail("pm_runtime_resume"))
		return -EIO;
	if (pdev->current_state == PCI_D3hot) {
		move(pdev, PCI_D0);
		pci_restore_state(pdev);
	}
	if (pm && pm->runtime_resume)
		pm->runtime_resume(dev);
	dev->power.suspended = false;
	return 0;
}

int pm_runtime_resume(struct device *dev)
{
	int ret;

	change_begin(dev);
	ret = wake_now(dev);
	change_end(dev);
	return ret;
}

int pm_runtime_get_sync(struct device *dev)
{
	pm_runtime_get_noresume(dev);
	return pm_runtime_resume(dev);
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
	__atomic_add_fetch(&dev->power.usage, 1, __ATOMIC_SEQ_CST);
	shim_live_add(SHIM_PM_USE, 1);
}

void pm_runtime_put_noidle(struct device *dev)
{
	if (__atomic_sub_fetch(&dev->power.usage, 1, __ATOMIC_SEQ_CST) < 0)
		shim_die("%s: more runtime PM references dropped than taken", dev_name(dev));
	shim_live_add(SHIM_PM_USE, -1);
}

/* The reference that the bus holds for an unbound device may be given up by its driver. */
int pm_runtime_put(struct device *dev)
{
	pm_runtime_put_noidle(dev);
	return pm_request_idle(dev);
}

int pm_request_idle(struct device *dev)
{
	if (!used(dev))
		idle(dev);
	return 0;
}

bool pm_runtime_enabled(struct device *dev)
{
	return dev->bus == &pci_bus_type;
}

void pm_runtime_allow(struct device *dev)
{
	dev->power.forbidden = false;
	pm_request_idle(dev);
}

void pm_runtime_forbid(struct device *dev)
{
	dev->power.forbidden = true;
	pm_runtime_resume(dev);
}
