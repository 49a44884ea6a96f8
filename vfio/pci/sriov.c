// SPDX-License-Identifier: GPL-2.0-only
/*
 * SR-IOV of a PF that is bound to a driver of this library, and its VFs.
 *
 * The administrator makes and removes VFs through sriov_numvfs, which the PCI core calls down
 * to vfio_pci_core_sriov_configure() with the PF's device lock held; binding and unbinding the
 * PF hold it, too, so these three never overlap. While a PF has VFs it is in the list @pfs,
 * where VFs find it when they are bound. VFs go before their PF does: it is unbound only after
 * vfio_pci_sriov_leave(), which waits for the users of its VFs. So a VF's pointer to its PF is
 * good for as long as the VF is bound.
 *
 * A new VF is given to vfio-pci by driver_override before any driver sees it, unless it has one
 * already; the administrator may bind it elsewhere, which the log tells, since the host
 * then trusts a PF that user space drives.
 *
 * A PF with VFs stays in D0: it takes a runtime PM reference, and @vfs_wanted keeps its user
 * from putting it to sleep.
 */
#include <linux/device.h>
#include <linux/pm_runtime.h>

#include "sriov.h"

static DEFINE_MUTEX(pfs_lock);	/* guards pfs; a leaf */
static LIST_HEAD(pfs);

static void vf_reserve(struct pci_dev *vf)
{
	if (!device_has_driver_override(&vf->dev) &&
	    device_set_driver_override(&vf->dev, "vfio-pci"))
		pci_warn(vf, "not reserved for vfio-pci: no memory for driver_override\n");
}

/* A driver that does not do its own DMA protection is one of the host's */
static void vf_bound(struct pci_dev *vf, struct pci_dev *pf)
{
	if (!to_pci_driver(vf->dev.driver)->driver_managed_dma)
		pci_warn(vf, "bound to %s, which has to trust the user of its PF %s\n",
			 vf->dev.driver->name, pci_name(pf));
}

static int vf_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct vfio_pci_core_device *pf = container_of(nb, struct vfio_pci_core_device, vf_watch);
	struct pci_dev *vf = to_pci_dev(data);

	if (!vf->is_virtfn || pci_physfn(vf) != pf->pdev)
		return NOTIFY_DONE;
	if (event == BUS_NOTIFY_ADD_DEVICE)
		vf_reserve(vf);
	else if (event == BUS_NOTIFY_BOUND_DRIVER)
		vf_bound(vf, pf->pdev);
	return NOTIFY_DONE;
}

/* Have the PF awake until pf_let_sleep() */
static int pf_stay_awake(struct vfio_pci_core_device *vdev)
{
	struct device *dev = &vdev->pdev->dev;
	int ret;

	ret = pm_runtime_resume_and_get(dev);
	if (ret)
		return ret;
	/* One that is only woken for a moment goes back with that held */
	mutex_lock(&vdev->irqs.lock);
	down_write(&vdev->memory_lock);
	vdev->vfs_wanted = vdev->pdev->current_state == PCI_D0;
	up_write(&vdev->memory_lock);
	mutex_unlock(&vdev->irqs.lock);
	if (vdev->vfs_wanted)
		return 0;
	pm_runtime_put(dev);
	vfio_pci_warn(vdev, "VFs refused: its user has put it into D%d\n",
		      vdev->pdev->current_state);
	return -EBUSY;
}

static void pf_let_sleep(struct vfio_pci_core_device *vdev)
{
	down_write(&vdev->memory_lock);
	vdev->vfs_wanted = false;
	up_write(&vdev->memory_lock);
	pm_runtime_put(&vdev->pdev->dev);
}

/* VFs that are bound from now on find their PF, and are watched */
static void pf_show(struct vfio_pci_core_device *vdev)
{
	scoped_guard(mutex, &pfs_lock)
		list_add(&vdev->pfs_next, &pfs);
	vdev->vf_watch.notifier_call = vf_event;
	bus_register_notifier(&pci_bus_type, &vdev->vf_watch);
}

static void pf_hide(struct vfio_pci_core_device *vdev)
{
	bus_unregister_notifier(&pci_bus_type, &vdev->vf_watch);
	guard(mutex)(&pfs_lock);
	list_del(&vdev->pfs_next);
}

static void vfs_request_work(struct work_struct *work)
{
	struct vfio_pci_core_device *vdev =
		container_of(work, struct vfio_pci_core_device, vfs_request);

	vfio_pci_vendor_request(vdev->pdev->vendor, vdev->vfs_device);
}

