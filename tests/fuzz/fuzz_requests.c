// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c tests/unit/bus_machine.c
/*
 * Every request that the three kinds of file take, with arguments made of what they mostly are
 * made of: sizes, flags, addresses that are mapped and that are not, descriptors. No model here:
 * nothing may be left or held after it, and nobody may touch what he was not given. The device
 * shares its bus with another one, so that hot resets find all files that they need.
 */
#include <linux/sizes.h>
#include <shim/task.h>
#include <shim/user.h>
#include <vfio/pci_core.h>

#include "../unit/bus_machine.h"
#include "fuzz.h"

#define VA 0x7f0000000000UL
#define REQUESTS 22	/* numbers that VFIO uses, from VFIO_BASE on */
#define LONG 4096	/* bytes that are there for long answers and bitmaps */

static int spare;	/* an eventfd */
static u64 next_map;	/* address for the next mapping of a region */

static int file(unsigned int which)
{
	const int files[] = { pm.container, pm.group_fd, pm.fd, spare, bm.group_fd, bm.fd };

	return files[which % ARRAY_SIZE(files)];
}

static u64 number(struct fuzz_input *in)
{
	unsigned int kind = fuzz_take(in, 1);
	u64 n = fuzz_take(in, 1);

	switch (kind % 10) {
	case 0:
		return n;
	case 1:
		return n * PAGE_SIZE;
	case 2:
		return VA + n * PAGE_SIZE;
	case 3:
		return -n * PAGE_SIZE;
	case 4:
		return n << (kind >> 4) * 4;
	case 5:
		return (u64)(uintptr_t)shim_user_alloc(LONG);
	case 6:
		return file(n);
	case 7:
		return n | (u64)file(n) << 32;
	case 8:
		return (n & 15) | (n >> 4) << 16 | (u64)fuzz_take(in, 1) << 32;
	default:
		return fuzz_take(in, 8);
	}
}

/* argsz and flags, then numbers; the buffer ends where argsz says, or much later */
static void request(struct fuzz_input *in)
{
	unsigned int cmd = fuzz_take(in, 1) % REQUESTS, what = fuzz_take(in, 1);
	u32 argsz = fuzz_take(in, 1), flags = fuzz_take(in, 1) | (what & 0xc0) << 10;
	u64 arg[1 + 256 / 8] = { argsz | (u64)flags << 32 };
	size_t size = what & 0x20 ? LONG : max(argsz, 8U);
	u8 *user = shim_user_alloc(size);

	for (unsigned int i = 1; i <= (what >> 2) % 8; i++)
		arg[i] = number(in);
	memcpy(shim_user_body(user), arg, min(size, sizeof(arg)));
	shim_ioctl(file(what), _IO(VFIO_TYPE, VFIO_BASE + cmd), user);
}

/* Those whose argument is no structure */
static void plain(struct fuzz_input *in)
{
	unsigned int cmd = fuzz_take(in, 1) % REQUESTS, what = fuzz_take(in, 1);

	shim_ioctl(file(what), _IO(VFIO_TYPE, VFIO_BASE + cmd), (void *)(uintptr_t)number(in));
}

static u64 place(struct fuzz_input *in)
{
	return VFIO_PCI_INDEX_TO_OFFSET(fuzz_take(in, 1) % 12) + number(in);
}

static void act(struct fuzz_input *in)
{
	unsigned int what = fuzz_take(in, 1), n = 1 + (what >> 4) * 3;
	int new;

	switch (what % 16) {
	case 0 ... 7:
		request(in);
		break;
	case 8:		/* something to unmap, report and renew */
		user_map(pm.container, fuzz_take(in, 1) * PAGE_SIZE, VA + n * PAGE_SIZE,
			 (1 + fuzz_take(in, 1) % 16) * PAGE_SIZE, RW);
		break;
	case 9:
		plain(in);
		break;
	case 10:
		shim_pread(pm.fd, shim_user_alloc(n), n, place(in));
		break;
	case 11:
		shim_pwrite(pm.fd, shim_user_alloc(n), n, place(in));
		break;
	case 12:
		shim_mmap_fd(pm.fd, next_map, n * PAGE_SIZE, VM_READ | VM_WRITE | VM_SHARED,
			     place(in) & PAGE_MASK);
		next_map += SZ_1M;
		break;
	case 13:
		new = user_device(pm.group_fd, what & 16 ? PCI_BDF : PCI_BDF " more");
		if (new >= 0)
			shim_close(new);
		break;
	case 14:
		pci_user_close();
		if (pci_user_open())
			in->left = 0;	/* a mapping or a second file still has the group */
		break;
	case 15:
		pci_set_power(what >> 4 & 3);
		break;
	}
}

void fuzz_one(struct fuzz_input *in)
{
	bus_make();
	FUZZ_HOLDS(bus_load() == 0);
	FUZZ_HOLDS(pci_user_open() == 0);
	FUZZ_HOLDS(bus_other_open() == 0);
	shim_map(VA, 32, SHIM_RW, SHIM_SCATTERED);
	shim_map(VA + 32 * PAGE_SIZE, 32, SHIM_RW, SHIM_CONTIGUOUS);
	shim_map(VA + 64 * PAGE_SIZE, 8, SHIM_RO, SHIM_CONTIGUOUS);
	spare = shim_eventfd();
	next_map = VA + SZ_1G;
	while (in->left)
		act(in);
	shim_task_reset();
	FUZZ_HOLDS(!(shim_pci_get(pm.pdev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	bus_unload();
	bus_break();
}
