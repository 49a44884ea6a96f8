/* SPDX-License-Identifier: GPL-2.0-only */
/* Moving a device from one driver to another. See move.c. */
#ifndef VFIOCTL_MOVE_H
#define VFIOCTL_MOVE_H

#include "dev.h"
#include "out.h"

/** enum record - what a move does with the record of the former driver */
enum record { RECORD_KEEP, RECORD_SAVE, RECORD_DROP };

/** struct move - one device and where it shall go */
struct move {
	const struct dev *from;		/* state before */
	char driver[SYS_NAME];		/* wanted; "": none */
	bool any_driver;		/* let the kernel choose the driver instead */
	char override[SYS_NAME];	/* driver_override wanted; "": none */
	enum record record;
	char now[SYS_NAME];		/* driver that holds it once moved */
};

/** move_is_noop - whether the device is there already */
bool move_is_noop(const struct move *move);

/** move_plan - list what move_run() would write, in order, as an array attribute */
void move_plan(const struct move *move, struct json_object *attrs);

/** move_need_driver - load a driver's module if it is not there; 0 or -errno */
int move_need_driver(const char *driver);

/**
 * move_all - make all moves or none
 * On failure of one, those before it are taken back in reverse order. Every failure is noted in
 * @out. Returns RC_DONE, RC_KERNEL (nothing has changed) or RC_PARTIAL (taking back failed, too).
 */
enum rc move_all(struct out *out, struct move *moves, size_t n);

#endif
