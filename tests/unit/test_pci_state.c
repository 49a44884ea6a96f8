// SPDX-License-Identifier: GPL-2.0-only
// sources: vfio/core/ vfio/type1/ vfio/ioas/ vfio/pci/ drivers/irqbypass/
// sources: tests/unit/machine.c tests/unit/pci_machine.c
/*
 * Interrupts and decoding through resets and power states, and while several threads change
 * the Command register. The shim complains when the MSI-X table is written (which the kernel
 * does when it restores a device, too) while the device does not answer.
 */
#include <pthread.h>
#include <unistd.h>

#include <shim/irq.h>
#include <shim/mm.h>
#include <vfio/pci_core.h>

#include "pci_machine.h"
#include "unit.h"
#include "../irq_set.h"

#define VA 0x10000000UL

#define ROM VFIO_PCI_ROM_REGION_INDEX
#define ROUNDS 300

static u16 command(void)
{
	return shim_pci_get(pm.pdev, PCI_COMMAND, 2);
}

static long intx(u32 action, u32 count)
{
	return pci_set_irqs(INTX, NONE | action, 0, count, NULL, 0);
}

static long reset(void)
{
	return shim_ioctl(pm.fd, VFIO_DEVICE_RESET, NULL);
}

static void sleep_and_wake(void)
{
	pci_set_power(3);
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	pci_set_power(0);
	CHECK_EQ(pm.pdev->current_state, PCI_D0);
}

static void vectors_survive_with_memory_off(void)
{
	s32 fd;

	pci_up();
	shim_pci(pm.pdev)->soft_reset = true;
	fd = pci_event(MSIX);
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(reset(), 0);
	CHECK(!(command() & PCI_COMMAND_MEMORY));
	sleep_and_wake();
	CHECK(!(command() & PCI_COMMAND_MEMORY));
	/* written while it sleeps, it holds afterwards */
	pci_set_power(3);
	pci_set_command(PCI_COMMAND_MEMORY, 0);
	pci_set_power(0);
	CHECK(command() & PCI_COMMAND_MEMORY);
	CHECK(shim_pci_message(pm.pdev, 0));
	CHECK_EQ(shim_eventfd_count(fd), 1);
	pci_down();
}

static void nothing_reaches_a_device_that_sleeps(void)
{
	u8 buf[8];
	s32 fd;

	pci_up();
	memcpy(shim_pci(pm.pdev)->rom, "\x55\xaa" "abcdef", 8);
	fd = pci_event(MSIX);
	pci_set_power(3);
	CHECK_EQ(pci_region_read(ROM, 0, buf, 8), -EIO);
	CHECK_EQ(pci_set_eventfds(MSIX, 0, 1, &fd), -EIO);
	/* but what is on can be turned off: that comes before the wake when a guest is reset */
	pci_set_command(0, PCI_COMMAND_MEMORY);
	CHECK_EQ(pci_set_irqs(MSIX, NONE | TRIGGER, 0, 0, NULL, 0), 0);
	CHECK(!shim_pci_message(pm.pdev, 0));
	CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
	CHECK_EQ(pci_config_get(pm.pdev->pm_cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 3);
	pci_set_power(0);
	CHECK(!(command() & PCI_COMMAND_MEMORY));
	CHECK_EQ(pci_region_read(ROM, 0, buf, 8), 8);
	pci_down();
}

/* Turned off while its user has it asleep, one that loses its configuration by waking */
static void vectors_off_asleep(pci_power_t state, u32 index)
{
	u32 value;

	pci_up();
	shim_pci(pm.pdev)->soft_reset = true;
	pci_event(index);
	pci_set_command(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x11), 1);
	pci_set_power(3);
	pm.pdev->current_state = state;
	CHECK_EQ(pci_set_irqs(index, NONE | TRIGGER, 0, 0, NULL, 0), 0);
	pci_set_power(0);
	CHECK(command() & PCI_COMMAND_MEMORY);
	/* what Command was before is known of one that answers only */
	CHECK_EQ(command() & PCI_COMMAND_MASTER, state == PCI_D3hot ? PCI_COMMAND_MASTER : 0);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x11);
	CHECK_EQ(pci_region_read(0, 0, &value, 4), 4);
	pci_down();
}

static void vectors_off_in_d3(void)
{
	vectors_off_asleep(PCI_D3hot, MSI);
	vectors_off_asleep(PCI_D3hot, MSIX);
	/* it did not answer when it was to wake, and does now */
	vectors_off_asleep(PCI_D3cold, MSI);
	vectors_off_asleep(PCI_D3cold, MSIX);
}

