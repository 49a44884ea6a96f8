// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * Each capability that user space sees: bit by bit what it reads, what it writes to the device,
 * what it writes to a copy that the device never sees, and what it cannot write. The device's
 * registers are all made writable, so that it is not the device that refuses.
 *
 * The tables say what a driver of a guest needs, from the specifications and not from the tables
 * of the code: PCI Local Bus 3.0 chapter 6, PCI Power Management 1.2, AF ECN, PCI Express Base 5.0
 * chapter 7.
 */
#include <linux/sizes.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"

/* A register of a capability, as seen after ones and then zeros were written to it all */
struct reg {
	u16 at;
	u8 width;
	u32 device;	/* bits that reach the device */
	u32 copy;	/* bits that user space reads back, and the device does not see */
	u32 fixed;	/* bits that user space does not see as the device has them, nor writes */
};

#define PATTERN 0x5a	/* the registers' bytes before */

static u32 hw(unsigned int at, unsigned int width)
{
	return shim_pci_get(pm.pdev, at, width);
}

static void put(unsigned int at, unsigned int width, u32 value)
{
	CHECK_EQ(pci_config_put(at, width, value), width);
}

static u32 ones(unsigned int width)
{
	return width == 4 ? ~0U : (1U << 8 * width) - 1;
}

static void caps_up(void)
{
	CHECK_EQ(pci_machine_load(), 0);
	CHECK_EQ(pci_user_open(), 0);
}

/* All of a capability behind its @head bytes: content, and nothing that the device refuses */
static void fill(unsigned int cap, unsigned int head, unsigned int len)
{
	for (unsigned int i = head; i < len; i++) {
		shim_pci_set(pm.pdev, cap + i, 1, PATTERN);
		shim_pci_set_writable(pm.pdev, cap + i, 1, 0xff);
	}
}

static bool bits_are(u32 have, u32 want, u32 mask, const char *what, unsigned int at)
{
	return unit_check(!((have ^ want) & mask), __FILE__, __LINE__,
			  "%s at %#x is %#x, not %#x in %#x", what, at, have, want, mask);
}

static void check_reg(unsigned int cap, const struct reg *reg)
{
	unsigned int at = cap + reg->at;
	u32 all = ones(reg->width), before = hw(at, reg->width);
	u32 shown = pci_config_get(at, reg->width);
	u32 kept = all & ~reg->device, still = all & ~reg->device & ~reg->copy;

	bits_are(shown, before, all & ~reg->copy & ~reg->fixed, "shown", at);
	put(at, reg->width, all);
	bits_are(hw(at, reg->width), all, reg->device, "device, ones written,", at);
	bits_are(hw(at, reg->width), before, kept, "device, ones written,", at);
	bits_are(pci_config_get(at, reg->width), all, reg->device | reg->copy, "ones read", at);
	bits_are(pci_config_get(at, reg->width), shown, still, "fixed", at);
	put(at, reg->width, 0);
	bits_are(hw(at, reg->width), 0, reg->device, "device, zeros written,", at);
	bits_are(hw(at, reg->width), before, kept, "device, zeros written,", at);
	bits_are(pci_config_get(at, reg->width), 0, reg->device | reg->copy, "zeros read", at);
	bits_are(pci_config_get(at, reg->width), shown, still, "fixed", at);
	/* byte by byte it is the same */
	for (unsigned int i = 0; i < reg->width; i++)
		put(at + i, 1, 0xff);
	bits_are(hw(at, reg->width), all, reg->device, "device, bytes written,", at);
	bits_are(hw(at, reg->width), before, kept, "device, bytes written,", at);
}

static void check_regs(unsigned int cap, const struct reg *regs, unsigned int num)
{
	for (const struct reg *reg = regs; reg < regs + num; reg++)
		check_reg(cap, reg);
}

#define CHECK_REGS(cap, regs) check_regs(cap, regs, ARRAY_SIZE(regs))

/* What user space finds when it walks the chain as a driver does; 0 when it does not */
static unsigned int find(u8 id)
{
	unsigned int at = pci_config_get(PCI_CAPABILITY_LIST, 1);

	while (at && pci_config_get(at, 1) != id)
		at = pci_config_get(at + 1, 1);
	return at;
}

