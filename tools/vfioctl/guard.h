/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host uses a device for, and thus why it must not be taken away. See guard.c. */
#ifndef VFIOCTL_GUARD_H
#define VFIOCTL_GUARD_H

#include "dev.h"

#define SYS_BLOCK "/sys/class/block"

/** struct use - one way in which the host uses one device; by a process, if @pid is not 0 */
struct use {
	char bdf[BDF_LEN];
	int pid;
	char command[32];
	struct finding what;
};

/** struct uses - what was found, in no order */
struct uses {
	struct use *v;
	size_t n;
};

/**
 * guard_static - uses of all devices that a few files of /proc and /sys tell: cheap
 *
 * What cannot be looked at may be a use: guard.unseen.
 */
void guard_static(struct uses *uses);

/** guard_devs - uses that depend on a device's own state: display, virtual functions */
void guard_devs(struct uses *uses, const struct devs *devs);

/**
 * guard_fds - uses of @devs by processes that have /dev/vfio/N, its cdev, the device itself,
 * /dev/dri/X or a block device below it open
 *
 * Looks at every fd of every process, and so costs far more than the others. If it cannot look at
 * some, that is a use, too (guard.unseen).
 */
void guard_fds(struct uses *uses, const struct devs *devs);

/** guard_first - the first use of a device, or NULL */
const struct use *guard_first(const struct uses *uses, const char *bdf);

void guard_free(struct uses *uses);

/* For the files of this family. */

/** guard_resize - realloc() that succeeds, or ends the program */
void *guard_resize(void *array, size_t size);

/** guard_add - note a use; the caller fills in the finding that it returns */
struct finding *guard_add(struct uses *uses, const char *bdf);

/** struct unseen - what a guard could not look at: how many things, and the first of them */
struct unseen {
	size_t n;
	char path[SYS_PATH];
	int err;
};

/** guard_gone - whether an errno tells that a thing is not there, and so uses nothing */
bool guard_gone(int err);

/** guard_unseen - note that a path could not be looked at */
void guard_unseen(struct unseen *unseen, const char *path, int err);

/** guard_say_unseen - tell, as a use of @bdf, that @what cannot be seen; nothing if all was */
void guard_say_unseen(struct uses *uses, const char *bdf, const char *what,
		      const struct unseen *unseen);

/** guard_class_owner - the PCI function below which /sys/class/@class/@name lies */
bool guard_class_owner(const char *class, const char *name, char bdf[BDF_LEN]);

/** guard_block_owners - call @owner for each PCI function below which a block device lies */
void guard_block_owners(const char *block, void (*owner)(void *arg, const char *bdf), void *arg);

void guard_net(struct uses *uses);
void guard_block(struct uses *uses);

#endif
