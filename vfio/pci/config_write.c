// SPDX-License-Identifier: GPL-2.0-only
/*
 * What writes to configuration space do, where they do more than to be stored.
 *
 * All of these run with config->lock held and get permitted bits only. A write that cannot be
 * carried out leaves the copy as it was, as a device that ignores it would; only a lost device
 * gives an error.
 */
#include <linux/minmax.h>

#include "config.h"

/* The virtual register around @w after its bits are written; the copy does not change */
static u32 written_value(const struct vfio_pci_config *cfg, const struct vfio_pci_config_write *w,
			 u16 pos, u8 width)
{
	u32 dword = (cfg->value[pos / 4] & ~w->mask) | (w->data & w->mask);

	return (dword & vfio_pci_lanes(pos, width)) >> (8 * (pos & 3));
}

/* Does @w write to any of these bits of the register at @pos, which lies in its dword? */
static bool writes_bits(const struct vfio_pci_config_write *w, u16 pos, u32 bits)
{
	return w->pos / 4 == pos / 4 && w->mask & (bits << (8 * (pos & 3)));
}

/* Bring the device's decoding and the rest of its Command register to what was written */
static int command_to_device(struct vfio_pci_core_device *vdev, u32 mask, u16 val)
{
	struct pci_dev *pdev = vdev->pdev;
	u16 hw;
	int ret;

	mask &= ~PCI_COMMAND_INTX_DISABLE;
	if (pdev->no_command_memory)
		mask &= ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	ret = pci_user_read_config_word(pdev, PCI_COMMAND, &hw);
	if (ret)
		return ret;
	return pci_user_write_config_word(pdev, PCI_COMMAND, (hw & ~mask) | (val & mask));
}

static int command_write(struct vfio_pci_core_device *vdev, const struct vfio_pci_config_write *w)
{
	const u16 decode = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	struct vfio_pci_config *cfg = vdev->config;
	u16 old = vfio_pci_config_virt_get(cfg, PCI_COMMAND, 2);
	u16 new = written_value(cfg, w, PCI_COMMAND, 2);
	int ret;

	if ((old ^ new) & PCI_COMMAND_INTX_DISABLE)
		vfio_pci_intx_set_disabled(vdev, new & PCI_COMMAND_INTX_DISABLE);

	down_write(&vdev->memory_lock);
	if (old & ~new & PCI_COMMAND_MEMORY)
		vfio_pci_zap_bars(vdev);
	if (new & ~old & decode)
		vfio_pci_config_repair_bars(vdev);
	ret = command_to_device(vdev, w->mask & 0xffff, new);
	vfio_pci_config_virt_set(cfg, PCI_COMMAND, 2, new);
	up_write(&vdev->memory_lock);
	return ret;
}

/**
 * vfio_pci_header_write() - Command decides about decoding, and masks INTx
 */
int vfio_pci_header_write(struct vfio_pci_core_device *vdev, u16 base,
			  const struct vfio_pci_config_write *w)
{
	struct vfio_pci_config_write status = {
		.pos = PCI_STATUS,
		.width = 2,
		.mask = w->mask & 0xffff0000,
		.data = w->data,
	};
	int ret;

	if (!writes_bits(w, PCI_COMMAND, 0xffff))
		return vfio_pci_config_store(vdev, w);
	ret = command_write(vdev, w);
	return ret || !status.mask ? ret : vfio_pci_config_store(vdev, &status);
}

/**
 * vfio_pci_pm_write() - the power state is changed by the host on behalf of user space
 *
 * A state that the device does not have is not entered, as the specification says.
 */
int vfio_pci_pm_write(struct vfio_pci_core_device *vdev, u16 base,
		      const struct vfio_pci_config_write *w)
{
	u16 pos = base + PCI_PM_CTRL;

	if (!writes_bits(w, pos, PCI_PM_CTRL_STATE_MASK))
		return vfio_pci_config_store(vdev, w);
	down_write(&vdev->memory_lock);
	vfio_pci_set_power_state(vdev, written_value(vdev->config, w, pos, 2) &
				       PCI_PM_CTRL_STATE_MASK);
	up_write(&vdev->memory_lock);
	return 0;
}

/**
 * vfio_pci_exp_write() - Function Level Reset and the read request size are the host's to do
 */
