// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * VFIO_DEVICE_SET_IRQS with any header and data, while the device interrupts, its command
 * register changes and the host runs out of vectors.
 */
#include <shim/irq.h>
#include <shim/run.h>
#include <shim/user.h>
#include <vfio/pci_core.h>

#include "../unit/pci_machine.h"
#include "fuzz.h"

#define EVENTFDS 4

static int eventfds[EVENTFDS];

/* Any bytes as header and data */
static void raw_request(struct fuzz_input *in)
{
	u8 arg[128];

	for (unsigned int i = 0; i < sizeof(arg); i++)
		arg[i] = fuzz_take(in, 1);
	shim_ioctl(pm.fd, VFIO_DEVICE_SET_IRQS, shim_user_dup(arg, 1 + arg[0] % sizeof(arg)));
}

/* One that has a chance to be understood */
static void request(struct fuzz_input *in)
{
	u32 index = fuzz_take(in, 1) % 6, flags = fuzz_take(in, 1);
	u32 start = fuzz_take(in, 1) % 20, count = fuzz_take(in, 1) % 20;
	s32 fds[20];

	for (unsigned int i = 0; i < 20; i++) {
		unsigned int which = fuzz_take(in, 1);

		fds[i] = which % 6 < EVENTFDS ? eventfds[which % 6] : which % 6 == 4 ? -1 : which;
	}
	pci_set_irqs(index, flags, start, count, fds, sizeof(fds));
}

static void act(struct fuzz_input *in)
{
	unsigned int what = fuzz_take(in, 1);

	switch (what % 10) {
	case 0:
		raw_request(in);
		break;
	case 1 ... 4:
		request(in);
		break;
	case 5:
		shim_pci_assert(pm.pdev, what & 0x80);
		break;
	case 6:
		shim_pci_message(pm.pdev, what >> 4);
		break;
	case 7:
		pci_config_put(PCI_COMMAND, 2, fuzz_take(in, 2));
		break;
	case 8:
		shim_eventfd_write(eventfds[(what >> 4) % EVENTFDS]);
		shim_run_work();
		break;
	case 9:
		shim_pci(pm.pdev)->vectors_left = what >> 4;
		break;
	}
	shim_irq_poll();
}

void fuzz_one(struct fuzz_input *in)
{
	unsigned int kind = fuzz_take(in, 1);

	pci_machine_make();
	shim_pci(pm.pdev)->dyn_msix = kind & 1;
	pm.pdev->broken_intx_masking = kind & 2;
	FUZZ_HOLDS(pci_machine_load() == 0);
	FUZZ_HOLDS(pci_user_open() == 0);
	for (unsigned int i = 0; i < EVENTFDS; i++)
		eventfds[i] = shim_eventfd();
	while (in->left)
		act(in);
	pci_user_close();
	/* no interrupt reaches anybody any more */
	FUZZ_HOLDS(!shim_pci_message(pm.pdev, 0));
	for (unsigned int i = 0; i < EVENTFDS; i++)
		shim_close(eventfds[i]);
	shim_pci_assert(pm.pdev, false);
	pci_machine_unload();
	pci_machine_break();
}
