// SPDX-License-Identifier: GPL-2.0-only
/*
 * Error and request events, several threads in SET_IRQS at once, and a user killed with vectors
 * live.
 */
#include "pci.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define NONE_TRIGGER	(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)
#define BOOL_TRIGGER	(VFIO_IRQ_SET_DATA_BOOL | VFIO_IRQ_SET_ACTION_TRIGGER)

/* Set, trigger by loopback, replace, take away. */
static void check_event(uint32_t index)
{
	int fd = eventfd_new(), other = eventfd_new(), none = -1;
	const uint8_t yes = 1, no = 0;

	EXPECT(irq_set(nic.device, NONE_TRIGGER, index, 0, 1, NULL, 0), -EINVAL);
	EXPECT(irq_eventfds(nic.device, index, 0, 1, &fd), 0);
	EXPECT(irq_set(nic.device, NONE_TRIGGER, index, 0, 1, NULL, 0), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(irq_set(nic.device, BOOL_TRIGGER, index, 0, 1, &yes, 1), 0);
	EXPECT(eventfd_count(fd, EVENT_SOON), 1);
	EXPECT(irq_set(nic.device, BOOL_TRIGGER, index, 0, 1, &no, 1), 0);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(irq_eventfds(nic.device, index, 0, 1, &other), 0);
	EXPECT(irq_set(nic.device, NONE_TRIGGER, index, 0, 1, NULL, 0), 0);
	EXPECT(eventfd_count(other, EVENT_SOON), 1);
	EXPECT(eventfd_count(fd, EVENT_NONE), 0);
	EXPECT(irq_eventfds(nic.device, index, 0, 1, &none), 0);
	EXPECT(irq_set(nic.device, NONE_TRIGGER, index, 0, 1, NULL, 0), -EINVAL);
	EXPECT(irq_eventfds(nic.device, index, 0, 1, &fd), 0);
	EXPECT(irq_disable(nic.device, index), 0);
	EXPECT(irq_set(nic.device, NONE_TRIGGER, index, 0, 1, NULL, 0), -EINVAL);
	close_fd(&fd);
	close_fd(&other);
}

static void error_event(void)
{
	check_event(VFIO_PCI_ERR_IRQ_INDEX);
}

static void request_event(void)
{
	check_event(VFIO_PCI_REQ_IRQ_INDEX);
}

static void event_arguments(void)
{
	int fds[2] = { eventfd_new(), eventfd_new() };

	for (uint32_t index = VFIO_PCI_ERR_IRQ_INDEX; index <= VFIO_PCI_REQ_IRQ_INDEX; index++) {
		EXPECT(irq_eventfds(nic.device, index, 0, 2, fds), -EINVAL);
		EXPECT(irq_eventfds(nic.device, index, 1, 1, fds), -EINVAL);
		EXPECT(irq_eventfds(nic.device, index, 0, 1, &nic.group), -EINVAL);
		EXPECT(irq_set(nic.device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK,
			       index, 0, 1, NULL, 0), -ENOTTY);
	}
	close_fd(&fds[0]);
	close_fd(&fds[1]);
}

/* Unbinding waits for the user, and asks through the request event. */
static void *unbinder(void *result)
{
	*(int *)result = pci_unbind(&nic.dev);
	return NULL;
}

static void request_on_unbind(void)
{
	int fd = eventfd_new(), unbound = -1;
	char name[64];
	pthread_t thread;

	REQUIRE(irq_eventfds(nic.device, VFIO_PCI_REQ_IRQ_INDEX, 0, 1, &fd), 0);
	REQUIRE(pthread_create(&thread, NULL, unbinder, &unbound), 0);
	EXPECT_TRUE(eventfd_count(fd, EVENT_SOON) >= 1);
	/* still the user's, until he lets go */
	EXPECT(config_read(nic.device, 0, 4), 0x10c98086);
	close_fd(&nic.device);
	close_fd(&nic.group);
	pthread_join(thread, NULL);
	EXPECT(unbound, 0);
	EXPECT(pci_driver(&nic.dev, name, sizeof(name)), -ENOENT);
	EXPECT(pci_bind(&nic.dev, "vfio-pci"), 0);
	close_fd(&fd);
}

static atomic_int wrong;
static int shared_fds[10];

/* Enables, triggers and disables; only EINVAL (the other one was first) may come besides 0. */
static void *switcher(void *index)
{
	uint32_t which = (uintptr_t)index;

	for (int i = 0; i < 30; i++) {
		int errors[3] = {
			irq_eventfds(nic.device, which, 0, which == VFIO_PCI_MSIX_IRQ_INDEX ? 4 : 1,
				     shared_fds),
			irq_set(nic.device, NONE_TRIGGER, which, 0, 1, NULL, 0),
			irq_disable(nic.device, which),
		};

		for (int k = 0; k < 3; k++)
			if (errors[k] && errors[k] != -EINVAL)
				wrong++;
	}
	return NULL;
}

static void race(uint32_t first, uint32_t second)
{
	pthread_t threads[2];

	for (int i = 0; i < 10; i++)
		shared_fds[i] = eventfd_new();
	wrong = 0;
	EXPECT(pthread_create(&threads[0], NULL, switcher, (void *)(uintptr_t)first), 0);
	EXPECT(pthread_create(&threads[1], NULL, switcher, (void *)(uintptr_t)second), 0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	EXPECT(wrong, 0);
	/* in the end all is off, and each index can be had again */
	irq_disable(nic.device, first);
	irq_disable(nic.device, second);
	EXPECT(irq_eventfds(nic.device, first, 0, 1, shared_fds), 0);
	EXPECT(irq_disable(nic.device, first), 0);
	EXPECT(irq_eventfds(nic.device, second, 0, 1, shared_fds), 0);
	EXPECT(irq_disable(nic.device, second), 0);
	for (int i = 0; i < 10; i++)
		close_fd(&shared_fds[i]);
}

static void race_msix(void)
{
	race(VFIO_PCI_MSIX_IRQ_INDEX, VFIO_PCI_MSIX_IRQ_INDEX);
}

static void race_types(void)
{
	race(VFIO_PCI_MSIX_IRQ_INDEX, VFIO_PCI_INTX_IRQ_INDEX);
}

static void *config_reader(void *unused)
{
	for (int i = 0; i < 300; i++)
		if (config_read(nic.device, 0, 4) != 0x10c98086)
			wrong++;
	return unused;
}

static void race_config(void)
{
	pthread_t threads[2];

	wrong = 0;
	for (int i = 0; i < 4; i++)
		shared_fds[i] = eventfd_new();
	EXPECT(pthread_create(&threads[0], NULL, config_reader, NULL), 0);
	EXPECT(pthread_create(&threads[1], NULL, switcher,
			      (void *)(uintptr_t)VFIO_PCI_MSIX_IRQ_INDEX), 0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	EXPECT(wrong, 0);
	for (int i = 0; i < 4; i++)
		close_fd(&shared_fds[i]);
}

static int child_waits(void *pipe_end)
{
	struct session s;
	int fds[4];

	for (int i = 0; i < 4; i++)
		fds[i] = eventfd_new();
	if (session_open(&s, &nic.dev) ||
	    irq_eventfds(s.device, VFIO_PCI_MSIX_IRQ_INDEX, 0, 4, fds) ||
	    irq_eventfds(s.device, VFIO_PCI_REQ_IRQ_INDEX, 0, 1, fds) ||
	    write(*(int *)pipe_end, "r", 1) != 1)
		return 1;
	pause();
	return 2;
}

/* Killed with vectors live: the next user finds the device closed and its vectors free. */
static void killed_owner(void)
{
	int fd = eventfd_new(), pipes[2], status;
	struct pci_dev dev = nic.dev;
	char byte;
	pid_t pid;

	session_close(&nic);
	REQUIRE(pipe(pipes), 0);
	pid = fork();
	if (pid == 0)
		_exit(child_waits(&pipes[1]));
	close(pipes[1]);
	EXPECT(read(pipes[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	EXPECT(waitpid(pid, &status, 0), pid);
	REQUIRE(session_open(&nic, &dev), 0);
	EXPECT(irq_set(nic.device, NONE_TRIGGER, VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, NULL, 0), -EINVAL);
	EXPECT(irq_eventfds(nic.device, VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, &fd), 0);
	close(pipes[0]);
	close_fd(&fd);
}

CU_TestInfo event_tests[] = {
	{ "error event", error_event },
	{ "request event", request_event },
	{ "events: bad arguments", event_arguments },
	{ "unbinding asks and waits", request_on_unbind },
	{ "two threads in MSI-X", race_msix },
	{ "two threads in MSI-X and INTx", race_types },
	{ "configuration space against MSI-X", race_config },
	{ "killed with vectors live", killed_owner },
	CU_TEST_INFO_NULL,
};
