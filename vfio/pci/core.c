// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of a PCI device in VFIO: bound, opened, closed, unbound; and the ioctls.
 *
 * Opening: wake, enable, reset, save the configuration, make its virtual copy. Closing, in
 * the opposite order and unable to fail: no bus mastering, no interrupts, no mappings, reset,
 * configuration back as it was saved, disabled, allowed to sleep.
 */
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "config.h"
#include "trace.h"

/* Parameters of the driver that uses us, taken over by each device when it is bound */
static struct {
	bool nointxmask;
	bool disable_vga;
	bool disable_idle_d3;
} core_params;

/*
 * Intel's X550, and all of its 700 series (i40e): INTx can be disabled, but the Interrupt Status
 * bit does not say when it is asserted, so a shared line cannot be told apart. With nointxmask
 * the line is not shared and the bit not asked.
 */
static const struct pci_device_id broken_intx[] = {
	{ PCI_VDEVICE(INTEL, 0x1563) },
	{ PCI_VDEVICE(INTEL, 0x1572) },
	{ PCI_VDEVICE(INTEL, 0x1574) },
	{ PCI_VDEVICE(INTEL, 0x1580) },
	{ PCI_VDEVICE(INTEL, 0x1581) },
	{ PCI_VDEVICE(INTEL, 0x1583) },
	{ PCI_VDEVICE(INTEL, 0x1584) },
	{ PCI_VDEVICE(INTEL, 0x1585) },
	{ PCI_VDEVICE(INTEL, 0x1586) },
	{ PCI_VDEVICE(INTEL, 0x1587) },
	{ PCI_VDEVICE(INTEL, 0x1588) },
	{ PCI_VDEVICE(INTEL, 0x1589) },
	{ PCI_VDEVICE(INTEL, 0x158a) },
	{ PCI_VDEVICE(INTEL, 0x158b) },
	{ PCI_VDEVICE(INTEL, 0x37d0) },
	{ PCI_VDEVICE(INTEL, 0x37d1) },
	{ PCI_VDEVICE(INTEL, 0x37d2) },
	{ }
};

/**
 * vfio_pci_core_set_params() - take over the parameters of a driver
 * @nointxmask: treat no device as able to mask INTx
 * @disable_vga: no legacy VGA
 * @disable_idle_d3: devices that are not open stay in D0
 */
void vfio_pci_core_set_params(bool nointxmask, bool disable_vga, bool disable_idle_d3)
{
	core_params.nointxmask = nointxmask;
	core_params.disable_vga = disable_vga;
	core_params.disable_idle_d3 = disable_idle_d3;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_set_params);

/**
 * vfio_pci_core_init_dev() - the init op
 * @core_vdev: device
 */
int vfio_pci_core_init_dev(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev = vfio_pci_from_vdev(core_vdev);

	vdev->pdev = to_pci_dev(core_vdev->dev);
	vdev->msix_bar = -1;
	mutex_init(&vdev->map_lock);
	init_rwsem(&vdev->memory_lock);
	spin_lock_init(&vdev->command_lock);
	vfio_pci_irqs_init(vdev);
	vfio_pci_ioeventfds_init(vdev);
	INIT_LIST_HEAD(&vdev->traps);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_init_dev);

/**
 * vfio_pci_core_release_dev() - the release op
 * @core_vdev: device
 */
void vfio_pci_core_release_dev(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev = vfio_pci_from_vdev(core_vdev);

	mutex_destroy(&vdev->map_lock);
	mutex_destroy(&vdev->irqs.lock);
	mutex_destroy(&vdev->ioeventfds.lock);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_release_dev);

/**
 * vfio_pci_core_register_device() - make a bound device known to VFIO
 * @vdev: device; drvdata of its PCI device
 *
 * Return: 0; -EINVAL for bridges; -EBUSY for a PF that has VFs already; -errno.
 */
