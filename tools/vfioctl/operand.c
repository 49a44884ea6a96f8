// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operands that name devices and groups. They are checked before anything is built from them: past
 * this file an address is known to be one, in the form in which sysfs writes it.
 */
#include "operand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum rc operand_fault(struct out *out, const char *handle, const char *what, int err)
{
	struct finding f = { 0 };

	finding_say(&f, err == -ENOENT ? "find.none" : "find.unreadable", "%s: %s", what,
		    strerror(-err));
	if (err == -ENOENT && handle)
		finding_fix(&f, "vfioctl list shows what there is");
	return out_fault(out, err == -ENOENT ? RC_NOTFOUND : RC_KERNEL, handle, &f);
}

enum rc operand_address(struct out *out, const char *text, char bdf[BDF_LEN])
{
	struct finding f = { 0 };

	if (pci_normalise(text, bdf))
		return RC_DONE;
	finding_say(&f, "usage.address", "this is no PCI address");
	finding_fix(&f, "write it as 0000:01:00.0 or 01:00.0; vfioctl list shows them");
	/* what is longer may be a token in the wrong place, which is not to be shown */
	return out_fault(out, RC_USAGE, strlen(text) < BDF_LEN ? text : NULL, &f);
}

enum rc operand_device(struct out *out, const char *text, struct devs *devs, char bdf[BDF_LEN])
{
	enum rc rc = operand_address(out, text, bdf);
	int err, group;

	if (rc)
		return rc;
	err = devs_add(devs, bdf);
	if (err)
		return operand_fault(out, bdf, "no such device", err);
	group = devs_find(devs, bdf)->group;
	err = group < 0 ? 0 : devs_add_group(devs, group);
	return err ? operand_fault(out, bdf, "its IOMMU group cannot be read", err) : RC_DONE;
}

enum rc operand_pf(struct out *out, const char *text, struct devs *devs, char bdf[BDF_LEN])
{
	enum rc rc = operand_device(out, text, devs, bdf);
	struct finding f = { 0 };
	const struct dev *dev;

	if (rc)
		return rc;
	dev = devs_find(devs, bdf);
	if (dev->totalvfs)
		return RC_DONE;
	if (dev->physfn[0]) {
		finding_say(&f, "sriov.vf", "it is a virtual function itself");
		finding_fix(&f, "name its physical function, %s", dev->physfn);
	} else {
		finding_say(&f, "sriov.none", "it cannot have virtual functions");
	}
	return out_fault(out, RC_BLOCKED, bdf, &f);
}

enum rc operand_group(struct out *out, unsigned int group, struct devs *devs)
{
	char handle[32];
	int err = devs_add_group(devs, (int)group);

	snprintf(handle, sizeof(handle), "group %u", group);
	return err ? operand_fault(out, handle, "no such IOMMU group", err) : RC_DONE;
}
