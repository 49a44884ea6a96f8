// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guards: a device that the host uses is not taken away from it without --force.
 *
 *   guard.route, guard.address, guard.master    guard_net.c
 *   guard.mount, guard.swap, guard.holder       guard_block.c
 *   guard.drm, guard.block, guard.vfio          guard_fds.c
 *   guard.display, guard.vfs                    here
 *   guard.unseen                                each that reads files which may refuse it
 *
 * Each looks from the side of the use (routes, mounts, open files) to the device, because uses are
 * few and each tells where it leads; a device does not tell who uses it. What another network
 * namespace uses is not seen: sysfs hides its interfaces.
 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *guard_resize(void *array, size_t size)
{
	void *bigger = realloc(array, size);

	if (!bigger) {
		/* A guard that is not seen would be a guard that does not hold. */
		fputs("vfioctl: out of memory\n", stderr);
		exit(RC_KERNEL);
	}
	return bigger;
}

struct finding *guard_add(struct uses *uses, const char *bdf)
{
	if (!(uses->n & (uses->n - 1)))
		uses->v = guard_resize(uses->v, (uses->n ? uses->n * 2 : 1) * sizeof(*uses->v));
	memset(&uses->v[uses->n], 0, sizeof(*uses->v));
	snprintf(uses->v[uses->n].bdf, BDF_LEN, "%s", bdf);
	return &uses->v[uses->n++].what;
}

bool guard_gone(int err)
{
	return err == ENOENT || err == ESRCH;
}

void guard_unseen(struct unseen *unseen, const char *path, int err)
{
	if (unseen->n++)
		return;
	snprintf(unseen->path, sizeof(unseen->path), "%s", path);
	unseen->err = err;
}

void guard_say_unseen(struct uses *uses, const char *bdf, const char *what,
		      const struct unseen *unseen)
{
	struct finding *f;
	char more[48] = "";

	if (!unseen->n)
		return;
	f = guard_add(uses, bdf);
	if (unseen->n > 1)
		snprintf(more, sizeof(more), ", and so for %zu more", unseen->n - 1);
	finding_say(f, "guard.unseen", "%s cannot be seen: %s: %s%s", what, unseen->path,
		    strerror(unseen->err), more);
	if (unseen->err == EACCES || unseen->err == EPERM)
		finding_fix(f, "run it as root");
}

bool guard_class_owner(const char *class, const char *name, char bdf[BDF_LEN])
{
	char path[SYS_PATH], target[1024];
	int fd, err;

	snprintf(path, sizeof(path), "/sys/class/%s", class);
	fd = sys_open(path, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return false;
	err = sys_target(fd, name, target, sizeof(target));
	close(fd);
	return !err && pci_path_owner(target, bdf);
}

void guard_static(struct uses *uses)
{
	guard_net(uses);
	guard_block(uses);
}

static void guard_display(struct uses *uses, const struct dev *dev)
{
	struct finding *f;

	if (!dev->boot_vga || dev->vfio)
		return;
	f = guard_add(uses, dev->bdf);
	finding_say(f, "guard.display", "it is the display that the firmware and the console use");
	finding_fix(f, "choose another display in the firmware's set-up, or go without");
}

/* The PF's driver takes its VFs away when it goes, whoever holds them. One is reason enough. */
static void guard_vfs(struct uses *uses, const struct dev *pf)
{
	char bdf[BDF_LEN], driver[SYS_NAME];
	struct finding *f;
	unsigned int i;
	int vf, err;

	for (i = 0; i < pf->numvfs; i++) {
		vf = dev_open_vf(pf, i, bdf);
		if (vf < 0)
			continue;
		err = sys_link(vf, "driver", driver, sizeof(driver));
		close(vf);
		if (err)
			continue;
		f = guard_add(uses, pf->bdf);
		finding_say(f, "guard.vfs",
			    "its virtual function %s is held by %s and would vanish", bdf, driver);
		if (!strcmp(driver, VFIO_PCI_DRIVER))
			finding_fix(f, "vfioctl unbind %s", bdf);
		else
			finding_fix(f, "echo 0 > " SYS_PCI_DEVICES "/%s/sriov_numvfs", pf->bdf);
		return;
	}
}

void guard_devs(struct uses *uses, const struct devs *devs)
{
	const struct dev *dev;

	for_each_dev(dev, devs) {
		guard_display(uses, dev);
		guard_vfs(uses, dev);
	}
}

const struct use *guard_first(const struct uses *uses, const char *bdf)
{
	size_t i;

	for (i = 0; i < uses->n; i++) {
		if (!strcmp(uses->v[i].bdf, bdf))
			return &uses->v[i];
	}
	return NULL;
}

void guard_free(struct uses *uses)
{
	free(uses->v);
	*uses = (struct uses){ 0 };
}