static unsigned int find_ext(u16 id)
{
	unsigned int at = 0x100;

	while (at && (pci_config_get(at, 4) & 0xffff) != id)
		at = pci_config_get(at, 4) >> 20;
	return at;
}

/* A device with one more capability, all of whose registers can be written */
static unsigned int up_with(u8 id, unsigned int len)
{
	unsigned int cap;

	pci_machine_make();
	cap = shim_pci_add_cap(pm.pdev, id, len);
	fill(cap, 2, len);
	return cap;
}

static unsigned int up_with_ext(u16 id, unsigned int len)
{
	unsigned int cap;

	pci_machine_make();
	cap = shim_pci_add_ext_cap(pm.pdev, id, 1, len);
	fill(cap, 4, len);
	return cap;
}

/* Link, slot and root belong to the host; of the device's own behaviour hints alone pass */
static void pci_express(void)
{
	const u16 hints = PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN;
	const u16 ours = PCI_EXP_DEVCTL_READRQ | PCI_EXP_DEVCTL_BCR_FLR;
	const u16 copied = 0xf | PCI_EXP_DEVCTL_PAYLOAD | PCI_EXP_DEVCTL_EXT_TAG;
	const u16 ctl2 = PCI_EXP_DEVCTL2_COMP_TIMEOUT | PCI_EXP_DEVCTL2_COMP_TMOUT_DIS |
			 PCI_EXP_DEVCTL2_ATOMIC_REQ | PCI_EXP_DEVCTL2_IDO_REQ_EN |
			 PCI_EXP_DEVCTL2_IDO_CMP_EN;
	const struct reg regs[] = {
		{ PCI_EXP_FLAGS, 2 },
		{ PCI_EXP_DEVCAP, 4 },
		{ PCI_EXP_LNKCAP, 4 }, { PCI_EXP_LNKCTL, 2 }, { PCI_EXP_LNKSTA, 2 },
		{ PCI_EXP_SLTCAP, 4 }, { PCI_EXP_SLTCTL, 2 }, { PCI_EXP_SLTSTA, 2 },
		{ PCI_EXP_RTCTL, 2 }, { PCI_EXP_RTCAP, 2 }, { PCI_EXP_RTSTA, 4 },
		{ PCI_EXP_DEVCAP2, 4 }, { PCI_EXP_DEVCTL2, 2, .device = ctl2 },
		{ PCI_EXP_LNKCAP2, 4 }, { PCI_EXP_LNKCTL2, 2 }, { PCI_EXP_LNKSTA2, 2 },
		{ PCI_EXP_SLTCAP2, 4 }, { PCI_EXP_SLTCTL2, 2 }, { PCI_EXP_SLTSTA2, 2 },
	};
	unsigned int cap;

	pci_machine_make();
	cap = pm.pdev->pcie_cap;
	fill(cap, 12, 60);
	caps_up();
	CHECK_EQ(find(PCI_CAP_ID_EXP), cap);
	CHECK_REGS(cap, regs);
	put(cap + PCI_EXP_DEVCTL, 2, copied | hints);
	CHECK_EQ(pci_config_get(cap + PCI_EXP_DEVCTL, 2) & ~ours, copied | hints);
	CHECK_EQ(hw(cap + PCI_EXP_DEVCTL, 2) & ~ours, hints);
	/* what has happened is the device's: cleared by ones, of which zeros clear none */
	shim_pci(pm.pdev)->clear_by_one[cap + PCI_EXP_DEVSTA] = 0xf;
	shim_pci_set_writable(pm.pdev, cap + PCI_EXP_DEVSTA, 2, 0);
	shim_pci(pm.pdev)->config[cap + PCI_EXP_DEVSTA] = 0xf;
	put(cap + PCI_EXP_DEVSTA, 2, 0);
	CHECK_EQ(pci_config_get(cap + PCI_EXP_DEVSTA, 2) & 0xf, 0xf);
	put(cap + PCI_EXP_DEVSTA, 2, 5);
	CHECK_EQ(pci_config_get(cap + PCI_EXP_DEVSTA, 2) & 0xf, 0xa);
	/* a write to what lies beside them clears none either */
	put(cap + PCI_EXP_DEVCTL, 2, 0);
	CHECK_EQ(hw(cap + PCI_EXP_DEVSTA, 2) & 0xf, 0xa);
	pci_down();
}

