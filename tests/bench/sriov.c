// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFs of the igb PF, which is open meanwhile: making and removing them through sriov_numvfs, and
 * opening one with the VF token.
 *
 * Nearly all of the elapsed time is waits of the PCI core: 100 ms after VFs are switched on and
 * 1 s after they are switched off, and in an open the reset. So the processor time of the
 * calling thread is a figure of its own: there the waits do not hide what the modules do.
 */
#include "bench.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS		4
#define TURNS		300
#define JIFFY_PART	125		/* microseconds */
#define ALL_VFS		"7"
#define TOKEN		" vf_token=11111111-1111-1111-1111-111111111111"

/* Elapsed time and processor time, in nanoseconds */
struct lap {
	uint64_t elapsed;
	uint64_t busy;
};

static struct lap lap_now(void)
{
	struct timespec busy;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &busy);
	return (struct lap){ clock_now(), busy.tv_sec * 1000000000ull + busy.tv_nsec };
}

static void lap_keep(struct lap *least, struct lap since)
{
	struct lap now = lap_now();

	keep_least(&least->elapsed, now.elapsed - since.elapsed);
	keep_least(&least->busy, now.busy - since.busy);
}

static void lap_values(struct lap least, double *values)
{
	values[0] = least.elapsed;
	values[1] = least.busy;
}

static int numvfs(const struct pci_dev *pf, const char *number)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/sriov_numvfs", pf->name);
	return sysfs_write(path, number);
}

/* All VFs made, and bound to vfio-pci by the time the write returns; and removed again */
static int numvfs_cost(struct bench *b, double *values)
{
	struct lap least = { UINT64_MAX, UINT64_MAX };
	int err = 0;

	for (int round = 0; round < ROUNDS && !err; round++) {
		struct lap start;

		usleep(round * JIFFY_PART);
		start = lap_now();
		err = numvfs(&b->nic.dev, ALL_VFS);
		if (!err)
			err = numvfs(&b->nic.dev, "0");
		lap_keep(&least, start);
	}
	lap_values(least, values);
	return err;
}

static int set_token(int device)
{
	struct {
		struct vfio_device_feature head;
		unsigned char uuid[16];
	} call = { .head = {
		.argsz = sizeof(call),
		.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
	} };

	memset(call.uuid, 0x11, sizeof(call.uuid));
	return vf_ioctl(device, VFIO_DEVICE_FEATURE, &call);
}

static int first_vf(const struct pci_dev *pf, struct pci_dev *vf)
{
	char path[PATH_MAX], target[PATH_MAX], *slash;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/virtfn0", pf->name);
	if (!realpath(path, target))
		return -errno;
	slash = strrchr(target, '/');
	return pci_named(slash + 1, vf);
}

static int open_with_token(struct session *vf)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s", vf->dev.name, TOKEN);
	vf->device = group_device(vf->group, name);
	return vf->device < 0 ? vf->device : 0;
}

static int vf_turns(const struct pci_dev *dev, double *values)
{
	struct lap least = { UINT64_MAX, UINT64_MAX };
	struct session vf;
	int err = session_open_as(&vf, dev, TOKEN);

	for (int round = 0; round < TURNS && !err; round++) {
		struct lap start;

		close_fd(&vf.device);
		usleep(round * JIFFY_PART);
		start = lap_now();
		err = open_with_token(&vf);
		lap_keep(&least, start);
	}
	session_close(&vf);
	lap_values(least, values);
	return err;
}

static int vf_open_cost(struct bench *b, double *values)
{
	struct pci_dev vf;
	int err = set_token(b->nic.device), gone;

	if (!err)
		err = numvfs(&b->nic.dev, "1");
	if (err)
		return err;
	err = first_vf(&b->nic.dev, &vf);
	if (!err)
		err = vf_turns(&vf, values);
	gone = numvfs(&b->nic.dev, "0");
	return err ? err : gone;
}

const struct measurement sriov_measurements[] = {
	{ numvfs_cost, 1, {
		{ "numvfs", "sriov_numvfs 0 to 7 and back", "ns", 1.0, 0 },
		{ "numvfs_busy", "the same without waits", "ns", 1.0, 0 } } },
	{ vf_open_cost, 1, {
		{ "vf_open", "open a VF with the token", "ns", 1.0, 0 },
		{ "vf_open_busy", "the same without waits", "ns", 1.0, 0 } } },
	{ NULL, 0, { { NULL, NULL, NULL, 0, 0 } } },
};