/* Another thread, while the device is woken for its vectors */
static void *use_it(void *task)
{
	u32 value;

	shim_become(task);
	CHECK_EQ(shim_touch(VA, true), VM_FAULT_SIGBUS);
	CHECK_EQ(pci_region_read(0, 0, &value, 4), -EIO);
	CHECK_EQ(pci_region_read(2, 0, &value, 4), -EIO);
	return NULL;
}

static void use_meanwhile(void)
{
	pthread_t thread;

	CHECK_OR_STOP(!pthread_create(&thread, NULL, use_it, current));
	pthread_join(thread, NULL);
}

static void asleep_while_it_is_woken(void)
{
	pci_up();
	shim_pci(pm.pdev)->soft_reset = true;
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, PAGE_SIZE, SHIM_RW | VM_SHARED, 0), 0);
	pci_event(MSI);
	pci_set_command(PCI_COMMAND_MEMORY | PCI_COMMAND_IO, 0);
	pci_set_power(3);
	shim_pci(pm.pdev)->when_freed = use_meanwhile;
	CHECK_EQ(pci_set_irqs(MSI, NONE | TRIGGER, 0, 0, NULL, 0), 0);
	shim_pci(pm.pdev)->when_freed = NULL;
	pci_down();
}

static void refuses_to_wake_at_first(void)
{
	pci_up();
	shim_pci(pm.pdev)->soft_reset = true;
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x11), 1);
	pci_set_power(3);
	shim_pci(pm.pdev)->refuses = true;
	pci_set_power(0);
	CHECK_EQ(pci_config_get(pm.pdev->pm_cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 3);
	shim_pci(pm.pdev)->refuses = false;
	pci_set_power(0);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x11);
	pci_down();
}

/* Something resets it in D3hot; or it does not answer for a while, and sleeps again */
static void registers_lost_in_d3hot(void)
{
	for (int cold = 0; cold < 2; cold++) {
		u32 value;

		pci_up();
		shim_pci(pm.pdev)->soft_reset = true;
		pci_set_command(PCI_COMMAND_MEMORY, 0);
		CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x11), 1);
		pci_set_power(3);
		shim_pci_set(pm.pdev, PCI_COMMAND, 2, 0);
		if (cold) {
			pm.pdev->current_state = PCI_D3cold;
			pci_set_power(3);
			CHECK_EQ(pm.pdev->current_state, PCI_D3hot);
		}
		pci_set_power(0);
		CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x11);
		CHECK(command() & PCI_COMMAND_MEMORY);
		CHECK_EQ(pci_region_read(0, 0, &value, 4), 4);
		pci_down();
	}
}

/* Who reads of an interrupt in /proc/irq, into a BAR, is waited for when that is freed */
static void vectors_are_freed_beside_faults(void)
{
	pci_up();
	CHECK_EQ(shim_mmap_fd(pm.fd, VA, PAGE_SIZE, SHIM_RW | VM_SHARED, 0), 0);
	CHECK_EQ(shim_touch(VA, true), 0);
	pci_event(MSI);
	CHECK_EQ(pci_set_irqs(MSI, NONE | TRIGGER, 0, 0, NULL, 0), 0);
	pci_event(MSIX);
	CHECK_EQ(pci_set_irqs(MSIX, NONE | TRIGGER, 0, 0, NULL, 0), 0);
	/* ends what MSI-X has kept */
	pci_event(INTX);
	pci_down();
}

/* Something else has woken it since: what was saved is of the past */
static void another_wakes_it(void)
{
	pci_up();
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x11), 1);
	pci_set_power(3);
	pm.pdev->current_state = PCI_D0;
	CHECK_EQ(pci_config_put(PCI_CACHE_LINE_SIZE, 1, 0x22), 1);
	pci_set_power(1);
	CHECK_EQ(pm.pdev->current_state, PCI_D1);
	pci_set_power(0);
	CHECK_EQ(shim_pci_get(pm.pdev, PCI_CACHE_LINE_SIZE, 1), 0x22);
	pci_down();
}

/* A line that is level triggered, through whatever loses the Interrupt Disable bit */
static void intx_survives(void (*change)(void))
{
	s32 fd;

	pci_up();
	shim_pci(pm.pdev)->soft_reset = true;
	fd = pci_event(INTX);
	change();
	CHECK(!(command() & PCI_COMMAND_INTX_DISABLE));
	shim_pci_assert(pm.pdev, true);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	/* it has fired: masked it stays */
	change();
	CHECK(command() & PCI_COMMAND_INTX_DISABLE);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	shim_pci_assert(pm.pdev, false);
	CHECK_EQ(intx(UNMASK, 1), 0);
	CHECK(!(command() & PCI_COMMAND_INTX_DISABLE));
	/* masked at the device whatever we think of it, before nobody handles it any more */
	shim_pci_assert(pm.pdev, true);
	shim_pci_set(pm.pdev, PCI_COMMAND, 2, command() & ~PCI_COMMAND_INTX_DISABLE);
	CHECK_EQ(intx(TRIGGER, 0), 0);
	CHECK(command() & PCI_COMMAND_INTX_DISABLE);
	pci_down();
}