int vfio_pci_exp_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w)
{
	struct vfio_pci_config *cfg = vdev->config;
	u16 pos = base + PCI_EXP_DEVCTL;
	u16 old = vfio_pci_config_virt_get(cfg, pos, 2), ctl;
	int ret;

	ret = vfio_pci_config_store(vdev, w);
	if (ret || !writes_bits(w, pos, PCI_EXP_DEVCTL_READRQ | PCI_EXP_DEVCTL_BCR_FLR))
		return ret;

	ctl = vfio_pci_config_virt_get(cfg, pos, 2);
	/* Codes 6 and 7 are reserved, and others can be more than the fabric takes */
	if ((ctl ^ old) & PCI_EXP_DEVCTL_READRQ &&
	    pcie_set_readrq(vdev->pdev, 128 << ((ctl & PCI_EXP_DEVCTL_READRQ) >> 12)))
		ctl = (ctl & ~PCI_EXP_DEVCTL_READRQ) | (old & PCI_EXP_DEVCTL_READRQ);
	vfio_pci_config_virt_set(cfg, pos, 2, ctl & ~PCI_EXP_DEVCTL_BCR_FLR);

	if (ctl & PCI_EXP_DEVCTL_BCR_FLR &&
	    vfio_pci_config_virt_get(cfg, base + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR)
		vfio_pci_reset_user(vdev);
	return 0;
}

/**
 * vfio_pci_af_write() - Function Level Reset of conventional devices
 */
int vfio_pci_af_write(struct vfio_pci_core_device *vdev, u16 base,
		      const struct vfio_pci_config_write *w)
{
	u8 able = 0;

	pci_user_read_config_byte(vdev->pdev, base + PCI_AF_CAP, &able);
	if (writes_bits(w, base + PCI_AF_CTRL, PCI_AF_CTRL_FLR) && able & PCI_AF_CAP_FLR &&
	    written_value(vdev->config, w, base + PCI_AF_CTRL, 1) & PCI_AF_CTRL_FLR)
		vfio_pci_reset_user(vdev);
	return 0;
}

/* Move the dword that the address register names, and say in its flag that it is done */
static void vpd_transfer(struct vfio_pci_core_device *vdev, u16 base)
{
	struct vfio_pci_config *cfg = vdev->config;
	u16 reg = vfio_pci_config_virt_get(cfg, base + PCI_VPD_ADDR, 2);
	u16 addr = reg & PCI_VPD_ADDR_MASK & ~3;
	__le32 data;

	if (reg & PCI_VPD_ADDR_F) {
		data = cpu_to_le32(vfio_pci_config_virt_get(cfg, base + PCI_VPD_DATA, 4));
		if (pci_write_vpd(vdev->pdev, addr, sizeof(data), &data) != sizeof(data))
			return;
	} else {
		if (pci_read_vpd(vdev->pdev, addr, sizeof(data), &data) != sizeof(data))
			return;
		vfio_pci_config_virt_set(cfg, base + PCI_VPD_DATA, 4, le32_to_cpu(data));
	}
	vfio_pci_config_virt_set(cfg, base + PCI_VPD_ADDR, 2, reg ^ PCI_VPD_ADDR_F);
}

/**
 * vfio_pci_vpd_write() - the host reads and writes vital product data
 *
 * It serialises that with its own use. A transfer that fails never raises its flag, so user
 * space runs into its time limit, as it would with the device.
 */
int vfio_pci_vpd_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w)
{
	int ret;

	ret = vfio_pci_config_store(vdev, w);
	/* The flag is in the upper byte, and starts it */
	if (!ret && writes_bits(w, base + PCI_VPD_ADDR, PCI_VPD_ADDR_F))
		vpd_transfer(vdev, base);
	return ret;
}

/**
 * vfio_pci_msi_write() - no more vectors can be enabled than the device has
 */
int vfio_pci_msi_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w)
{
	struct vfio_pci_config *cfg = vdev->config;
	u16 pos = base + PCI_MSI_FLAGS, flags, able, asked;
	int ret;

	ret = vfio_pci_config_store(vdev, w);
	if (ret || !writes_bits(w, pos, PCI_MSI_FLAGS_QSIZE))
		return ret;
	flags = vfio_pci_config_virt_get(cfg, pos, 2);
	able = (flags & PCI_MSI_FLAGS_QMASK) >> 1;
	asked = (flags & PCI_MSI_FLAGS_QSIZE) >> 4;
	flags &= ~PCI_MSI_FLAGS_QSIZE;
	vfio_pci_config_virt_set(cfg, pos, 2, flags | min(able, asked) << 4);
	return 0;
}
