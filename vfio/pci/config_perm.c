// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which registers of configuration space user space sees, and which it may write.
 *
 * The rule that decides each row: what only concerns the device's own behaviour passes to the
 * device; what belongs to the host (where the device decodes, its interrupts, its power, its
 * link, error reporting, address translation) is virtual or hidden. In detail:
 *
 * - Bytes that belong to no capability are registers of the device: they pass both ways.
 *   So do vendor-specific capabilities, whose layout only the vendor knows.
 * - A capability in the tables below is shown. A register without a row can be read from the
 *   device and not be written.
 * - A capability that is not in the tables is hidden: taken out of the chain, its first dword
 *   reads as zero, the rest up to the next capability cannot be written. That holds for those
 *   that are unknown, and on purpose for ATS, PRI, PASID, ACS, resizable BARs, TPH,
 *   PTM, L1 substates, virtual channels and enhanced allocation, which the host programs.
 * - DVSEC is shown but read only: CXL puts memory decoding there. So is SR-IOV: drivers look
 *   there how many VFs there are, and the host makes them.
 *
 * Offsets and bits: PCI Local Bus 3.0 chapter 6; PCI Power Management 1.2; PCI Express Base
 * 5.0 chapters 7.5 to 7.9; names from uapi/linux/pci_regs.h.
 */
#include <linux/kernel.h>

#include "config.h"

/* Bits of Command that are a device's own; wait cycles, palette and the like are gone */
#define COMMAND_WRITE								\
	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |		\
	 PCI_COMMAND_INVALIDATE | PCI_COMMAND_PARITY | PCI_COMMAND_SERR |	\
	 PCI_COMMAND_INTX_DISABLE)

/* Status bits that are cleared by writing one */
#define STATUS_W1C							\
	(PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |		\
	 PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |	\
	 PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY)

/* BARs and the ROM BAR: config_bar.c */
static const struct vfio_pci_perm header_rows[] = {
	{ PCI_VENDOR_ID, 4, ~0, 0 },
	{ PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE,
	  COMMAND_WRITE },
	{ PCI_STATUS, 2, PCI_STATUS_CAP_LIST, STATUS_W1C },
	{ PCI_CLASS_REVISION, 4, ~0, 0 },
	{ PCI_CACHE_LINE_SIZE, 1, 0, ~0 },
	{ PCI_LATENCY_TIMER, 1, 0, ~0 },
	{ PCI_HEADER_TYPE, 1, ~0, 0 },
	{ PCI_SUBSYSTEM_VENDOR_ID, 4, ~0, 0 },
	{ PCI_CAPABILITY_LIST, 4, ~0, 0 },
	{ PCI_INTERRUPT_LINE, 1, ~0, ~0 },
	{ PCI_INTERRUPT_PIN, 1, ~0, 0 },
};

/* A VF has no IDs in its own space (they read as ones), nor decode bits, nor INTx */
static void header_init(struct vfio_pci_core_device *vdev, u16 base, unsigned int len)
{
	struct vfio_pci_config *cfg = vdev->config;
	struct pci_dev *pdev = vdev->pdev;
	u16 command = vfio_pci_config_virt_get(cfg, PCI_COMMAND, 2);

	command &= ~PCI_COMMAND_INTX_DISABLE;
	if (pdev->no_command_memory)
		command |= PCI_COMMAND_MEMORY;
	vfio_pci_config_virt_set(cfg, PCI_COMMAND, 2, command);
	vfio_pci_config_virt_set(cfg, PCI_VENDOR_ID, 2, pdev->vendor);
	vfio_pci_config_virt_set(cfg, PCI_DEVICE_ID, 2, pdev->device);
	vfio_pci_config_virt_set(cfg, PCI_SUBSYSTEM_VENDOR_ID, 2, pdev->subsystem_vendor);
	vfio_pci_config_virt_set(cfg, PCI_SUBSYSTEM_ID, 2, pdev->subsystem_device);
	if (!vfio_pci_irq_count(vdev, VFIO_PCI_INTX_IRQ_INDEX))
		vfio_pci_config_virt_set(cfg, PCI_INTERRUPT_PIN, 1, 0);
	vfio_pci_config_init_bars(vdev);
}

/* No wake-up events: nobody would serve them. Our D3hot keeps the state, whatever it does. */
static const struct vfio_pci_perm pm_rows[] = {
	{ PCI_PM_PMC, 2, ~0, 0 },
	{ PCI_PM_CTRL, 2, ~0, PCI_PM_CTRL_STATE_MASK },
};