int vfio_pci_core_register_device(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	if (WARN_ON(vdev != pci_get_drvdata(pdev)))
		return -EINVAL;
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL) {
		vfio_pci_warn(vdev, "bind refused: not an endpoint (header type %u)\n",
			      pdev->hdr_type);
		return -EINVAL;
	}
	vdev->idle_d3 = !core_params.disable_idle_d3;
	vdev->nointxmask = core_params.nointxmask;
	ret = vfio_pci_sriov_bind(vdev);
	if (ret)
		return ret;
	ret = vfio_pci_vga_register(vdev, core_params.disable_vga);
	if (ret)
		goto sriov;
	vfio_pci_pm_register(vdev);
	ret = vfio_register_group_dev(&vdev->vdev);
	if (ret)
		goto vga;
	vfio_pci_irq_view(vdev);
	vfio_pci_claims_add(vdev);
	return 0;

vga:
	vfio_pci_pm_unregister(vdev);
	vfio_pci_vga_unregister(vdev);
sriov:
	vfio_pci_sriov_unbind(vdev);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_register_device);

/**
 * vfio_pci_core_unregister_device() - undo vfio_pci_core_register_device()
 * @vdev: device
 *
 * Waits until its users have gone, and those of its VFs, which it removes.
 *
 * Context: remove(), with the device lock held.
 */
void vfio_pci_core_unregister_device(struct vfio_pci_core_device *vdev)
{
	vfio_pci_sriov_leave(vdev);
	vfio_pci_claims_del(vdev);
	vfio_unregister_group_dev(&vdev->vdev);
	vfio_pci_pm_unregister(vdev);
	vfio_pci_reset_unbind(vdev);
	vfio_pci_vga_unregister(vdev);
	vfio_pci_sriov_unbind(vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_unregister_device);

/* INTx of a device that nobody listens to is masked, if it can be */
static void enable_intx(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;

	/* A VF has none, and no bit to mask it */
	if (pdev->is_virtfn)
		return;
	vdev->intx_broken = !vdev->nointxmask && pci_match_id(broken_intx, pdev);
	vdev->intx_maskable = !vdev->nointxmask && !vdev->intx_broken &&
			      pci_intx_mask_supported(pdev);
	vfio_pci_command_set(vdev, PCI_COMMAND_INTX_DISABLE,
			     vdev->intx_maskable || vdev->intx_broken ?
			     PCI_COMMAND_INTX_DISABLE : 0);
}

static void enable_vectors(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u32 table = 0;

	/* Codes of more than 32 vectors are reserved (PCI 3.0, 6.8.1.3) */
	vdev->num_msi = clamp(pci_msi_vec_count(pdev), 0, 32);
	vdev->num_msix = max(pci_msix_vec_count(pdev), 0);
	vdev->msix_bar = -1;
	if (!pdev->msix_cap)
		return;
	pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &table);
	if ((table & PCI_MSIX_TABLE_BIR) >= PCI_STD_NUM_BARS)
		return;
	vdev->msix_bar = table & PCI_MSIX_TABLE_BIR;
	vdev->msix_offset = table & PCI_MSIX_TABLE_OFFSET;
	vdev->msix_size = vdev->num_msix * PCI_MSIX_ENTRY_SIZE;
}

static int core_enable(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	ret = vfio_pci_token_use_vf(vdev);
	if (ret)
		return ret;
	ret = vfio_pci_pm_open(vdev);
	if (ret)
		goto token;
	/* Not in the state that is saved, nor before user space has set up its memory */
	pci_clear_master(pdev);
	ret = pci_enable_device(pdev);
	if (ret)
		goto sleep;
	ret = vfio_pci_reset_open(vdev);
	if (ret)
		goto disable;
	/* Masked in what is saved, too: so it stays after the close, whatever it asserts */
	enable_intx(vdev);
	pci_save_state(pdev);
	vdev->saved = pci_store_saved_state(pdev);
	if (!vdev->saved) {
		ret = -ENOMEM;
		goto disable;
	}
	ret = vfio_pci_config_init(vdev);
	if (ret)
		goto restore;
	enable_vectors(vdev);
	return 0;

restore:
	pci_load_and_free_saved_state(pdev, &vdev->saved);
	pci_restore_state(pdev);
disable:
	pci_disable_device(pdev);
sleep:
	vfio_pci_pm_close(vdev);
token:
	vfio_pci_token_unuse_vf(vdev);
	return ret;
}

/**
 * vfio_pci_core_enable() - make a device ready for its first user
 * @vdev: device
 *
 * Waits for a reset that the device is part of.
 *
 * Return: 0; -EAGAIN while it is being unbound; -EIO when it does not answer; -ENOMEM;
 * -ERESTARTSYS; -errno. After an error nothing is left to undo.
 */