/* Nothing of it but the state can be written, and that goes by the kernel; no wake-up events */
static void power_management(void)
{
	const struct reg regs[] = {
		{ PCI_PM_PMC, 2, .fixed = PCI_PM_CAP_PME_MASK },
		{ PCI_PM_PPB_EXTENSIONS, 2, },
	};
	unsigned int cap, ctrl;

	pci_machine_make();
	cap = pm.pdev->pm_cap;
	ctrl = cap + PCI_PM_CTRL;
	shim_pci_set(pm.pdev, cap + PCI_PM_PMC, 2, 0xfe03);
	shim_pci_set_writable(pm.pdev, cap + 2, 2, 0xffff);
	shim_pci_set_writable(pm.pdev, cap + 4, 4, ~0U);
	caps_up();
	CHECK_REGS(cap, regs);
	CHECK_EQ(pci_config_get(cap + PCI_PM_PMC, 2), 0x603);
	put(ctrl, 2, PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_DATA_SEL_MASK);
	CHECK_EQ(hw(ctrl, 2), 0);
	CHECK_EQ(pci_config_get(ctrl, 2), PCI_PM_CTRL_NO_SOFT_RESET);
	pci_down();
}

/* All of its forms are the user's own: it is told of interrupts by eventfds */
static void msi_form(u16 flags, unsigned int len)
{
	unsigned int cap, at;

	pci_machine_make();
	/* the one that it has is hidden */
	shim_pci_set(pm.pdev, pm.pdev->msi_cap, 1, 0x7e);
	cap = shim_pci_add_cap(pm.pdev, PCI_CAP_ID_MSI, ALIGN(len, 4));
	pm.pdev->msi_cap = cap;
	fill(cap, 4, len);
	shim_pci_set(pm.pdev, cap + PCI_MSI_FLAGS, 2, flags);
	shim_pci_set_writable(pm.pdev, cap + PCI_MSI_FLAGS, 2, 0xffff);
	caps_up();
	CHECK_EQ(find(PCI_CAP_ID_MSI), cap);
	CHECK_EQ(pci_config_get(cap + PCI_MSI_FLAGS, 2), flags);
	put(cap + PCI_MSI_FLAGS, 2, 0xffff);
	/* as many as it is capable of, and on, in the copy */
	CHECK_EQ(pci_config_get(cap + PCI_MSI_FLAGS, 2),
		 flags | PCI_MSI_FLAGS_ENABLE | (flags & PCI_MSI_FLAGS_QMASK) << 3);
	CHECK_EQ(hw(cap + PCI_MSI_FLAGS, 2), flags);
	for (at = 4; at < len; at += 2) {
		bool pending = flags & PCI_MSI_FLAGS_MASKBIT && len - at <= 4;

		CHECK_EQ(pci_config_get(cap + at, 2), 0);
		put(cap + at, 2, 0xa5a5);
		CHECK_EQ(pci_config_get(cap + at, 2), pending ? 0 : 0xa5a5);
		CHECK_EQ(hw(cap + at, 2), PATTERN << 8 | PATTERN);
	}
	pci_down();
}

static void message_signalled(void)
{
	msi_form(2 << 1, 10);
	msi_form(3 << 1 | PCI_MSI_FLAGS_64BIT, 14);
	msi_form(1 << 1 | PCI_MSI_FLAGS_MASKBIT, 20);
	msi_form(4 << 1 | PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT, 24);
}