static void pm_init(struct vfio_pci_core_device *vdev, u16 base, unsigned int len)
{
	struct vfio_pci_config *cfg = vdev->config;
	u16 pmc = vfio_pci_config_virt_get(cfg, base + PCI_PM_PMC, 2);

	vfio_pci_config_virt_set(cfg, base + PCI_PM_PMC, 2, pmc & ~PCI_PM_CAP_PME_MASK);
	vfio_pci_config_virt_set(cfg, base + PCI_PM_CTRL, 2, PCI_PM_CTRL_NO_SOFT_RESET);
	cfg->pm = base;
}

static const struct vfio_pci_perm vpd_rows[] = {
	{ PCI_VPD_ADDR, 2, ~0, ~0 },
	{ PCI_VPD_DATA, 4, ~0, ~0 },
};

static void vpd_init(struct vfio_pci_core_device *vdev, u16 base, unsigned int len)
{
	vfio_pci_config_virt_set(vdev->config, base + PCI_VPD_ADDR, 2, 0);
	vfio_pci_config_virt_set(vdev->config, base + PCI_VPD_DATA, 4, 0);
}

/*
 * Address, data and mask lie elsewhere with and without 64 bits, but are alike to us. Rows of two
 * bytes, since the shorter forms end after the data's two.
 */
static const struct vfio_pci_perm msi_rows[] = {
	{ PCI_MSI_FLAGS, 2, ~0, PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE },
	{ PCI_MSI_ADDRESS_LO, 4, ~0, ~0 },
	{ PCI_MSI_ADDRESS_HI, 2, ~0, ~0 },
	{ PCI_MSI_ADDRESS_HI + 2, 2, ~0, ~0 },
	{ PCI_MSI_DATA_64, 2, ~0, ~0 },
	{ PCI_MSI_DATA_64 + 2, 2, ~0, ~0 },
	{ PCI_MSI_MASK_64, 4, ~0, ~0 },
	{ PCI_MSI_PENDING_64, 4, ~0, 0 },
};

static unsigned int msi_length(struct vfio_pci_core_device *vdev, u16 pos)
{
	u16 flags = 0;

	pci_read_config_word(vdev->pdev, pos + PCI_MSI_FLAGS, &flags);
	if (flags & PCI_MSI_FLAGS_MASKBIT)
		return flags & PCI_MSI_FLAGS_64BIT ? 0x18 : 0x14;
	return flags & PCI_MSI_FLAGS_64BIT ? 0xe : 0xa;
}