/*
 * VFs are all alike, so that one question for their vendor driver does. User space has time to
 * answer it while the PCI core waits for the VFs; see vfio_pci_sriov_coming().
 */
static void vfs_request_vendor(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;

	if (!pci_read_config_word(pdev, pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV) +
				  PCI_SRIOV_VF_DID, &vdev->vfs_device))
		queue_work(system_long_wq, &vdev->vfs_request);
}

static int vfs_make(struct vfio_pci_core_device *vdev, int num)
{
	int ret;

	if (pci_num_vf(vdev->pdev))
		return -EBUSY;
	ret = pf_stay_awake(vdev);
	if (ret)
		return ret;
	vfs_request_vendor(vdev);
	vdev->vfs_coming = true;
	pf_show(vdev);
	ret = pci_enable_sriov(vdev->pdev, num);
	vdev->vfs_coming = false;
	flush_work(&vdev->vfs_request);
	if (!ret)
		return num;
	pf_hide(vdev);
	pf_let_sleep(vdev);
	return ret;
}

/**
 * vfio_pci_sriov_leave() - remove all VFs of a PF, waiting until nobody has them open
 * @vdev: device, still registered; nothing happens unless it has VFs
 *
 * Context: the PF's device lock is held.
 */
void vfio_pci_sriov_leave(struct vfio_pci_core_device *vdev)
{
	if (!pci_num_vf(vdev->pdev))
		return;
	pci_disable_sriov(vdev->pdev);
	pf_hide(vdev);
	pf_let_sleep(vdev);
}

/**
 * vfio_pci_core_sriov_configure() - make or remove the VFs of a PF; what sriov_numvfs asks for
 * @vdev: PF, bound
 * @num: VFs to make, while there are none; 0 to remove them all
 *
 * Context: the PF's device lock is held.
 * Return: @num; -EBUSY while there are VFs, or its user has put it to sleep; -errno of the
 * PCI core. Removing cannot fail; it waits for the users of VFs.
 */
int vfio_pci_core_sriov_configure(struct vfio_pci_core_device *vdev, int num)
{
	device_lock_assert(&vdev->pdev->dev);
	if (num)
		return vfs_make(vdev, num);
	vfio_pci_sriov_leave(vdev);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_sriov_configure);

static struct vfio_pci_core_device *pf_find(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *pf;

	guard(mutex)(&pfs_lock);
	list_for_each_entry(pf, &pfs, pfs_next)
		if (pf->pdev == pdev)
			return pf;
	return NULL;
}

/**
 * vfio_pci_sriov_coming() - is a VF one of those that are just being made by us?
 * @vf: VF that is being bound, by whoever makes it
 *
 * Context: may sleep.
 * Return: true when it is; then its vendor driver has been asked for, and user space is done.
 */
bool vfio_pci_sriov_coming(struct pci_dev *vf)
{
	struct vfio_pci_core_device *pf = pf_find(pci_physfn(vf));

	if (!pf || !pf->vfs_coming)
		return false;
	flush_work(&pf->vfs_request);
	return true;
}

/**
 * vfio_pci_sriov_bind() - what a device that is being bound needs to be a PF, or a VF
 * @vdev: device
 *
 * Return: 0; -EBUSY for a PF whose VFs another driver made; -ENOMEM.
 */
int vfio_pci_sriov_bind(struct vfio_pci_core_device *vdev)
{
	if (vdev->pdev->is_virtfn)
		vdev->pf = pf_find(pci_physfn(vdev->pdev));
	if (!vdev->pdev->is_physfn)
		return 0;
	if (pci_num_vf(vdev->pdev)) {
		vfio_pci_warn(vdev, "bind refused: it has VFs that another driver made\n");
		return -EBUSY;
	}
	INIT_WORK(&vdev->vfs_request, vfs_request_work);
	vdev->token = vfio_pci_token_alloc();
	return vdev->token ? 0 : -ENOMEM;
}

/**
 * vfio_pci_sriov_unbind() - undo vfio_pci_sriov_bind()
 * @vdev: device that nobody can open any more
 */
void vfio_pci_sriov_unbind(struct vfio_pci_core_device *vdev)
{
	vfio_pci_token_free(vdev->token);
	vdev->token = NULL;
	vdev->pf = NULL;
}