/* Enable, mask and where the table lies are the host's; a driver learns the size */
static void msix(void)
{
	const struct reg regs[] = {
		{ PCI_MSIX_FLAGS, 2 }, { PCI_MSIX_TABLE, 4 }, { PCI_MSIX_PBA, 4 },
	};
	unsigned int cap;

	pci_machine_make();
	cap = pm.pdev->msix_cap;
	shim_pci_set_writable(pm.pdev, cap + 2, 2, 0xffff);
	shim_pci_set_writable(pm.pdev, cap + 4, 4, ~0U);
	shim_pci_set_writable(pm.pdev, cap + 8, 4, ~0U);
	caps_up();
	CHECK_EQ(find(PCI_CAP_ID_MSIX), cap);
	CHECK_REGS(cap, regs);
	CHECK_EQ(pci_config_get(cap + PCI_MSIX_FLAGS, 2), MSIX_VECTORS - 1);
	pci_down();
}

/*
 * The host may be in the middle of an access by the same registers: they are never the device's,
 * also if user space writes half of them, or begins where it should not.
 */
static void vital_product_data(void)
{
	unsigned int cap, writes;

	cap = up_with(PCI_CAP_ID_VPD, 8);
	caps_up();
	CHECK_EQ(find(PCI_CAP_ID_VPD), cap);
	/* nothing of what the host left there */
	CHECK_EQ(pci_config_get(cap + PCI_VPD_ADDR, 2), 0);
	CHECK_EQ(pci_config_get(cap + PCI_VPD_DATA, 4), 0);
	memcpy(shim_pci(pm.pdev)->vpd, "0123456789abcdef", 16);
	writes = shim_pci(pm.pdev)->config_writes;
	/* the low byte alone starts nothing; the high one does */
	put(cap + PCI_VPD_ADDR, 1, 4);
	CHECK_EQ(pci_config_get(cap + PCI_VPD_ADDR, 2), 4);
	CHECK_EQ(pci_config_get(cap + PCI_VPD_DATA, 4), 0);
	put(cap + PCI_VPD_ADDR + 1, 1, 0);
	CHECK_EQ(pci_config_get(cap + PCI_VPD_ADDR, 2), 4 | PCI_VPD_ADDR_F);
	CHECK_EQ(pci_config_get(cap + PCI_VPD_DATA, 4), 0x37363534);
	/* an address between dwords is rounded down, as the specification leaves it to us */
	put(cap + PCI_VPD_ADDR, 2, 10);
	CHECK_EQ(pci_config_get(cap + PCI_VPD_DATA, 4), 0x62613938);
	put(cap + PCI_VPD_DATA, 2, 0x7a7a);
	put(cap + PCI_VPD_ADDR, 2, 8 | PCI_VPD_ADDR_F);
	CHECK_EQ(memcmp(shim_pci(pm.pdev)->vpd + 8, "zzab", 4), 0);
	CHECK_EQ(shim_pci(pm.pdev)->config_writes, writes);
	CHECK_EQ(hw(cap + PCI_VPD_ADDR, 2), PATTERN << 8 | PATTERN);
	pci_down();
}

static void advanced_features(void)
{
	const struct reg regs[] = {
		{ PCI_AF_LENGTH, 1 }, { PCI_AF_CAP, 1 }, { PCI_AF_STATUS, 1 },
	};
	unsigned int cap = up_with(PCI_CAP_ID_AF, 8), resets;

	shim_pci_set(pm.pdev, cap + PCI_AF_LENGTH, 1, 6);
	shim_pci_set(pm.pdev, cap + PCI_AF_CAP, 1, PCI_AF_CAP_TP | PCI_AF_CAP_FLR);
	shim_pci_set(pm.pdev, cap + PCI_AF_CTRL, 1, 0);
	caps_up();
	CHECK_EQ(find(PCI_CAP_ID_AF), cap);
	CHECK_REGS(cap, regs);
	/* the reset is the host's to do, which writes the configuration back; it reads as zero */
	resets = shim_pci(pm.pdev)->resets;
	pci_set_command(PCI_COMMAND_MASTER, 0);
	put(cap + PCI_AF_CTRL, 1, 0xfe);
	CHECK_EQ(shim_pci(pm.pdev)->resets, resets);
	put(cap + PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR);
	CHECK_EQ(shim_pci(pm.pdev)->resets, resets + 1);
	CHECK_EQ(pci_config_get(cap + PCI_AF_CTRL, 1), 0);
	CHECK_EQ(hw(cap + PCI_AF_CTRL, 1), 0);
	CHECK(hw(PCI_COMMAND, 2) & PCI_COMMAND_MASTER);
	/* as part of a wider write, too */
	put(cap + PCI_AF_CTRL, 2, 0xff00 | PCI_AF_CTRL_FLR);
	CHECK_EQ(shim_pci(pm.pdev)->resets, resets + 2);
	/* one that says that it cannot is not reset */
	pci_user_close();
	shim_pci_set(pm.pdev, cap + PCI_AF_CAP, 1, PCI_AF_CAP_TP);
	shim_pci_set_writable(pm.pdev, cap + PCI_AF_CAP, 1, 0);
	CHECK_EQ(pci_user_open(), 0);
	resets = shim_pci(pm.pdev)->resets;
	put(cap + PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR);
	CHECK_EQ(shim_pci(pm.pdev)->resets, resets);
	pci_down();
}

