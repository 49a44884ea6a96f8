// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices without an IOMMU of their own: they reach a space through the CPU only, and so
 * restrict neither the addresses that can be mapped nor the page sizes.
 */
#include "priv.h"

/**
 * ioas_attach_emulated() - let devices without an IOMMU of their own reach a space
 * @ioas: space
 *
 * Return: 0; -EBUSY while user addresses are invalid (ioas_vaddr_drop()); -ENOMEM.
 */
int ioas_attach_emulated(struct ioas *ioas)
{
	int ret;

	if (ioas->vaddrs_gone)
		return -EBUSY;
	ret = ranges_narrow(ioas);
	if (!ret)
		ioas->emulated++;
	return ret;
}

/**
 * ioas_detach_emulated() - undo ioas_attach_emulated()
 * @ioas: space
 */
void ioas_detach_emulated(struct ioas *ioas)
{
	ioas->emulated--;
	ranges_widen(ioas);
}