static void msi_init(struct vfio_pci_core_device *vdev, u16 base, unsigned int len)
{
	unsigned int at;
	u16 flags = vfio_pci_config_virt_get(vdev->config, base + PCI_MSI_FLAGS, 2);

	flags &= ~(PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
	vfio_pci_config_virt_set(vdev->config, base + PCI_MSI_FLAGS, 2, flags);
	for (at = PCI_MSI_ADDRESS_LO; at < len; at += 4)
		vdev->config->value[(base + at) / 4] = 0;
	/* Where others have their mask; nothing is ever pending */
	if (len == PCI_MSI_PENDING_32 + 4)
		vdev->config->keep[(base + PCI_MSI_PENDING_32) / 4] = ~0;
}

/* The flags are read from the device: drivers ask there whether MSI-X is on */
static const struct vfio_pci_perm msix_rows[] = {
	{ PCI_MSIX_TABLE, 4, ~0, 0 },
	{ PCI_MSIX_PBA, 4, ~0, 0 },
};

#define PCIX_CMD_WRITE \
	(PCI_X_CMD_DPERR_E | PCI_X_CMD_ERO | PCI_X_CMD_MAX_READ | PCI_X_CMD_MAX_SPLIT)

static const struct vfio_pci_perm pcix_rows[] = {
	{ PCI_X_CMD, 2, 0, PCIX_CMD_WRITE },
};

/* Versions 1 and 2 have ECC registers, 24 bytes in all */
static unsigned int pcix_length(struct vfio_pci_core_device *vdev, u16 pos)
{
	u16 cmd = 0;

	pci_read_config_word(vdev->pdev, pos + PCI_X_CMD, &cmd);
	return PCI_X_CMD_VERSION(cmd) ? 24 : 8;
}

/* Transaction hints of the device pass; error reporting, payload and tags are the host's */
#define DEVCTL_PASS	(PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN)
#define DEVCTL_WRITE								\
	(DEVCTL_PASS | PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |		\
	 PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE | PCI_EXP_DEVCTL_PAYLOAD |	\
	 PCI_EXP_DEVCTL_EXT_TAG | PCI_EXP_DEVCTL_READRQ | PCI_EXP_DEVCTL_BCR_FLR)
#define DEVSTA_W1C \
	(PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED | PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD)
#define DEVCTL2_PASS								\
	(PCI_EXP_DEVCTL2_COMP_TIMEOUT | PCI_EXP_DEVCTL2_COMP_TMOUT_DIS |	\
	 PCI_EXP_DEVCTL2_ATOMIC_REQ | PCI_EXP_DEVCTL2_IDO_REQ_EN | PCI_EXP_DEVCTL2_IDO_CMP_EN)

static const struct vfio_pci_perm exp_rows[] = {
	{ PCI_EXP_FLAGS, 2, ~0, 0 },
	{ PCI_EXP_DEVCAP, 4, ~0, 0 },
	{ PCI_EXP_DEVCTL, 2, ~DEVCTL_PASS, DEVCTL_WRITE },
	{ PCI_EXP_DEVSTA, 2, 0, DEVSTA_W1C },
	{ PCI_EXP_DEVCTL2, 2, ~DEVCTL2_PASS, DEVCTL2_PASS },
};

/* Version 1 leaves out what a kind of function has no use for, version 2 does not */
static unsigned int exp_length(struct vfio_pci_core_device *vdev, u16 pos)
{
	u16 flags = 0;

	pci_read_config_word(vdev->pdev, pos + PCI_EXP_FLAGS, &flags);
	if ((flags & PCI_EXP_FLAGS_VERS) > 1)
		return 0x3c;
	return (flags & PCI_EXP_FLAGS_TYPE) >> 4 == PCI_EXP_TYPE_RC_END ? 0xc : 0x14;
}

static const struct vfio_pci_perm af_rows[] = {
	{ PCI_AF_CTRL, 1, ~0, PCI_AF_CTRL_FLR },
};

static unsigned int vendor_length(struct vfio_pci_core_device *vdev, u16 pos)
{
	u8 len = 0;

	pci_read_config_byte(vdev->pdev, pos + PCI_CAP_FLAGS, &len);
	return len;
}

#define ROWS(table) .rows = table, .num_rows = ARRAY_SIZE(table)

static const struct vfio_pci_cap caps[] = {
	{ PCI_CAP_ID_PM, 8, ROWS(pm_rows), .init = pm_init, .write = vfio_pci_pm_write },
	{ PCI_CAP_ID_VPD, 8, ROWS(vpd_rows), .init = vpd_init, .write = vfio_pci_vpd_write },
	{ PCI_CAP_ID_SLOTID, 4 },
	{ PCI_CAP_ID_MSI, 10, ROWS(msi_rows), .length = msi_length, .init = msi_init,
	  .write = vfio_pci_msi_write },
	{ PCI_CAP_ID_PCIX, 8, ROWS(pcix_rows), .length = pcix_length },
	{ PCI_CAP_ID_VNDR, 4, .raw = true, .length = vendor_length },
	{ PCI_CAP_ID_SSVID, 8 },
	{ PCI_CAP_ID_EXP, 12, ROWS(exp_rows), .length = exp_length,
	  .write = vfio_pci_exp_write },
	{ PCI_CAP_ID_MSIX, 12, ROWS(msix_rows) },
	{ PCI_CAP_ID_SATA, 8 },
	{ PCI_CAP_ID_AF, 6, ROWS(af_rows), .write = vfio_pci_af_write },
};

/* Severity and masks belong to the host's error handling, what happened to the device */
static const struct vfio_pci_perm err_rows[] = {
	{ PCI_ERR_UNCOR_STATUS, 4, 0, ~0 },
	{ PCI_ERR_UNCOR_MASK, 4, ~0, ~0 },
	{ PCI_ERR_UNCOR_SEVER, 4, ~0, ~0 },
	{ PCI_ERR_COR_STATUS, 4, 0, ~0 },
	{ PCI_ERR_COR_MASK, 4, ~0, ~0 },
	{ PCI_ERR_CAP, 4, PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE,
	  PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE },
};

/* TLP Prefix Log Present; PCI Express Base 5.0, 7.8.4.7 */
#define ERR_CAP_PREFIX_LOG BIT(11)

/* The serial number; 7.9.3 */
static const struct vfio_pci_perm dsn_rows[] = {
	{ 4, 4, ~0, 0 },
	{ 8, 4, ~0, 0 },
};

static const struct vfio_pci_perm pwr_rows[] = {
	{ PCI_PWR_DSR, 1, 0, ~0 },
};

/* Without a prefix log, and with one */
static unsigned int err_length(struct vfio_pci_core_device *vdev, u16 pos)
{
	u32 cap = 0;

	pci_read_config_dword(vdev->pdev, pos + PCI_ERR_CAP, &cap);
	return cap & ERR_CAP_PREFIX_LOG ? 0x48 : 0x2c;
}

/* VSEC and DVSEC: length in the top 12 bits of the second dword */
static unsigned int vsec_length(struct vfio_pci_core_device *vdev, u16 pos)
{
	u32 head = 0;

	pci_read_config_dword(vdev->pdev, pos + PCI_VNDR_HEADER, &head);
	return PCI_VNDR_HEADER_LEN(head);
}

static const struct vfio_pci_cap ext_caps[] = {
	{ PCI_EXT_CAP_ID_ERR, 0x2c, ROWS(err_rows), .length = err_length },
	{ PCI_EXT_CAP_ID_DSN, 12, ROWS(dsn_rows) },
	{ PCI_EXT_CAP_ID_PWR, 16, ROWS(pwr_rows) },
	{ PCI_EXT_CAP_ID_VNDR, 8, .raw = true, .length = vsec_length },
	{ PCI_EXT_CAP_ID_ARI, 8 },
	{ PCI_EXT_CAP_ID_SRIOV, PCI_EXT_CAP_SRIOV_SIZEOF },
	{ PCI_EXT_CAP_ID_LTR, 8 },
	{ PCI_EXT_CAP_ID_DVSEC, 10, .length = vsec_length },
};

const struct vfio_pci_cap vfio_pci_unclaimed = { .raw = true };
const struct vfio_pci_cap vfio_pci_hidden = { };
const struct vfio_pci_cap vfio_pci_header = {
	.len = PCI_STD_HEADER_SIZEOF,
	ROWS(header_rows),
	.init = header_init,
	.write = vfio_pci_header_write,
};

static const struct vfio_pci_cap *cap_lookup(const struct vfio_pci_cap *table, size_t num,
					     u16 id)
{
	size_t i;

	for (i = 0; i < num; i++)
		if (table[i].id == id)
			return &table[i];
	return NULL;
}

/**
 * vfio_pci_find_cap() - what is known of a standard capability
 * @id: PCI_CAP_ID_*
 *
 * Return: its description, or NULL when it is to be hidden.
 */
const struct vfio_pci_cap *vfio_pci_find_cap(u8 id)
{
	return cap_lookup(caps, ARRAY_SIZE(caps), id);
}

/**
 * vfio_pci_find_ext_cap() - what is known of an extended capability
 * @id: PCI_EXT_CAP_ID_*
 *
 * Return: its description, or NULL when it is to be hidden.
 */
const struct vfio_pci_cap *vfio_pci_find_ext_cap(u16 id)
{
	return cap_lookup(ext_caps, ARRAY_SIZE(ext_caps), id);
}

/**
 * vfio_pci_perm_apply() - set the masks for one capability
 * @cfg: configuration space
 * @cap: capability
 * @base: where it begins
 * @len: bytes that it has here; rows that do not lie inside are left out
 */
void vfio_pci_perm_apply(struct vfio_pci_config *cfg, const struct vfio_pci_cap *cap, u16 base,
			 unsigned int len)
{
	const struct vfio_pci_perm *row;
	unsigned int i;

	for (i = base / 4; i < DIV_ROUND_UP(base + len, 4); i++) {
		cfg->virt[i] = 0;
		cfg->keep[i] = cap->raw ? 0 : ~0;
	}
	for (row = cap->rows; row < cap->rows + cap->num_rows; row++) {
		u16 pos = base + row->offset;
		u32 lanes = vfio_pci_lanes(pos, row->width);
		unsigned int shift = 8 * (pos & 3);

		if (row->offset + row->width > len)
			continue;
		cfg->virt[pos / 4] = (cfg->virt[pos / 4] & ~lanes) | (row->virt << shift & lanes);
		cfg->keep[pos / 4] = (cfg->keep[pos / 4] & ~lanes) |
				     (~row->write << shift & lanes);
	}
}