/* A reset that we know nothing of undoes the mask; it must not be a storm for the host */
static void a_lost_mask_is_set_again(void)
{
	s32 fd;

	pci_up();
	fd = pci_event(INTX);
	CHECK_EQ(intx(MASK, 1), 0);
	shim_pci_set(pm.pdev, PCI_COMMAND, 2, command() & ~PCI_COMMAND_INTX_DISABLE);
	shim_pci_assert(pm.pdev, true);
	CHECK(command() & PCI_COMMAND_INTX_DISABLE);
	CHECK_EQ(shim_eventfd_count(fd), 0);
	/* another device of the line */
	CHECK(!shim_irq_raise(pm.pdev->irq));
	CHECK_EQ(intx(UNMASK, 1), 0);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	pci_down();
}

static void do_reset(void)
{
	CHECK_EQ(reset(), 0);
}

static void intx_through_reset(void)
{
	intx_survives(do_reset);
}

static void intx_through_reset_of_a_shared_line(void)
{
	pci_up();
	shim_pci(pm.pdev)->neighbour = true;
	pci_event(INTX);
	CHECK_EQ(reset(), 0);
	shim_pci(pm.pdev)->neighbour = false;
	pci_down();
}

static void intx_through_sleep(void)
{
	intx_survives(sleep_and_wake);
}

static void exclusive_intx_through_reset(void)
{
	s32 fd;

	pci_up_exclusive_intx();
	fd = pci_event(INTX);
	CHECK_EQ(reset(), 0);
	CHECK(shim_irq_raise(pm.pdev->irq));
	CHECK_EQ(shim_eventfd_count(fd), 1);
	CHECK_EQ(reset(), 0);
	CHECK_EQ(intx(UNMASK, 1), 0);
	CHECK(shim_irq_raise(pm.pdev->irq));
	CHECK_EQ(shim_eventfd_count(fd), 1);
	pci_down();
}

/* Who reports an error may hold what comes before irqs.lock */
static void errors_wait_for_nothing(void)
{
	struct vfio_pci_core_device *vdev;
	s32 fd;

	pci_up();
	vdev = pci_get_drvdata(pm.pdev);
	fd = pci_event(ERR);
	mutex_lock(&vdev->irqs.lock);
	pm.pdev->driver->err_handler->error_detected(pm.pdev, pci_channel_io_frozen);
	mutex_unlock(&vdev->irqs.lock);
	CHECK_EQ(shim_eventfd_count(fd), 1);
	pci_down();
}

static void *mask_and_unmask(void *task)
{
	shim_become(task);
	for (int i = 0; i < ROUNDS; i++) {
		CHECK_EQ(intx(MASK, 1), 0);
		CHECK_EQ(intx(UNMASK, 1), 0);
	}
	return NULL;
}

static void two_threads_at_the_command_register(void)
{
	pthread_t thread;
	s32 fd;

	pci_up();
	fd = pci_event(INTX);
	shim_pci(pm.pdev)->slow = true;
	CHECK_OR_STOP(!pthread_create(&thread, NULL, mask_and_unmask, current));
	for (int i = 0; i < ROUNDS; i++) {
		const u16 bits = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

		pci_set_command(i & 1 ? bits : 0, bits);
		/* time for the other to write back what it read before */
		usleep(200);
		CHECK_EQ(command() & bits, i & 1 ? bits : 0);
	}
	pthread_join(thread, NULL);
	CHECK(!(command() & PCI_COMMAND_INTX_DISABLE));
	pci_down();
}

UNIT_TESTS(pci_state,
	{ "vectors survive with memory off", vectors_survive_with_memory_off },
	{ "nothing reaches a device that sleeps", nothing_reaches_a_device_that_sleeps },
	{ "vectors off in D3", vectors_off_in_d3 },
	{ "asleep while it is woken", asleep_while_it_is_woken },
	{ "refuses to wake at first", refuses_to_wake_at_first },
	{ "registers lost in D3hot", registers_lost_in_d3hot },
	{ "vectors are freed beside faults", vectors_are_freed_beside_faults },
	{ "another wakes it", another_wakes_it },
	{ "a lost mask is set again", a_lost_mask_is_set_again },
	{ "INTx through reset", intx_through_reset },
	{ "INTx through reset of a shared line", intx_through_reset_of_a_shared_line },
	{ "INTx through D3hot", intx_through_sleep },
	{ "exclusive INTx through reset", exclusive_intx_through_reset },
	{ "errors wait for nothing", errors_wait_for_nothing },
	{ "two threads at the Command register", two_threads_at_the_command_register })
