// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk along the capabilities of a device that is opened, and what becomes of each.
 *
 * Both chains are walked once to learn where capabilities begin, trusting nothing: a pointer
 * counts only inside its space, behind the header and not twice, so a loop ends. Then each
 * capability gets the bytes from its start to the least of its length, the start of the next
 * one in the space, and the end of the space; so no two overlap. Capabilities that config_perm.c
 * knows are linked into a virtual chain, the others are left out of it. An extended chain must
 * begin at 0x100: when the first capability is hidden, a null capability (ID 0) takes its
 * place and leads on to the first that is shown.
 */
#include <linux/bitmap.h>
#include <linux/minmax.h>

#include "config.h"

#define MAX_DWORDS	(PCI_CFG_SPACE_EXP_SIZE / 4)
#define MAX_STD_CAPS	((PCI_CFG_SPACE_SIZE - PCI_STD_HEADER_SIZEOF) / 4)

/* More than twice the extended capabilities that exist; a chain that is longer is nonsense */
#define MAX_CAPS	78

static_assert(2 + MAX_STD_CAPS + MAX_CAPS <= VFIO_PCI_MAX_CLAIMS);

/**
 * struct cap_walk - one chain
 * @starts: bit per dword of configuration space where a capability begins
 * @end: first byte behind the space of the chain
 * @num: capabilities
 * @caps: capabilities in the order of the chain
 * @caps.pos: byte offset
 * @caps.head: what it begins with, but for the pointer to the next one: its ID, and the version
 *	of an extended one
 */
struct cap_walk {
	DECLARE_BITMAP(starts, MAX_DWORDS);
	unsigned int end, num;
	struct {
		u32 pos:12;
		u32 head:20;
	} caps[MAX_CAPS];
};

/* Note a capability; false ends the walk */
static bool walk_visit(struct cap_walk *walk, u16 pos, u32 head)
{
	if (walk->num == ARRAY_SIZE(walk->caps) || __test_and_set_bit(pos / 4, walk->starts))
		return false;
	walk->caps[walk->num].pos = pos;
	walk->caps[walk->num++].head = head;
	return true;
}

static void walk_std(struct pci_dev *pdev, struct cap_walk *walk)
{
	u16 status = 0, head;
	u8 pos = 0;

	walk->end = PCI_CFG_SPACE_SIZE;
	pci_read_config_word(pdev, PCI_STATUS, &status);
	if (!(status & PCI_STATUS_CAP_LIST))
		return;
	pci_read_config_byte(pdev, PCI_CAPABILITY_LIST, &pos);
	for (;;) {
		pos &= ~3;
		if (pos < PCI_STD_HEADER_SIZEOF)
			return;
		head = ~0;
		pci_read_config_word(pdev, pos, &head);
		if (head == (u16)~0 || !walk_visit(walk, pos, head & 0xff))
			return;
		pos = head >> 8;
	}
}

static void walk_ext(struct pci_dev *pdev, struct cap_walk *walk)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE;
	u32 head;

	walk->end = pdev->cfg_size;
	while (pos >= PCI_CFG_SPACE_SIZE && pos + 4 <= walk->end) {
		head = ~0;
		pci_read_config_dword(pdev, pos, &head);
		if (!head || head == ~0 || !walk_visit(walk, pos, head & 0xfffff))
			return;
		pos = PCI_EXT_CAP_NEXT(head);
	}
}

/* Where the capability at @pos must end at the latest */
static unsigned int walk_limit(const struct cap_walk *walk, u16 pos)
{
	unsigned int next = find_next_bit(walk->starts, walk->end / 4, pos / 4 + 1);

	return min_t(unsigned int, 4 * next, walk->end);
}

/* Give [base, base + len) to a capability, and copy what is there */
static void config_claim(struct vfio_pci_core_device *vdev, const struct vfio_pci_cap *cap,
			 u16 base, unsigned int len)
{
	struct vfio_pci_config *cfg = vdev->config;
	unsigned int claim = cfg->num_claims++, i;

	cfg->claims[claim].cap = cap;
	cfg->claims[claim].base = base;
	vfio_pci_perm_apply(cfg, cap, base, len);
	for (i = base / 4; i < DIV_ROUND_UP(base + len, 4); i++) {
		cfg->owner[i] = claim;
		if (cfg->virt[i])
			pci_read_config_dword(vdev->pdev, 4 * i, &cfg->value[i]);
	}
	if (cap->init)
		cap->init(vdev, base, len);
}

/* Make a register that links capabilities ours */
static void config_link(struct vfio_pci_config *cfg, u16 pos, u8 width, u32 value)
{
	u32 lanes = vfio_pci_lanes(pos, width);

	cfg->virt[pos / 4] |= lanes;
	cfg->keep[pos / 4] |= lanes;
	vfio_pci_config_virt_set(cfg, pos, width, value);
}

/* Bytes of the capability at @pos; 0 when it has not even those that it must have */
static unsigned int cap_length(struct vfio_pci_core_device *vdev, const struct vfio_pci_cap *cap,
			       u16 pos, unsigned int limit)
{
	unsigned int len = cap->len;

	/* What it says of itself is asked only where it can be there */
	if (limit - pos < cap->len)
		return 0;
	if (cap->length)
		len = min(cap->length(vdev, pos), limit - pos);
	return len < cap->len ? 0 : len;
}

