/* SPDX-License-Identifier: GPL-2.0-only */
/* The verb "why" of the noun "device", and its rules for others. See why.c. */
#ifndef VFIOCTL_WHY_H
#define VFIOCTL_WHY_H

#include "dev.h"
#include "out.h"

/** enum why_kind - nobody can open it; it opens with the VF token only; good to know */
enum why_kind { WHY_BLOCKS, WHY_NEEDS, WHY_NOTES };

#define WHY_MOST 16	/* rules */

/** struct why - what the rules say of a device; @n of them do, in the order of an open */
struct why {
	struct dev dev;
	size_t n;
	struct {
		enum why_kind kind;
		struct finding f;
	} v[WHY_MOST];
};

/** why_look - ask the rules about the device that @text names; RC_DONE, or noted in @out */
enum rc why_look(struct out *out, const char *text, struct why *why);

enum rc why_run(struct call *call);

#endif