static void pci_x(void)
{
	const u16 write = PCI_X_CMD_DPERR_E | PCI_X_CMD_ERO | PCI_X_CMD_MAX_READ |
			  PCI_X_CMD_MAX_SPLIT;
	const struct reg regs[] = { { PCI_X_CMD, 2, .device = write }, { PCI_X_STATUS, 4 } };
	unsigned int cap = up_with(PCI_CAP_ID_PCIX, 8);

	shim_pci_set(pm.pdev, cap + PCI_X_CMD, 2, 0);
	caps_up();
	CHECK_EQ(find(PCI_CAP_ID_PCIX), cap);
	CHECK_REGS(cap, regs);
	pci_down();
}

/* Capabilities that tell and take nothing */
static void only_read(void)
{
	static const struct { u8 id; unsigned int len; } caps[] = {
		{ PCI_CAP_ID_SLOTID, 4 }, { PCI_CAP_ID_SSVID, 8 }, { PCI_CAP_ID_SATA, 8 },
	};
	static const struct { u16 id; unsigned int len; } ext[] = {
		{ PCI_EXT_CAP_ID_DSN, 12 }, { PCI_EXT_CAP_ID_ARI, 8 }, { PCI_EXT_CAP_ID_LTR, 8 },
		{ PCI_EXT_CAP_ID_SRIOV, PCI_EXT_CAP_SRIOV_SIZEOF },
	};
	unsigned int cap;

	for (unsigned int i = 0; i < ARRAY_SIZE(caps); i++) {
		cap = up_with(caps[i].id, caps[i].len);
		caps_up();
		CHECK_EQ(find(caps[i].id), cap);
		for (u16 at = 2; at < caps[i].len; at += 2)
			check_reg(cap, &(struct reg){ at, 2 });
		pci_down();
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(ext); i++) {
		cap = up_with_ext(ext[i].id, ext[i].len);
		caps_up();
		CHECK_EQ(find_ext(ext[i].id), cap);
		for (u16 at = 4; at < ext[i].len; at += 4)
			check_reg(cap, &(struct reg){ at, 4 });
		pci_down();
	}
}

/* Whose index selects what its data register tells */
static void power_budgeting(void)
{
	const struct reg regs[] = {
		{ PCI_PWR_DSR, 1, .device = 0xff }, { PCI_PWR_DSR + 1, 1 },
		{ PCI_PWR_DATA, 4 }, { PCI_PWR_CAP, 1 },
	};
	unsigned int cap = up_with_ext(PCI_EXT_CAP_ID_PWR, 16);

	caps_up();
	CHECK_EQ(find_ext(PCI_EXT_CAP_ID_PWR), cap);
	CHECK_REGS(cap, regs);
	pci_down();
}

