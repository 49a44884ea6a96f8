// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI addresses, and the two things that libpci knows better: names (pci.ids) and the walk of the
 * capability lists. libpci is opened on first use and never scans the bus; its list of names is
 * read only when a name is asked for, since that costs more than all the rest. udev's database is
 * not asked besides: it is opened anew for each unknown ID, and leaks where there is none.
 */
#include "pci.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pci/pci.h>

#include "sysfs.h"
#include "vfioctl.h"

static struct pci_access *access_;

/* Hexadecimal digits only, @min to @max of them; advances @text. */
static bool take_hex(const char **text, int min, int max, uint32_t *value)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;
	int n;

	*value = 0;
	for (n = 0; n < max && (*text)[n]; n++) {
		at = strchr(digits, tolower((unsigned char)(*text)[n]));
		if (!at)
			break;
		*value = *value << 4 | (uint32_t)(at - digits);
	}
	*text += n;
	return n >= min;
}

static bool take(const char **text, char c)
{
	if (**text != c)
		return false;
	++*text;
	return true;
}

bool pci_parse(const char *text, struct pci_addr *addr)
{
	const char *colon = strchr(text, ':');
	uint32_t domain = 0, bus, dev, fn;

	if (colon && strchr(colon + 1, ':') &&
	    !(take_hex(&text, 4, 8, &domain) && take(&text, ':')))
		return false;
	if (!take_hex(&text, 2, 2, &bus) || !take(&text, ':') || !take_hex(&text, 2, 2, &dev) ||
	    !take(&text, '.') || !take_hex(&text, 1, 1, &fn) || *text)
		return false;
	if (dev > 0x1f || fn > 7)
		return false;
	*addr = (struct pci_addr){ domain, (uint8_t)bus, (uint8_t)dev, (uint8_t)fn };
	return true;
}

void pci_format(const struct pci_addr *addr, char bdf[BDF_LEN])
{
	snprintf(bdf, BDF_LEN, "%04x:%02x:%02x.%u", addr->domain, addr->bus, addr->dev,
		 addr->fn & 7u);
}

bool pci_normalise(const char *text, char bdf[BDF_LEN])
{
	struct pci_addr addr;

	if (!pci_parse(text, &addr))
		return false;
	pci_format(&addr, bdf);
	return true;
}

int pci_compare(const struct pci_addr *a, const struct pci_addr *b)
{
	uint32_t x = (uint32_t)a->bus << 16 | (uint32_t)a->dev << 8 | a->fn;
	uint32_t y = (uint32_t)b->bus << 16 | (uint32_t)b->dev << 8 | b->fn;

	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	return (x > y) - (x < y);
}

bool pci_path_owner(const char *path, char bdf[BDF_LEN])
{
	char part[BDF_LEN];
	bool found = false;
	size_t len;

	for (; *path; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if (len >= sizeof(part))
			continue;
		memcpy(part, path, len);
		part[len] = '\0';
		if (strchr(part, ':') && pci_normalise(part, bdf))
			found = true;
	}
	return found;
}