int vfio_pci_core_enable(struct vfio_pci_core_device *vdev)
{
	int ret = vfio_pci_claim_killable(vdev);

	if (ret)
		return ret;
	ret = core_enable(vdev);
	vfio_pci_unclaim(vdev, !ret);
	/* Others that were closed meanwhile took us for a user */
	if (ret)
		vfio_pci_hot_reset_idle(vdev);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_enable);

/**
 * vfio_pci_core_finish_enable() - last step of opening, after the driver's own
 * @vdev: device
 */
void vfio_pci_core_finish_enable(struct vfio_pci_core_device *vdev)
{
	vfio_pci_find_mmap_bars(vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_finish_enable);

static void core_disable(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;

	vfio_pci_ioeventfds_free(vdev);
	vfio_pci_low_power_close(vdev);
	/* Wake it first: the rest needs registers, and D3 may have kept them from us */
	vfio_pci_quiesce(vdev);
	vfio_pci_set_power_state(vdev, PCI_D0);
	vfio_pci_resume(vdev);

	vfio_pci_command_set(vdev, PCI_COMMAND_MASTER, 0);
	vfio_pci_irqs_release(vdev);
	/* No mapping is left: each holds a file, and the last has been closed */
	vfio_pci_dev_regions_free(vdev);
	vfio_pci_release_bars(vdev);
	vfio_pci_traps_free(vdev);
	vfio_pci_config_free(vdev);

	vfio_pci_reset_close(vdev);
	pci_load_and_free_saved_state(pdev, &vdev->saved);
	pci_restore_state(pdev);
	pci_disable_device(pdev);
	vfio_pci_pm_close(vdev);
	vfio_pci_token_unuse_vf(vdev);
}

/**
 * vfio_pci_core_disable() - undo vfio_pci_core_enable() and finish_enable()
 * @vdev: device
 */
void vfio_pci_core_disable(struct vfio_pci_core_device *vdev)
{
	vfio_pci_claim(vdev);
	core_disable(vdev);
	vfio_pci_unclaim(vdev, false);
	vfio_pci_hot_reset_idle(vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_disable);

/**
 * vfio_pci_core_close_device() - the close_device op
 * @core_vdev: device
 */
void vfio_pci_core_close_device(struct vfio_device *core_vdev)
{
	vfio_pci_core_disable(vfio_pci_from_vdev(core_vdev));
}
EXPORT_SYMBOL_GPL(vfio_pci_core_close_device);

static long core_get_info(struct vfio_pci_core_device *vdev, void __user *uarg)
{
	struct vfio_info_cap caps = { };
	struct vfio_device_info info;
	int ret;

	ret = vfio_args_get(&info, sizeof(info), offsetofend(struct vfio_device_info, num_irqs),
			    uarg);
	if (ret)
		return ret;
	info = (struct vfio_device_info){
		.argsz = info.argsz,
		.flags = VFIO_DEVICE_FLAGS_PCI,
		.num_regions = VFIO_PCI_NUM_REGIONS + vdev->num_regions,
		.num_irqs = VFIO_PCI_NUM_IRQS,
	};
	if (vdev->reset_works)
		info.flags |= VFIO_DEVICE_FLAGS_RESET;
	return vfio_info_copy(uarg, &info, sizeof(info), info.argsz, &caps, VFIO_DEVICE_FLAGS_CAPS,
			      offsetof(struct vfio_device_info, cap_offset));
}

static long core_reset(struct vfio_pci_core_device *vdev)
{
	int ret;

	mutex_lock(&vdev->config->lock);
	ret = vfio_pci_reset_user(vdev);
	mutex_unlock(&vdev->config->lock);
	return ret;
}

/* With the device awake */
static long core_ioctl_awake(struct vfio_pci_core_device *vdev, unsigned int cmd,
			     void __user *uarg)
{
	switch (cmd) {
	case VFIO_DEVICE_SET_IRQS:
		return vfio_pci_set_irqs(vdev, uarg);
	case VFIO_DEVICE_RESET:
		return core_reset(vdev);
	case VFIO_DEVICE_IOEVENTFD:
		return vfio_pci_ioeventfd(vdev, uarg);
	case VFIO_DEVICE_GET_PCI_HOT_RESET_INFO:
		return vfio_pci_get_hot_reset_info(vdev, uarg);
	case VFIO_DEVICE_PCI_HOT_RESET:
		return vfio_pci_hot_reset(vdev, uarg);
	}
	return -ENOTTY;
}

/**
 * vfio_pci_core_ioctl() - the ioctl op
 * @core_vdev: device
 * @cmd: VFIO_DEVICE_*
 * @arg: user space's structure
 */
long vfio_pci_core_ioctl(struct vfio_device *core_vdev, unsigned int cmd, unsigned long arg)
{
	struct vfio_pci_core_device *vdev = vfio_pci_from_vdev(core_vdev);
	void __user *uarg = (void __user *)arg;
	long ret;

	switch (cmd) {
	/* These tell what is known without the device, but for what a ROM has in it */
	case VFIO_DEVICE_GET_INFO:
		return core_get_info(vdev, uarg);
	case VFIO_DEVICE_GET_REGION_INFO:
		return vfio_pci_get_region_info(vdev, uarg);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return vfio_pci_get_irq_info(vdev, uarg);
	}
	ret = vfio_pci_pm_use(vdev);
	if (ret)
		return ret;
	ret = core_ioctl_awake(vdev, cmd, uarg);
	vfio_pci_pm_unuse(vdev);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_ioctl);

/**
 * vfio_pci_core_ioctl_feature() - the device_feature op
 * @core_vdev: device
 * @flags: the feature, and what is asked of it
 * @arg: user space's data
 * @argsz: bytes there
 */
int vfio_pci_core_ioctl_feature(struct vfio_device *core_vdev, u32 flags, void __user *arg,
				size_t argsz)
{
	struct vfio_pci_core_device *vdev = vfio_pci_from_vdev(core_vdev);

	switch (flags & VFIO_DEVICE_FEATURE_MASK) {
	case VFIO_DEVICE_FEATURE_PCI_VF_TOKEN:
		return vfio_pci_token_feature(vdev, flags, arg, argsz);
	case VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY:
		return vfio_pci_low_power_entry(vdev, flags, arg, argsz);
	case VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP:
		return vfio_pci_low_power_entry_wakeup(vdev, flags, arg, argsz);
	case VFIO_DEVICE_FEATURE_LOW_POWER_EXIT:
		return vfio_pci_low_power_exit(vdev, flags, arg, argsz);
	}
	return -ENOTTY;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_ioctl_feature);

/**
 * vfio_pci_core_request() - the request op
 * @core_vdev: device
 * @count: how often its user has been asked to let go
 */
void vfio_pci_core_request(struct vfio_device *core_vdev, unsigned int count)
{
	struct vfio_pci_core_device *vdev = vfio_pci_from_vdev(core_vdev);

	if (!vfio_pci_signal_req(vdev) && !count)
		dev_warn(&vdev->pdev->dev,
			 "in use, and its user listens to no request eventfd; waiting for it\n");
}
EXPORT_SYMBOL_GPL(vfio_pci_core_request);

/**
 * vfio_pci_core_aer_err_detected() - an error of the device was reported to the host
 * @pdev: device
 * @state: of its channel
 *
 * User space has to recover the device, after a reset if need be.
 */
pci_ers_result_t vfio_pci_core_aer_err_detected(struct pci_dev *pdev,
						pci_channel_state_t state)
{
	bool told = vfio_pci_signal_err(pci_get_drvdata(pdev));

	trace_vfio_error(pdev, state, told);
	return PCI_ERS_RESULT_CAN_RECOVER;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_aer_err_detected);

static void core_reset_done(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = pci_get_drvdata(pdev);

	/* A vendor's probe() may reset what is not there yet */
	if (vdev)
		vfio_pci_msix_settle(vdev);
}

const struct pci_error_handlers vfio_pci_core_err_handlers = {
	.error_detected = vfio_pci_core_aer_err_detected,
	.reset_done = core_reset_done,
};
EXPORT_SYMBOL_GPL(vfio_pci_core_err_handlers);

MODULE_DESCRIPTION("Library of VFIO drivers for PCI devices");
MODULE_AUTHOR("Passway");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