/* Which errors count, and how much, is for the host to say; what happened is the device's */
static void error_reporting(void)
{
	const struct reg regs[] = {
		{ PCI_ERR_UNCOR_MASK, 4, .copy = ~0U }, { PCI_ERR_UNCOR_SEVER, 4, .copy = ~0U },
		{ PCI_ERR_COR_MASK, 4, .copy = ~0U },
		{ PCI_ERR_CAP, 4, .copy = PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE },
		{ PCI_ERR_HEADER_LOG, 4 }, { PCI_ERR_HEADER_LOG + 12, 4 },
	};
	unsigned int cap = 0x100;

	pci_machine_make();
	fill(cap, 4, 0x48);
	caps_up();
	CHECK_EQ(find_ext(PCI_EXT_CAP_ID_ERR), cap);
	CHECK_REGS(cap, regs);
	memset(shim_pci(pm.pdev)->clear_by_one + cap + PCI_ERR_UNCOR_STATUS, 0xff, 4);
	shim_pci_set_writable(pm.pdev, cap + PCI_ERR_UNCOR_STATUS, 4, 0);
	put(cap + PCI_ERR_UNCOR_STATUS, 4, 0x50505050);
	CHECK_EQ(hw(cap + PCI_ERR_UNCOR_STATUS, 4), 0x0a0a0a0a);
	pci_down();
}

/* Only the vendor knows what lies there; one that the host programs is not shown as one's own */
static void vendor_specific(void)
{
	unsigned int cap = up_with_ext(PCI_EXT_CAP_ID_VNDR, 24);

	shim_pci_set(pm.pdev, cap + 4, 4, 24 << 20 | 0x1234);
	shim_pci_set_writable(pm.pdev, cap + 4, 4, 0);
	caps_up();
	CHECK_EQ(find_ext(PCI_EXT_CAP_ID_VNDR), cap);
	CHECK_EQ(pci_config_get(cap + 4, 4), 24 << 20 | 0x1234);
	for (u16 at = 8; at < 24; at += 4)
		check_reg(cap, &(struct reg){ at, 4, .device = ~0U });
	pci_down();
	cap = up_with_ext(PCI_EXT_CAP_ID_DVSEC, 24);
	shim_pci_set(pm.pdev, cap + 4, 4, 24 << 20 | 0x1e98);
	caps_up();
	CHECK_EQ(find_ext(PCI_EXT_CAP_ID_DVSEC), cap);
	for (u16 at = 4; at < 24; at += 4)
		check_reg(cap, &(struct reg){ at, 4 });
	pci_down();
}

/* What the host programs, and what nobody knows: not in the chain, and not to be written */
static void hidden(void)
{
	static const u8 ids[] = { PCI_CAP_ID_AGP, PCI_CAP_ID_CHSWP, PCI_CAP_ID_HT, PCI_CAP_ID_DBG,
		PCI_CAP_ID_CCRC, PCI_CAP_ID_SHPC, PCI_CAP_ID_SECDEV, PCI_CAP_ID_EA, 0x7e };
	static const u16 ext[] = { PCI_EXT_CAP_ID_VC, PCI_EXT_CAP_ID_ACS, PCI_EXT_CAP_ID_ATS,
		PCI_EXT_CAP_ID_PRI, PCI_EXT_CAP_ID_REBAR, PCI_EXT_CAP_ID_TPH,
		PCI_EXT_CAP_ID_PASID, PCI_EXT_CAP_ID_L1SS, PCI_EXT_CAP_ID_PTM, 0x7e7e };
	unsigned int cap;

	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		cap = up_with(ids[i], 16);
		caps_up();
		CHECK_EQ(find(ids[i]), 0);
		CHECK_EQ(pci_config_get(cap, 4), 0);
		for (u16 at = 4; at < 16; at += 4)
			check_reg(cap, &(struct reg){ at, 4 });
		pci_down();
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(ext); i++) {
		cap = up_with_ext(ext[i], 16);
		caps_up();
		CHECK_EQ(find_ext(ext[i]), 0);
		CHECK_EQ(pci_config_get(cap, 4), 0);
		for (u16 at = 4; at < 16; at += 4)
			check_reg(cap, &(struct reg){ at, 4 });
		pci_down();
	}
}

UNIT_TESTS(pci_caps,
	   { "PCI Express", pci_express },
	   { "power management", power_management },
	   { "MSI", message_signalled },
	   { "MSI-X", msix },
	   { "vital product data", vital_product_data },
	   { "advanced features", advanced_features },
	   { "PCI-X", pci_x },
	   { "those that are only read", only_read },
	   { "power budgeting", power_budgeting },
	   { "error reporting", error_reporting },
	   { "vendor-specific ones", vendor_specific },
	   { "hidden ones", hidden })
