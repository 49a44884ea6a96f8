// SPDX-License-Identifier: GPL-2.0-only
/*
 * Can this device be assigned, and if not, by which rule and what mends it. In order:
 *
 *   assign.bridge   a bridge carries others and is never assigned itself
 *   assign.iommu    no IOMMU translates for it: tells firmware, kernel command line and place apart
 *   assign.group    a member of its IOMMU group is held by a host driver
 *
 * A group's member does no harm if it has no driver or one that does no DMA of its own on behalf of
 * the host: VFIO's drivers, pci-stub, and the port driver of bridges.
 */
#include "assign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const harmless_drivers[] = { VFIO_PCI_DRIVER, "pci-stub", "pcieport" };

static bool member_is_harmless(const struct dev *member)
{
	size_t i;

	if (!member->driver[0] || member->vfio || member->selected)
		return true;
	for (i = 0; i < ARRAY_SIZE(harmless_drivers); i++) {
		if (!strcmp(member->driver, harmless_drivers[i]))
			return true;
	}
	return false;
}

static bool folder_has_entries(const char *path)
{
	DIR *dir = sys_opendir(path);
	bool some;

	if (!dir)
		return false;
	some = sys_next(dir);
	closedir(dir);
	return some;
}

/* Each vendor's IOMMU: the ACPI table that firmware announces it by, and what turns it on. */
static const struct {
	const char *table, *name, *parameter;
} vendors[] = {
	{ "DMAR", "VT-d", "intel_iommu=on" },
	{ "IVRS", "AMD-Vi", "amd_iommu=on" },
};

static bool forced_off(const char *cmdline)
{
	static const char *const words[] = { "iommu=off", "intel_iommu=off", "amd_iommu=off" };
	const char *at;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		len = strlen(words[i]);
		for (at = cmdline; (at = strstr(at, words[i])); at += len) {
			if ((at == cmdline || at[-1] == ' ') && (!at[len] || at[len] == ' '))
				return true;
		}
	}
	return false;
}

static void say_off(struct finding *why)
{
	char path[SYS_PATH];
	char *cmdline;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vendors); i++) {
		snprintf(path, sizeof(path), "/sys/firmware/acpi/tables/%s", vendors[i].table);
		if (sys_exists(path))
			break;
	}
	if (i == ARRAY_SIZE(vendors)) {
		finding_say(why, "assign.iommu", "no IOMMU: the firmware offers none");
		finding_fix(why, "turn on VT-d, AMD-Vi or IOMMU in the firmware's set-up");
		return;
	}
	cmdline = sys_slurp("/proc/cmdline");
	if (cmdline && forced_off(cmdline)) {
		finding_say(why, "assign.iommu",
			    "no IOMMU: the kernel command line turns %s off", vendors[i].name);
		finding_fix(why,
			    "remove iommu=off and its like from the kernel command line, reboot");
	} else {
		finding_say(why, "assign.iommu",
			    "no IOMMU: the firmware has %s, the kernel does not use it",
			    vendors[i].name);
		finding_fix(why, "add %s to the kernel command line, reboot", vendors[i].parameter);
	}
	free(cmdline);
}

/* The answer for a machine without IOMMU is the same for each device: it is found once. */
static void say_no_iommu(struct finding *why)
{
	static struct finding off;
	static bool known, has_groups;

	if (!known) {
		has_groups = folder_has_entries(SYS_IOMMU_GROUPS);
		if (!has_groups)
			say_off(&off);
		known = true;
	}
	if (has_groups)
		finding_say(why, "assign.iommu", "no IOMMU translates for this device");
	else
		*why = off;
}

bool assign_check(const struct dev *dev, const struct devs *all, struct finding *why)
{
	const struct dev *member;

	if (dev_is_bridge(dev)) {
		finding_say(why, "assign.bridge", "bridge: it carries other devices");
		return false;
	}
	if (dev->group < 0) {
		say_no_iommu(why);
		return false;
	}
	for_each_dev(member, all) {
		if (member->group != dev->group || !strcmp(member->bdf, dev->bdf))
			continue;
		if (member_is_harmless(member))
			continue;
		finding_say(why, "assign.group",
			    "group %d is not viable: %s is held by host driver %s", dev->group,
			    member->bdf, member->driver);
		finding_fix(why, "vfioctl bind --group %d", dev->group);
		return false;
	}
	return true;
}