static void config_hide(struct vfio_pci_core_device *vdev, u16 pos, unsigned int limit)
{
	config_claim(vdev, &vfio_pci_hidden, pos, limit - pos);
	config_link(vdev->config, pos, 4, 0);
}

/* Claim the capability at @pos. False when it is hidden, since @cap is NULL or does not fit. */
static bool config_show(struct vfio_pci_core_device *vdev, const struct cap_walk *walk,
			const struct vfio_pci_cap *cap, u16 pos)
{
	unsigned int limit = walk_limit(walk, pos), len = 0;

	if (cap)
		len = cap_length(vdev, cap, pos, limit);
	if (len)
		config_claim(vdev, cap, pos, len);
	else
		config_hide(vdev, pos, limit);
	return len;
}

static void config_claim_std(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_config *cfg = vdev->config;
	u16 link = PCI_CAPABILITY_LIST;
	struct cap_walk walk = { };
	unsigned int i;

	walk_std(vdev->pdev, &walk);
	for (i = 0; i < walk.num; i++) {
		u16 pos = walk.caps[i].pos;
		u8 id = walk.caps[i].head;

		if (!config_show(vdev, &walk, vfio_pci_find_cap(id), pos))
			continue;
		config_link(cfg, pos, 2, id);
		config_link(cfg, link, 1, pos);
		link = pos + PCI_CAP_LIST_NEXT;
	}
	config_link(cfg, link, 1, 0);
}

static void config_claim_ext(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_config *cfg = vdev->config;
	struct cap_walk walk = { };
	u16 last = PCI_CFG_SPACE_SIZE;
	unsigned int i;

	walk_ext(vdev->pdev, &walk);
	if (walk.num == MAX_CAPS) {
		vfio_pci_warn(vdev, "extended capabilities hidden: their chain is too long\n");
		config_hide(vdev, PCI_CFG_SPACE_SIZE, walk.end);
		return;
	}
	for (i = 0; i < walk.num; i++) {
		u16 pos = walk.caps[i].pos;
		u32 head = walk.caps[i].head;

		if (!config_show(vdev, &walk, vfio_pci_find_ext_cap(PCI_EXT_CAP_ID(head)), pos))
			continue;
		config_link(cfg, pos, 4, head);
		if (pos == last)
			continue;
		/* Ours by now, a capability or the null one at the start */
		cfg->value[last / 4] |= (u32)pos << 20;
		last = pos;
	}
}

/**
 * vfio_pci_core_virtual_config() - keep a register of the device's own from user space
 * @vdev: device that is being opened
 * @pos: offset of the dword in configuration space; it belongs to no capability
 *
 * User space reads what the device has now, or what it wrote itself, and the device keeps what it
 * has. For registers by which firmware or the host's driver knows something of the device.
 *
 * Context: open_device(), after vfio_pci_core_enable().
 * Return: 0; -EINVAL when that is no such dword; -EIO when the device does not answer.
 */
int vfio_pci_core_virtual_config(struct vfio_pci_core_device *vdev, unsigned int pos)
{
	struct vfio_pci_config *cfg = vdev->config;
	unsigned int i = pos / 4;

	if (pos & 3 || pos >= cfg->size ||
	    cfg->claims[cfg->owner[i]].cap != &vfio_pci_unclaimed)
		return -EINVAL;
	if (pci_read_config_dword(vdev->pdev, pos, &cfg->value[i]))
		return -EIO;
	cfg->virt[i] = ~0;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_virtual_config);

/*
 * Where firmware left the OpRegion of Intel's graphics (ASLS). The host's driver trusts it, and so
 * does who shows the OpRegion to guests, so no user may leave another address there.
 */
static void config_claim_asls(struct vfio_pci_core_device *vdev, u32 class)
{
	if (vdev->pdev->vendor == PCI_VENDOR_ID_INTEL && class >> 24 == PCI_BASE_CLASS_DISPLAY)
		vfio_pci_core_virtual_config(vdev, VFIO_PCI_INTEL_ASLS);
}

/**
 * vfio_pci_config_claim_all() - find out what lies where, and set masks and copies for it
 * @vdev: device with a zeroed configuration space
 *
 * Return: 0, or -EIO when the device does not answer.
 */
int vfio_pci_config_claim_all(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_config *cfg = vdev->config;
	u32 class = ~0;

	/* The IDs of a VF read as ones, its class does not */
	pci_read_config_dword(vdev->pdev, PCI_CLASS_REVISION, &class);
	if (class == ~0) {
		vfio_pci_warn(vdev, "open refused: configuration space reads as ones\n");
		return -EIO;
	}

	/* The masks are zero, so all passes both ways; and claim 0 is already the owner of all */
	cfg->claims[0].cap = &vfio_pci_unclaimed;
	cfg->num_claims = 1;
	config_claim(vdev, &vfio_pci_header, 0, PCI_STD_HEADER_SIZEOF);
	config_claim_std(vdev);
	if (cfg->size > PCI_CFG_SPACE_SIZE)
		config_claim_ext(vdev);
	config_claim_asls(vdev, class);
	return 0;
}
