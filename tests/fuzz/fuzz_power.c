// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/ioas/ vfio/type1/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * Sleep, in any order with all that changes what the device does: low-power features, D3hot,
 * decoding, resets, interrupts, eventfds that write to BARs, the host's own use, and a new user.
 * The shim complains of what reaches a device that does not answer.
 */
#include <linux/pm_runtime.h>
#include <shim/irq.h>
#include <shim/run.h>
#include <shim/user.h>
#include <vfio/pci_core.h>

#include "../unit/pci_machine.h"
#include "../irq_set.h"
#include "fuzz.h"

#define EVENTFDS 3

static s32 eventfds[EVENTFDS];

static void feature(u32 flags, s32 fd)
{
	struct {
		struct vfio_device_feature head;
		struct vfio_device_low_power_entry_with_wakeup entry;
	} call = {
		.head = { .argsz = sizeof(call), .flags = flags },
		.entry = { .wakeup_eventfd = fd },
	};

	shim_ioctl(pm.fd, VFIO_DEVICE_FEATURE, shim_user_dup(&call, sizeof(call)));
}

static void ioeventfd(struct fuzz_input *in, s32 fd)
{
	struct vfio_device_ioeventfd arg = { .argsz = sizeof(arg), .fd = fd };

	arg.flags = fuzz_take(in, 1) & 0x1f;
	arg.data = fuzz_take(in, 1);
	arg.offset = VFIO_PCI_INDEX_TO_OFFSET(fuzz_take(in, 1) & 7) + fuzz_take(in, 2);
	shim_ioctl(pm.fd, VFIO_DEVICE_IOEVENTFD, shim_user_dup(&arg, sizeof(arg)));
}

static void interrupts(unsigned int how, s32 fd)
{
	const u32 index = how & 1 ? INTX : MSIX;

	if (how & 2)
		pci_set_eventfds(index, 0, 1, &fd);
	else if (how & 4)
		pci_set_irqs(index, NONE | TRIGGER, 0, 0, NULL, 0);
	else if (how & 8)
		pci_set_irqs(INTX, EVENTFD | UNMASK, 0, 1, &fd, sizeof(fd));
	else
		pci_set_irqs(INTX, NONE | UNMASK, 0, 1, NULL, 0);
}

static void host_uses_it(void)
{
	if (pm_runtime_resume_and_get(&pm.pdev->dev))
		return;
	FUZZ_HOLDS(!pm.pdev->dev.power.suspended);
	pm_runtime_put(&pm.pdev->dev);
}

static void reopen(void)
{
	pci_user_close();
	FUZZ_HOLDS(pm.pdev->dev.power.suspended);
	FUZZ_HOLDS(pci_user_open() == 0);
	FUZZ_HOLDS(pm.pdev->current_state == PCI_D0 && !pm.pdev->dev.power.suspended);
}

static void act(struct fuzz_input *in)
{
	unsigned int what = fuzz_take(in, 1), how = what >> 4;
	s32 fd = eventfds[how % EVENTFDS];
	u8 buf[8];

	switch (what & 15) {
	case 0:
		feature(VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, 0);
		break;
	case 1:
		feature(VFIO_DEVICE_FEATURE_SET |
			VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP, fd);
		break;
	case 2:
		feature(VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, 0);
		break;
	case 3:
		pci_config_put(pm.pdev->pm_cap + PCI_PM_CTRL, 2, how & 3);
		break;
	case 4:
		pci_config_put(PCI_COMMAND, 2, fuzz_take(in, 2));
		break;
	case 5:
		shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL);
		break;
	case 6:
		ioeventfd(in, how & 8 ? -1 : fd);
		break;
	case 7:
		interrupts(how, fd);
		break;
	case 8:
		shim_eventfd_write(fd);
		break;
	case 9:
		shim_run_work();
		break;
	case 10:
		pci_region_read(how % 5, fuzz_take(in, 2), buf, sizeof(buf));
		break;
	case 11:
		host_uses_it();
		break;
	case 12:
		shim_pci_assert(pm.pdev, how & 1);
		break;
	case 13:
		shim_irq_raise(pm.pdev->irq);
		break;
	case 14:
		reopen();
		break;
	case 15:
		shim_pci_message(pm.pdev, 0);
		break;
	}
	shim_irq_poll();
}

void fuzz_one(struct fuzz_input *in)
{
	unsigned int kind = fuzz_take(in, 1);

	pci_machine_make();
	shim_pci(pm.pdev)->soft_reset = kind & 1;
	pm.pdev->broken_intx_masking = kind & 2;
	FUZZ_HOLDS(pci_machine_load() == 0);
	FUZZ_HOLDS(pci_user_open() == 0);
	for (unsigned int i = 0; i < EVENTFDS; i++)
		eventfds[i] = shim_eventfd();
	while (in->left)
		act(in);
	pci_user_close();
	FUZZ_HOLDS(pm.pdev->dev.power.suspended);
	for (unsigned int i = 0; i < EVENTFDS; i++)
		shim_eventfd_write(eventfds[i]);
	shim_run_work();
	pci_machine_unload();
	FUZZ_HOLDS(pm.pdev->current_state == PCI_D0);
	for (unsigned int i = 0; i < EVENTFDS; i++)
		shim_close(eventfds[i]);
	pci_machine_break();
}
