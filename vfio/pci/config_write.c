// SPDX-License-Identifier: GPL-2.0-only
/*
 * What writes to configuration space do, where they do more than to be stored.
 *
 * All of these run with config->lock held and get permitted bits only. A write that cannot be
 * carried out leaves the copy as it was, as a device that ignores it would; only a lost device
 * gives an error.
 */
#include <linux/bitfield.h>
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

static int command_write(struct vfio_pci_core_device *vdev, const struct vfio_pci_config_write *w)
{
	const u16 decode = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	struct vfio_pci_config *cfg = vdev->config;
	u16 old = vfio_pci_config_virt_get(cfg, PCI_COMMAND, 2);
	u16 new = written_value(cfg, w, PCI_COMMAND, 2);
	u16 mask = w->mask & ~PCI_COMMAND_INTX_DISABLE;
	int ret;

	mutex_lock(&vdev->irqs.lock);
	down_write(&vdev->memory_lock);
	if (old & ~new & PCI_COMMAND_MEMORY)
		vfio_pci_zap_bars(vdev);
	if (new & ~old & decode)
		vfio_pci_config_repair_bars(vdev);
	ret = vfio_pci_command_set(vdev, mask, new);
	if (ret >= 0)
		vfio_pci_config_virt_set(cfg, PCI_COMMAND, 2, new);
	up_write(&vdev->memory_lock);
	if (ret >= 0 && (old ^ new) & PCI_COMMAND_INTX_DISABLE)
		vfio_pci_intx_set_disabled(vdev, new & PCI_COMMAND_INTX_DISABLE);
	mutex_unlock(&vdev->irqs.lock);
	return min(ret, 0);
}

/* Header: Command decides about decoding, and masks INTx */
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

/*
 * Power management: the host changes the state on behalf of user space. One that the device
 * does not have is not entered, as the specification says.
 */
int vfio_pci_pm_write(struct vfio_pci_core_device *vdev, u16 base,
		      const struct vfio_pci_config_write *w)
{
	u16 pos = base + PCI_PM_CTRL;

	if (!writes_bits(w, pos, PCI_PM_CTRL_STATE_MASK))
		return vfio_pci_config_store(vdev, w);
	vfio_pci_quiesce(vdev);
	vfio_pci_set_power_state(vdev, written_value(vdev->config, w, pos, 2) &
				       PCI_PM_CTRL_STATE_MASK);
	vfio_pci_resume(vdev);
	return 0;
}

/*
 * Read requests are as long as user space asks, if the host can do that. Codes 6 and 7 are
 * reserved, and a request below the payload size can starve the device (PCIe 7.5.3.4).
 */
static u16 readrq_granted(struct pci_dev *pdev, u16 old, u16 asked)
{
	int bytes = 128 << FIELD_GET(PCI_EXP_DEVCTL_READRQ, asked);

	if (pcie_set_readrq(pdev, max(bytes, pcie_get_mps(pdev))))
		asked = old;
	return asked & PCI_EXP_DEVCTL_READRQ;
}

/* PCI Express: Function Level Reset and the read request size are the host's to do */
int vfio_pci_exp_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w)
{
	struct vfio_pci_config *cfg = vdev->config;
	const u16 ours = PCI_EXP_DEVCTL_READRQ | PCI_EXP_DEVCTL_BCR_FLR;
	u16 pos = base + PCI_EXP_DEVCTL, old, new, readrq;
	int ret;

	if (!writes_bits(w, pos, ours))
		return vfio_pci_config_store(vdev, w);
	old = vfio_pci_config_virt_get(cfg, pos, 2);
	new = written_value(cfg, w, pos, 2);
	readrq = old & PCI_EXP_DEVCTL_READRQ;
	if ((old ^ new) & PCI_EXP_DEVCTL_READRQ)
		readrq = readrq_granted(vdev->pdev, old, new);

	ret = vfio_pci_config_store(vdev, w);
	vfio_pci_config_virt_set(cfg, pos, 2, (new & ~ours) | readrq);
	if (!ret && new & PCI_EXP_DEVCTL_BCR_FLR &&
	    vfio_pci_config_virt_get(cfg, base + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR)
		vfio_pci_reset_user(vdev);
	return ret;
}

/* Advanced features: Function Level Reset of conventional devices */
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

/*
 * Move @data to or from VPD as the address register says. True when that is done; reading, the
 * end of VPD can cut it short, and zeros follow.
 */
static bool vpd_move(struct pci_dev *pdev, u16 reg, __le32 *data)
{
	u16 addr = reg & PCI_VPD_ADDR_MASK & ~3;

	if (reg & PCI_VPD_ADDR_F)
		return pci_write_vpd(pdev, addr, sizeof(*data), data) == sizeof(*data);
	*data = 0;
	return pci_read_vpd(pdev, addr, sizeof(*data), data) >= 0;
}

/*
 * Vital product data: the host reads and writes them, and serialises that with its own use. A
 * transfer that fails never raises its flag, so user space runs into its time limit, as it
 * would with the device.
 */
int vfio_pci_vpd_write(struct vfio_pci_core_device *vdev, u16 base,
		       const struct vfio_pci_config_write *w)
{
	struct vfio_pci_config *cfg = vdev->config;
	__le32 data;
	u16 reg;
	int ret;

	ret = vfio_pci_config_store(vdev, w);
	/* The flag is in the upper byte, and starts it; turned over it says that all is done */
	if (ret || !writes_bits(w, base + PCI_VPD_ADDR, PCI_VPD_ADDR_F))
		return ret;
	reg = vfio_pci_config_virt_get(cfg, base + PCI_VPD_ADDR, 2);
	data = cpu_to_le32(vfio_pci_config_virt_get(cfg, base + PCI_VPD_DATA, 4));
	if (!vpd_move(vdev->pdev, reg, &data))
		return 0;
	vfio_pci_config_virt_set(cfg, base + PCI_VPD_DATA, 4, le32_to_cpu(data));
	vfio_pci_config_virt_set(cfg, base + PCI_VPD_ADDR, 2, reg ^ PCI_VPD_ADDR_F);
	return 0;
}

/* MSI: no more vectors can be enabled than the device has */
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