/* libpci wants its error handler not to return. */
static __attribute__((noreturn, format(printf, 1, 2))) void on_error(char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("vfioctl: libpci: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	exit(RC_KERNEL);
}

/* What libpci warns of, such as a short config space without root, shows as absent attributes. */
static __attribute__((format(printf, 1, 2))) void on_message(char *fmt, ...)
{
	(void)fmt;
}

static struct pci_access *pci(void)
{
	char path[PATH_MAX], parameter[] = "sysfs.path";

	if (access_)
		return access_;
	access_ = pci_alloc();
	access_->error = on_error;
	access_->warning = on_message;
	access_->debug = on_message;
	access_->method = PCI_ACCESS_SYS_BUS_PCI;
	snprintf(path, sizeof(path), "%s/sys/bus/pci", sys_root());
	pci_set_param(access_, parameter, path);
	pci_init(access_);
	return access_;
}

const char *pci_device_name(uint16_t vendor, uint16_t device)
{
	static char buf[256];

	return pci_lookup_name(pci(), buf, sizeof(buf), PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_HWDB,
			       vendor, device);
}

const char *pci_vendor_name(uint16_t vendor)
{
	static char buf[128];

	return pci_lookup_name(pci(), buf, sizeof(buf), PCI_LOOKUP_VENDOR | PCI_LOOKUP_NO_HWDB,
			       vendor);
}

const char *pci_class_name(uint16_t class)
{
	static char buf[128];

	return pci_lookup_name(pci(), buf, sizeof(buf), PCI_LOOKUP_CLASS | PCI_LOOKUP_NO_HWDB,
			       class);
}

/* Those that matter for assignment and a few that people look for; others are told by number. */
static const struct {
	uint16_t type, id;
	const char *name;
} cap_names[] = {
	{ PCI_CAP_NORMAL, PCI_CAP_ID_PM, "pm" },
	{ PCI_CAP_NORMAL, PCI_CAP_ID_VPD, "vpd" },
	{ PCI_CAP_NORMAL, PCI_CAP_ID_MSI, "msi" },
	{ PCI_CAP_NORMAL, PCI_CAP_ID_VNDR, "vendor" },
	{ PCI_CAP_NORMAL, PCI_CAP_ID_EXP, "pcie" },
	{ PCI_CAP_NORMAL, PCI_CAP_ID_MSIX, "msix" },
	{ PCI_CAP_NORMAL, PCI_CAP_ID_AF, "af" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_AER, "aer" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_DSN, "serial" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_ACS, "acs" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_ARI, "ari" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_ATS, "ats" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_SRIOV, "sriov" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_PRI, "pri" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_PASID, "pasid" },
	{ PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_LTR, "ltr" },
};

static const char *cap_name(const struct pci_cap *cap, char *buf, size_t size)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cap_names); i++) {
		if (cap_names[i].type == cap->type && cap_names[i].id == cap->id)
			return cap_names[i].name;
	}
	snprintf(buf, size, "%s%#x", cap->type == PCI_CAP_EXTENDED ? "ext-" : "", cap->id);
	return buf;
}

static void look_into(struct pci_dev *dev, const struct pci_cap *cap, struct pci_cap_info *info)
{
	int at = (int)cap->addr;

	if (cap->type != PCI_CAP_NORMAL)
		return;
	if (cap->id == PCI_CAP_ID_EXP)
		info->flr = pci_read_long(dev, at + PCI_EXP_DEVCAP) & PCI_EXP_DEVCAP_FLRESET;
	else if (cap->id == PCI_CAP_ID_MSI)
		info->msi_vectors = 1u << ((pci_read_word(dev, at + PCI_MSI_FLAGS) >> 1) & 7);
	else if (cap->id == PCI_CAP_ID_MSIX)
		/* Message Control lies at the same place in MSI-X as in MSI. */
		info->msix_vectors =
			(pci_read_word(dev, at + PCI_MSI_FLAGS) & PCI_MSIX_TABSIZE) + 1u;
}

bool pci_walk_caps(const struct pci_addr *addr, struct pci_cap_info *info,
		   void (*seen)(void *arg, const char *name), void *arg)
{
	struct pci_dev *dev;
	struct pci_cap *cap;
	char buf[16];
	bool readable;

	memset(info, 0, sizeof(*info));
	if (addr->domain > INT_MAX)
		return false;
	dev = pci_get_dev(pci(), (int)addr->domain, addr->bus, addr->dev, addr->fn);
	/* All ones: nobody answers. The IDs do not tell, a VF's are always so
	 * (PCIe 6.0, 9.3.4.1.1). */
	readable = pci_read_long(dev, PCI_COMMAND) != 0xffffffff;
	if (readable) {
		pci_fill_info(dev, PCI_FILL_CAPS | PCI_FILL_EXT_CAPS);
		for (cap = dev->first_cap; cap; cap = cap->next) {
			look_into(dev, cap, info);
			seen(arg, cap_name(cap, buf, sizeof(buf)));
		}
	}
	pci_free_dev(dev);
	return readable;
}

void pci_done(void)
{
	if (access_)
		pci_cleanup(access_);
	access_ = NULL;
}
